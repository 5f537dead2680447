"""An organisation that is not enabled for customization: step 20 does it once, and the other steps wait for it."""

from collections.abc import Callable, Iterator

import pytest

from tests.loop.cells import NOTHING, Cell, Run, fault, finish
from tests.loop.online.cells import AFTER, DEHYDRATED, PLANNED, WRITING

LATER = "run this script again in an hour"
LAGGING = "Edit-Snapshot { param($one) $one['organization']['isDehydrated'] = $true; $one['hydration'] = @{ enabledAt = $null; lagWrites = 2 } }"


def dehydrated() -> Iterator[Cell]:
    yield Cell("10 dehydrated", "fresh", (Run(10, writes=0, before=DEHYDRATED, warns=(("dehydrated", "noted"),), says=("step 20 will do so, and there is no way back",)),))
    yield Cell("15 dehydrated", "fresh", (Run(15, writes=0, before=DEHYDRATED),))
    for step in (30, 40, 50, 60):
        says = ("run step 20", "run this again in an hour", NOTHING)
        for apply in {False, step in WRITING}:
            stopped = Run(step, apply=apply, ok=False, writes=0, before=DEHYDRATED, says=says)
            yield Cell(f"{step} dehydrated, {'apply' if apply else 'plan'}", PLANNED[step], (stopped,))
    yield Cell("90 dehydrated", "done50", (Run(90, before=DEHYDRATED),))


def enabled() -> Iterator[Cell]:
    kind = ("enable-customization",)
    plan = Run(20, before=DEHYDRATED, plans=kind, writes=0, says=("which has no way back",))
    done = Run(20, apply=True, writes=1, outcomes=("done",), result="applied", says=("STOP here", "wait an hour"))
    again = (Run(20, plans=(), writes=0), Run(20, apply=True, writes=0, result="unchanged"))
    yield Cell("20 enables it", "fresh", (plan, done, Run(30), *again))
    there = Run(20, apply=True, writes=1, outcomes=("already there",), result="applied", says=("STOP here",), faults=fault(write=1, kind="alreadyThere"))
    yield Cell("20 somebody enabled it right before", "fresh", (plan, there, Run(30), *again))
    raced = Run(20, apply=True, writes=0, result="unchanged", before="Enable-OrganizationCustomization -Confirm:$false")
    yield Cell("20 somebody enabled it since the plan", "fresh", (plan, raced))


def lagging() -> Iterator[Cell]:
    early = Run(50, apply=True, ok=False, result="stopped", writes=1, outcomes=("not done",), says=(LATER, NOTHING), faults=fault(write=1, kind="dehydrated"))
    yield Cell("50 the first change is refused as dehydrated", "plan50", (early, *finish(50)), end="done50")
    waiting = (
        Run(20, before=LAGGING), Run(20, apply=True), Run(50),
        Run(50, apply=True, ok=False, result="stopped", writes=1, outcomes=("not done",), says=(LATER, NOTHING)),
        Run(50, plans=("make-scope", "make-scope", "make-pointer", "make-assignment", "make-assignment")),
        Run(50, apply=True, ok=False, result="stopped", writes=1, outcomes=("not done",), says=(LATER, NOTHING)),
        *finish(50),
    )
    yield Cell("50 scopes are refused for a while", "done40", waiting, end="done50")
    for number in (4, 5):
        outcomes = ("done",) * (number - 1) + ("not done",)
        refused = Run(
            50, apply=True, ok=False, result="stopped", writes=number, outcomes=outcomes, faults=fault(write=number, kind="notDelegated"),
            says=("needs Organization Management itself, in a new session",),
        )
        yield Cell(f"50 nobody may pass the role on, write {number}", "plan50", (refused, *finish(50)), end=AFTER[50])


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*dehydrated(), *enabled(), *lagging()], ids=lambda cell: cell.name)
def test_nothing_is_made_before_the_organisation_is_ready(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
