"""The one table that says what was learnt from what a server showed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from http import HTTPStatus
from types import MappingProxyType
from typing import assert_never

from roomscope.verify.judge.answer import Answer, Coded, Http, Odd, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause


class Again(Enum):
    """Whether asking once more can help, and who has to wait before it."""

    NO = auto()
    ALONE = auto()
    EVERYBODY = auto()
    FEWER = auto()
    """Everybody, and with one worker less."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The mailbox is open through this door."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server itself said no."""

    cause: Cause
    exists: bool
    """Whether an unknown address would have been told something else."""

    @property
    def denied(self) -> bool:
        """Whether the acting itself was denied; else it was the folder that was not opened."""
        return self.cause in {Cause.ROOM_OUTSIDE, Cause.NO_IMPERSONATION}


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such mailbox."""


@dataclass(frozen=True, slots=True)
class Homeless:
    """The account has no mailbox of its own, so it cannot ask as itself."""


@dataclass(frozen=True, slots=True)
class Unlearnt:
    """Nothing was learnt about the mailbox."""

    cause: Cause
    again: Again = Again.NO
    stops: bool = False
    """Whether asking further would be useless or would lock the account."""


Learnt = Answered | Refused | Absent | Homeless | Unlearnt

_ANSWERED = Answered()
_TEMPORARY = Unlearnt(Cause.TEMPORARY, Again.ALONE)
_BUSY = Unlearnt(Cause.THROTTLED, Again.EVERYBODY)
_IN_FRONT = Unlearnt(Cause.IN_FRONT, Again.ALONE)
_FAULT = Unlearnt(Cause.SERVER_FAULT)
_NOT_EWS = Unlearnt(Cause.NOT_EWS, Again.ALONE)
_MISUNDERSTOOD = Unlearnt(Cause.CLIENT_FAULT)

CODES: Mapping[str, Learnt] = MappingProxyType(
    {
        "ErrorImpersonateUserDenied": Refused(Cause.ROOM_OUTSIDE, exists=False),
        "ErrorImpersonationDenied": Refused(Cause.NO_IMPERSONATION, exists=False),
        "ErrorAccessDenied": Refused(Cause.ROOM_SHUT, exists=True),
        "ErrorFolderNotFound": Refused(Cause.ROOM_SHUT, exists=True),
        "ErrorItemNotFound": Refused(Cause.ROOM_SHUT, exists=True),
        "ErrorNonExistentMailbox": Absent(),
        "ErrorInvalidUserPrincipalName": Absent(),
        "ErrorMissingEmailAddress": Homeless(),
        "ErrorNonPrimarySmtpAddress": Unlearnt(Cause.NOT_PRIMARY),
        "ErrorServerBusy": _BUSY,
        "ErrorExceededConnectionCount": Unlearnt(Cause.THROTTLED, Again.FEWER),
        "ErrorMailboxMoveInProgress": _TEMPORARY,
        "ErrorMailboxStoreUnavailable": _TEMPORARY,
        "ErrorMailboxFailover": _TEMPORARY,
        "ErrorConnectionFailed": _TEMPORARY,
        "ErrorInternalServerTransientError": _TEMPORARY,
        "ErrorTimeoutExpired": _TEMPORARY,
        "ErrorTooManyObjectsOpened": _TEMPORARY,
        "ErrorADUnavailable": _TEMPORARY,
        "ErrorNoRespondingCASInDestinationSite": _TEMPORARY,
        "ErrorInternalServerError": _FAULT,
        "ErrorImpersonationFailed": _FAULT,
        "ErrorMailboxConfiguration": _FAULT,
        "ErrorOrganizationAccessBlocked": _FAULT,
        "ErrorInvalidServerVersion": _MISUNDERSTOOD,
        "ErrorSchemaValidation": _MISUNDERSTOOD,
        "ErrorIncorrectSchemaVersion": _MISUNDERSTOOD,
        "ErrorInvalidSchemaVersionForMailboxVersion": _MISUNDERSTOOD,
        "ErrorInvalidRequest": _MISUNDERSTOOD,
    }
)
"""What each code of EWS says about the mailbox; a code that is not here says nothing."""

TROUBLES: Mapping[Trouble, Unlearnt] = MappingProxyType(
    {
        Trouble.UNKNOWN_HOST: Unlearnt(Cause.UNKNOWN_HOST, Again.ALONE),
        Trouble.UNTRUSTED: Unlearnt(Cause.UNTRUSTED, stops=True),
        Trouble.NO_CONNECTION: Unlearnt(Cause.UNREACHABLE, Again.ALONE),
        Trouble.TIMED_OUT: Unlearnt(Cause.TIMED_OUT, Again.ALONE),
        Trouble.TOO_LARGE: Unlearnt(Cause.TOO_LARGE),
        Trouble.NOT_EWS: _NOT_EWS,
    }
)

STATUSES: Mapping[int, Unlearnt] = MappingProxyType(
    {
        HTTPStatus.TOO_MANY_REQUESTS: _BUSY,
        HTTPStatus.SERVICE_UNAVAILABLE: Unlearnt(Cause.IN_FRONT, Again.EVERYBODY),
    }
)

_OUTAGE = "/ews/genericerrorpage.htm"
"""Where Exchange points in an outage; nothing is moved."""


def learn(answer: Answer) -> Learnt:
    """What this answer says about the mailbox: only the server's own no is a refusal."""
    match answer:
        case Opened():
            return _ANSWERED
        case Coded(code=code):
            return CODES.get(code, Unlearnt(Cause.UNCLASSIFIED))
        case Http():
            return _learn_http(answer)
        case Wire(trouble=trouble):
            return TROUBLES[trouble]
        case Odd(ours=ours):
            return Unlearnt(Cause.UNEXPECTED if ours else Cause.UNCLASSIFIED)
        case _:
            assert_never(answer)


def _learn_http(answer: Http) -> Unlearnt:
    if answer.locked or answer.status == HTTPStatus.UNAUTHORIZED:
        return _learn_sign_in(answer)
    if answer.status == HTTPStatus.FORBIDDEN:
        return Unlearnt(Cause.POLICY if answer.policy else Cause.FORBIDDEN)
    if answer.status in range(300, 400):
        outage = _OUTAGE in answer.location.lower()
        return _IN_FRONT if outage else Unlearnt(Cause.REDIRECTED, stops=True)
    return STATUSES.get(answer.status) or (_IN_FRONT if answer.status in range(500, 600) else _NOT_EWS)


def _learn_sign_in(answer: Http) -> Unlearnt:
    if answer.locked:
        return Unlearnt(Cause.LOCKED, stops=True)
    return Unlearnt(Cause.SIGN_IN if answer.scheme_offered else Cause.SCHEME, stops=True)
