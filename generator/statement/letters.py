"""Letters that look like others: what is not ASCII in a name is called by its code point."""

import unicodedata
from collections.abc import Iterable, Iterator

from roomscope.generator.statement.markdown import code, counted

SHOWN = 20
"""So many names of one script, which are harmless in most of the world, are shown."""

_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL", "IDEOGRAPHIC"})


def letters(values: Iterable[str], always: Iterable[str] = ()) -> Iterator[str]:
    """A line for each value that is not ASCII: those that mix scripts and those of `always` first, all of them."""
    first = set(always)
    found = [value for value in dict.fromkeys(values) if not value.isascii()]
    whole = [value for value in found if value in first or is_mixed(value)]
    rest = [value for value in found if value not in set(whole)]
    yield from map(_line, (*whole, *rest[:SHOWN]))
    if len(rest) > SHOWN:
        yield f"- and {counted(len(rest) - SHOWN, 'name')} more whose letters are of one script, in `audit.json`"


def is_mixed(value: str) -> bool:
    """Whether a value has letters of several scripts."""
    return len(_scripts(value)) > 1


def _line(value: str) -> str:
    points = ", ".join(f"U+{ord(one):04X} {unicodedata.name(one, 'without a name')}" for one in dict.fromkeys(value) if one > "~")
    mixed = f" **Letters of several scripts: {', '.join(_scripts(value))}.**" if is_mixed(value) else ""
    return f"- {code(value)}: {points}.{mixed}"


def _scripts(value: str) -> tuple[str, ...]:
    """The scripts of the letters, by the first word of their names."""
    words = (unicodedata.name(one, "unknown").split()[0] for one in value if unicodedata.category(one).startswith("L"))
    return tuple(dict.fromkeys("East Asian" if word in _EAST_ASIAN else word for word in words))
