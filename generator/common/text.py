"""Which characters a text may hold, and how a doubtful text is shown."""

import re
import unicodedata

# What cannot be seen or would move what can be seen: a reviewer must be able to trust the line in front of them.
# Controls, line and paragraph separators, Unicode's default-ignorable code points (bidirectional controls among them),
# lone surrogates, private use, noncharacters. https://www.unicode.org/reports/tr36/
_UNSEEN = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0"
    r"\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff"
)
_PLANE_ENDS = "".join(chr(plane << 16 | end) for plane in range(1, 14) for end in (0xFFFE, 0xFFFF))
BLANKS = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
"""The plain blank and those that look like it."""

UNSEEN = re.compile(f"[{_UNSEEN}{_PLANE_ENDS}]")
"""A character that no name, address or note of ours may hold."""

TYPOGRAPHIC = re.compile("[\u2018\u2019\u201a\u201b]")
"""What PowerShell takes for a single quote. Whether a filter of Exchange does is not documented."""

SHOWN = 80
"""A longer value is cut when it is shown."""


def problem(text: str) -> str | None:
    """Says which character of a text is not allowed and what to do, or None."""
    found = UNSEEN.search(text)
    if found is None:
        return None
    return f"holds {described(found.group())} at character {found.start() + 1}; remove it"


def shown(value: object) -> str:
    """A value as it may stand in a message: quoted, unseen characters escaped, not too long."""
    text = repr(value) if isinstance(value, str | list | dict) else str(value).lower()
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def named(path: object) -> str:
    """A path as it may stand on a terminal; quoted only where it must be."""
    text = str(path)
    return repr(text) if UNSEEN.search(text) else text


def harmless(text: str) -> str:
    """A foreign text with what cannot be seen written out; it can no longer steer a terminal."""
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


def units(text: str) -> int:
    """The length as .NET counts it, in UTF-16 units, which is what Exchange limits."""
    return len(text) + sum(character > "\uffff" for character in text)


def described(character: str) -> str:
    """A character by its code point, and by its name if it has one."""
    label = _CONTROLS.get(character) or unicodedata.name(character, "")
    return f"U+{ord(character):04X} {label}" if label else f"U+{ord(character):04X}, which cannot be seen,"


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


_CONTROLS = {
    "\0": "NUL",
    "\t": "TAB",
    "\n": "LINE FEED",
    "\r": "CARRIAGE RETURN",
    "\x1b": "ESCAPE",
    "\x85": "NEXT LINE",
}
