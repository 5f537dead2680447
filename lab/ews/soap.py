"""SOAP as Exchange speaks it: reads requests safely, writes answers and faults."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from lxml import etree

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it
PREFIXES = {"s": SOAP, "t": TYPES, "m": MESSAGES}

VERSIONS = frozenset(
    {
        "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2",
        "Exchange2013", "Exchange2013_SP1", "Exchange2015", "Exchange2015_SP1", "Exchange2016",
    }
)  # fmt: skip

SENTENCES: Mapping[str, str] = {
    "ErrorAccessDenied": "Access is denied. Check credentials and try again.",
    "ErrorCalendarViewRangeTooBig": "The specified view range exceeds the maximum range of two years.",
    "ErrorFolderNotFound": "The specified folder could not be found in the store.",
    "ErrorImpersonateUserDenied": "The account does not have permission to impersonate the requested user.",
    "ErrorInternalServerError": "An internal server error occurred. The operation failed.",
    "ErrorImpersonationRequired": "ExchangeImpersonation SOAP header must be present for this type of OAuth token.",
    "ErrorInvalidExchangeImpersonationHeaderData": "ExchangeImpersonation SOAP header is not valid.",
    "ErrorInvalidIdMalformed": "Id is malformed.",
    "ErrorInvalidServerVersion": "The specified server version is invalid.",
    "ErrorInvalidSid": "The security identifier (SID) is not valid.",
    "ErrorInvalidUserPrincipalName": "The user principal name (UPN) is not valid.",
    "ErrorItemNotFound": "The specified object was not found in the store.",
    "ErrorMailboxStoreUnavailable": "The mailbox database is temporarily unavailable.",
    "ErrorMissingEmailAddress": "When making a request as an account that does not have a mailbox, you must "
    "specify the mailbox primary SMTP address for any distinguished folder Ids.",
    "ErrorMoreThanOneAccessModeSpecified": "More than one access mode was specified.",
    "ErrorNameResolutionNoResults": "No results were found.",
    "ErrorNonExistentMailbox": "The SMTP address has no mailbox associated with it.",
    "ErrorNonPrimarySmtpAddress": "The primary SMTP address must be specified when referencing a mailbox.",
    "ErrorSchemaValidation": "The request failed schema validation.",
    "ErrorServerBusy": "The server cannot service this request right now. Try again later.",
}


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes elements of one namespace."""

    prefix: str
    namespace: str

    def __call__(self, name: str, *children: Element | str, **attributes: str) -> Element:
        """An element with these attributes; text and elements go into it in order."""
        tag = f"{{{self.namespace}}}{name}" if self.namespace else name
        names = {self.prefix: self.namespace} if self.namespace else None
        made = etree.Element(tag, attributes, names)
        for child in children:
            if isinstance(child, str):
                made.text = child
            else:
                made.append(child)
        return made


S = Maker("s", SOAP)
T = Maker("t", TYPES)
M = Maker("m", MESSAGES)
E = Maker("e", ERRORS)
PLAIN = Maker("", "")


def sentence(code: str) -> str:
    """What Exchange says with a code."""
    return SENTENCES.get(code, f"The request failed with {code}.")


class Refusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """The server's refusal, inside an answer or, where `fault` says so, instead of one."""

    def __init__(self, code: str, text: str = "", *, fault: bool = False, **values: str) -> None:
        super().__init__(code)
        self.code, self.fault, self.values = code, fault, values
        self.text = text or sentence(code)


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it was read."""

    operation: str
    element: Element = field(repr=False)
    impersonation: tuple[tuple[str, str], ...] | None
    """Kind and value of each ConnectingSID child; None where there is no such header."""

    mailboxes: tuple[str, ...]
    """The addresses that the body names."""


def parse(body: bytes) -> Call:
    """Reads an envelope; a document type, an entity or anything malformed is refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        raise Refusal(
            "ErrorSchemaValidation", f"The request is not XML: {error}", fault=True
        ) from None
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{SOAP}}}Envelope":
        raise Refusal("ErrorSchemaValidation", fault=True)
    operations = root.findall("s:Body/*", PREFIXES)
    if len(operations) != 1 or not str(operations[0].tag).startswith(f"{{{MESSAGES}}}"):
        raise Refusal("ErrorSchemaValidation", fault=True)
    check_version(root)
    found = operations[0].iterfind(".//t:Mailbox/t:EmailAddress", PREFIXES)
    mailboxes = tuple((one.text or "").strip() for one in found)
    return Call(local(operations[0]), operations[0], impersonation(root), mailboxes)


def check_version(root: Element) -> None:
    """Refuses a version that this server does not speak."""
    asked = root.find("s:Header/t:RequestServerVersion", PREFIXES)
    if asked is not None and asked.get("Version") not in VERSIONS:
        raise Refusal("ErrorInvalidServerVersion", fault=True)


def impersonation(root: Element) -> tuple[tuple[str, str], ...] | None:
    """Whom the request wants to act as."""
    headers = root.findall("s:Header/t:ExchangeImpersonation", PREFIXES)
    named = (one for header in headers for one in header.findall("t:ConnectingSID/*", PREFIXES))
    found = tuple((local(one), (one.text or "").strip()) for one in named)
    return found if headers else None


def local(element: Element) -> str:
    """The tag without its namespace."""
    return etree.QName(element).localname


def envelope(answer: Element, build: tuple[int, int, int, int]) -> bytes:
    """A good answer in its envelope, with the version of the server."""
    names = ("MajorVersion", "MinorVersion", "MajorBuildNumber", "MinorBuildNumber")
    info = {name: str(number) for name, number in zip(names, build, strict=True)}
    header = S("Header", T("ServerVersionInfo", Version="Exchange2016", **info))
    return written(S("Envelope", header, S("Body", answer)))


def fault(refusal: Refusal) -> bytes:
    """A refusal as a SOAP fault."""
    code = etree.Element("faultcode", nsmap={"a": TYPES})
    code.text = f"a:{refusal.code}"
    text = PLAIN("faultstring", refusal.text)
    text.set("{http://www.w3.org/XML/1998/namespace}lang", "en-US")
    detail = PLAIN("detail", E("ResponseCode", refusal.code), E("Message", refusal.text))
    if refusal.values:
        detail.append(message_xml(refusal, T))
    return written(S("Envelope", S("Body", S("Fault", code, text, detail))))


def plain_fault(refusal: Refusal) -> bytes:
    """The same in other manners: a code without prefix, and no detail."""
    code, text = PLAIN("faultcode", refusal.code), PLAIN("faultstring", refusal.text)
    return written(S("Envelope", S("Body", S("Fault", code, text))))


def message_xml(refusal: Refusal, maker: Maker) -> Element:
    """The values that come with a refusal."""
    values = (T("Value", value, Name=name) for name, value in refusal.values.items())
    return maker("MessageXml", *values)


def written(root: Element) -> bytes:
    """The bytes of a document."""
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")
