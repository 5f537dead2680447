"""How a value looks in Markdown, by the place where it stands: its markup is made harmless and it ends nothing."""

import re
from collections.abc import Iterable

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&])")
_RUNS = re.compile("`+")


def text(value: str) -> str:
    """A value among words, or in a cell of a table."""
    return _MARKUP.sub(r"\\\1", value)


def code(value: str) -> str:
    """A value between backticks, outside of tables."""
    fence = "`" * (max(map(len, _RUNS.findall(value)), default=0) + 1)
    space = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{fence}{space}{value}{space}{fence}"


def cell(value: str) -> str:
    """A value between backticks in a cell of a table, which a bar would end even there."""
    return code(value).replace("|", "\\|")


def cells(values: Iterable[str]) -> str:
    """Several of them in one cell."""
    return ", ".join(map(cell, values))
