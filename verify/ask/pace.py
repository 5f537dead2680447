"""How fast to ask: what the server asked for holds for everybody, and a stop wakes all who wait."""

import threading
import time
from dataclasses import dataclass

from roomscope.verify.judge.answer import Answer, Coded, Graph, Http, NoToken

_DOUBLED = 16
"""A pause is never longer than so many first ones, where the server names none."""

_SLOWEST = 640
"""So many answers at most before one worker more is tried again."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the asking."""

    workers: int = 4
    attempts: int = 4
    """For one question, the first included."""

    waits: int = 16
    """For one question that is told to wait: a wait is no failure."""

    pause: float = 1
    """Seconds before asking again, doubled each time, where the server names none."""

    longest_pause: float = 300
    """A server that asks for more is not waited for."""

    busy: float = 120
    """Seconds for which a server may tell everybody to wait, and answer nothing."""

    first: int = 3
    """So many mailboxes in a row that show trouble before EWS end the asking, where nothing has come through yet."""

    failures: int = 5
    """The same, where something has."""

    ends: float | None = None
    """When the whole run has to end, on the clock that only goes forward."""


@dataclass(frozen=True, slots=True)
class Place:
    """One request under way."""

    together: int
    """How many were, with it, when it began."""

    turn: int
    """How often the number of workers had been lowered by then."""


class Pace:
    """A pause shared by all workers, and the number of them that may ask at once: one, until an answer has come through."""

    def __init__(self, limits: Limits) -> None:
        self.stopped = threading.Event()
        self._limits = limits
        self._until = 0.0
        self._allowed = 1
        self._shown = 1
        """So many at once the server has answered."""

        self._opened = threading.Event()
        self._good, self._enough = 0, 5 * limits.workers
        self._turn = 0
        self._taken = self._under_way = 0
        self._change = threading.Condition()

    def await_opening(self) -> None:
        """Until one answer has come through, others have nothing to do."""
        self._opened.wait()

    def enter(self) -> Place | None:
        """Waits for a free place and for the end of the pause; nothing if there is nothing to ask any more."""
        with self._change:
            self._change.wait_for(lambda: self._taken < self._allowed or self.stopped.is_set())
            self._taken += 1
        while (left := self._until - time.monotonic()) > 0 and not self.stopped.wait(left):
            continue
        with self._change:
            if self.stopped.is_set():
                self._taken -= 1
                return None
            self._under_way += 1
            return Place(self._under_way, self._turn)

    def leave(self, place: Place, *, through: bool, fewer: bool) -> None:
        """Frees the place; whether an answer came through, and whether the server wants fewer at once."""
        with self._change:
            if fewer:
                self._lower(place, max(place.together, self._under_way))
            elif through:
                self._raise(place)
            self._taken -= 1
            self._under_way -= 1
            self._change.notify_all()

    def _lower(self, place: Place, together: int) -> None:
        """One less than were too many, and not below what was answered, unless just that was too many."""
        if place.turn != self._turn:
            # This one was sent before the number was lowered, so it says nothing new.
            return
        if together <= self._shown:
            self._shown = max(1, together - 1)
        self._allowed = max(self._shown, min(self._allowed, together - 1))
        self._turn += 1
        self._good, self._enough = 0, min(2 * self._enough, _SLOWEST)

    def _raise(self, place: Place) -> None:
        self._shown = max(self._shown, place.together)
        self._good += 1
        if not self._opened.is_set():
            self._allowed = self._limits.workers
            self._opened.set()
        elif self._good >= self._enough and self._allowed < self._limits.workers:
            self._allowed, self._good = self._allowed + 1, 0

    def pause(self, seconds: float) -> None:
        """Nobody asks before this time has passed."""
        self._until = max(self._until, time.monotonic() + seconds)

    def stop(self) -> None:
        """Nobody asks any more, and nobody waits."""
        self.stopped.set()
        self._opened.set()
        with self._change:
            self._change.notify_all()

    def seconds(self, answer: Answer | None, attempt: int) -> float:
        """How long to wait: what the server asked for, else a doubling pause; it has to be longer where that did not help."""
        doubled = self._limits.pause * min(2.0 ** (attempt - 1), _DOUBLED)
        match answer:
            case Coded(back_off=asked) | Http(back_off=asked) | Graph(back_off=asked) | NoToken(back_off=asked) if asked is not None:
                return max(asked, doubled) if attempt > self._limits.attempts else asked
        return doubled
