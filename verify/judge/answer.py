"""What a server showed, before anybody says what it means."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never


class Trouble(StrEnum):
    """Why there is no answer to read."""

    UNKNOWN_HOST = "unknown host"
    UNTRUSTED = "certificate not trusted"
    NO_CONNECTION = "no connection"
    TIMED_OUT = "no answer in time"
    TOO_LARGE = "answer too large"
    NOT_EWS = "not an EWS answer"


@dataclass(frozen=True, slots=True)
class Opened:
    """The calendar was opened."""

    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Coded:
    """EWS answered with a code of its own."""

    code: str
    text: str = ""
    back_off: float | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Http:
    """Something answered before EWS did."""

    status: int
    policy: str = ""
    diagnostics: str = ""
    offers: tuple[str, ...] = ()
    """The ways to sign in that a 401 names, in lower case."""

    scheme_offered: bool = True
    locked: bool = False
    location: str = ""
    back_off: float | None = None
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """There was nothing to read, or nothing that could be."""

    trouble: Trouble
    text: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class Odd:
    """Something nobody expected."""

    name: str
    text: str = ""
    ours: bool = False
    request_id: str = ""


Answer = Opened | Coded | Http | Wire | Odd


def describe(answer: Answer) -> str:
    """What was seen, in one line; foreign text is not yet harmless."""
    match answer:
        case Opened():
            return "the calendar opened"
        case Coded(code=code, text=text):
            return f"{code}: {text}" if text else code
        case Http(status=status, policy=policy, diagnostics=diagnostics, offers=offers, location=location):
            details = [
                f"X-EWS-Policy-Reason: {policy}" if policy else "",
                diagnostics,
                f"to {location}" if location else "",
                f"offers {', '.join(offers)}" if offers else "",
            ]
            return ", ".join([f"HTTP {status}", *filter(None, details)])
        case Wire(trouble=trouble, text=text):
            return f"{trouble}: {text}" if text else trouble.value
        case Odd(name=name, text=text):
            return f"{name}: {text}" if text else name
        case _:
            assert_never(answer)
