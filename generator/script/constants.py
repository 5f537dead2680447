"""The data that scripts hold: what a variable stands for, where that is written once and fixed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from roomscope.generator.script.calls import entry
from roomscope.generator.script.scopes import TOP, function_of
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node, walk

Value = str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Table:
    """A hashtable of constants."""

    entries: tuple[tuple[str, Value], ...]

    def text(self, key: str) -> str:
        """The text under a key; empty if there is none."""
        value = dict(self.entries).get(key)
        return value if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """The texts under a key."""
        value = dict(self.entries).get(key)
        return value if isinstance(value, tuple) else ()


def is_set(script: Script, variable: str) -> bool:
    """Whether a script sets a variable at all."""
    return bool(_values(script, variable))


def text_of(script: Script, variable: str) -> str | None:
    """The text that a variable is set to, if it is set once and to a text."""
    value = _value(script, variable)
    return None if value is None else script.constant(value)


def texts_of(script: Script, variable: str) -> tuple[str, ...]:
    """The texts of a list that a variable is set to once."""
    value = _value(script, variable)
    return () if value is None or value.kind != "array_expression" else tuple(_texts(script, value))


def tables_of(script: Script, variable: str) -> tuple[Table, ...]:
    """The tables of a list that a variable is set to once."""
    value = _value(script, variable)
    if value is None:
        return ()
    return tuple(_table(script, node) for node, _ in walk(value) if node.kind == "hash_literal_expression")


def _value(script: Script, variable: str) -> Node | None:
    found = _values(script, variable)
    return found[0] if len(found) == 1 else None


def _values(script: Script, variable: str) -> tuple[Node, ...]:
    return _assigned(script).get(variable.lower(), ())


@lru_cache(maxsize=16)
def _assigned(script: Script) -> Mapping[str, tuple[Node, ...]]:
    """The values of every variable, by its name in lower case; what a function sets is a variable of its own."""
    values: dict[str, list[Node]] = {}
    for node, path in script.walk():
        if node.kind == "assignment_expression" and function_of(path) == TOP:
            values.setdefault(node.children[0].text.lower(), []).append(node.children[-1])
    return {name: tuple(found) for name, found in values.items()}


def _texts(script: Script, value: Node) -> Iterator[str]:
    for node, _ in walk(value):
        text = script.constant(node)
        if text is not None:
            yield text


def _table(script: Script, table: Node) -> Table:
    body = table.first("hash_literal_body")
    pairs = () if body is None else tuple(map(entry, body.named("hash_entry")))
    return Table(tuple((key, _constant(script, value)) for key, value in pairs))


def _constant(script: Script, value: Node | None) -> Value:
    if value is None:
        return None
    if value.kind == "array_expression":
        return tuple(_texts(script, value))
    return script.constant(value)
