"""Reads the bytes of a delivered script as text, and says which characters may not be there."""

from collections.abc import Iterator
from itertools import islice

from roomscope.generator.common.text import UNSEEN
from roomscope.generator.script.lexer import MAX_FAULTS, Fault, Token

BOM = "\ufeff"
MAX_BYTES = 4 * 1024 * 1024


def encode(text: str) -> bytes:
    """The bytes in which a script with plain newlines is delivered."""
    return (BOM + text.replace("\n", "\r\n")).encode()


def decode(data: bytes) -> tuple[str, tuple[Fault, ...]]:
    """The text with plain newlines and without mark, and what is wrong with its encoding and characters."""
    if len(data) > MAX_BYTES:
        return "", (Fault("RSA001", 0, f"The script is larger than {MAX_BYTES} bytes."),)
    try:
        raw = data.decode()
    except UnicodeDecodeError as error:
        return "", (Fault("RSA001", 0, f"Byte {error.start} is not UTF-8."),)
    body = raw.removeprefix(BOM)
    text = body.replace("\r\n", "\n")
    return text, (*_form(raw, body, text), *islice(_refused(text), MAX_FAULTS))


def outside(text: str, tokens: tuple[Token, ...]) -> Iterator[Fault]:
    """A fault for each run of characters outside ASCII that is not in a single-quoted string."""
    position = 0
    for token in tokens:
        if token.kind != "single":
            continue
        yield from _not_ascii(text, position, token.start)
        position = token.end
    yield from _not_ascii(text, position, len(text))


def _not_ascii(text: str, start: int, end: int) -> Iterator[Fault]:
    piece = text[start:end]
    if not piece.isascii():
        at = next(index for index, character in enumerate(piece) if not character.isascii())
        yield Fault("RSA002", start + at, f"U+{ord(piece[at]):04X} stands outside a single-quoted string.")


def _form(raw: str, body: str, text: str) -> Iterator[Fault]:
    if raw == body:
        yield Fault("RSA001", 0, "There is no byte order mark, so Windows PowerShell would read another text.")
    if "\r" in text or text.count("\n") != body.count("\r\n"):
        yield Fault("RSA001", 0, "A line does not end with CR LF.")
    if not text.endswith("\n"):
        yield Fault("RSA001", max(len(text) - 1, 0), "The last line has no end.")


def _refused(text: str) -> Iterator[Fault]:
    """A fault for each character that may be nowhere, where it stands first."""
    found: set[str] = {"\n"}
    for match in UNSEEN.finditer(text):
        if match[0] not in found:
            found.add(match[0])
            yield Fault("RSA002", match.start(), f"U+{ord(match[0]):04X} must not be in a script.")
