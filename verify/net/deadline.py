"""Ends an exchange that takes too long, in whichever of its phases it is, by shutting its connection down."""

import socket
import threading
from contextlib import suppress


class Deadline:
    """The end of one exchange at a time; holds the line that is to be cut then."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._seconds = seconds
        self._line: socket.socket | None = None
        self._left = False
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """A new exchange begins."""
        self.stop()
        self.passed = False
        self._timer = threading.Timer(self._seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """The exchange has ended."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._left:
            self._release()

    def hold(self, line: socket.socket) -> None:
        """This is the line from now on."""
        self._release()
        self._left = False
        # TLS takes the socket's descriptor away, so a second one of the same line is kept.
        self._line = line.dup()
        if self.passed:
            self._cut()

    def leave(self) -> None:
        """The connection lets go of the line; an answer that ends with the connection is still read from it."""
        self._left = True
        if self._timer is None:
            self._release()

    def _release(self) -> None:
        if self._line is not None:
            self._line.close()

    def _cut(self) -> None:
        self.passed = True
        if self._line is not None:
            with suppress(OSError):
                self._line.shutdown(socket.SHUT_RDWR)
