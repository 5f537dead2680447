"""What an Exchange says, as bytes of HTTP, and where a question stands in the proof."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from lab.wire.hostile import Act, Line, Request

ROOMS = ("room1@contoso.com", "room2@contoso.com", "room3@contoso.com")
ACCOUNT = "svc@contoso.com"
SICK = ROOMS[1]
CONTROL = "ceo@contoso.com"

_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>'
    '<t:ServerVersionInfo MajorVersion="15" MinorVersion="2"/></s:Header><s:Body>%s</s:Body></s:Envelope>'
)
_MESSAGE = (
    '<m:{0}Response><m:ResponseMessages><m:{0}ResponseMessage ResponseClass="{1}">{2}</m:{0}ResponseMessage>'
    "</m:ResponseMessages></m:{0}Response>"
)
_PAGE = '<m:RootFolder TotalItemsInView="0" IncludesLastItemInRange="true"><t:Items>%s</t:Items></m:RootFolder>'
_FAULT = (
    '<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:%s</faultcode>'
    '<faultstring xml:lang="en-US">%s</faultstring><detail><e:ResponseCode xmlns:e="e">%s</e:ResponseCode>%s</detail></s:Fault>'
)


class Place(StrEnum):
    """Which questions meet a misbehaviour."""

    ROOM = "room"
    IMPERSONATED = "control, impersonated"
    ACCOUNT = "control, as the account"
    THIRD = "control, as a room"
    UNKNOWN = "unknown address"
    EVERY = "every answer"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer before it is framed."""

    body: bytes
    status: int = 200

    def changed(self, old: str, new: str) -> "Said":
        """The same with another text in one place."""
        assert old.encode() in self.body
        return Said(self.body.replace(old.encode(), new.encode(), 1), self.status)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a request asks for."""

    acting: str
    mailbox: str
    identity: bool
    signed: bool

    @classmethod
    def of(cls, request: Request) -> "Ask":
        """Read from its body."""
        body = request.body.decode()
        acting, mailbox = (body.partition(f"<t:{name}>")[2].partition("<")[0] for name in ("PrimarySmtpAddress", "EmailAddress"))
        return cls(acting, mailbox, b"GetFolder" in request.body, "authorization" in request.headers)

    @property
    def kind(self) -> str:
        """The question, as EWS names it."""
        return "GetFolder" if self.identity else "FindItem"

    def stands(self, place: Place) -> bool:
        """Whether it is one of these."""
        match place:
            case Place.ROOM:
                return self.mailbox == SICK and not self.identity
            case Place.UNKNOWN:
                return self.mailbox not in {*ROOMS, CONTROL, ACCOUNT}
            case Place.EVERY:
                return True
        door = Place.IMPERSONATED if self.acting == CONTROL else Place.THIRD if self.acting else Place.ACCOUNT
        return self.mailbox == CONTROL and door is place


def success(ask: Ask, inner: str = "") -> Said:
    """The calendar opens."""
    folder = f'<m:Folders><t:CalendarFolder><t:FolderId Id="id-of-{ask.mailbox}" ChangeKey="A"/></t:CalendarFolder></m:Folders>'
    code = "<m:ResponseCode>NoError</m:ResponseCode>"
    return _said(_MESSAGE.format(ask.kind, "Success", code + (folder if ask.identity else _PAGE % inner)))


def error(ask: Ask, code: str, text: str = "No.", more: str = "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>") -> Said:
    """An error within the response."""
    message = f"<m:MessageText>{text}</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>{more}"
    return _said(_MESSAGE.format(ask.kind, "Error", message))


def fault(code: str, text: str = "No.", more: str = "", status: int = 500) -> Said:
    """A SOAP fault."""
    return _said(_FAULT % (code, text, code, more), status)


def denial(ask: Ask) -> Said:
    """What a door says that is shut."""
    return fault("ErrorImpersonateUserDenied") if ask.acting == ask.mailbox else error(ask, "ErrorAccessDenied")


def usual(ask: Ask) -> Said:
    """What an Exchange as it should be says."""
    if ask.mailbox not in {*ROOMS, CONTROL, ACCOUNT}:
        return fault("ErrorNonExistentMailbox") if ask.acting == ask.mailbox else error(ask, "ErrorNonExistentMailbox")
    mine = (ask.acting == ask.mailbox and ask.mailbox in ROOMS) or (ask.mailbox == ACCOUNT and not ask.acting)
    return success(ask) if mine else denial(ask)


def framed(said: Said, *headers: str, status: str = "") -> bytes:
    """With its length."""
    head = [f"HTTP/1.1 {status or said.status} Said", "Content-Type: text/xml; charset=utf-8", *headers]
    return "\r\n".join([*head, f"Content-Length: {len(said.body)}"]).encode() + b"\r\n\r\n" + said.body


def page(status: int, *headers: str, body: str = "") -> bytes:
    """An answer that is not from EWS."""
    lines = [f"HTTP/1.1 {status} Said", *headers, f"Content-Length: {len(body.encode())}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body.encode()


def refused() -> bytes:
    """What is told to whoever brings no credential."""
    return page(401, 'WWW-Authenticate: Basic realm="x"')


def sends(*pieces: bytes, ends: bool = True) -> Act:
    """These bytes, one after the other."""
    return Act(tuple(partial(_send, piece) for piece in pieces), ends)


def then(act: Act, *steps: Callable[[Line, bytes], object]) -> Act:
    """And something else after it."""
    return Act((*act.steps, *steps))


def _send(data: bytes, line: Line, _: bytes) -> None:
    line.say(data)


def _said(inner: str, status: int = 200) -> Said:
    return Said((_ENVELOPE % inner).encode(), status)
