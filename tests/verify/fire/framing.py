"""Bytes that do not end as they announce, and lines that break."""

import gzip
import zlib
from collections.abc import Callable, Iterator

from lab.wire.hostile import AT_ANSWER, AT_HANDSHAKE, Act
from roomscope.verify.judge.causes import Cause
from tests.verify.fire.answers import Ask, Place, framed, sends, success, usual
from tests.verify.fire.row import Row, alike, spoilt

_HEAD = b"HTTP/1.%d 200 OK\r\nContent-Type: text/xml\r\n"
_CHUNKED = _HEAD % 1 + b"Transfer-Encoding: chunked\r\n\r\n"


def _length(body: bytes, announced: int, head: bytes = _HEAD % 1) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % announced + body


def _chunk(body: bytes, size: int | None = None) -> bytes:
    return b"%x\r\n%s\r\n" % (len(body) if size is None else size, body)


_CUT: dict[str, Callable[[bytes], bytes]] = {
    "cut, HTTP/1.0": lambda body: _HEAD % 0 + b"\r\n" + body[:-14],
    "cut behind the code, HTTP/1.0": lambda body: _HEAD % 0 + b"\r\n" + body[: body.rindex(b"ResponseCode>") + 13],
    "cut by one byte, HTTP/1.0": lambda body: _HEAD % 0 + b"\r\n" + body[:-1],
    "cut, until the connection closes": lambda body: _HEAD % 1 + b"Connection: close\r\n\r\n" + body[:-14],
    "cut, and its length says so": lambda body: _length(body[:-14], len(body) - 14),
    "cut, in one whole chunk": lambda body: _CHUNKED + _chunk(body[:-14]) + b"0\r\n\r\n",
    "gzip that is cut": lambda body: _length(gzip.compress(body)[:-30], len(gzip.compress(body)) - 30, _HEAD % 1 + b"Content-Encoding: gzip\r\n"),
    "deflate that is cut": lambda body: _length(zlib.compress(body)[:-30], len(zlib.compress(body)) - 30, _HEAD % 1 + b"Content-Encoding: deflate\r\n"),
}
_MORE: dict[str, Callable[[bytes], bytes]] = {
    "length too short": lambda body: _length(body, len(body) - 14),
    "an end in the middle of the chunks": lambda body: _CHUNKED + _chunk(body[:200]) + b"0\r\n\r\n" + _chunk(body[200:]) + b"0\r\n\r\n",
}
_ODD: dict[str, Callable[[bytes], bytes]] = {
    "chunks of no size": lambda body: _CHUNKED + b"zz\r\n" + body + b"\r\n0\r\n\r\n",
}
_BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "length too long": lambda body: _length(body, len(body) + 14),
    "cut, shorter than its length": lambda body: _length(body[:-14], len(body)),
    "cut within a chunk": lambda body: _CHUNKED + _chunk(body)[:-20],
    "without a last chunk": lambda body: _CHUNKED + _chunk(body),
    "chunks of a negative size": lambda body: _CHUNKED + b"-1\r\n" + body + b"\r\n0\r\n\r\n",
    "two lengths": lambda body: _length(body, len(body), _HEAD % 1 + b"Content-Length: 5\r\n"),
    "no status line": lambda body: body,
    "a status of words": lambda body: b"HTTP/1.1 OK good\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
    "said to be gzip": lambda body: _length(body, len(body), _HEAD % 1 + b"Content-Encoding: gzip\r\n"),
    "200 headers": lambda body: _HEAD % 1 + b"X: y\r\n" * 200 + b"Content-Length: %d\r\n\r\n" % len(body) + body,
    "a header of 100 kB": lambda body: _HEAD % 1 + b"X: " + b"y" * 100_000 + b"\r\n\r\n" + body,
}
_WHOLE: dict[str, Callable[[bytes], bytes]] = {
    "HTTP/1.0": lambda body: _HEAD % 0 + b"\r\n" + body,
    "until the connection closes": lambda body: _HEAD % 1 + b"Connection: close\r\n\r\n" + body,
    "many chunks": lambda body: _CHUNKED + b"".join(_chunk(body[n : n + 9]) for n in range(0, len(body), 9)) + b"0\r\n\r\n",
    "gzip": lambda body: _length(gzip.compress(body), len(gzip.compress(body)), _HEAD % 1 + b"Content-Encoding: gzip\r\n"),
    "after 100 Continue": lambda body: b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + _length(body, len(body)),
    "after 103 Early Hints": lambda body: b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3 + _length(body, len(body)),
    "the same length twice": lambda body: _length(body, len(body), _HEAD % 1 + b"Content-Length: %d\r\n" % len(body)),
    "a content type of nothing that is known": lambda body: b"HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
}
SLOW = {fault for fault in (*AT_HANDSHAKE, *AT_ANSWER) if "silence" in fault or "drips" in fault or "ever" in fault}


def rows() -> Iterator[Row]:
    """All of them."""
    doubtful = alike(Cause.NOT_ONE, unknown=Cause.NOT_ONE)
    for cases, causes in ((_CUT, alike(Cause.CUT)), (_MORE, doubtful), (_ODD, {**doubtful, Place.EVERY: Cause.UNREACHABLE}), (_BROKEN, alike(Cause.UNREACHABLE))):
        for name, frame in cases.items():
            yield from spoilt(name, lambda body, _, frame=frame: sends(frame(body)), causes)  # type: ignore[misc]
    for name, frame in _WHOLE.items():
        yield Row(f"{name}: as it should be", lambda ask, _, frame=frame: sends(frame(usual(ask).body)), alike(Cause.AS_PROMISED, unknown=Cause.AS_PROMISED), whole=True)  # type: ignore[misc]
    yield from _lines()


def _lines() -> Iterator[Row]:
    for name, steps in AT_ANSWER.items():
        slow = name in SLOW
        yield Row(name, lambda ask, _, steps=steps: _spoken(steps, ask), alike(Cause.TIMED_OUT if slow else Cause.UNREACHABLE), slow=slow)  # type: ignore[misc]
    for name in AT_HANDSHAKE:
        slow = name in SLOW
        yield Row(name, _nothing, {Place.EVERY: Cause.TIMED_OUT if slow else Cause.UNREACHABLE}, slow=slow, fault=name)
    # A server that speaks first is in tests/verify/ask/test_belonging.py: which of two causes is told, its speed decides.


def _nothing(_: Ask, __: int) -> Act:
    raise AssertionError("The connection meets it, not a request.")


def _spoken(steps: tuple[Callable[..., object], ...], ask: Ask) -> Act:
    """The lab's faults, done to a success."""
    answer = framed(success(ask))
    return Act(tuple(lambda line, _, step=step: step(line, answer) for step in steps))  # type: ignore[misc]
