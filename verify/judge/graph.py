"""What the words of Microsoft Graph say about a mailbox: only its access denied is a refusal."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

from roomscope.verify.judge.answer import Graph
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Again, Learnt, Refused, Unlearnt

_TEMPORARY = Unlearnt(Cause.TEMPORARY, Again.ALONE)
_BUSY = Unlearnt(Cause.THROTTLED, Again.FEWER)
_TOKEN = Unlearnt(Cause.TOKEN_REFUSED, stops=True)

DENIED = "ErrorAccessDenied"

_NO_ODATA = "access to odata is disabled"
_ACCESS_POLICY = "[raop]"

CODES: Mapping[str, Learnt] = MappingProxyType(
    {
        "ErrorInvalidUser": Absent(),
        "ErrorNonExistentMailbox": Absent(),
        "ErrorUserNotFound": Absent(),
        "ResourceNotFound": Absent(),
        "Request_ResourceNotFound": Absent(),
        "MailboxNotEnabledForRESTAPI": Unlearnt(Cause.NOT_ONLINE),
        "MailboxNotSupportedForRESTAPI": Unlearnt(Cause.NOT_ONLINE),
        "Authorization_RequestDenied": Unlearnt(Cause.DIRECTORY_DENIED),
        "InvalidAuthenticationToken": _TOKEN,
        "NoPermissionsInAccessToken": Unlearnt(Cause.NO_PERMISSIONS, stops=True),
        "ApplicationThrottled": _BUSY,
        "TooManyRequests": _BUSY,
        "MailboxConcurrency": Unlearnt(Cause.THROTTLED, Again.ALONE),
        "ErrorServerBusy": _BUSY,
        "ErrorMailboxMoveInProgress": _TEMPORARY,
        "ErrorMailboxStoreUnavailable": _TEMPORARY,
        "ErrorMailboxFailover": _TEMPORARY,
        "ErrorInternalServerTransientError": _TEMPORARY,
        "ErrorTimeoutExpired": _TEMPORARY,
        "BadRequest": Unlearnt(Cause.CLIENT_FAULT),
    }
)
"""What each code says; a code that is not here is read by its status alone."""

STATUSES: Mapping[int, Unlearnt] = MappingProxyType(
    {
        HTTPStatus.BAD_REQUEST: Unlearnt(Cause.CLIENT_FAULT),
        HTTPStatus.UNAUTHORIZED: _TOKEN,
        HTTPStatus.TOO_MANY_REQUESTS: _BUSY,
        HTTPStatus.INTERNAL_SERVER_ERROR: Unlearnt(Cause.SERVER_FAULT, Again.ALONE),
        HTTPStatus.BAD_GATEWAY: Unlearnt(Cause.IN_FRONT, Again.ALONE),
        HTTPStatus.SERVICE_UNAVAILABLE: Unlearnt(Cause.IN_FRONT, Again.EVERYBODY),
        HTTPStatus.GATEWAY_TIMEOUT: _TEMPORARY,
    }
)


def learn_graph(answer: Graph) -> Learnt:
    """What this answer says about the mailbox; a status alone never says no."""
    if answer.status == HTTPStatus.FORBIDDEN and answer.code == DENIED:
        return _learn_denial(answer.text.lower())
    if answer.code in CODES:
        return CODES[answer.code]
    if answer.status in range(300, 400):
        return Unlearnt(Cause.REDIRECTED, stops=True)
    if answer.status == HTTPStatus.FORBIDDEN and not answer.code:
        return Unlearnt(Cause.NOT_GRAPH)
    return STATUSES.get(answer.status, Unlearnt(Cause.UNCLASSIFIED))


def _learn_denial(text: str) -> Learnt:
    # One code for a scope, for a legacy policy and for the rules of user agents; the sentence tells them apart.
    if _NO_ODATA in text or _ACCESS_POLICY in text:
        return Unlearnt(Cause.ACCESS_POLICY if _ACCESS_POLICY in text else Cause.USER_AGENT)
    return Refused(Cause.OUTSIDE_APPLICATION)
