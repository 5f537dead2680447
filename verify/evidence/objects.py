"""Follows what the runs read of each object, from the first record to the last."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding, listed
from roomscope.verify.evidence.course import Run
from roomscope.verify.evidence.things import (
    AssignmentState,
    Key,
    ListState,
    PointerState,
    ScopeState,
    Thing,
    key,
    naming,
)
from roomscope.verify.evidence.values import Mode, State, Step


@dataclass(frozen=True, slots=True)
class Latest:
    """An object, as the last record that looked at it says."""

    thing: Thing
    file: str


@dataclass(slots=True)
class History:
    """Reads runs in their order; remembers each object and notes what changed between runs."""

    bundle: Bundle
    latest: dict[Key, Latest] = field(default_factory=dict)
    _ever: set[Key] = field(default_factory=set)
    _lists_made: bool = False
    _holders: dict[Key, str] = field(default_factory=dict)
    """Who was read first as the holder of each assignment since it was last read as absent."""

    def follow(self, runs: tuple[Run, ...]) -> Iterator[RecordFinding]:
        """Takes in these runs, and tells what none of them did."""
        for run in runs:
            before = run.record.before
            changed = [line for thing in before for line in self._changes(thing)]
            unmade = [thing for thing in before if key(thing) not in self._ever and thing.state is not State.ABSENT]
            marked = [naming(thing) for thing in unmade if self._is_ours(thing) and not self._lists_made]
            found = sorted(set(map(naming, unmade)).difference(marked))
            yield from listed(FindingKind.CHANGED, run.file, "not as the run before left it", changed)
            yield from listed(FindingKind.UNRECORDED, run.file, "marked as made by this plan, before any run made it", marked)
            yield from listed(FindingKind.FOUND, run.file, "there before any run of these records made it", found)
            self._remember(run)

    def present(self) -> tuple[Thing, ...]:
        """The objects that are there, as far as the last record that looked at each says."""
        return tuple(found.thing for found in self.latest.values() if found.thing.state is not State.ABSENT)

    def reassigned(self) -> Iterator[RecordFinding]:
        """Each assignment that is there and has another holder than it was first read with."""
        for known, first in self._holders.items():
            found = self.latest.get(known)
            if found is not None and isinstance(found.thing, AssignmentState) and found.thing.assignee.lower() != first.lower():
                items = (f"{naming(found.thing)}: {first or 'nobody'}, now {found.thing.assignee or 'nobody'}",)
                yield RecordFinding(FindingKind.REASSIGNED, found.file, "another holder", items)

    def _changes(self, thing: Thing) -> Iterator[str]:
        known = self.latest.get(key(thing))
        if known is not None:
            yield from (f"{naming(thing)}: {change}" for change in _changes(known.thing, thing))

    def _is_ours(self, thing: Thing) -> bool:
        manifest = self.bundle.manifest
        return isinstance(thing, ListState) and thing.mark == f"roomscope {manifest.plan.bundle} {manifest.plan_id}"

    def _remember(self, run: Run) -> None:
        record = run.record
        after = record.things
        self._lists_made |= record.step is Step.LISTS and record.mode is Mode.APPLY
        if record.touched and not after:
            # Nobody looked afterwards, so what is there is unknown until the next run looks.
            self.latest.clear()
        for thing in (*(() if record.touched and not after else record.before), *after):
            self.latest[key(thing)] = Latest(thing, run.file)
        self._ever.update(map(key, record.before), map(key, after))
        for thing in (*record.before, *after):
            self._hold(thing)

    def _hold(self, thing: Thing) -> None:
        if isinstance(thing, AssignmentState) and thing.state is not State.ABSENT:
            self._holders.setdefault(key(thing), thing.assignee)
        else:
            self._holders.pop(key(thing), None)


def _changes(then: Thing, now: Thing) -> Iterator[str]:
    if then.state is not now.state:
        yield f"state: {then.state}, now {now.state}"
    if then.guid.lower() != now.guid.lower():
        yield f"GUID: {then.guid or 'none'}, now {now.guid or 'none'}"
    match then, now:
        case ListState(), ListState():
            before, after = ({member.lower() for member in thing.members} for thing in (then, now))
            yield from (f"member gone: {member}" for member in sorted(before - after))
            yield from (f"new member: {member}" for member in sorted(after - before))
            if set(then.owners) != set(now.owners):
                yield f"owners: {'; '.join(then.owners) or 'none'}, now {'; '.join(now.owners) or 'none'}"
        case ScopeState(), ScopeState():
            if (then.filter, then.root) != (now.filter, now.root):
                yield f"filter and root: {_reach(then)}, now {_reach(now)}"
        case AssignmentState(), AssignmentState():
            if (then.role, then.assignee, then.scope) != (now.role, now.assignee, now.scope):
                yield f"grant: {_grant(then)}, now {_grant(now)}"
        case PointerState(), PointerState():
            pass
        case _:
            yield f"kind: {then.kind}, now {now.kind}"


def _reach(scope: ScopeState) -> str:
    return f"{scope.filter} {scope.root}".strip() or "none"


def _grant(assignment: AssignmentState) -> str:
    if assignment.state is State.ABSENT:
        return "none"
    return f"{assignment.role} to {assignment.assignee or 'nobody'} over {assignment.scope or 'the whole organisation'}"
