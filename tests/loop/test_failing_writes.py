"""A change that fails, or after which the session dies: what it came to is read again and recorded, the next run finishes."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.loop.cells import AFTER, LIST, NOTHING, PLANNED, WRITES, Cell, Run, fault, finish
from tests.loop.stage import Stage

FILL, ADD = "fill-list", "add-member"
KINDS = {
    "accessDenied": "not done", "throttled": "not done", "transient": "not done", "sessionGone": "unknown",
    "transientAfter": "done", "sessionGoneAfter": "unknown",
}
"""Errors before the change and after it, and what can be known of it."""


def errors() -> Iterator[Cell]:
    for step, writes in WRITES.items():
        for number in range(1, writes + 1):
            early = ("accessDenied", "throttled", "transient")[number % 3]
            for kind in (early, "sessionGone", "transientAfter", "sessionGoneAfter"):
                yield Cell(f"{step} write {number} {kind}", PLANNED[step], (_failed(step, number, kind), *finish(step)), end=AFTER[step])


def _failed(step: int, number: int, kind: str) -> Run:
    outcome = KINDS[kind]
    outcomes = ("done",) * (number - 1) + (outcome,)
    made = outcomes.count("done")
    says: tuple[str, ...] = ("not known" if outcome == "unknown" else f"Changes made: {made} of {WRITES[step]}." if made else NOTHING,)
    if step == 90 and kind == "transientAfter":
        says += ("Made: remove assignment m-rooms assignment",) + ("Not made: remove",) * (number < WRITES[step])
    return Run(step, apply=True, ok=False, result="stopped", writes=number, outcomes=outcomes, says=says, faults=fault(write=number, kind=kind))


def races() -> Iterator[Cell]:
    for step in (30, 50, 90):
        for number in range(1, WRITES[step] + 1):
            outcomes = tuple("already there" if one == number else "done" for one in range(1, WRITES[step] + 1))
            race = Run(step, apply=True, outcomes=outcomes, faults=fault(write=number, kind="alreadyThere"))
            yield Cell(f"{step} write {number} already there", PLANNED[step], (race, Run(step, apply=True, writes=0)), end=AFTER[step])


def filling() -> Iterator[Cell]:
    """Step 40: a list that is still empty is filled by one call, any other room by room."""
    yield Cell("40 fills each empty list by one call", "plan40", (Run(40, apply=True, writes=3, plans=(FILL,) * 3, outcomes=("done",) * 3),), end="done40")
    for number in range(1, 4):
        half = Run(
            40, apply=True, ok=False, result="stopped", writes=number, outcomes=(*("done",) * (number - 1), "unknown"), says=("not known",),
            faults=fault(write=number, kind="transientHalf"),
        )
        rest = (ADD, *(FILL,) * (3 - number))
        yield Cell(f"40 list {number} half filled, then an error", "plan40", (half, *(finish(40, plans=rest)[:1]), Run(40, apply=True, plans=rest)), end="done40")
    one = f"Add-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com"
    whole = (Run(40, before=one, plans=(FILL, FILL, ADD)), Run(40, apply=True, writes=3, plans=(FILL, FILL, ADD)))
    yield Cell("40 completes a list that somebody began, room by room", "done30", whole, end="done40")
    for number in (1, 3):
        joined = Run(
            40, apply=True, ok=False, result="stopped", writes=number - 1, outcomes=("done",) * (number - 1),
            says=("is not empty any more", NOTHING if number == 1 else "Changes made: 2 of 3"), faults=_joins(3 + number, number),
        )
        yield Cell(f"40 list {number} filled by somebody right before", "plan40", (joined, *finish(40)), end="done40")
    stranger = {"group": LIST, "member": "reception@contoso.com"}
    joined = Run(
        40, apply=True, ok=False, result="stopped", writes=2, outcomes=("done", "done"), says=("is not empty any more",),
        faults=fault(cmdlet="Get-DistributionGroupMember", nth=6, kind="meanwhile", joins=stranger),
    )
    conflict = Run(40, ok=False, writes=0, says=("reception@contoso.com", NOTHING))
    yield Cell("40 a stranger joined right before", "plan40", (joined, conflict))


def _joins(nth: int, number: int) -> tuple[dict[str, Any], ...]:
    lists = {1: ("m-rooms.salle-dattente@contoso.com", "a1@contoso.com"), 3: (LIST, "c1@contoso.com")}
    group, member = lists[number]
    return fault(cmdlet="Get-DistributionGroupMember", nth=nth, kind="meanwhile", joins={"group": group, "member": member})


def deaths() -> Iterator[Cell]:
    """Sessions that end at a change, and what finishes their work."""
    for step, writes in WRITES.items():
        for number in range(1, writes + 1):
            yield _death(step, number, "kill")
        yield _death(step, writes, "killAfter")
    for number in range(1, 4):
        yield _death(40, number, "killHalf")
    yield _death(40, 1, "killAfter")


def _death(step: int, number: int, kind: str) -> Cell:
    died = Cell(f"{step} {kind} at write {number}", PLANNED[step], (Run(step, apply=True, faults=fault(write=number, kind=kind)),))
    return Cell(f"{step} finished after {kind} at write {number}", f"start of {died.name}", finish(step), end=AFTER[step], died=died)


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*errors(), *races(), *filling()], ids=lambda cell: cell.name)
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
