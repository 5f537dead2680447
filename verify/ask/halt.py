"""Ends an asking from outside: by a signal, or because nothing more can be kept."""

import threading

from roomscope.verify.judge.causes import Cause


class Halt:
    """Why the asking is to end; nothing as long as it may go on. The first cause stays."""

    def __init__(self) -> None:
        self.cause: Cause | None = None
        self._event = threading.Event()

    def ask_for(self, cause: Cause) -> None:
        """Ends it for this cause."""
        self.cause = self.cause or cause
        self._event.set()

    def wait(self, seconds: float) -> bool:
        """Sleeps so long; true where the end was asked for meanwhile."""
        return self._event.wait(seconds)
