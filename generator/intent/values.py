"""What one value of the configuration or the inventory may be; a ValueError says what is wrong and what would be right."""

import re
from pathlib import PurePosixPath
from urllib.parse import SplitResult, urlsplit

from roomscope.generator.common.text import BLANKS, problem, units

NAME_LIMIT = 64
"""Exchange's limit for the name of a group, a scope, an assignment, and for an alias."""
ADDRESS_LIMIT = 254
LOCAL_LIMIT = 64
DOMAIN_LIMIT = 253
NOTE_LIMIT = 120
UNIT_LIMIT = 256

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ATOM = r"[a-z0-9!#$%&'+/=^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_ALIAS = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_BUNDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_DEVICE = re.compile(r"con|prn|aux|nul|com\d|lpt\d")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DOWN_LEVEL = re.compile(r'[A-Za-z0-9][A-Za-z0-9._&-]{0,14}\\[^"/\\\[\]:;|=,+*?<>@]{1,20}')


def address(text: str) -> str:
    """A primary SMTP address, in lower case."""
    local, at, host = _ascii(text).lower().rpartition("@")
    if not at or not local or len(text) > ADDRESS_LIMIT:
        raise ValueError("is not an address; give the primary SMTP address")
    if "*" in local or "?" in local:
        raise ValueError("holds a wildcard, which could name many mailboxes; give one address")
    if len(local) > LOCAL_LIMIT or not _LOCAL.fullmatch(local):
        raise ValueError("is not an address; give the primary SMTP address alone")
    if not _is_domain(host):
        raise ValueError("is not an address: what follows the @ is no domain such as contoso.com")
    return f"{local}@{host}"


def domain(text: str) -> str:
    """A mail domain, in lower case."""
    lowered = _ascii(text).lower()
    if not _is_domain(lowered):
        raise ValueError("is no domain; it looks like contoso.com")
    return lowered


def _is_domain(lowered: str) -> bool:
    return len(lowered) <= DOMAIN_LIMIT and _DOMAIN.fullmatch(lowered) is not None


def bundle_name(text: str) -> str:
    """The name of a bundle, which is also the name of a folder on any system."""
    if not _BUNDLE.fullmatch(text):
        raise ValueError("is no bundle name; use small letters, digits and - (not first or last), at most 32 characters")
    if _DEVICE.fullmatch(text):
        raise ValueError("is a device and no folder on Windows; choose another name")
    return text


def printable(text: str) -> str:
    """Text that is seen as it is: not empty, no unseen characters, no blanks at the ends."""
    if reason := problem(text):
        raise ValueError(reason)
    if not text.strip():
        raise ValueError("is empty; give a text, or leave the key out")
    if text != text.strip():
        raise ValueError("begins or ends with a blank; remove it")
    if found := next((character for character in text if character in BLANKS[1:]), None):
        message = f"holds U+{ord(found):04X}, which only looks like a blank; use a plain one"
        raise ValueError(message)
    return text


def note(text: str) -> str:
    """A text that is only printed."""
    return _within(NOTE_LIMIT, printable(text))


def object_name(text: str) -> str:
    """The name of an object in Exchange."""
    if "*" in printable(text):
        raise ValueError("holds *, which Exchange takes for any name; remove it")
    if text == "--%":
        raise ValueError("is what PowerShell takes for an order to stop parsing; choose another name")
    return _within(NAME_LIMIT, text)


def alias(text: str) -> str:
    """The alias of a room list, which also begins its address."""
    if not _ALIAS.fullmatch(text):
        raise ValueError("is no alias; use ASCII letters, digits, - and _, with dots between them")
    return _within(NAME_LIMIT, text)


def user(text: str) -> str:
    r"""The sign-in name of an account: a UPN or DOMAIN\name."""
    if "@" in printable(text):
        return address(text)
    if not _DOWN_LEVEL.fullmatch(text):
        raise ValueError(r"is no sign-in name; give a UPN or DOMAIN\name, in TOML 'DOMAIN\name' or \"DOMAIN\\name\"")
    return text


def organizational_unit(text: str) -> str:
    """Where in the directory a group is made."""
    return _within(UNIT_LIMIT, printable(text))


def guid(text: str) -> str:
    """A GUID, in lower case."""
    lowered = text.lower()
    if not _GUID.fullmatch(lowered) or not lowered.strip("0-"):
        raise ValueError("is no GUID; it looks like 6f9619ff-8b86-d011-b42d-00c04fc964ff")
    return lowered


def relative_file(text: str) -> str:
    """The path of a file beside the configuration, the same on every system."""
    if "\\" in printable(text) or ":" in text or PurePosixPath(text).is_absolute():
        raise ValueError("is no path relative to this file; write it with /, such as data/rooms.csv")
    return text


def endpoint(text: str) -> str:
    """The address of EWS."""
    parts = _split(_ascii(text))
    if parts.scheme != "https":
        raise ValueError("is not https, so passwords could be read on the way; give https://…/EWS/Exchange.asmx")
    if "@" in parts.netloc:
        raise ValueError("holds a user or password; give the address alone")
    if "?" in text or "#" in text or not _HOST.fullmatch(parts.hostname or ""):
        raise ValueError("is no address of EWS; it looks like https://mail.contoso.com/EWS/Exchange.asmx")
    if parts.path.lower() != "/ews/exchange.asmx":
        raise ValueError("does not lead to EWS; the path is /EWS/Exchange.asmx")
    return text


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is no address of a service; it looks like https://mail.contoso.com/EWS/Exchange.asmx") from None
    return parts


def _within(limit: int, text: str) -> str:
    if units(text) > limit:
        message = f"has {units(text)} characters; at most {limit} are possible"
        raise ValueError(message)
    return text


def _ascii(text: str) -> str:
    if reason := problem(text):
        raise ValueError(reason)
    for position, character in enumerate(text, 1):
        if not character.isascii():
            message = f"holds {character!r} at character {position}, which is not ASCII"
            raise ValueError(message)
    return text
