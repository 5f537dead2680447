"""Connections that a deadline can end, and that notice what nobody asked for."""

import re
import socket
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, parse_headers
from typing import Any, Protocol

from urllib3 import HTTPSConnectionPool
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import ProtocolError
from urllib3.response import HTTPResponse as Received

from roomscope.verify.net.deadline import Deadline


class Keeper(Protocol):
    """Whoever wants to know what becomes of a connection."""

    @property
    def deadline(self) -> Deadline:
        """When the exchange under way has to end."""

    def opened(self, connection: HTTPSConnection) -> None:
        """A connection is new: nobody has signed in on it."""

    def heard(self, status: int) -> None:
        """A status line came."""

    def more(self) -> None:
        """Bytes came behind the end of the answer that was just read."""

    def late(self) -> None:
        """Bytes came behind the last answer, and were found before the next question."""


def pool(keeper: Keeper) -> type[HTTPSConnectionPool]:
    """Connections of this keeper."""
    head = _heads(keeper)

    class Connection(_watched(keeper)):  # type: ignore[misc]  # made for this keeper
        def getresponse(self) -> Received:
            # Not for the whole life of the connection: what a proxy says to CONNECT is no answer of the server.
            self.response_class = head
            try:
                received: Received = super().getresponse()
            finally:
                self.response_class = HTTPResponse
            return received

    class Pool(HTTPSConnectionPool):
        ConnectionCls = Connection  # type: ignore[mutable-override]  # as urllib3 tells to do it

    return Pool


def _heads(keeper: Keeper) -> type[HTTPResponse]:
    class Head(HTTPResponse):
        def __init__(self, line: socket.socket, *rest: Any, **more: Any) -> None:
            super().__init__(line, *rest, **more)
            self._own = line
            self._given_up = False

        def close(self) -> None:
            # What is left of an answer that is not read to its end is its own, and says nothing of those before.
            self._given_up = self.length != 0
            super().close()

        def _close_conn(self) -> None:
            # Bytes behind the announced end belong to no question; taken for the next answer, they would prove anything.
            if not self._given_up and _waiting(self.fp, self._own):
                keeper.more()
            super()._close_conn()  # type: ignore[misc]

        def _read_status(self) -> tuple[str, int, str]:
            for _ in range(_INTERIM):
                found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]  # the one place before the headers
                if found[1] not in _FOLLOWED:
                    keeper.heard(found[1])
                    return found
                # The library passes over 100 alone, and would take any other for the answer itself.
                parse_headers(self.fp)
            raise HTTPException("more announcements than an answer has")

        def begin(self) -> None:
            lines = _Lines(self.fp)
            self.fp = lines  # type: ignore[assignment]  # for these lines
            super().begin()
            self.fp = lines.inner
            if not lines.last:
                # The library takes the end of a connection for the end of the headers.
                raise HTTPException("cut within the headers")

    return Head


class _Lines:
    """Lines of a head, and which was the last of them."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.last = b""

    def readline(self, size: int) -> bytes:
        self.last = self.inner.readline(size)
        return self.last

    def close(self) -> None:
        self.inner.close()

    def flush(self) -> None:
        self.inner.flush()


def _watched(keeper: Keeper) -> type[HTTPSConnection]:
    class Watched(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            line = super()._new_conn()
            keeper.deadline.hold(line)
            keeper.opened(self)
            return line

        @property
        def is_connected(self) -> bool:
            if self.sock is None:
                return False
            left = _unasked(self.sock)
            if left:
                keeper.late()
            return left is not None and not left

        def request(self, *arguments: Any, **named: Any) -> None:
            # What is said before the question is no answer to it, be it on a new connection or since it was looked at.
            if self.sock is not None and _unasked(self.sock):
                keeper.late()
                raise ProtocolError(EARLY)
            super().request(*arguments, **named)

        def close(self) -> None:
            super().close()
            keeper.deadline.leave()

    return Watched


_FOLLOWED = frozenset({100, *range(102, 200)})
"""What is said before the answer: another status line follows. Behind 101 comes something that is no HTTP."""

_INTERIM = 1000
"""So many of them at most."""

_SOME = 4096
_IDLE = re.compile(rb"HTTP/1\.[01] 408 ")

EARLY = "an answer came before the question"
"""What is said of a server that speaks first."""


def hang_up(line: socket.socket | None) -> None:
    """Ends our half of a connection; what TLS says in the other half can still be read."""
    if line is not None:
        with suppress(OSError):
            # That of TLS itself would forget the keys.
            socket.socket.shutdown(line, socket.SHUT_WR)


def until_end(line: socket.socket | None, patience: float) -> bool:
    """Whether a server says anything before it ends its half as well; one that keeps it open is waited for so many seconds."""
    if line is None:
        return False
    try:
        line.settimeout(patience)
        found = line.recv(_SOME)
    except (OSError, ValueError):
        return False
    return bool(found) and not _IDLE.match(found)


def _unasked(line: socket.socket) -> bytes | None:
    """What lies there although nothing was asked, decrypted; nothing at all where the line has ended."""
    patience = line.gettimeout()
    try:
        line.settimeout(0)
        found = line.recv(_SOME)
        # Some say so before they end a connection that was idle for long.
        return None if not found or _IDLE.match(found) else found
    except (BlockingIOError, InterruptedError):
        return b""
    except OSError as error:
        # TLS has words of its own, as new session tickets, that are no bytes of an answer.
        return b"" if type(error).__name__ in {"SSLWantReadError", "SSLWantWriteError"} else None
    except ValueError:
        return None
    finally:
        with suppress(OSError):
            line.settimeout(patience)


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
