"""A sign-in that is refused, in all its clothes, and one that nobody asks for."""

from collections.abc import Callable, Iterator

from lab.wire.hostile import Act, Line
from roomscope.verify.judge.causes import Cause
from roomscope.verify.sign_in.password import Scheme
from tests.verify.fire.answers import (
    Ask,
    Place,
    error,
    fault,
    framed,
    page,
    sends,
    success,
    then,
    usual,
)
from tests.verify.fire.row import Misbehaviour, Row, alike

_LONG = b"Content-Length: 5000\r\n\r\n"
_BASIC = b'WWW-Authenticate: Basic realm="x"\r\n'


def _stays(line: Line, _: bytes) -> None:
    line.end.wait()


def _drips(line: Line, _: bytes) -> None:
    line.drip(b"x")


def _resets(line: Line, _: bytes) -> None:
    # A reset takes along what was not read before it, and of a status line that never came nobody can know.
    line.end.wait(0.2)
    line.reset()


_TAILS: dict[str, tuple[bytes, tuple[Callable[[Line, bytes], object], ...]]] = {
    "whole": (b"Content-Length: 0\r\n\r\n", ()),
    "that stalls in the body": (_LONG + b"some", (_stays,)),
    "that stalls in the head": (b"X: ", (_stays,)),
    "that drips in the body": (_LONG, (_drips,)),
    "that drips in the head": (b"X: ", (_drips,)),
    "that is cut in the body": (_LONG + b"some", ()),
    "that is cut in the head": (b"X: ", ()),
    "that is reset": (_LONG + b"some", (_resets,)),
    "of two lengths": (b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", ()),
    "that is said to be gzip": (b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone", ()),
    "in wrong chunks": (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", ()),
    "of 4 MB": (b"Content-Length: 4000000\r\n\r\n" + b"x" * 4_000_000, ()),
    "twice": (b"Content-Length: 0\r\n\r\nHTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", ()),
    "with a success behind it": (b"Content-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK", ()),
    "with a good answer in it": (b"", ()),
}


_BEFORE = {
    "102": b"HTTP/1.1 102 Processing\r\n\r\n", "103": b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "101": b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",
}


def rows() -> Iterator[Row]:
    """All of them."""
    for status, cause in ((401, Cause.SIGN_IN), (403, Cause.FORBIDDEN)):
        for name, (tail, steps) in _TAILS.items():
            slow = any(step in {_stays, _drips} for step in steps)
            act = _refusal(b"HTTP/1.1 %d No\r\n" % status + (_BASIC if status == 401 else b"") + tail, steps, answers=not tail)
            yield Row(f"HTTP {status} {name}", act, alike(cause, unknown=cause), most=25, refuses=True, refused=4 if _resets in steps else 1, slow=slow)
    for offers, cause in ((("Negotiate",), Cause.SCHEME), (("Basic realm=x", "NTLM"), Cause.SIGN_IN), (("Bearer",), Cause.SCHEME), (("Digest",), Cause.SCHEME), ((), Cause.SIGN_IN)):
        headers = [f"WWW-Authenticate: {offer}" for offer in offers]
        yield Row(f"HTTP 401 that offers {', '.join(offers) or 'nothing'}", _page(401, *headers), alike(cause, unknown=cause), most=25, refuses=True)
    yield Row("HTTP 401, the account is locked out", _page(401, body="The referenced account is currently locked out"), alike(Cause.LOCKED, unknown=Cause.LOCKED), most=25, refuses=True)
    for status in (407, 440):
        yield Row(f"HTTP {status} with a page", _page(status, body="<html>"), alike(Cause.SIGN_IN, unknown=Cause.SIGN_IN), most=25, refuses=True)
    for name, head in _BEFORE.items():
        act = _refusal(head + b"HTTP/1.1 401 No\r\n" + _BASIC + b"Content-Length: 0\r\n\r\n", (), answers=False)
        yield Row(f"HTTP 401 behind {name}", act, alike(Cause.SIGN_IN, unknown=Cause.SIGN_IN), most=25, refuses=True)
    for reason in ("EWS is disabled for this user or tenant", "EWS is blocked by policy for this user or tenant", "a reason that is new"):
        yield Row(f"HTTP 403, {reason}", _page(403, f"X-EWS-Policy-Reason: {reason}"), alike(Cause.POLICY), most=25)
    for code in ("ErrorAccountDisabled", "ErrorPasswordExpired", "ErrorPasswordChangeRequired"):
        yield Row(code, lambda _, __, code=code: sends(framed(fault(code)), ends=False), alike(Cause.SIGN_IN, unknown=Cause.SIGN_IN), most=25, refuses=True)  # type: ignore[misc]
    yield from _nobody_asked()
    yield from _handshakes()


def _nobody_asked() -> Iterator[Row]:
    everywhere = {Place.EVERY: Cause.NOBODY_ASKED}
    yield Row("nobody asks for a sign-in", lambda ask, _: sends(framed(usual(ask)), ends=False), everywhere, most=1, unsigned=True)
    yield Row("nobody asks for a sign-in, NTLM", lambda ask, _: sends(framed(usual(ask)), ends=False), everywhere, most=1, unsigned=True, scheme=Scheme.NTLM)
    yield Row("everybody is denied, signed in or not", lambda ask, _: sends(framed(error(ask, "ErrorAccessDenied")), ends=False), everywhere, most=1, unsigned=True)


def _handshakes() -> Iterator[Row]:
    """NTLM, as far as it comes to no password."""
    for offer, cause in (("NTLM", Cause.NO_CHALLENGE), ("Negotiate", Cause.SCHEME), ("Basic realm=x", Cause.SCHEME), ("NTLM TlRMTVNTUAAC", Cause.NOT_EWS), ("NTLM !!", Cause.NOT_EWS)):
        yield Row(f"NTLM answered with {offer}", _page(401, f"WWW-Authenticate: {offer}"), {Place.EVERY: cause}, most=30, unsigned=True, scheme=Scheme.NTLM)


def _page(status: int, *headers: str, body: str = "") -> Misbehaviour:
    return lambda _, __: sends(page(status, *headers, body=body), ends=False)


def _refusal(data: bytes, steps: tuple[Callable[[Line, bytes], object], ...], *, answers: bool) -> Misbehaviour:
    def act(ask: Ask, _: int) -> Act:
        body = success(ask).body if answers else b""
        whole = data + (b"Content-Length: %d\r\n\r\n" % len(body) + body if answers else b"")
        return then(sends(whole), *steps)

    return act
