"""An answer belongs to its question: what shows later that one did not is kept here, until it is asked for."""

import threading
import time
from collections.abc import Callable, Hashable

_GRACE = 0.2
"""Seconds in which what was sent too often may still come."""


class Doubts:
    """Shared by all connections: which question each carries, and whose answers are in doubt."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._lock = threading.Lock()
        self._found: list[Hashable] = []
        self._idle: list[Callable[[], None]] = []

    @property
    def question(self) -> Hashable:
        """What this thread is asking."""
        return getattr(self._own, "question", None)

    def asking(self, question: Hashable) -> None:
        """What this thread asks from now on."""
        self._own.question = question

    def watch(self, look: Callable[[], None]) -> None:
        """How to see what an idle connection received meanwhile."""
        self._idle.append(look)

    def doubt(self, question: Hashable) -> None:
        """Whatever was answered to this question may be the answer to another one."""
        if question is not None:
            with self._lock:
                self._found.append(question)

    def take(self, *, idle: bool) -> list[Hashable]:
        """What came to be in doubt since the last time; where all is idle, the connections are looked at first."""
        if idle and self._idle:
            time.sleep(_GRACE)
        for look in tuple(self._idle) if idle else ():
            look()
        with self._lock:
            found, self._found = self._found, []
        return found
