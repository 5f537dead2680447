"""Whole answers: every code of EWS for a room, for a control by each door and for an address that cannot exist; their hints and what stands inside."""

from collections.abc import Iterator, Mapping

from roomscope.verify.judge.causes import Cause
from tests.verify.fire.answers import (
    CONTROL,
    ROOMS,
    Ask,
    Place,
    Said,
    error,
    fault,
    framed,
    sends,
    success,
    usual,
)
from tests.verify.fire.row import Misbehaviour, Row, alike

_SPEAKS = Cause.AS_PROMISED
"""What an unknown address is told may be anything that is said of the mailbox and not of a control."""


def _doors(room: Cause, impersonated: Cause, account: Cause, third: Cause, unknown: Cause, every: Cause) -> Mapping[Place, Cause]:  # noqa: PLR0917 - a column each
    return dict(zip(Place, (room, impersonated, account, third, unknown, every), strict=True))


_KEPT, _ABSENT = Cause.AS_PROMISED, Cause.CONTROL_ABSENT
_REFUSALS: Mapping[str, Mapping[Place, Cause]] = {
    "ErrorImpersonateUserDenied": _doors(Cause.ROOM_OUTSIDE, _KEPT, _KEPT, Cause.ROOM_STOPPED, _SPEAKS, Cause.ROOM_OUTSIDE),
    "ErrorImpersonationDenied": _doors(Cause.NO_IMPERSONATION, _KEPT, _KEPT, Cause.ROOM_STOPPED, _SPEAKS, Cause.NO_IMPERSONATION),
    "ErrorAccessDenied": _doors(Cause.ROOM_SHUT, Cause.CONTROL_UNDENIED, _KEPT, _KEPT, _SPEAKS, Cause.ROOM_SHUT),
    "ErrorFolderNotFound": _doors(Cause.ROOM_SHUT, Cause.CONTROL_UNDENIED, _KEPT, _KEPT, _SPEAKS, Cause.ROOM_SHUT),
    "ErrorItemNotFound": _doors(Cause.ROOM_SHUT, Cause.CONTROL_UNDENIED, _KEPT, _KEPT, _SPEAKS, Cause.ROOM_SHUT),
    **{
        code: _doors(Cause.ROOM_ABSENT, _ABSENT, _ABSENT, _ABSENT, _SPEAKS, Cause.ROOM_ABSENT)
        for code in ("ErrorNonExistentMailbox", "ErrorCannotFindUser", "ErrorInvalidUserPrincipalName")
    },
    "ErrorMissingEmailAddress": _doors(Cause.NO_MAILBOX, Cause.NO_MAILBOX, _KEPT, Cause.NO_MAILBOX, _SPEAKS, Cause.NO_MAILBOX),
    "ErrorNonPrimarySmtpAddress": {**alike(Cause.NOT_PRIMARY), Place.UNKNOWN: _SPEAKS},
}
_SILENT: Mapping[Cause, tuple[str, ...]] = {
    Cause.TEMPORARY: (
        "ErrorMailboxMoveInProgress", "ErrorMailboxStoreUnavailable", "ErrorMailboxFailover", "ErrorConnectionFailed",
        "ErrorInternalServerTransientError", "ErrorTimeoutExpired", "ErrorTooManyObjectsOpened", "ErrorADUnavailable", "ErrorNoRespondingCASInDestinationSite",
    ),
    Cause.THROTTLED: ("ErrorServerBusy", "ErrorExceededConnectionCount"),
    Cause.SERVER_FAULT: ("ErrorInternalServerError", "ErrorImpersonationFailed", "ErrorMailboxConfiguration", "ErrorOrganizationAccessBlocked"),
    Cause.CLIENT_FAULT: (
        "ErrorInvalidServerVersion", "ErrorSchemaValidation", "ErrorIncorrectSchemaVersion", "ErrorInvalidSchemaVersionForMailboxVersion", "ErrorInvalidRequest",
    ),
}
_HINTS = ("20", "3.5", "1e3", "NaN", "abc", "-5", "", "+5", "0x10", "9999999999999999", "\u0661")
_INNER = (
    ("ErrorInternalServerError", "ErrorAccessDenied", Cause.NOT_ONE), ("ErrorTimeoutExpired", "ErrorImpersonateUserDenied", Cause.TEMPORARY),
    ("ErrorAccessDenied", "ErrorServerBusy", Cause.THROTTLED), ("ErrorImpersonateUserDenied", "ErrorMailboxStoreUnavailable", Cause.TEMPORARY),
    ("ErrorInternalServerError", "ErrorServerBusy", Cause.THROTTLED), ("ErrorAccessDenied", "ErrorImpersonateUserDenied", Cause.NOT_ONE),
    ("ErrorAccessDenied", "ErrorBrandNew", Cause.NOT_ONE), ("ErrorBrandNew", "ErrorNonExistentMailbox", Cause.NOT_ONE),
    ("ErrorImpersonateUserDenied", "NoError", Cause.NOT_ONE),
)
_TEXTS = {
    "terminal sequences": "\u009b31m\u202eKEPT\u2066\u200b", "markup": "&lt;script&gt;alert(1)&lt;/script&gt; [red]KEPT[/red]", "a formula": "=cmd|' /C calc'!A0",
    "900 kB": "x" * 900_000, "lines": "\r\nKEPT (RS001)\r\n",
}


