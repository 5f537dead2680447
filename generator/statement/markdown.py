"""Values in Markdown: shown as they are, whatever they hold, in a line or in a cell of a table."""

import re
from collections.abc import Iterable

from roomscope.generator.common.text import UNSEEN


def code(text: str) -> str:
    """A value between backticks, on one line; what cannot be seen is named by its code point."""
    line = UNSEEN.sub(_named, re.sub("[ \n]+", " ", text))
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.strip(" ") and (line[0] in " `" or line[-1] in " `") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else "(empty)"


def cell(text: str) -> str:
    """The same for a cell: there a bar would end it, also between backticks."""
    return code(text).replace("|", "\\|")


def codes(texts: Iterable[str]) -> str:
    """Several values, for a line."""
    return ", ".join(map(code, texts))


def cells(texts: Iterable[str]) -> str:
    """Several values, for a cell."""
    return ", ".join(map(cell, texts))


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def _named(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):04X}}}"
