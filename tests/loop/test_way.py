"""The whole way there and back, and every step run again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.loop.cells import (
    BEFORE,
    CALLS,
    CHAIN,
    GERMAN,
    LIST,
    NOTHING,
    SCRIPTS,
    WRITING,
    Cell,
    Run,
    fault,
    finish,
    there_and_back,
    unkept,
)
from tests.loop.stage import Stage


def clean() -> Iterator[Cell]:
    yield CHAIN
    yield Cell("the whole way and back in German", "fresh", _german(), end="fresh", stays=())
    for step in WRITING:
        done = "done90" if step == 90 else "done50"
        yield Cell(f"{step} run again", done, (Run(step, writes=0), Run(step, apply=True, writes=0, result="unchanged")), end=done)
        yield Cell(f"{step} without a plan", BEFORE[step], (Run(step, apply=True, ok=False, writes=0, says=("no recorded plan", NOTHING)),), end=BEFORE[step])
    for step in (10, 60):
        yield Cell(f"{step} run again", BEFORE[step], (Run(step, writes=0), Run(step, apply=True, writes=0)), end=BEFORE[step])


def _german() -> tuple[Run, ...]:
    first, *rest = unkept(there_and_back())
    return (replace(first, before=GERMAN), *rest)


def again() -> Iterator[Cell]:
    yield Cell("granted anew after the way back", "done90", unkept(there_and_back())[2:8], end="done50")
    nothing = (Run(90, writes=0), Run(90, apply=True, writes=0, result="unchanged"))
    yield Cell("90 where nothing was made", "fresh", nothing, end="fresh", stays=())
    remove = f"Remove-DistributionGroup -Identity {LIST} -Confirm:$false"
    unread = Run(30, apply=True, ok=False, result="stopped", writes=1, faults=fault(call=11, kind="transient"))
    yield Cell("30 a list made anew, then interrupted", "done30", (Run(30, before=remove), unread, *finish(30), Run(40)), end="done30")
    yield Cell("30 renamed by a naming policy", "fresh", _policy(), end="fresh", stays=())


def _policy() -> tuple[Run, ...]:
    rename = fault(cmdlet="New-DistributionGroup", kind="namingPolicy")
    return tuple(replace(run, faults=rename) if run.step == 30 and run.apply else run for run in unkept(there_and_back()))


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*clean(), *again()], ids=lambda cell: cell.name)
def test_the_way_is_gone_as_often_as_one_likes(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
def test_the_figures_that_the_cells_are_made_of_are_right(stage: Stage) -> None:
    runs = dict(zip(((run.step, run.apply) for run in CHAIN.runs), stage.play(CHAIN), strict=True))
    assert {step: "".join("w" if call["writes"] else "r" for call in runs[step, True].calls) for step in SCRIPTS} == CALLS