def rows() -> Iterator[Row]:
    """All of them."""
    for code, causes in _REFUSALS.items():
        yield from _both(code, causes)
    for cause, codes in _SILENT.items():
        for code in codes:
            yield from _both(code, alike(cause), most=120 if cause is Cause.THROTTLED else 45)
    yield from _both("ErrorBrandNew", {**alike(Cause.UNCLASSIFIED), Place.UNKNOWN: _SPEAKS})
    yield Row("the calendar opens", lambda ask, _: sends(framed(success(ask)), ends=False), _OPENS, whole=True)
    yield from _hints()
    yield from _inner()
    yield from _texts()
    yield from _manners()


_OPENS = _doors(
    Cause.AS_PROMISED, Cause.CONTROL_IMPERSONATED, Cause.CONTROL_OPEN_TO_ACCOUNT, Cause.CONTROL_OPEN_TO_ROOM, Cause.EVERYTHING_OPENS, Cause.EVERYTHING_OPENS,
)


def _both(code: str, causes: Mapping[Place, Cause], most: int = 45) -> Iterator[Row]:
    yield Row(f"{code}, an answer", lambda ask, _: sends(framed(error(ask, code)), ends=False), causes, most=most, whole=True)
    yield Row(f"{code}, a fault", lambda _, __: sends(framed(fault(code)), ends=False), causes, most=most, whole=True)


def _hints() -> Iterator[Row]:
    for hint in _HINTS:
        value = f'<t:Value Name="BackOffMilliseconds">{hint}</t:Value>'
        for name, more in (("first", f"<m:MessageXml>{value}</m:MessageXml>"), ("second", f'<m:MessageXml><t:Value Name="Policy">a</t:Value>{value}</m:MessageXml>')):
            yield Row(f"ErrorServerBusy, BackOffMilliseconds '{hint}' as {name} value", _says("ErrorServerBusy", more), alike(Cause.THROTTLED), most=120)
    day = "<m:MessageXml><t:Value Name=\"BackOffMilliseconds\">86400000</t:Value></m:MessageXml>"
    yield Row("ErrorServerBusy, BackOffMilliseconds of a day", _says("ErrorServerBusy", day), alike(Cause.THROTTLED, unknown=Cause.THROTTLED), most=25)


def _inner() -> Iterator[Row]:
    for outer, inner, cause in _INNER:
        more = f'<m:MessageXml><t:Value Name="InnerErrorResponseCode">{inner}</t:Value></m:MessageXml>'
        yield Row(f"{outer} with {inner} inside", _says(outer, more), alike(cause), most=120)


def _texts() -> Iterator[Row]:
    for name, text in _TEXTS.items():
        yield Row(f"ErrorAccessDenied, a text of {name}", lambda ask, _, text=text: sends(framed(error(ask, "ErrorAccessDenied", text)), ends=False), _REFUSALS["ErrorAccessDenied"], whole=True)  # type: ignore[misc]
    for gate in ("EWS is disabled for this user.", "Exchange Web Services are currently blocked."):
        yield Row(f"ErrorAccessDenied, '{gate}'", lambda ask, _, gate=gate: sends(framed(error(ask, "ErrorAccessDenied", gate)), ends=False), alike(Cause.POLICY))  # type: ignore[misc]


def _manners() -> Iterator[Row]:
    """As a server says it that is not Microsoft's: faults with 200, codes without a prefix."""
    def as_gromox(ask: Ask, _: int) -> object:
        if ask.acting == ask.mailbox:
            code = {CONTROL: "ErrorImpersonateUserDenied"}.get(ask.mailbox, "ErrorCannotFindUser")
            said = success(ask) if ask.mailbox in ROOMS else _plain(code)
        else:
            said = usual(ask) if ask.identity else _plain("ErrorAccessDenied")
        return sends(framed(said), ends=False)

    yield Row("the manners of gromox", as_gromox, alike(Cause.AS_PROMISED, unknown=Cause.AS_PROMISED), whole=True)  # type: ignore[arg-type]
    yield Row("a fault with 200 and a plain code", lambda _, __: sends(framed(_plain("ErrorImpersonateUserDenied")), ends=False), _REFUSALS["ErrorImpersonateUserDenied"], whole=True)
    yield Row("ErrorCannotFindUser, a fault with 200", lambda _, __: sends(framed(_plain("ErrorCannotFindUser")), ends=False), _REFUSALS["ErrorCannotFindUser"], whole=True)


def _plain(code: str) -> Said:
    return Said(
        b'<?xml version="1.0"?><SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body><SOAP:Fault><faultcode>'
        + code.encode() + b"</faultcode><faultstring>E-3006</faultstring></SOAP:Fault></SOAP:Body></SOAP:Envelope>"
    )


def _says(code: str, more: str) -> Misbehaviour:
    return lambda ask, _: sends(framed(error(ask, code, more=more)), ends=False)
