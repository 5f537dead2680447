"""A row of troubles that lie before the mailboxes: it ends the asking where different mailboxes show it, for one sick room is one sick room."""

import threading
import time
from collections.abc import Sequence

from roomscope.verify.ask.pace import Limits
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Again, Learnt, Unlearnt
from roomscope.verify.judge.ledger import Asked

OUTSIDE = frozenset(
    {
        Cause.UNKNOWN_HOST,
        Cause.UNREACHABLE,
        Cause.OWN_LIMIT,
        Cause.PROXY,
        Cause.TIMED_OUT,
        Cause.NOT_EWS,
        Cause.CUT,
        Cause.NOT_ONE,
        Cause.NOT_GRAPH,
        Cause.SIGN_IN_BUSY,
        Cause.TOO_LARGE,
        Cause.THROTTLED,
        Cause.IN_FRONT,
        Cause.UNEXPECTED,
        Cause.CLIENT_FAULT,
    }
)
"""Causes that lie before the mailbox; a row of them ends the asking."""

_SLOW = frozenset({Cause.TIMED_OUT})
"""What takes so long that it is asked again once only, and counts each time."""

_ONCE_MORE = 2


class Row:
    """What has not come through since the last answer that has."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._bearable = limits.first
        self._exchanges = 0
        self._mailboxes: set[str] = set()
        self._since = time.monotonic()

    def bears(self, learnt: Unlearnt, attempts: int) -> bool:
        """Whether a question that has been put so often may be put again."""
        if learnt.again is Again.NO:
            return False
        if learnt.again is Again.FEWER and (attempts < self._limits.attempts or self._silent() < self._limits.busy):
            return attempts < self._limits.waits
        return attempts < (_ONCE_MORE if learnt.cause in _SLOW else self._limits.attempts)

    def take(self, found: Sequence[Asked], done: Sequence[Asked], *, outside: bool) -> Cause | None:
        """One exchange more, and what of it is given up; why the asking has to end, if it has."""
        with self._lock:
            if not outside:
                self._bearable, self._exchanges, self._since = self._limits.failures, 0, time.monotonic()
                self._mailboxes.clear()
                return None
            counted = [asked for asked in found if asked in done or self._counts(asked.learnt)]
            if not counted:
                return None
            self._exchanges += 1
            self._mailboxes.update(asked.question.mailbox for asked in counted)
            ends = min(self._exchanges, len(self._mailboxes)) >= self._bearable
            learnt = counted[-1].learnt
            return learnt.cause if ends and isinstance(learnt, Unlearnt) else None

    def _counts(self, learnt: Learnt) -> bool:
        """Whether this counts although it is put again: it took long, or everybody has waited long."""
        if not isinstance(learnt, Unlearnt):
            return False
        return learnt.cause in _SLOW or (learnt.again is Again.FEWER and self._silent() >= self._limits.busy)

    def _silent(self) -> float:
        return time.monotonic() - self._since


def is_outside(asked: Asked) -> bool:
    """Whether this says nothing of the mailbox, nor of anything near it."""
    return lies_outside(asked.learnt)


def lies_outside(learnt: Learnt) -> bool:
    """The same, of what was learnt."""
    return isinstance(learnt, Unlearnt) and (learnt.stops or learnt.cause in OUTSIDE)
