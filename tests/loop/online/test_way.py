"""The whole way there and back online, and every step run again."""

from collections.abc import Callable

import pytest

from tests.loop.cells import Cell
from tests.loop.online.cells import WHOLE
from tests.loop.stage import Stage


@pytest.mark.alone
@pytest.mark.parametrize("cell", [WHOLE], ids=lambda cell: cell.name)
def test_the_way_is_gone_as_often_as_one_likes(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
def test_the_figures(stage: Stage) -> None:
    runs = dict(zip(((run.step, run.apply) for run in WHOLE.runs), stage.play(WHOLE), strict=True))
    for key, was in runs.items():
        print(key, "".join("w" if call["writes"] else "r" for call in was.calls), [c["cmdlet"] for c in was.calls], was.error, was.output)
    assert 0
