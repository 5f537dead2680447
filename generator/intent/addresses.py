"""What an address, a sign-in name, a host may be; a ValueError says what is wrong and what would be right."""

import re
from urllib.parse import SplitResult, urlsplit

from roomscope.generator.common.text import described, problem
from roomscope.generator.intent.values import nameable, printable, within

ADDRESS_LIMIT = 254
LOCAL_LIMIT = 64
DOMAIN_LIMIT = 253
ALIAS_LIMIT = 64
"""Exchange's limit for an alias."""

_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?!\d+\Z){_LABEL}")
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ATOM = r"[a-z0-9!#%&'+/=^_~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_NOBODYS = re.compile("[$`{|}]")
"""What mail allows and no mailbox has; a table for people would break at it."""

_ALIAS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_DOWN_LEVEL = re.compile(r'[A-Za-z0-9][A-Za-z0-9._&-]{0,14}\\[^"/\\\[\]:;|=,+*?<>@]{1,20}')
_PORT = re.compile(r"(?::[1-9][0-9]{0,4})?")


def address(text: str) -> str:
    """A primary SMTP address, in lower case."""
    local, at, host = _ascii(text).lower().rpartition("@")
    if not at or not local or len(text) > ADDRESS_LIMIT:
        raise ValueError("is not an address; give the primary SMTP address")
    if "*" in local or "?" in local:
        raise ValueError("holds a wildcard, which could name many mailboxes; give one address")
    if found := _NOBODYS.search(local):
        message = f"holds {found.group()}, which no address of a mailbox holds; give the primary SMTP address"
        raise ValueError(message)
    if local.startswith("-"):
        raise ValueError("begins with -, which a command could take for an option; give the primary SMTP address")
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


def alias(text: str) -> str:
    """The alias of a room list, which also begins its address."""
    if not _ALIAS.fullmatch(text):
        raise ValueError("is no alias; use ASCII letters, digits, - and _ (not - first), with dots between them")
    return within(ALIAS_LIMIT, text)


def user(text: str) -> str:
    r"""The sign-in name of an account: a UPN or DOMAIN\name."""
    if "@" in printable(text):
        return address(text)
    if not _DOWN_LEVEL.fullmatch(nameable(text)):
        raise ValueError(r"is no sign-in name; give a UPN or DOMAIN\name, in TOML 'DOMAIN\name' or \"DOMAIN\\name\"")
    return text


def endpoint(text: str) -> str:
    """The address of EWS."""
    parts = _split(_ascii(text))
    if parts.scheme != "https":
        raise ValueError("is not https, so passwords could be read on the way; give https://…/EWS/Exchange.asmx")
    if "@" in parts.netloc:
        raise ValueError("holds a user or password; give the address alone")
    if "?" in text or "#" in text or not _is_host(parts):
        raise ValueError("is no address of EWS; it looks like https://mail.contoso.com/EWS/Exchange.asmx")
    # urlsplit forgives blanks in front.
    if text.lower() != f"https://{parts.netloc.lower()}/ews/exchange.asmx":
        raise ValueError("does not lead to EWS; the path is /EWS/Exchange.asmx")
    return text


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    port = parts.netloc[len(host) :]
    return len(host) <= DOMAIN_LIMIT and _HOST.fullmatch(host) is not None and _PORT.fullmatch(port) is not None


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError("is no address of a service; it looks like https://mail.contoso.com/EWS/Exchange.asmx") from None
    return parts


def _ascii(text: str) -> str:
    if reason := problem(text):
        raise ValueError(reason)
    if found := _NOT_ASCII.search(text):
        message = f"holds {described(found.group())} at character {found.end()}, which is not ASCII; type the plain letter, or give the ASCII form"
        raise ValueError(message)
    return text
