"""What a server showed, before anybody says what it means."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never


class Trouble(StrEnum):
    """Why there is no answer to read."""

    UNKNOWN_HOST = "unknown host"
    UNTRUSTED = "certificate not trusted"
    OURS = "a limit of this machine"
    PROXY = "no way through the proxy"
    NO_CONNECTION = "no connection"
    TIMED_OUT = "no answer in time"
    TOO_LARGE = "answer too large"
    NOT_EWS = "not an EWS answer"
    CUT = "not a whole answer"
    NOT_ONE = "not exactly one answer"
    NOT_GRAPH = "not an answer of Graph"
    NOBODY = "nobody had to sign in"
    WITHHELD = "not sent after a refused sign-in"


@dataclass(frozen=True, slots=True)
class Opened:
    """The calendar was opened."""

    request_id: str = ""
    folder: str = ""
    """Digest of the folder's id, where that was asked for."""
    mark: str = field(default="", compare=False)
    """Stands for the items that were named, which no other mailbox has; empty where there were none."""


@dataclass(frozen=True, slots=True)
class Coded:
    """EWS answered with a code of its own."""

    code: str
    text: str = ""
    back_off: float | None = None
    request_id: str = ""
    inner: str = ""
    """Another code that the answer names as the reason for this one."""

    fault: bool = field(default=False, compare=False)
    """Whether it came as a SOAP fault and not as an answer."""


@dataclass(frozen=True, slots=True)
class Http:
    """Something answered before EWS did."""

    status: int
    policy: str = ""
    diagnostics: str = ""
    offers: tuple[str, ...] = ()
    """The ways to sign in that a 401 names, in lower case."""

    scheme_offered: bool = True
    proved: bool = field(default=True, compare=False)
    """Whether something was sent that only the holder of the credential can make."""

    bearer: bool = False
    """Whether a token was sent, not a password."""

    locked: bool = False
    location: str = ""
    back_off: float | None = None
    request_id: str = ""
    first: bool = field(default=False, compare=False)
    """Whether it came to a credential before any answer of EWS did."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Microsoft Graph answered with something else than a calendar."""

    status: int
    code: str = ""
    """Its own word for it; empty where the answer held none."""

    text: str = ""
    back_off: float | None = None
    location: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class NoToken:
    """There is no token to ask with, or it is not the one to ask with."""

    code: str
    """The number of an AADSTS error, or a word of ours."""

    text: str = ""
    back_off: float | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """There was nothing to read, or nothing that could be."""

    trouble: Trouble
    text: str = ""
    request_id: str = ""
    first: bool = field(default=False, compare=False)
    """Whether it came to a credential before any answer of EWS did."""


@dataclass(frozen=True, slots=True)
class Odd:
    """Something nobody expected."""

    name: str
    text: str = ""
    ours: bool = False
    request_id: str = ""


Answer = Opened | Coded | Http | Graph | NoToken | Wire | Odd


def describe(answer: Answer) -> str:
    """What was seen, in one line; foreign text is not yet harmless."""
    match answer:
        case Opened():
            return "the calendar opened"
        case Http():
            return _http(answer)
        case Graph(status=status, code=code, text=text, location=location):
            return ", ".join([f"HTTP {status}", *filter(None, [_said(code, text), location and f"to {location}"])])
        case _:
            return _said(*_words(answer))


def _words(answer: Coded | NoToken | Wire | Odd) -> tuple[str, str]:
    match answer:
        case Coded(code=code, text=text, inner=inner):
            return f"{code} with {inner} inside" if inner else code, text
        case Odd(name=name, text=text):
            return name, text
        case NoToken(code=code, text=text):
            return f"no token ({code})", text
        case Wire(trouble=trouble, text=text):
            return trouble.value, text
        case _:
            assert_never(answer)


def _said(name: str, text: str) -> str:
    return f"{name}: {text}" if name and text else name or text


def _http(answer: Http) -> str:
    details = [
        f"X-EWS-Policy-Reason: {answer.policy}" if answer.policy else "",
        answer.diagnostics,
        f"to {answer.location}" if answer.location else "",
        f"offers {', '.join(answer.offers)}" if answer.offers else "",
    ]
    return ", ".join([f"HTTP {answer.status}", *filter(None, details)])
