"""Finds where a record does not fit itself, or the plan that was recorded before it."""

from collections.abc import Iterator

from roomscope.verify.common.text import counted
from roomscope.verify.evidence.actions import changes, identity
from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding, listed
from roomscope.verify.evidence.course import WRITING, Run
from roomscope.verify.evidence.record import Planned, Record
from roomscope.verify.evidence.things import Reach
from roomscope.verify.evidence.values import ChangeKind, Ending, Mode, Outcome, Step

CHANGES = {
    Step.LISTS: {ChangeKind.MAKE_LIST},
    Step.ROOMS: {ChangeKind.FILL_LIST, ChangeKind.ADD_MEMBER},
    Step.CUSTOMIZATION: {ChangeKind.ENABLE_CUSTOMIZATION},
    Step.GRANT: {ChangeKind.MAKE_POINTER, ChangeKind.MAKE_SCOPE, ChangeKind.MAKE_ASSIGNMENT},
    Step.REMOVE: {ChangeKind.REMOVE_ASSIGNMENT, ChangeKind.REMOVE_SCOPE, ChangeKind.REMOVE_LIST, ChangeKind.REMOVE_POINTER},
}
"""What each step can change; the others change nothing."""


def contradictions(run: Run, earlier: tuple[Run, ...]) -> Iterator[RecordFinding]:
    """Where plan, actions and what was read back do not fit.

    1. What was done was planned, in this run and in the plan recorded before it.
    2. What counts as applied was done and read back.
    3. The counters, the result and the times fit the rest.
    """
    record = run.record
    found = changes(record)
    unplanned = [change.text for change in found if change.outcome is not None and not change.planned]
    yield from listed(FindingKind.UNPLANNED, run.file, "done, not planned", unplanned)
    if record.mode is Mode.APPLY and record.touched:
        yield from _unlike_plan(run, _plan_before(run, earlier))
    if record.result is Ending.APPLIED:
        undone = [change.text for change in found if change.planned and not change.done]
        yield from listed(FindingKind.UNDONE, run.file, "planned, not done", undone)
        unseen = [c.text for c in found if c.outcome not in {None, Outcome.NOT_DONE} and not c.read_back]
        yield from listed(FindingKind.UNSEEN, run.file, "done, not seen", unseen)
    yield from listed(FindingKind.CONTRADICTORY, run.file, "it says of itself", list(_oddities(record)))
    if record.step is Step.CONFIRM and record.result is Ending.UNCHANGED:
        yield from listed(FindingKind.NOT_KEPT, run.file, "the stored scope is not the inventory", list(_reach(record)))


def _plan_before(run: Run, earlier: tuple[Run, ...]) -> Run | None:
    step = run.record.step
    plans = (other for other in reversed(earlier) if other.record.step is step and other.record.mode is Mode.PLAN)
    return next(plans, None)


def _unlike_plan(run: Run, plan: Run | None) -> Iterator[RecordFinding]:
    if plan is None:
        texts = tuple(planned.text for planned in run.record.plan)
        yield RecordFinding(FindingKind.UNPLANNED, run.file, "no recorded plan of this step stands before it", texts)
        return
    if plan.record.result is not Ending.PLANNED:
        yield RecordFinding(FindingKind.UNPLANNED, run.file, f"the plan before it, {plan.file}, did not end well")
    other = _beyond(run.record.plan, plan.record.plan)
    if run.record.step is not Step.REMOVE:
        # The way back may do less than was planned; the way there may not.
        other += _beyond(plan.record.plan, run.record.plan)
    yield from listed(FindingKind.UNPLANNED, run.file, f"its plan is not the one of {plan.file}, lines that differ", other)


def _beyond(plan: tuple[Planned, ...], other: tuple[Planned, ...]) -> list[str]:
    known = set(map(identity, other))
    return [planned.text for planned in plan if identity(planned) not in known]


def _oddities(record: Record) -> Iterator[str]:
    yield from _odd_counts(record)
    yield from _odd_changes(record)
    if record.end < record.start:
        yield "it ended before it began"
    if record.result is Ending.APPLIED and not record.plan:
        yield "the result applied, without a plan"
    if record.result is Ending.UNCHANGED and record.plan:
        yield f"the result unchanged, with a plan of {counted(len(record.plan), 'line')}"
    if record.mode is Mode.PLAN and record.result is Ending.APPLIED:
        yield "the result applied, in a run that only reads"
    if record.well and record.error:
        yield f"the result {record.result}, and an error: {record.error}"


def _odd_counts(record: Record) -> Iterator[str]:
    tried, changed = len(record.actions), record.writes or record.actions
    # What was there already may have been noticed before the call, and a call may have been cut before it was noted.
    least = sum(action.outcome is not Outcome.ALREADY_THERE for action in record.actions)
    calls = counted(record.writes, "writing call")
    if changed and (record.mode is Mode.PLAN or record.step not in WRITING):
        yield f"{calls} and {counted(tried, 'change')}, in a run that only reads"
    elif changed and record.result in {Ending.UNCHANGED, Ending.PLANNED}:
        yield f"{calls} and {counted(tried, 'change')}, and the result {record.result}"
    elif not least <= record.writes <= tried + (record.result is not Ending.APPLIED):
        yield f"{calls} for {counted(tried, 'change')}"


def _odd_changes(record: Record) -> Iterator[str]:
    known = CHANGES.get(record.step, set())
    for name, sides in (("plan", record.plan), ("actions", record.actions)):
        if len({(side.kind, side.target.lower()) for side in sides}) != len(sides):
            yield f"a change stands twice in its {name}"
        if strange := {side.kind.value for side in sides} - known:
            yield f"changes in its {name} that this step does not make: {', '.join(sorted(strange))}"


def _reach(record: Record) -> Iterator[str]:
    reached = [thing for thing in record.after if isinstance(thing, Reach)]
    if not reached:
        yield "it does not say what the scope reaches"
    for reach in reached:
        yield from (f"too many: {address}" for address in reach.too_many)
        yield from (f"too few: {address}" for address in reach.too_few)
