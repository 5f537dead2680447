"""The tables that say what was learnt from what a server showed."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import assert_never

from roomscope.verify.judge.answer import (
    Answer,
    Coded,
    Graph,
    Http,
    NoToken,
    Odd,
    Opened,
    Trouble,
    Wire,
)
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.graph import learn_graph
from roomscope.verify.judge.learnt import (
    Absent,
    Again,
    Answered,
    Homeless,
    Learnt,
    Refused,
    Unlearnt,
)
from roomscope.verify.judge.sign_in import learn_no_token

_ANSWERED = Answered()
_TEMPORARY = Unlearnt(Cause.TEMPORARY, Again.ALONE)
_BUSY = Unlearnt(Cause.THROTTLED, Again.FEWER)
_IN_FRONT = Unlearnt(Cause.IN_FRONT, Again.ALONE)
_FAULT = Unlearnt(Cause.SERVER_FAULT)
_NOT_EWS = Unlearnt(Cause.NOT_EWS, Again.ALONE)
_NO_SIGN_IN = Unlearnt(Cause.SIGN_IN, stops=True)
_MISUNDERSTOOD = Unlearnt(Cause.CLIENT_FAULT)

CODES: Mapping[str, Learnt] = MappingProxyType(
    {
        "ErrorImpersonateUserDenied": Refused(Cause.ROOM_OUTSIDE),
        "ErrorImpersonationDenied": Refused(Cause.NO_IMPERSONATION),
        "ErrorAccessDenied": Refused(Cause.ROOM_SHUT),
        "ErrorFolderNotFound": Refused(Cause.ROOM_SHUT),
        "ErrorItemNotFound": Refused(Cause.ROOM_SHUT),
        "ErrorNonExistentMailbox": Absent(),
        "ErrorCannotFindUser": Absent(),
        "ErrorInvalidUserPrincipalName": Absent(),
        "ErrorMissingEmailAddress": Homeless(),
        "ErrorAccountDisabled": _NO_SIGN_IN,
        "ErrorPasswordChangeRequired": _NO_SIGN_IN,
        "ErrorPasswordExpired": _NO_SIGN_IN,
        "ErrorNonPrimarySmtpAddress": Unlearnt(Cause.NOT_PRIMARY),
        "ErrorServerBusy": _BUSY,
        "ErrorExceededConnectionCount": _BUSY,
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
        Trouble.OURS: Unlearnt(Cause.OWN_LIMIT, Again.ALONE),
        Trouble.PROXY: Unlearnt(Cause.PROXY, Again.ALONE),
        Trouble.NO_CONNECTION: Unlearnt(Cause.UNREACHABLE, Again.ALONE),
        Trouble.TIMED_OUT: Unlearnt(Cause.TIMED_OUT, Again.ALONE),
        Trouble.TOO_LARGE: Unlearnt(Cause.TOO_LARGE),
        Trouble.NOT_EWS: _NOT_EWS,
        Trouble.CUT: Unlearnt(Cause.CUT, Again.ALONE),
        Trouble.NOT_ONE: Unlearnt(Cause.NOT_ONE),
        Trouble.NOT_GRAPH: Unlearnt(Cause.NOT_GRAPH, Again.ALONE),
        Trouble.NOBODY: Unlearnt(Cause.NOBODY_ASKED, stops=True),
        Trouble.WITHHELD: Unlearnt(Cause.STOPPED),
    }
)

STATUSES: Mapping[int, Unlearnt] = MappingProxyType(
    {
        HTTPStatus.TOO_MANY_REQUESTS: _BUSY,
        HTTPStatus.SERVICE_UNAVAILABLE: Unlearnt(Cause.IN_FRONT, Again.EVERYBODY),
    }
)

_NO_ENTRY = frozenset({HTTPStatus.SWITCHING_PROTOCOLS, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, 440})
"""What, told to a credential, is no better than 401: it was refused, or that can never be known."""

_GATE = re.compile(r"(?:EWS|Exchange Web Services)\b.{0,40}\b(?:disabled|blocked)", re.IGNORECASE)
"""Exchange Online may name a closed gate with the code of a refusal."""

_OUTAGE = "/ews/genericerrorpage.htm"
"""Where Exchange points in an outage; nothing is moved."""


def learn(answer: Answer) -> Learnt:
    """What this answer says about the mailbox: only the server's own no is a refusal."""
    match answer:
        case Opened():
            return _ANSWERED
        case Coded():
            return _learn_code(answer)
        case Http():
            return _learn_first(_learn_http(answer)) if answer.first else _learn_http(answer)
        case Wire(trouble=trouble, first=True):
            return _learn_first(TROUBLES[trouble])
        case Graph():
            return learn_graph(answer)
        case _:
            return _learn_trouble(answer)


