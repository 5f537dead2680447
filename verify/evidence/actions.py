"""Holds what a run planned, did and saw beside each other, line by line."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.verify.evidence.catalogue import Fault, Finding
from roomscope.verify.evidence.progress import WRITING, Run
from roomscope.verify.evidence.record import (
    AssignmentState,
    Ending,
    ListState,
    Mode,
    Reach,
    Record,
    ScopeState,
    State,
    Step,
    Thing,
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a plan."""

    text: str
    planned: bool
    done: str
    """What the run noted of it; empty where it noted nothing."""

    seen: bool | None
    """Whether it showed when the run read back; unknown where it did not."""


def deeds(record: Record) -> tuple[Deed, ...]:
    """Every line that was planned or done, in the order of the plan."""
    planned = set(record.plan)
    lines = (*dict.fromkeys(record.plan), *(line for line in record.actions if line not in planned))
    shown = _Shown(record)
    return tuple(Deed(line, line in planned, record.actions.get(line, ""), shown.has(line)) for line in lines)


def contradictions(run: Run, earlier: tuple[Run, ...]) -> Iterator[Finding]:
    """Where plan, deeds and sight of a run do not fit.

    1. What was done was planned, in this run and in the plan recorded before it.
    2. What counts as applied was done and seen.
    3. The counters, the result and the times fit the rest.
    """
    record = run.record
    found = deeds(record)
    undone = [deed.text for deed in found if deed.planned and deed.done in {"", "unknown"}]
    yield from _list(Fault.UNPLANNED, run, "done, not planned", [d.text for d in found if d.done and not d.planned])
    if record.mode is Mode.APPLY and record.touched:
        yield from _unlike_plan(run, _plan_before(run, earlier))
    if record.result is Ending.APPLIED:
        yield from _list(Fault.UNDONE, run, "planned, not done", undone)
        yield from _list(Fault.UNSEEN, run, "done, not seen", [d.text for d in found if d.done and not d.seen])
    yield from _list(Fault.CONTRADICTORY, run, "it says of itself", list(_oddities(record)))
    if record.step is Step.CONFIRM and record.result is Ending.UNCHANGED:
        yield from _list(Fault.NOT_KEPT, run, "the stored scope is not the inventory", list(_reach(record)))


def _list(fault: Fault, run: Run, text: str, items: list[str]) -> Iterator[Finding]:
    if items:
        yield Finding(fault, run.file, f"{text}: {len(items)}", tuple(items))


def _plan_before(run: Run, earlier: tuple[Run, ...]) -> Run | None:
    step = run.record.step
    plans = (other for other in reversed(earlier) if other.record.step is step and other.record.mode is Mode.PLAN)
    return next(plans, None)


def _unlike_plan(run: Run, plan: Run | None) -> Iterator[Finding]:
    if plan is None:
        yield Finding(Fault.UNPLANNED, run.file, "no recorded plan of this step stands before it", run.record.plan)
        return
    if plan.record.result is not Ending.PLANNED:
        yield Finding(Fault.UNPLANNED, run.file, f"the plan before it, {plan.file}, did not end well")
    planned, ours = set(plan.record.plan), set(run.record.plan)
    other = [line for line in run.record.plan if line not in planned]
    if run.record.step is not Step.REMOVE:
        # The way back may do less than was planned; the way there may not.
        other += [line for line in plan.record.plan if line not in ours]
    yield from _list(Fault.UNPLANNED, run, f"its plan is not the one of {plan.file}, lines that differ", other)


def _oddities(record: Record) -> Iterator[str]:
    done, changed = len(record.actions), record.writes or record.actions
    if record.end < record.start:
        yield "it ended before it began"
    if changed and (record.mode is Mode.PLAN or record.step not in WRITING):
        yield f"{record.writes} writing calls and {done} changes, in a run that only reads"
    elif changed and record.result in {Ending.UNCHANGED, Ending.PLANNED}:
        yield f"{record.writes} writing calls and {done} changes, and the result {record.result}"
    elif not done <= record.writes <= done + (record.result is not Ending.APPLIED):
        yield f"{record.writes} writing calls for {done} changes"
    if record.result is Ending.APPLIED and not record.plan:
        yield "the result applied, without a plan"
    if record.result is Ending.UNCHANGED and record.plan:
        yield f"the result unchanged, with a plan of {len(record.plan)} lines"
    if record.mode is Mode.PLAN and record.result is Ending.APPLIED:
        yield "the result applied, in a run that only reads"
    if record.result in {Ending.PLANNED, Ending.UNCHANGED, Ending.APPLIED} and record.error:
        yield f"the result {record.result}, and an error: {record.error}"


def _reach(record: Record) -> Iterator[str]:
    reached = [seen for seen in record.after if isinstance(seen, Reach)]
    if not reached:
        yield "it does not say what the scope reaches"
    for seen in reached:
        yield from (f"too many: {address}" for address in seen.too_many)
        yield from (f"too few: {address}" for address in seen.too_few)


class _Shown:
    """What the state after a run shows of its plan, in the words of the plan."""

    def __init__(self, record: Record) -> None:
        things = [thing for thing in record.after if not isinstance(thing, Reach)]
        removes = record.step is Step.REMOVE
        words = _removals if removes else _additions
        self.known = bool(things)
        self.words = {word.lower() for thing in things for word in words(thing)}

    def has(self, line: str) -> bool | None:
        """Whether this line shows; unknown where nothing was read back."""
        return any(word in self.words for word in _words(line.lower())) if self.known else None


def _words(line: str) -> Iterator[str]:
    """The line itself; of a scope without its filter, of an assignment without its account."""
    yield line
    if line.startswith("make management scope "):
        yield from (line[: found.end()] for found in re.finditer(": ", line))
    if line.startswith("assign applicationimpersonation to "):
        yield from (line[found.start() :] for found in re.finditer(" as ", line))


def _additions(thing: Thing) -> Iterator[str]:
    if thing.state is not State.KEPT:
        return
    match thing:
        case ListState():
            yield f"make room list {thing.name} ({thing.address})"
            yield from (f"add {member} to {thing.address}" for member in thing.members)
        case ScopeState():
            yield f"make management scope {thing.name}: "
        case AssignmentState():
            yield f" as {thing.name}, limited to scope {thing.scope}"


def _removals(thing: Thing) -> Iterator[str]:
    if thing.state is not State.ABSENT:
        return
    match thing:
        case ListState():
            yield f"remove room list {thing.name} ({thing.address})"
        case ScopeState():
            yield f"remove management scope {thing.name}"
        case AssignmentState():
            yield f"remove role assignment {thing.name}"
