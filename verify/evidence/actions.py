"""Holds what a run planned, did and read back beside each other, change by change."""

from dataclasses import dataclass

from roomscope.verify.evidence.readback import ReadBack
from roomscope.verify.evidence.record import Action, Planned, Record
from roomscope.verify.evidence.values import ChangeKind, Outcome

_DONE = {Outcome.DONE, Outcome.ALREADY_THERE}


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
    plan = {_key(planned): planned for planned in record.plan}
    actions = {_key(action): action for action in record.actions}
    back = ReadBack(record.things)
    unplanned = (action for key, action in actions.items() if key not in plan)
    return (
        *(_change(planned, actions.get(key), back, planned.details) for key, planned in plan.items()),
        *(_change(action, action, back, ()) for action in unplanned),
    )


def identity(planned: Planned) -> tuple[ChangeKind, str, tuple[str, ...]]:
    """By what two plans are compared."""
    return planned.kind, planned.target.lower(), planned.details


def _key(what: Planned | Action) -> tuple[ChangeKind, str]:
    return what.kind, what.target.lower()


def _change(what: Planned | Action, action: Action | None, back: ReadBack, details: tuple[str, ...]) -> Change:
    return Change(
        kind=what.kind,
        target=what.target,
        text=what.text,
        planned=isinstance(what, Planned),
        outcome=action.outcome if action else None,
        read_back=back.shows(what.kind, what.target, details),
    )
