"""What a text of the configuration or the inventory may be; a ValueError says what is wrong and what would be right."""

import re
from pathlib import PurePosixPath

from roomscope.generator.common.names import is_plain
from roomscope.generator.common.text import BLANKS, TYPOGRAPHIC, problem, units

NAME_LIMIT = 64
"""Exchange's limit for the name of a group, a scope, an assignment."""
LIST_LIMIT = 100
"""EWS returns at most so many rooms of a list."""

NOTE_LIMIT = 120
UNIT_LIMIT = 256

_BUNDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PERMISSION = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{1,119}")


def bundle_name(text: str) -> str:
    """The name of a bundle, which is also the name of a folder on any system."""
    if not _BUNDLE.fullmatch(text):
        raise ValueError("is no bundle name; use small letters, digits and - (not first or last), at most 32 characters")
    if not is_plain(text):
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
    return within(NOTE_LIMIT, printable(text))


def nameable(text: str) -> str:
    """A text by which Exchange finds something, or that stands in the distinguished name of something."""
    if "*" in printable(text):
        raise ValueError("holds *, which Exchange takes for any name; remove it")
    if found := TYPOGRAPHIC.search(text):
        message = f"holds U+{ord(found.group()):04X}, which a filter could take for its own quotation mark; use the plain apostrophe"
        raise ValueError(message)
    if text.startswith("-"):
        raise ValueError("begins with -, which PowerShell could take for a parameter; begin it with something else")
    return text


def object_name(text: str) -> str:
    """The name of an object in Exchange."""
    return within(NAME_LIMIT, nameable(text))


def organizational_unit(text: str) -> str:
    """Where in the directory a group is made."""
    return within(UNIT_LIMIT, nameable(text))


def guid(text: str) -> str:
    """A GUID, in lower case."""
    lowered = text.lower()
    if not _GUID.fullmatch(lowered) or not lowered.strip("0-"):
        raise ValueError("is no GUID; it looks like 6f9619ff-8b86-d011-b42d-00c04fc964ff")
    return lowered


def permission(text: str) -> str:
    """The name of an application permission of Entra."""
    if not _PERMISSION.fullmatch(text):
        raise ValueError("is no name of an application permission; it looks like Place.Read.All")
    return text


def relative_file(text: str) -> str:
    """The path of a file beside the configuration, the same on every system."""
    if "\\" in printable(text) or ":" in text or PurePosixPath(text).is_absolute():
        raise ValueError("is no path relative to this file; write it with /, such as data/rooms.csv")
    return text


def within(limit: int, text: str) -> str:
    """A text that is not too long for .NET."""
    if units(text) > limit:
        message = f"has {units(text)} characters; at most {limit} are possible"
        raise ValueError(message)
    return text


def list_size(size: int) -> int:
    """How many rooms a list may hold."""
    if not 1 <= size <= LIST_LIMIT:
        message = f"is no size of a list; give a number from 1 to {LIST_LIMIT}"
        raise ValueError(message)
    return size


def per_scope(lists: int) -> int:
    """How many lists one scope may name."""
    if not 1 <= lists <= 1000:  # noqa: PLR2004 - a filter of about 200,000 characters
        raise ValueError("is no number of lists; give a number from 1 to 1000")
    return lists


def distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    """Texts, none of them twice."""
    met: set[str] = set()
    for item in items:
        if item in met:
            message = f"names {item!r} twice; remove one"
            raise ValueError(message)
        met.add(item)
    return items


def some(items: tuple[str, ...]) -> tuple[str, ...]:
    """At least one text."""
    if not items:
        raise ValueError("is empty; give at least one")
    return items
