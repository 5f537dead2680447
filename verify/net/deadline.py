"""Ends an exchange that takes too long, in whichever of its phases it is, by shutting its connection down."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.response import HTTPResponse as Received


class Deadline:
    """The end of one exchange at a time; holds the line that is to be cut then."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self.more = False
        """Whether bytes came behind the end of the answer."""

        self._seconds = seconds
        self._line: socket.socket | None = None
        self._left = False
        self._timer: threading.Timer | None = None

    def start(self) -> None:
        """A new exchange begins."""
        self.stop()
        self.passed = self.more = False
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


def _waiting(received: Any, line: socket.socket) -> bool:
    """Whether more than was read is there already."""
    patience = line.gettimeout()
    try:
        line.settimeout(0)
        return bool(received.peek(1))
    except (AttributeError, OSError, ValueError):
        return False
    finally:
        with suppress(OSError):
            line.settimeout(patience)


def pool(deadline: Deadline, heard: Callable[[int], None]) -> type[HTTPSConnectionPool]:
    """Connections that this deadline can end, and whose status lines are told as soon as they are there."""

    class Head(HTTPResponse):
        def __init__(self, line: socket.socket, *rest: Any, **more: Any) -> None:
            super().__init__(line, *rest, **more)
            self._own = line

        def _close_conn(self) -> None:
            # Bytes behind the announced end belong to no question; taken for the next answer, they would prove anything.
            deadline.more = deadline.more or _waiting(self.fp, self._own)
            super()._close_conn()  # type: ignore[misc]

        def _read_status(self) -> tuple[str, int, str]:
            found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]  # the one place before the headers
            heard(found[1])
            return found

    class Connection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            line = super()._new_conn()
            deadline.hold(line)
            return line

        def getresponse(self) -> Received:  # type: ignore[override]  # as urllib3 has it
            # Not for the whole life of the connection: what a proxy says to CONNECT is no answer of the server.
            self.response_class = Head
            try:
                return super().getresponse()
            finally:
                self.response_class = HTTPResponse

        def close(self) -> None:
            super().close()
            deadline.leave()

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection  # type: ignore[mutable-override]  # as urllib3 tells to do it

    return Pool
