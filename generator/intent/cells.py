"""What one cell of an inventory may hold; a ValueError says what is wrong and what would be right."""

import re

from roomscope.generator.common.text import problem, units
from roomscope.generator.intent.addresses import address
from roomscope.generator.intent.table import PADDING
from roomscope.generator.intent.values import object_name

DISPLAY_LIMIT = 256
"""Exchange's limit for a display name."""

ROOM = "RoomMailbox"
EQUIPMENT = "EquipmentMailbox"

# A reviewer opens rooms.csv in a spreadsheet. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_FOLDED = re.compile(f"[{PADDING}]+")
_SHAPING = re.compile("[\u200c\u200d\ufe00-\ufe0f]")


def room_address(text: str, domains: tuple[str, ...]) -> str:
    """The address of a room in one of the domains."""
    if not text:
        raise ValueError("is empty; give the primary SMTP address")
    named = address(_no_formula(text))
    if named.rpartition("@")[2] not in domains:
        message = f"is not in {' or '.join(domains)}; remove it, or add its domain to rooms.domains"
        raise ValueError(message)
    return named


def display_name(text: str) -> str:
    """A name for people, on one line and without what only shapes letters."""
    folded = _no_formula(_FOLDED.sub(" ", _SHAPING.sub("", text)).strip())
    if reason := problem(folded):
        raise ValueError(reason)
    if units(folded) > DISPLAY_LIMIT:
        message = f"has {units(folded)} characters; at most {DISPLAY_LIMIT} are possible"
        raise ValueError(message)
    return folded


def group(text: str) -> str:
    """What tells one room list from another."""
    if not text:
        raise ValueError("is empty; say which list the room belongs to")
    return object_name(_FOLDED.sub(" ", _no_formula(text)))


def kind(text: str, *, equipment: bool) -> str:
    """The type of a mailbox, where the inventory says it."""
    if text in {"", ROOM} or (text == EQUIPMENT and equipment):
        return text
    if text == EQUIPMENT:
        raise ValueError("is no room; remove it, or set rooms.equipment = true")
    message = f"is no room; only {ROOM} can be in a room list"
    raise ValueError(message)


def _no_formula(text: str) -> str:
    if text.startswith(_FORMULA):
        message = f"begins with {text[0]}, which a spreadsheet would take for a formula; write it without"
        raise ValueError(message)
    return text
