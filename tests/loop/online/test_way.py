"""The whole way there and back online, and every step run again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.loop.cells import NOTHING, ONLINE, Cell, Run, fault
from tests.loop.directory import ours, state
from tests.loop.online.cells import BEFORE, CALLS, DEHYDRATED, STEPS, WHOLE
from tests.loop.stage import Stage
from tests.loop.world import CONSTRAINED

GERMAN = "Edit-Entry -Kind organization -Key x -With @{ language = 'de' }"


def unkept(runs: tuple[Run, ...] = WHOLE.runs) -> tuple[Run, ...]:
    return tuple(replace(run, keep="") for run in runs)


def clean() -> Iterator[Cell]:
    yield WHOLE
    yield Cell("the whole way in German", "fresh", (replace(unkept()[0], before=GERMAN), *unkept()[1:]), end="fresh", stays=())
    for step in (30, 40, 50, 90):
        done = "done90" if step == 90 else "done50"
        yield Cell(f"{step} run again", done, (Run(step, writes=0), Run(step, apply=True, writes=0, result="unchanged")), end=done)
        unplanned = Run(step, apply=True, ok=False, writes=0, says=("no recorded plan", NOTHING))
        yield Cell(f"{step} without a plan", BEFORE[step], (unplanned,), end=BEFORE[step])
    yield Cell("20 without a plan", "fresh", (Run(20, apply=True, ok=False, writes=0, before=DEHYDRATED, says=("no recorded plan", NOTHING)),))
    for step in (10, 15, 60):
        yield Cell(f"{step} run again", "done50", (Run(step, writes=0), Run(step, apply=True, writes=0)), end="done50")


def again() -> Iterator[Cell]:
    yield Cell("granted anew after the way back", "done90", unkept()[4:14], end="done50")
    nothing = (Run(90, writes=0), Run(90, apply=True, writes=0, result="unchanged"))
    yield Cell("90 where nothing was made", "fresh", nothing, end="fresh", stays=())
    yield Cell("renamed by a naming policy", "fresh", tuple(_policed()), end="fresh", stays=())


def _policed() -> Iterator[Run]:
    """A policy puts something around each name that is made, and the scope is over what was read back."""
    rename = fault(cmdlet="New-DistributionGroup", kind="namingPolicy", prefix="DL ", suffix=" (EU)")
    for run in unkept():
        if run.step == 30 and run.apply:
            yield replace(run, faults=rename, says=("Rooms Haus C became CN=DL Rooms Haus C (EU)",))
        else:
            yield replace(run, says=("CN=DL Rooms O''Brien (EU)",) if run.step == 50 else ())


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*clean(), *again()], ids=lambda cell: cell.name)
def test_the_way_is_gone_as_often_as_one_likes(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
def test_the_figures_that_the_cells_are_made_of_are_right(stage: Stage) -> None:
    runs = dict(zip(((run.step, run.apply) for run in WHOLE.runs), stage.play(WHOLE), strict=True))
    assert {step: "".join("w" if call["writes"] else "r" for call in runs[step, True].calls) for step in STEPS} == CALLS


@pytest.mark.alone
def test_the_way_is_gone_in_constrained_language_mode(stage: Stage) -> None:
    bundle = stage.place("fresh")
    steps = "; ".join(f"& './{ONLINE[run.step]}.ps1'{' -Apply' * run.apply}" for run in WHOLE.runs)
    with stage.shell(f"{CONSTRAINED}{steps}", bundle) as shell:
        said = shell.communicate(timeout=900)[0]
    assert shell.returncode == 0, said
    assert ours(state(stage.folder / "directory")) == set()
    assert len(list((bundle / "evidence").iterdir())) == len(WHOLE.runs)
    assert said.count("Done: ") == 4
