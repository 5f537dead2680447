"""What the objects that a run read at its end show of its changes."""

from collections.abc import Iterable

from roomscope.verify.evidence.things import AssignmentState, ListState, Thing, key
from roomscope.verify.evidence.values import ChangeKind, State

OBJECT = {
    ChangeKind.MAKE_LIST: "list",
    ChangeKind.FILL_LIST: "list",
    ChangeKind.MAKE_POINTER: "pointer",
    ChangeKind.MAKE_SCOPE: "scope",
    ChangeKind.MAKE_ASSIGNMENT: "assignment",
    ChangeKind.REMOVE_LIST: "list",
    ChangeKind.REMOVE_POINTER: "pointer",
    ChangeKind.REMOVE_SCOPE: "scope",
    ChangeKind.REMOVE_ASSIGNMENT: "assignment",
}
"""The kind of object that is the target of a change; a member is none."""

_REMOVALS = {ChangeKind.REMOVE_LIST, ChangeKind.REMOVE_SCOPE, ChangeKind.REMOVE_ASSIGNMENT, ChangeKind.REMOVE_POINTER}


class ReadBack:
    """The objects by their keys, and the members by their lists."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._things = {key(thing): thing for thing in things}
        self._members: dict[str, set[str]] = {}
        for thing in self._things.values():
            if isinstance(thing, ListState) and thing.state is State.KEPT:
                self._members[thing.address.lower()] = {member.lower() for member in thing.members}

    def shows(self, kind: ChangeKind, target: str, details: tuple[str, ...]) -> bool | None:
        """Whether this change is to be seen; unknown where nothing was read."""
        if kind is ChangeKind.ENABLE_CUSTOMIZATION:
            # It shows up to an hour later, in another run.
            return True
        if not self._things:
            return None
        if kind is ChangeKind.ADD_MEMBER:
            return self._is_member(target.lower(), details)
        thing = self._things.get((OBJECT[kind], target.lower()))
        if thing is None or kind in _REMOVALS:
            return thing is not None and thing.state is State.ABSENT
        return thing.state is State.KEPT and self._agrees(thing, kind, details)

    def _is_member(self, room: str, details: tuple[str, ...]) -> bool:
        if details:
            return room in self._members.get(details[0].lower(), ())
        return any(room in members for members in self._members.values())

    def _agrees(self, thing: Thing, kind: ChangeKind, details: tuple[str, ...]) -> bool:
        """Whether it is what the details say; a stored filter and a name of the account read otherwise than they were given."""
        match thing:
            case ListState(address=address) if kind is ChangeKind.FILL_LIST:
                return self._members[address.lower()].issuperset(map(str.lower, details))
            case ListState(name=name):
                return not details or details[0].lower() == name.lower()
            case AssignmentState(scope=scope):
                return not details or details[-1].lower() == scope.lower()
        return True
