"""What answers before EWS does: pages of proxies, redirects, troubles with and without a hint."""

from collections.abc import Iterator

from roomscope.verify.judge.causes import Cause
from tests.verify.fire.answers import Ask, Said, framed, page, sends, success
from tests.verify.fire.row import Misbehaviour, Row, alike

_HTML = "<html><body><script>alert(1)</script> NoError</body></html>"
_HINTS = ("0", "Wed, 21 Oct 2026 07:28:00 GMT", "1e3", "NaN", "-5", "0.5", "abc", "", "9999999999999999999999", "\u0661")


def rows() -> Iterator[Row]:
    """All of them."""
    for status, cause in {
        400: Cause.NOT_EWS, 404: Cause.NOT_EWS, 405: Cause.NOT_EWS, 413: Cause.NOT_EWS, 456: Cause.NOT_EWS, 204: Cause.NOT_EWS,
        500: Cause.IN_FRONT, 501: Cause.IN_FRONT, 502: Cause.IN_FRONT, 503: Cause.IN_FRONT, 504: Cause.IN_FRONT, 507: Cause.IN_FRONT, 599: Cause.IN_FRONT,
    }.items():
        yield Row(f"HTTP {status} with a page", _page(status), alike(cause), most=45)
    for status in (429, 503):
        for hint in _HINTS if status == 429 else _HINTS[:2]:
            name = f"HTTP {status} with Retry-After '{hint}'"
            yield Row(name, _page(status, f"Retry-After: {hint}"), alike(Cause.THROTTLED if status == 429 else Cause.IN_FRONT), most=120)
    yield Row("HTTP 429 with Retry-After of a day", _page(429, "Retry-After: 86400"), alike(Cause.THROTTLED, unknown=Cause.THROTTLED), most=25)
    yield Row("HTTP 503 with Retry-After of a day", _page(503, "Retry-After: 86400"), alike(Cause.IN_FRONT, unknown=Cause.IN_FRONT), most=25)
    yield from _redirects()
    yield from _successes()


def _redirects() -> Iterator[Row]:
    for status in (301, 302, 303, 307, 308):
        for place in ("http://127.0.0.1:9/", "https://elsewhere.example/EWS/Exchange.asmx", "/owa/auth/logon.aspx", "")[: 4 if status == 302 else 1]:
            headers = [f"Location: {place}"] if place else []
            yield Row(f"HTTP {status} to '{place}'", _page(status, *headers), alike(Cause.REDIRECTED, unknown=Cause.REDIRECTED), most=25)
    yield Row("HTTP 302 to the page of an outage", _page(302, "Location: /ews/genericerrorpage.htm"), alike(Cause.IN_FRONT), most=45)


def _successes() -> Iterator[Row]:
    """An answer that is good, with a status that is not."""
    for status, cause, unknown in (
        (201, Cause.NOT_EWS, Cause.CONTROL_UNCERTAIN), (203, Cause.NOT_EWS, Cause.CONTROL_UNCERTAIN), (206, Cause.NOT_EWS, Cause.CONTROL_UNCERTAIN),
        (302, Cause.REDIRECTED, Cause.REDIRECTED), (404, Cause.NOT_EWS, Cause.CONTROL_UNCERTAIN), (503, Cause.IN_FRONT, Cause.CONTROL_UNCERTAIN),
    ):
        yield Row(f"a success with HTTP {status}", _whole(status), alike(cause, unknown=unknown), most=45)


def _page(status: int, *headers: str) -> Misbehaviour:
    return lambda _, __: sends(page(status, *headers, body="" if status == 204 else _HTML), ends=False)


def _whole(status: int) -> Misbehaviour:
    def act(ask: Ask, _: int) -> object:
        return sends(framed(Said(success(ask).body, status)), ends=False)

    return act  # type: ignore[return-value]
