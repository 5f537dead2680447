"""A change online that fails, or after which the session dies: what it came to is read again and recorded, the next run finishes."""

import json
from collections.abc import Callable, Iterator

import pytest

from tests.loop.cells import NOTHING, Cell, Run, fault, finish
from tests.loop.online.cells import AFTER, DEHYDRATED, LIST, PLANNED, WRITES
from tests.loop.stage import Stage

KINDS = {
    "accessDenied": "not done", "throttled": "not done", "transient": "not done", "notWritable": "not done", "sessionGone": "unknown",
    "transientAfter": "done", "notWritableAfter": "done", "sessionGoneAfter": "unknown",
}
"""Errors before the change and after it, and what can be known of it."""


def errors() -> Iterator[Cell]:
    for step, writes in WRITES.items():
        for number in range(1, writes + 1):
            early = ("accessDenied", "throttled", "transient", "notWritable")[number % 4]
            for kind in (early, ("sessionGone", "sessionGoneAfter")[number % 2], ("transientAfter", "notWritableAfter")[number % 2]):
                yield Cell(f"{step} write {number} {kind}", PLANNED[step], (_failed(step, number, kind), *finish(step)), end=AFTER[step])


def _failed(step: int, number: int, kind: str) -> Run:
    outcome = KINDS[kind]
    outcomes = ("done",) * (number - 1) + (outcome,)
    made, wanted = outcomes.count("done"), WRITES[step]
    says = ("not known" if outcome == "unknown" else f"Changes made: {made} of {wanted}." if made else NOTHING,)
    return Run(step, apply=True, ok=False, result="stopped", writes=number, outcomes=outcomes, says=says, faults=fault(write=number, kind=kind))


def enabling() -> Iterator[Cell]:
    """Step 20, whose one change has no way back; that it does not show yet is no proof that it was not made."""
    for kind in ("accessDenied", "sessionGone", "transientAfter", "sessionGoneAfter"):
        is_done = kind == "transientAfter"
        failed = Run(
            20, apply=True, ok=is_done, result="applied" if is_done else "stopped", writes=1, outcomes=("done" if is_done else "unknown",),
            faults=fault(write=1, kind=kind), says=("STOP here",) if is_done else ("not known",),
        )
        yield Cell(f"20 write {kind}", "fresh", (Run(20, before=DEHYDRATED), failed, *finish(20), Run(30)))


def races() -> Iterator[Cell]:
    for step in (30, 50, 90):
        for number in range(1, WRITES[step] + 1):
            outcomes = tuple("already there" if one == number else "done" for one in range(1, WRITES[step] + 1))
            race = Run(step, apply=True, outcomes=outcomes, faults=fault(write=number, kind="alreadyThere"))
            yield Cell(f"{step} write {number} already there", PLANNED[step], (race, Run(step, apply=True, writes=0)), end=AFTER[step])


def filling() -> Iterator[Cell]:
    """Step 40: a list that is still empty is filled by one call, any other room by room."""
    fill, add = "fill-list", "add-member"
    for number in range(1, 4):
        half = Run(
            40, apply=True, ok=False, result="stopped", writes=number, outcomes=(*("done",) * (number - 1), "unknown"), says=("not known",),
            faults=fault(write=number, kind="transientHalf"),
        )
        rest = (add, *(fill,) * (3 - number))
        yield Cell(f"40 list {number} half filled, then an error", "plan40", (half, *finish(40, plans=rest)[:1], Run(40, apply=True, plans=rest)), end="done40")
    one = f"Add-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com"
    whole = (Run(40, before=one, plans=(fill, fill, add)), Run(40, apply=True, writes=3, plans=(fill, fill, add)))
    yield Cell("40 completes a list that somebody began, room by room", "done30", whole, end="done40")
    for error in ("accessDenied", "transientAfter", "alreadyThere"):
        outcome = KINDS.get(error, "already there")
        ok = outcome == "already there"
        last = Run(40, apply=True, ok=ok, writes=3, outcomes=("done", "done", outcome), faults=fault(write=3, kind=error))
        yield Cell(f"40 one room, {error}", "done30", (whole[0], last, *finish(40)), end="done40")
    joins = {"group": LIST, "member": "c1@contoso.com"}
    joined = Run(
        40, apply=True, ok=False, result="stopped", writes=2, outcomes=("done", "done"), says=("is not empty any more", "Changes made: 2 of 3"),
        faults=fault(cmdlet="Get-DistributionGroupMember", nth=6, kind="meanwhile", joins=joins),
    )
    yield Cell("40 list 3 filled by somebody right before", "plan40", (joined, *finish(40)), end="done40")


DEATHS = {30: (2,), 40: (2,), 50: (1, 2, 4), 90: (1, 3, 5, 8)}
"""One change of each kind."""


def deaths() -> Iterator[Cell]:
    """Sessions that end at a change, and what finishes their work."""
    for step, numbers in DEATHS.items():
        for number in numbers:
            yield _death(step, number, "kill")
            yield _death(step, number, "killAfter")
    yield _death(40, 1, "killHalf")


def _death(step: int, number: int, kind: str) -> Cell:
    died = Cell(f"{step} {kind} at write {number}", PLANNED[step], (Run(step, apply=True, faults=fault(write=number, kind=kind)),))
    return Cell(f"{step} finished after {kind} at write {number}", f"start of {died.name}", finish(step), end=AFTER[step], died=died)


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*errors(), *enabling(), *races(), *filling()], ids=lambda cell: cell.name)
def test_after_every_error_the_record_says_what_there_is(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
@pytest.mark.parametrize("cell", tuple(deaths()), ids=lambda cell: cell.name)
def test_what_a_session_left_that_died_is_finished(cell: Cell, play: Callable[[Cell], None], stage: Stage) -> None:
    play(cell)
    assert cell.died is not None
    (run,) = cell.died.runs
    (path,) = (stage.start(cell.start) / "evidence").glob(f"{run.script}.apply.*")
    record = json.loads(path.read_text(encoding="utf-8-sig"))
    number = run.faults[0]["write"]
    assert (record["Result"], record["Error"]) == ("interrupted", "")
    assert [action["Outcome"] for action in record["Actions"]] == ["done"] * (number - 1) + ["unknown"]
