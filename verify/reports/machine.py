"""JSON for a console: ASCII, so that no encoding spoils it."""

import json
from collections.abc import Iterable, Iterator


def ascii_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """The same JSON; what stands outside ASCII stands inside a string of it, so it can be escaped one by one."""
    for piece in pieces:
        yield piece if piece.isascii() else "".join(map(_escaped, piece))


def _escaped(character: str) -> str:
    return character if character.isascii() else json.dumps(character)[1:-1]
