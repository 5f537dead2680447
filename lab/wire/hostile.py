"""Speaks bytes over TLS on loopback, and does to one exchange what a table says."""

import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, cast

_ALERT = b"\x15\x03\x03\x00\x02\x02\x28"
_DAMAGED = b"\x17\x03\x03\x00\x40" + bytes(64)
_PAGE = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nhttp"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_GOODBYE = b"HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_DROP = 0.02


@dataclass(frozen=True, slots=True)
class Request:
    """What came over the wire."""

    headers: Mapping[str, str]
    body: bytes
    connection: int


@dataclass(slots=True)
class Line:
    """One connection: the bytes below TLS, and TLS itself once it stands."""

    plain: socket.socket
    end: threading.Event
    tls: ssl.SSLSocket | None = None

    def say(self, data: bytes) -> None:
        """Inside TLS."""
        assert self.tls is not None  # noqa: S101 - the handshake is done
        self.tls.sendall(data)

    def drip(self, drop: bytes) -> None:
        """A little now and then, for ever."""
        while not self.end.wait(_DROP):
            self.say(drop)

    def below(self, data: bytes) -> None:
        """Beneath TLS, as whoever sits on the way can."""
        with socket.socket(fileno=socket.dup(self.tls.fileno() if self.tls else self.plain.fileno())) as wire:
            wire.sendall(data)

    def reset(self) -> None:
        """Ends without a goodbye."""
        line = self.tls or self.plain
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        line.close()


Step = Callable[[Line, bytes], object]
"""One thing that is done with the answer that would have been given."""


def _most(line: Line, answer: bytes) -> None:
    line.say(answer[:-9])


AT_HANDSHAKE: Mapping[str, Step] = {
    "plain HTTP on the port": lambda line, _: line.below(_PAGE),
    "alert in the handshake": lambda line, _: line.below(_ALERT),
    "end in the handshake": lambda line, _: None,
    "reset in the handshake": lambda line, _: line.reset(),
    "noise in the handshake": lambda line, _: line.below(bytes(range(200))),
    "silence in the handshake": lambda line, _: line.end.wait(),
}
"""Instead of a handshake."""

AFTER_HANDSHAKE: Mapping[str, Step] = {
    "speaks first": Line.say,
}
"""Before anything was asked."""

AT_ANSWER: Mapping[str, tuple[Step, ...]] = {
    "end of file": (),
    "reset": (lambda line, _: line.reset(),),
    "damaged record": (lambda line, _: line.below(_DAMAGED),),
    "alert": (lambda line, _: line.below(_ALERT),),
    "cut in the head": (lambda line, answer: line.say(answer[:20]),),
    "end in the body": (_most,),
    "reset in the body": (_most, lambda line, _: line.reset()),
    "damaged record in the body": (_most, lambda line, _: line.below(_DAMAGED)),
    "silence": (lambda line, _: line.end.wait(),),
    "a head that drips": (lambda line, _: line.say(b"HTTP/1.1 200 OK\r\nX: "), lambda line, _: line.drip(b"x")),
    "a body that drips": (lambda line, answer: line.say(answer[:-500]), lambda line, _: line.drip(b" ")),
    "100 Continue for ever": (lambda line, _: line.drip(_CONTINUE),),
}
"""Instead of an answer; the connection ends after it."""



@dataclass(frozen=True, slots=True)
class Act:
    """What is done instead of giving an answer."""

    steps: tuple[Step, ...]
    ends: bool = True
    """Whether the connection ends after it."""


AFTER_ANSWER: Mapping[str, Act] = {
    "twice in one record": Act((lambda line, answer: line.say(answer + answer),), ends=False),
    "a goodbye, late": Act((Line.say, lambda line, _: line.end.wait(0.15), lambda line, _: line.say(_GOODBYE))),
    "twice, late": Act((Line.say, lambda line, _: line.end.wait(0.15), Line.say), ends=False),
    "twice, much later": Act((Line.say, lambda line, _: line.end.wait(0.7), Line.say), ends=False),
}
"""With an answer."""


@dataclass(slots=True)
class Hostile:
    """The answers to give, and the fault that some exchanges meet."""

    context: ssl.SSLContext
    answer: Callable[[Request], bytes]
    """A whole answer of HTTP."""

    fault: str = ""
    turn: Callable[[int], bool] = lambda number: number == 0
    """Which exchanges meet the fault, counted from 0."""

    act: Callable[[Request], Act | None] = lambda request: None
    """What a request meets because of what it asks."""

    keeps: bool = True
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    end: threading.Event = field(default_factory=threading.Event)

    def serve(self, plain: socket.socket) -> None:
        """One connection."""
        with self.lock:
            number, self.connections = self.connections, self.connections + 1
        line = Line(plain, self.end)
        with suppress(OSError), plain:
            if self.fault in AT_HANDSHAKE and self.turn(number):
                AT_HANDSHAKE[self.fault](line, b"")
                return
            with self.context.wrap_socket(plain, server_side=True) as line.tls:
                if self.fault in AFTER_HANDSHAKE and self.turn(number):
                    AFTER_HANDSHAKE[self.fault](line, self.answer(Request({"authorization": ""}, b"", number)))
                while self._exchange(line, number):
                    continue

    def _exchange(self, line: Line, number: int) -> bool:
        assert line.tls is not None  # noqa: S101 - the handshake is done
        with line.tls.makefile("rb", buffering=0) as lines:
            request = _read(cast("IO[bytes]", lines), number)
        if request is None:
            return False
        with self.lock:
            count = len(self.requests)
            self.requests.append(request)
        answer = self.answer(request)
        act = self.act(request) or self._by_turn(count)
        for step in act.steps:
            step(line, answer)
        return self.keeps and not act.ends

    def _by_turn(self, count: int) -> Act:
        if self.turn(count) and self.fault in AT_ANSWER:
            return Act(AT_ANSWER[self.fault])
        usual = Act((Line.say,), ends=False)
        return AFTER_ANSWER.get(self.fault, usual) if self.turn(count) else usual


def _read(lines: IO[bytes], number: int) -> Request | None:
    headers: dict[str, str] = {}
    while (text := lines.readline().decode("latin-1").strip()) or not headers:
        if not text:
            return None
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    body, left = b"", int(headers.get("content-length", "0"))
    while len(body) < left:
        piece: bytes = lines.read(left - len(body))
        if not piece:
            return None
        body += piece
    return Request(headers, body, number)


@contextmanager
def listening(hostile: Hostile) -> Iterator[int]:
    """The port on loopback at which it can be reached, while it can."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)

    def accept() -> None:
        with suppress(OSError):
            while True:
                plain, _ = listener.accept()
                threading.Thread(target=hostile.serve, args=(plain,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        hostile.end.set()
        listener.close()
