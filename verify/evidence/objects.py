"""Follows what the runs saw of each object, from the first record to the last."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.evidence.catalogue import Fault, Finding
from roomscope.verify.evidence.progress import Journey, Run, Way
from roomscope.verify.evidence.record import (
    AssignmentState,
    ListState,
    Mode,
    Reach,
    ScopeState,
    State,
    Step,
    Thing,
)


@dataclass(frozen=True, slots=True)
class Seen:
    """An object, as the last record that looked at it says."""

    thing: Thing
    file: str


@dataclass(slots=True)
class Sight:
    """Reads runs in their order; remembers each object and notes what changed between runs."""

    bundle: Bundle
    seen: dict[tuple[str, str], Seen] = field(default_factory=dict)
    _ever: set[tuple[str, str]] = field(default_factory=set)
    _lists_made: bool = False

    def follow(self, runs: tuple[Run, ...]) -> Iterator[Finding]:
        """Takes in these runs, and tells what none of them did."""
        for run in runs:
            before = run.record.before
            changed = [line for thing in before for line in self._changes(thing)]
            unmade = [thing for thing in before if _key(thing) not in self._ever and thing.state is not State.ABSENT]
            marked = [_naming(thing) for thing in unmade if self._is_ours(thing) and not self._lists_made]
            found = sorted(set(map(_naming, unmade)).difference(marked))
            yield from _list(Fault.CHANGED, run.file, "not as the run before left it", changed)
            yield from _list(Fault.UNRECORDED, run.file, "marked as made by this plan, before any run made it", marked)
            yield from _list(Fault.FOUND, run.file, "there before any run of these records made it", found)
            self._remember(run)

    def _changes(self, thing: Thing) -> Iterator[str]:
        known = self.seen.get(_key(thing))
        if known is not None:
            yield from (f"{_naming(thing)}: {change}" for change in _changes(known.thing, thing))

    def _is_ours(self, thing: Thing) -> bool:
        manifest = self.bundle.manifest
        return isinstance(thing, ListState) and thing.mark == f"roomscope {manifest.bundle} {manifest.plan_id}"

    def _remember(self, run: Run) -> None:
        record = run.record
        self._lists_made |= record.step is Step.LISTS and record.mode is Mode.APPLY
        after = [thing for thing in record.after if not isinstance(thing, Reach)]
        if record.touched and not after:
            # Nobody looked afterwards, so what is there is unknown until the next run looks.
            self.seen.clear()
        for thing in (*(() if record.touched and not after else record.before), *after):
            self.seen[_key(thing)] = Seen(thing, run.file)
        self._ever.update(map(_key, record.before), map(_key, after))


def standing(journey: Journey, sight: Sight) -> Iterator[Finding]:
    """Where what was last seen is not what the finished steps should have left."""
    if journey.way is Way.BACK:
        if journey.done(Step.REMOVE):
            yield from _left(journey, sight)
        return
    manifest, grants = sight.bundle.manifest, journey.done(Step.GRANT)
    keys = [("list", entry.address) for entry in manifest.lists if journey.done(Step.LISTS)]
    keys += [("scope", grant.scope) for grant in manifest.grants if grants]
    keys += [("assignment", grant.assignment) for grant in manifest.grants if grants]
    complete = journey.done(*(found.step for found in journey.steps))
    lacking = [line for kind, name in keys for line in _lacking(sight, kind, name, complete=complete)]
    yield from _list(Fault.NOT_KEPT, "", "as last seen, it is not what the finished steps leave", lacking)
    if journey.done(Step.LISTS, Step.ROOMS):
        yield from _list(Fault.NOT_KEPT, "", "members as last seen", list(_members(sight)))


def _lacking(sight: Sight, kind: str, name: str, *, complete: bool) -> Iterator[str]:
    seen = sight.seen.get((kind, name.lower()))
    if seen is None and complete:
        yield f"{kind} {name}: no record says what became of it"
    if seen is not None and seen.thing.state is not State.KEPT:
        yield f"{_naming(seen.thing)} in {seen.file}: {'; '.join(seen.thing.differences) or seen.thing.state}"


def _members(sight: Sight) -> Iterator[str]:
    lists = [seen.thing for seen in sight.seen.values() if isinstance(seen.thing, ListState)]
    members = {member.lower() for thing in lists for member in thing.members}
    rooms = {room.address for room in sight.bundle.rooms}
    if lists:
        yield from (f"in no list: {address}" for address in sorted(rooms - members))
        yield from (f"not in rooms.csv: {address}" for address in sorted(members - rooms))


def _left(journey: Journey, sight: Sight) -> Iterator[Finding]:
    run = journey.runs[-1]
    things = [seen.thing for seen in sight.seen.values() if seen.thing.state is not State.ABSENT]
    if not any(isinstance(thing, ListState) for thing in (*run.record.before, *run.record.after)):
        yield Finding(Fault.UNCOMPARED, run.file, "lists and scopes were not read")
    held = [_naming(thing) for thing in things if _holds(thing, " ".join(run.record.warnings))]
    stays = sorted(set(map(_naming, things)).difference(held))
    yield from _list(Fault.NOT_KEPT, run.file, "still there after the way back", held)
    yield from _list(Fault.STAYS, run.file, "still there", stays)


def _holds(thing: Thing, warned: str) -> bool:
    return isinstance(thing, AssignmentState) and f"{thing.name} is another assignment" not in warned


def _list(fault: Fault, file: str, text: str, items: list[str]) -> Iterator[Finding]:
    if items:
        yield Finding(fault, file, f"{text}: {len(items)}", tuple(items))


def _naming(thing: Thing) -> str:
    return f"{thing.kind} {thing.name} ({thing.state})"


def _key(thing: Thing) -> tuple[str, str]:
    return thing.kind, (thing.address if isinstance(thing, ListState) else thing.name).lower()


def _changes(then: Thing, now: Thing) -> Iterator[str]:
    if then.state is not now.state:
        yield f"state: {then.state}, now {now.state}"
    if then.guid.lower() != now.guid.lower():
        yield f"GUID: {then.guid or 'none'}, now {now.guid or 'none'}"
    match then, now:
        case ListState(), ListState():
            before, after = ({member.lower() for member in seen.members} for seen in (then, now))
            yield from (f"member gone: {member}" for member in sorted(before - after))
            yield from (f"new member: {member}" for member in sorted(after - before))
            if set(then.owners) != set(now.owners):
                yield f"owners: {'; '.join(then.owners)}, now {'; '.join(now.owners)}"
        case ScopeState(), ScopeState():
            if (then.filter, then.root) != (now.filter, now.root):
                yield f"filter and root: {then.filter} {then.root}, now {now.filter} {now.root}"
        case AssignmentState(), AssignmentState():
            if (then.role, then.assignee, then.scope) != (now.role, now.assignee, now.scope):
                yield f"grant: {then.role} to {then.assignee} over {then.scope}, now {now.role} to {now.assignee} over {now.scope}"
        case _:
            yield f"kind: {then.kind}, now {now.kind}"
