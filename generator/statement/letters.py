"""Letters that look like others: what is not ASCII in a name is called by its code point."""

import unicodedata
from collections.abc import Iterable, Iterator

from roomscope.generator.common.markdown import code
from roomscope.generator.common.text import counted

_EAST_ASIAN = frozenset({"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "BOPOMOFO", "HANGUL", "IDEOGRAPHIC"})


def letters(values: Iterable[str], always: Iterable[str] = ()) -> Iterator[str]:
    """A line for each value that mixes scripts and for those of `always`; of the others one for each letter."""
    first = set(always)
    found = [value for value in dict.fromkeys(values) if not value.isascii()]
    alone = {value: None for value in found if value in first or is_mixed(value)}
    yield from map(_line, alone)
    others: dict[str, list[str]] = {}
    for value in found:
        for letter in () if value in alone else _letters(value):
            others.setdefault(letter, []).append(value)
    for letter, names in others.items():
        yield f"- {_named(letter)}: in {counted(len(names), 'name')}, such as {code(names[0])}."


def is_mixed(value: str) -> bool:
    """Whether a value has letters of several scripts."""
    return len(_scripts(value)) > 1


def _line(value: str) -> str:
    points = ", ".join(map(_named, _letters(value)))
    mixed = f" **Letters of several scripts: {', '.join(_scripts(value))}.**" if is_mixed(value) else ""
    return f"- {code(value)}: {points}.{mixed}"


def _letters(value: str) -> dict[str, None]:
    """What is not ASCII in a value, each once."""
    return dict.fromkeys(one for one in value if one > "~")


def _named(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'without a name')}"


def _scripts(value: str) -> tuple[str, ...]:
    """The scripts of the letters, by the first word of their names."""
    words = (unicodedata.name(one, "unknown").split()[0] for one in value if unicodedata.category(one).startswith("L"))
    return tuple(dict.fromkeys("East Asian" if word in _EAST_ASIAN else word for word in words))
