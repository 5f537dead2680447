"""Holds what was read last to what the finished steps should have left, there or back."""

from collections.abc import Iterator

from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding, listed
from roomscope.verify.evidence.course import Course, Way
from roomscope.verify.evidence.objects import History
from roomscope.verify.evidence.things import AssignmentState, ListState, PointerState, naming
from roomscope.verify.evidence.values import State, Step, WarningKind


def standing(course: Course, history: History) -> Iterator[RecordFinding]:
    """Where what was read last is not what the finished steps should have left."""
    if course.done(Step.REMOVE):
        yield from _left(course, history)
        return
    yield from history.reassigned()
    if course.way is Way.THERE:
        yield from _made(course, history)


def _made(course: Course, history: History) -> Iterator[RecordFinding]:
    plan, grants = history.bundle.manifest.plan, course.done(Step.GRANT)
    keys = [("list", entry.address) for entry in plan.lists if course.done(Step.LISTS)]
    keys += [("scope", grant.scope) for grant in plan.grants if grants]
    keys += [("assignment", grant.assignment) for grant in plan.grants if grants]
    keys += [("pointer", plan.application.display_name)] if plan.application is not None and grants else []
    complete = course.done(*(found.step for found in course.steps))
    lacking = [line for kind, name in keys for line in _lacking(history, kind, name, complete=complete)]
    yield from listed(FindingKind.NOT_KEPT, "", "as last seen, it is not what the finished steps leave", lacking)
    if course.done(Step.LISTS, Step.ROOMS):
        yield from listed(FindingKind.NOT_KEPT, "", "members as last seen", list(_members(history)))


def _lacking(history: History, kind: str, name: str, *, complete: bool) -> Iterator[str]:
    found = history.latest.get((kind, name.lower()))
    if found is None and complete:
        yield f"{kind} {name}: no record says what became of it"
    if found is not None and found.thing.state is not State.KEPT:
        yield f"{naming(found.thing)} in {found.file}: {'; '.join(found.thing.differences) or found.thing.state}"


def _members(history: History) -> Iterator[str]:
    lists = [found.thing for found in history.latest.values() if isinstance(found.thing, ListState)]
    members = {member.lower() for thing in lists for member in thing.members}
    rooms = {room.address for room in history.bundle.rooms}
    if lists:
        yield from (f"in no list: {address}" for address in sorted(rooms - members))
        yield from (f"not in rooms.csv: {address}" for address in sorted(members - rooms))


def _left(course: Course, history: History) -> Iterator[RecordFinding]:
    """What stays after the way back: a right and a stranger weigh most, an empty shell least."""
    run, things = course.runs[-1], history.present()
    if not any(isinstance(thing, ListState) for thing in (*run.record.before, *run.record.after)):
        yield RecordFinding(FindingKind.UNCOMPARED, run.file, "lists and scopes were not read")
    named = {(warning.kind, warning.target.lower()) for warning in run.record.warnings}
    rooms = {room.address for room in history.bundle.rooms}
    held = [
        naming(thing) for thing in things
        if isinstance(thing, AssignmentState) and (WarningKind.RIGHT_STAYS, thing.name.lower()) not in named
    ]
    strangers = [
        f"{member} in {thing.address}" for thing in things if isinstance(thing, ListState) for member in thing.members
        if member.lower() not in rooms and (WarningKind.STRANGER_STAYS, member.lower()) not in named
    ]
    # A pointer gives no right, and one that was there before may stay; the script warns of any other.
    stays = [naming(thing) for thing in things if not isinstance(thing, AssignmentState | PointerState)]
    yield from listed(FindingKind.NOT_KEPT, run.file, "still there after the way back", held)
    yield from listed(FindingKind.STRANGER, run.file, "members that are not of rooms.csv", strangers)
    yield from listed(FindingKind.STAYS, run.file, "still there", sorted(stays))
