"""Foreign text, made fit to be shown: what a server or a file said never steers a terminal."""

import unicodedata

LONGEST = 300
"""More than this of a foreign text is not shown."""


def harmless(text: str) -> str:
    """The text on one line, with every control, format and bidirectional character spelled out."""
    if text.isascii() and text.isprintable() and len(text) <= LONGEST:
        return text
    shown = "".join(map(_visible, text[: LONGEST + 1]))
    return shown if len(text) <= LONGEST else f"{shown[:LONGEST]}…"


def spelled(text: str, *, lines: bool = False) -> str:
    """The whole text, with everything that does not show spelled out; its line breaks stay where they are wanted."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if lines and character == "\n" else _visible(character) for character in text)


def counted(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def is_plain(text: str) -> bool:
    """Whether every character of it shows as itself."""
    return all(_visible(character) == character for character in text)


def _visible(character: str) -> str:
    if character in "\r\n\t":
        return " "
    if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return f"\\u{{{ord(character):04x}}}"
    return character
