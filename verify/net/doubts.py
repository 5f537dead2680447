"""An answer belongs to its question: what shows later that one did not is kept here, until it is asked for."""

import threading
import time
from collections.abc import Hashable
from typing import Protocol


class Line(Protocol):
    """A connection on which nothing is under way."""

    def hang_up(self) -> None:
        """Says that nothing more will be asked."""

    def look(self, patience: float) -> None:
        """Waits so many seconds for what may still come, and doubts what was answered where something does."""


_GRACE = 2.0
"""Seconds in which servers that are told that nothing more is asked may still say something, all connections together."""


class Doubts:
    """Shared by all connections: which question each carries, and whose answers are in doubt."""

    def __init__(self) -> None:
        self._own = threading.local()
        self._lock = threading.Lock()
        self._found: list[Hashable] = []
        self._lines: list[Line] = []

    @property
    def question(self) -> Hashable:
        """What this thread is asking."""
        return getattr(self._own, "question", None)

    def asking(self, question: Hashable) -> None:
        """What this thread asks from now on."""
        self._own.question = question

    def watch(self, line: Line) -> None:
        """A connection that is looked at when all is idle."""
        self._lines.append(line)

    def doubt(self, question: Hashable) -> None:
        """Whatever was answered to this question may be the answer to another one."""
        if question is not None:
            with self._lock:
                self._found.append(question)

    def take(self, *, idle: bool) -> list[Hashable]:
        """What came to be in doubt since the last time; where all is idle, the connections are ended first, and looked at."""
        if idle:
            for line in self._lines:
                line.hang_up()
            ends = time.monotonic() + _GRACE
            for line in self._lines:
                line.look(max(0.0, ends - time.monotonic()))
        with self._lock:
            found, self._found = self._found, []
        return found
