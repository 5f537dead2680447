"""A read online that fails: nothing is changed, or what was changed is said, and the next run finishes."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.loop.cells import NOTHING, Cell, Run, fault, finish
from tests.loop.online.cells import AFTER, CALLS, PLANNED, WRITES, WRITING

KINDS = ("accessDenied", "throttled", "transient", "sessionGone")
TOLERATED = range(6, 15)
"""Reads of step 90 without which the right is taken away all the same."""

RIGHT = ("remove-assignment", "remove-assignment")


def reads() -> Iterator[Cell]:
    for step, calls in CALLS.items():
        for number, call in enumerate(calls, 1):
            made, kind = calls[:number].count("w"), KINDS[number % 4]
            if call == "r":
                yield _early(step, number, kind) if made == 0 else _late(step, number, made, kind)


def _early(step: int, number: int, kind: str) -> Cell:
    name, weather = f"{step} read {number} {kind}", _weather(number, kind)
    if step == 90 and number in TOLERATED and kind != "sessionGone":
        right = Run(
            90, apply=True, ok=False, result="stopped", writes=2, plans=RIGHT, outcomes=("done", "done"), warns=(("unread", "unknown"),),
            says=("Left: ", "Made: ", "Changes made: 2 of 2"), **weather,
        )
        return Cell(name, PLANNED[step], (right, *finish(step)), end="fresh", stays=())
    if step not in WRITING:
        return Cell(name, PLANNED[step], (Run(step, ok=False, writes=0, says=(NOTHING,), **weather),), end=PLANNED[step])
    stopped = Run(step, apply=True, ok=False, writes=0, says=(NOTHING,), **weather)
    if number % 4:
        return Cell(name, PLANNED[step], (stopped,), end=PLANNED[step])
    return Cell(name, PLANNED[step], (stopped, *finish(step)), end=AFTER[step])


def _late(step: int, number: int, made: int, kind: str) -> Cell:
    stopped = Run(
        step, apply=True, ok=False, result="stopped", writes=made, outcomes=("done",) * made, says=(f"Changes made: {made} of {WRITES[step]}",),
        **_weather(number, kind),
    )
    return Cell(f"{step} read {number} {kind} after changes", PLANNED[step], (stopped, *finish(step)), end=AFTER[step])


def _weather(call: int, kind: str) -> dict[str, Any]:
    return {"faults": fault(call=call, kind=kind)}


@pytest.mark.alone
@pytest.mark.parametrize("cell", tuple(reads()), ids=lambda cell: cell.name)
def test_without_an_answer_nothing_is_taken_for_absent(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
