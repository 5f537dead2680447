"""How a value looks in Markdown, by the place where it stands: as it is, and it ends nothing."""

import re
from collections.abc import Iterable

from roomscope.generator.common.text import UNSEEN

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def text(value: str) -> str:
    """A value among words, or in a cell of a table; its markup is made harmless."""
    return _MARKUP.sub(r"\\\1", value)


def code(value: str) -> str:
    """A value between backticks, on one line; what cannot be seen is named by its code point."""
    line = UNSEEN.sub(_named, re.sub("[ \n]+", " ", value))
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    pad = " " if line.strip(" ") and (line[0] in " `" or line[-1] in " `") else ""
    return f"{fence}{pad}{line}{pad}{fence}" if line else "(empty)"


def cell(value: str) -> str:
    """The same for a cell: there a bar would end it, also between backticks."""
    return code(value).replace("|", "\\|")


def codes(values: Iterable[str]) -> str:
    """Several values, for a line."""
    return ", ".join(map(code, values))


def cells(values: Iterable[str]) -> str:
    """Several values, for a cell."""
    return ", ".join(map(cell, values))


def _named(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found[0]):04X}}}"
