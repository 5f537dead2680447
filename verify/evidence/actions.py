"""Holds what a run planned, did and read back beside each other, change by change."""

from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.verify.evidence.readback import ReadBack
from roomscope.verify.evidence.record import Action, Planned, Record
from roomscope.verify.evidence.values import ChangeKind, Outcome

_DONE = {Outcome.DONE, Outcome.ALREADY_THERE}
_WORST = (Outcome.UNKNOWN, Outcome.NOT_DONE, Outcome.DONE, Outcome.ALREADY_THERE)

Key = tuple[ChangeKind, str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change: planned, tried, read back."""

    kind: ChangeKind
    target: str
    text: str
    planned: bool
    outcome: Outcome | None
    """What the run noted of it; nothing where it noted nothing."""

    read_back: bool | None
    """Whether it showed when the run read again; unknown where it did not."""

    @property
    def done(self) -> bool:
        """Whether the run noted that it is there."""
        return self.outcome in _DONE


def changes(record: Record) -> tuple[Change, ...]:
    """Every change that was planned or tried, in the order of the plan."""
    return tuple(_Beside(record).changes())


def identity(planned: Planned) -> tuple[ChangeKind, str, tuple[str, ...]]:
    """By what two plans are compared."""
    return planned.kind, planned.target.lower(), planned.details


class _Beside:
    """The three sides of one record, each by kind and target."""

    def __init__(self, record: Record) -> None:
        self._plan = {_key(planned): planned for planned in record.plan}
        self._actions = {_key(action): action for action in record.actions}
        # A list that did not stay empty is completed room by room.
        self._filled = {
            (ChangeKind.ADD_MEMBER, room.lower()): planned.target
            for planned in record.plan if planned.kind is ChangeKind.FILL_LIST for room in planned.details
        }
        self._back = ReadBack(record.things)

    def changes(self) -> Iterator[Change]:
        for planned in self._plan.values():
            yield self._change(planned, planned.details, self._outcome(planned))
        for key, action in self._actions.items():
            if key not in self._plan:
                details = (self._filled[key],) if key in self._filled else ()
                yield self._change(action, details, action.outcome)

    def _change(self, what: Planned | Action, details: tuple[str, ...], outcome: Outcome | None) -> Change:
        planned = isinstance(what, Planned) or _key(what) in self._filled
        return Change(what.kind, what.target, what.text, planned, outcome, self._back.shows(what.kind, what.target, details))

    def _outcome(self, planned: Planned) -> Outcome | None:
        own = self._actions.get(_key(planned))
        if planned.kind is ChangeKind.FILL_LIST and (own is None or own.outcome not in _DONE):
            parts = [self._actions.get((ChangeKind.ADD_MEMBER, room.lower())) for room in planned.details]
            if any(parts):
                outcomes = {part.outcome if part else Outcome.NOT_DONE for part in parts}
                return next(outcome for outcome in _WORST if outcome in outcomes)
        return own.outcome if own else None


def _key(what: Planned | Action) -> Key:
    return what.kind, what.target.lower()