def _learn_trouble(answer: NoToken | Wire | Odd) -> Unlearnt:
    match answer:
        case NoToken():
            return learn_no_token(answer)
        case Wire(trouble=trouble):
            return TROUBLES[trouble]
        case Odd(ours=ours):
            return Unlearnt(Cause.UNEXPECTED if ours else Cause.UNCLASSIFIED)
        case _:
            assert_never(answer)


def _learn_first(learnt: Unlearnt) -> Unlearnt:
    """Before any answer of EWS a page may be the way in which a password is refused, and another try may lock the account."""
    return learnt if learnt.again is Again.NO else Unlearnt(learnt.cause, stops=True)


def _learn_code(answer: Coded) -> Learnt:
    if answer.code == "ErrorAccessDenied" and _GATE.search(answer.text):
        return Unlearnt(Cause.POLICY)
    outer, inner = (CODES.get(code, Unlearnt(Cause.UNCLASSIFIED)) for code in (answer.code, answer.inner))
    return _learn_two((outer, inner)) if answer.inner else outer


def _learn_two(found: Sequence[Learnt]) -> Unlearnt:
    """One code inside another: what was meant is not known, but a refused account ends the run and what is temporary may pass."""
    silent = [learnt for learnt in found if isinstance(learnt, Unlearnt)]
    for learnt in (*(each for each in silent if each.stops), *(each for each in silent if each.again is not Again.NO)):
        return learnt
    return silent[0] if len(silent) == len(found) else Unlearnt(Cause.NOT_ONE)


def _learn_http(answer: Http) -> Unlearnt:
    if answer.locked or answer.status == HTTPStatus.UNAUTHORIZED:
        return _learn_sign_in(answer)
    if answer.status in _NO_ENTRY and answer.proved:
        return _NO_SIGN_IN
    if answer.status == HTTPStatus.FORBIDDEN:
        # A bare one to a password may speak of the account itself, which goes on to be locked.
        return Unlearnt(Cause.POLICY) if answer.policy else Unlearnt(Cause.FORBIDDEN, stops=not answer.bearer)
    if answer.status in range(300, 400):
        outage = _OUTAGE in answer.location.lower()
        return _IN_FRONT if outage else Unlearnt(Cause.REDIRECTED, stops=True)
    return STATUSES.get(answer.status) or (_IN_FRONT if answer.status in range(500, 600) else _NOT_EWS)


def _learn_sign_in(answer: Http) -> Unlearnt:
    if answer.locked:
        return Unlearnt(Cause.LOCKED, stops=True)
    if answer.bearer and "no permissions" in answer.diagnostics.lower():
        return Unlearnt(Cause.NO_PERMISSIONS, stops=True)
    if answer.bearer and answer.scheme_offered:
        return Unlearnt(Cause.TOKEN_REFUSED, stops=True)
    if not answer.scheme_offered:
        return Unlearnt(Cause.SCHEME, stops=True)
    return Unlearnt(Cause.SIGN_IN if answer.proved else Cause.NO_CHALLENGE, stops=True)
