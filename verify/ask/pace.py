"""How fast to ask: what the server asked for holds for everybody, and a stop wakes all who wait."""

import threading
import time
from dataclasses import dataclass

from roomscope.verify.judge.answer import Answer, Coded, Graph, Http, NoToken


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of the asking."""

    workers: int = 4
    attempts: int = 4
    """For one question, the first included."""

    pause: float = 1
    """Seconds before asking again, doubled each time, where the server names none."""

    longest_pause: float = 300
    """A server that asks for more is not waited for."""

    failures: int = 5
    """So many questions in a row that did not reach EWS end the asking."""


class Pace:
    """A pause shared by all workers, and the number of them that may ask at once."""

    def __init__(self, limits: Limits) -> None:
        self.stopped = threading.Event()
        self._limits = limits
        self._until = 0.0
        self._allowed = limits.workers
        self._busy = 0
        self._change = threading.Condition()

    def enter(self) -> bool:
        """Waits for a free place and for the end of the pause; false if there is nothing to ask any more."""
        with self._change:
            self._change.wait_for(lambda: self._busy < self._allowed or self.stopped.is_set())
            self._busy += 1
        while (left := self._until - time.monotonic()) > 0 and not self.stopped.wait(left):
            continue
        return not self.stopped.is_set()

    def leave(self) -> None:
        """Frees the place."""
        with self._change:
            self._busy -= 1
            self._change.notify()

    def pause(self, seconds: float) -> None:
        """Nobody asks before this time has passed."""
        self._until = max(self._until, time.monotonic() + seconds)

    def shrink(self) -> None:
        """One worker less from now on, but one at least."""
        with self._change:
            self._allowed = max(1, self._allowed - 1)

    def stop(self) -> None:
        """Nobody asks any more, and nobody waits."""
        self.stopped.set()
        with self._change:
            self._change.notify_all()

    def seconds(self, answer: Answer | None, attempt: int) -> float:
        """How long to wait: what the server asked for, else a doubling pause."""
        match answer:
            case Coded(back_off=asked) | Http(back_off=asked) | Graph(back_off=asked) | NoToken(back_off=asked) if asked is not None:
                return asked
        return self._limits.pause * 2.0 ** (attempt - 1)
