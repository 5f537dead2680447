"""A script cut into its parts: what is its own, data and code, and the region that all scripts share."""

import re
from dataclasses import dataclass

from roomscope.generator.script.lexer import Token

DATA = "# What this bundle stands for."
"""The comment above the data of a script."""

CODE = "# The step itself: the same in every bundle of this release."
"""The comment above its code."""

WAY = "}\n\nbegin {\n"
"""The way from the own part into the region."""

_MARKER = re.compile(r"#[ \t]*(?:end)?region", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Parts:
    """Where each part of a script begins, by offset; it ends where the next one begins."""

    opening: int
    """Behind the help: parameters, and the way into the own part."""

    data: int
    code: int
    """Together with the way into the region."""

    region: int
    """The line that opens it; the one that closes it belongs to it."""

    closing: int


def cut(text: str, tokens: tuple[Token, ...]) -> Parts | None:
    """The parts of a script; None if a comment that opens or closes one is missing, or there is more than one region."""
    comments = [token for token in tokens if token.kind == "comment"]
    help_ = next((token for token in tokens[:2] if token.kind == "help"), None)
    data = next((token for token in comments if token.text == DATA), None)
    code = next((token for token in comments if token.text == CODE), None)
    around = markers(tokens)
    if help_ is None or data is None or code is None or len(around) != len(("opens", "closes")):
        return None
    parts = Parts(help_.end + 1, data.end + 1, _line(text, code), _line(text, around[0]), around[1].end + 1)
    return parts if parts.opening <= parts.data <= parts.code <= parts.region else None


def markers(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The comments that open or close a region, in whatever case: editors fold there."""
    return tuple(token for token in tokens if token.kind == "comment" and _MARKER.match(token.text))


def _line(text: str, token: Token) -> int:
    return text.rfind("\n", 0, token.start) + 1
