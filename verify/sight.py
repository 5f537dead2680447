"""Follows what the runs saw of each object, from the first record to the last."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from verify.bundle import Bundle
from verify.faults import Fault, Finding
from verify.journey import Journey, Run, Way
from verify.record import AssignmentState, ListState, Mode, Reach, ScopeState, State, Step, Thing


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
    findings: list[Finding] = field(default_factory=list)
    _ever: set[tuple[str, str]] = field(default_factory=set)
    _lists_made: bool = False

    def follow(self, runs: tuple[Run, ...]) -> None:
        """Takes in these runs."""
        for run in runs:
            for thing in run.record.before:
                self._compare(run, thing)
                self._remember(run, thing)
            self._read_back(run)

    def _compare(self, run: Run, thing: Thing) -> None:
        known = self.seen.get(_key(thing))
        if known is not None:
            changes = tuple(_changes(known.thing, thing))
            if changes:
                text = f"{thing.kind} {thing.name} is not as {known.file} saw it"
                self.findings.append(Finding(Fault.CHANGED, run.file, text, changes))
        elif _key(thing) not in self._ever and thing.state is not State.ABSENT:
            self.findings.append(self._unmade(run, thing))

    def _unmade(self, run: Run, thing: Thing) -> Finding:
        text = f"{thing.kind} {thing.name} ({thing.state}) was there before any run of these records made it"
        manifest = self.bundle.manifest
        marked = isinstance(thing, ListState) and thing.mark == f"roomscope {manifest.bundle} {manifest.plan_id}"
        unrecorded = marked and not self._lists_made
        return Finding(Fault.UNRECORDED if unrecorded else Fault.FOUND, run.file, text)

    def _read_back(self, run: Run) -> None:
        record = run.record
        self._lists_made |= record.step is Step.LISTS and record.mode is Mode.APPLY
        things = [thing for thing in record.after if not isinstance(thing, Reach)]
        if record.mode is Mode.APPLY and record.plan and not things:
            # Nobody looked afterwards, so what is there now is unknown until the next run looks.
            self.seen.clear()
        for thing in things:
            self._remember(run, thing)

    def _remember(self, run: Run, thing: Thing) -> None:
        self.seen[_key(thing)] = Seen(thing, run.file)
        self._ever.add(_key(thing))


def standing(journey: Journey, sight: Sight) -> Iterator[Finding]:
    """Where what was last seen is not what the finished steps should have left."""
    if journey.way is Way.BACK:
        if journey.done(Step.REMOVE):
            yield from _left(journey, sight)
        return
    if journey.done(Step.LISTS):
        yield from _expect(journey, sight, [("list", entry.address) for entry in sight.bundle.manifest.lists])
    if journey.done(Step.LISTS, Step.ROOMS):
        yield from _members(sight)
    if journey.done(Step.GRANT):
        grants = sight.bundle.manifest.grants
        yield from _expect(journey, sight, [("scope", grant.scope) for grant in grants])
        yield from _expect(journey, sight, [("assignment", grant.assignment) for grant in grants])


def _expect(journey: Journey, sight: Sight, keys: list[tuple[str, str]]) -> Iterator[Finding]:
    for kind, name in keys:
        seen = sight.seen.get((kind, name.lower()))
        if seen is None and len([step for step in journey.steps if journey.done(step.step)]) == len(journey.steps):
            yield Finding(Fault.NOT_KEPT, "", f"no record says what became of the {kind} {name}")
        elif seen is not None and seen.thing.state is not State.KEPT:
            text = f"{kind} {name} was last seen in state {seen.thing.state}"
            yield Finding(Fault.NOT_KEPT, seen.file, text, seen.thing.differences)


def _members(sight: Sight) -> Iterator[Finding]:
    lists = [seen for seen in sight.seen.values() if isinstance(seen.thing, ListState)]
    members = {m.lower() for seen in lists if isinstance(seen.thing, ListState) for m in seen.thing.members}
    rooms = {room.address for room in sight.bundle.rooms}
    wrong = [f"in no list: {address}" for address in sorted(rooms - members)]
    wrong += [f"not in rooms.csv: {address}" for address in sorted(members - rooms)]
    if lists and wrong:
        yield Finding(Fault.NOT_KEPT, lists[-1].file, f"members last seen: {len(wrong)} differ", tuple(wrong))


def _left(journey: Journey, sight: Sight) -> Iterator[Finding]:
    warned = " ".join(journey.runs[-1].record.warnings)
    for seen in sight.seen.values():
        if seen.thing.state is State.ABSENT:
            continue
        ours = isinstance(seen.thing, AssignmentState) and f"{seen.thing.name} is another assignment" not in warned
        text = f"{seen.thing.kind} {seen.thing.name} is still there"
        yield Finding(Fault.NOT_KEPT if ours else Fault.STAYS, seen.file, text, seen.thing.differences)


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
