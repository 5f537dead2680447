"""The commands that a script calls, with what is given to each parameter."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node, Path


@dataclass(frozen=True, slots=True)
class Argument:
    """What is given to one parameter."""

    parameter: str
    """Without its dash; empty for a value without a parameter."""

    value: Node | None
    """None for a switch that stands alone."""

    at: int
    """Where it stands."""

    path: Path
    """The nodes around it."""

    splat: int | None = None
    """Where the hashtable is splatted that it comes out of, if it does."""

    optional: bool = False
    """Whether it is given only if a condition holds."""

    @property
    def splatted(self) -> bool:
        """Whether it comes out of a hashtable."""
        return self.splat is not None


@dataclass(frozen=True, slots=True)
class Call:
    """One command where it stands."""

    name: str
    """As written; empty if the command is not named but computed."""

    arguments: tuple[Argument, ...]
    node: Node
    path: Path

    def argument(self, parameter: str) -> Argument | None:
        """What is given to a parameter, whatever its case."""
        return next((one for one in self.arguments if one.parameter.lower() == parameter.lower()), None)

    def around(self, *kinds: str) -> Node | None:
        """The nearest node of one of these kinds around the call."""
        return next((node for node in reversed(self.path) if node.kind in kinds), None)


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry of a hashtable, or one that is added to it."""

    key: str
    value: Node | None
    at: int
    path: Path


@dataclass(slots=True)
class _Table:
    """A hashtable that is written in a block, with the entries that are added to it."""

    entries: tuple[_Entry, ...]
    end: int
    block: Node
    """The statements among which it is written."""

    added: list[_Entry] = field(default_factory=list)
    uses: int = 0
    """How often its variable is named in the block."""

    def given(self, splat: Node, path: Path) -> Iterator[Argument]:
        """What a command is given by it; nothing if that is not known."""
        if self.uses == len(("written", "splatted", *self.added)) and self._is_known(splat, path):
            for one in self.entries:
                yield Argument(one.key, one.value, one.at, one.path, splat.start)
            for one in self.added:
                yield Argument(one.key, one.value, one.at, one.path, splat.start, one.path[-1] is not self.block)

    def _is_known(self, splat: Node, path: Path) -> bool:
        between = all(self.end <= one.at < splat.start and self.block in one.path for one in self.added)
        return self.end <= splat.start and self.block in path and between


_Written = dict[str, dict[int, _Table]]
"""The hashtables of each variable, by its name in lower case and the block."""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*")


def calls(script: Script) -> tuple[Call, ...]:
    """Every command of a script in the order of the text, also inside script blocks."""
    tables = _tables(script)
    return tuple(_call(node, path, tables) for node, path in script.walk() if node.kind == "command")


def splats(command: Node) -> Iterator[Node]:
    """The splatted variables of a command."""
    elements = command.first("command_elements")
    for element in () if elements is None else elements.children:
        if _is_splat(element):
            yield element


def _is_splat(element: Node) -> bool:
    return element.kind == "variable" and element.text.startswith("@")


def entry(node: Node) -> tuple[str, Node | None]:
    """The key and the value of an entry of a hashtable; the key is empty if it is not a plain name."""
    key = node.first("key_expression")
    simple = None if key is None else key.first("simple_name")
    values = [child for child in node.children if child.kind not in {"key_expression", "=", ";"}]
    return ("" if simple is None else simple.text), (values[0] if len(values) == 1 else None)


def _call(command: Node, path: Path, tables: _Written) -> Call:
    name = command.first("command_name")
    given = [*_arguments(command, (*path, command))]
    for splat in splats(command):
        table = _table_around(tables, splat.text[1:].lower(), path)
        given += [] if table is None else table.given(splat, path)
    return Call("" if name is None else name.text, tuple(given), command, path)


def _arguments(command: Node, path: Path) -> Iterator[Argument]:
    elements = command.first("command_elements")
    waiting: Node | None = None
    for element in () if elements is None else elements.children:
        if element.kind == "command_argument_sep" or _is_splat(element):
            continue
        if element.kind == "command_parameter":
            if waiting is not None:
                yield Argument(waiting.text[1:], None, waiting.start, path)
            waiting = element
        else:
            yield Argument("" if waiting is None else waiting.text[1:], element, (waiting or element).start, path)
            waiting = None
    if waiting is not None:
        yield Argument(waiting.text[1:], None, waiting.start, path)


def _tables(script: Script) -> _Written:
    """Each hashtable that is the only one of its variable in its block, if the variable is named in such blocks only."""
    tables = _written(script)
    for node, path in script.walk():
        if node.kind == "variable" and (name := node.text[1:].lower()) in tables:
            if (table := _table_around(tables, name, path)) is None:
                del tables[name]
            else:
                table.uses += 1
        elif node.kind == "assignment_expression" and (one := _added(script, node, path)) is not None:
            table = _table_around(tables, _name(node.children[0]), path)
            if table is not None:
                table.added.append(one)
    return tables


def _written(script: Script) -> _Written:
    tables: _Written = {}
    refused: set[str] = set()
    places: list[tuple[str, Path]] = []
    for node, path in script.walk():
        if node.kind == "assignment_expression" and (entries := _entries(node, path)) is not None:
            name, block = _name(node), path[-1]
            places.append((name, path))
            if id(block) in tables.setdefault(name, {}):
                refused.add(name)
            tables[name][id(block)] = _Table(entries, node.end, block)
    # Of two blocks, one within the other, the inner one may run between the outer one's table and its use.
    refused |= {name for name, path in places if sum(id(block) in tables[name] for block in path) > 1}
    return {name: blocks for name, blocks in tables.items() if name not in refused}


def _table_around(tables: _Written, name: str, path: Path) -> _Table | None:
    blocks = tables.get(name, {})
    return next((blocks[id(block)] for block in path if id(block) in blocks), None)


def _name(node: Node) -> str:
    return node.children[0].text[1:].lower()


def _entries(assignment: Node, path: Path) -> tuple[_Entry, ...] | None:
    """What a variable is set to, if it is a hashtable."""
    target, operator, *values = assignment.children
    if target.kind != "variable" or operator.text != "=" or len(values) != 1:
        return None
    if values[0].kind != "hash_literal_expression":
        return None
    body = values[0].first("hash_literal_body")
    found = () if body is None else body.named("hash_entry")
    return tuple(_Entry(*entry(one), one.start, (*path, assignment)) for one in found)


def _added(script: Script, assignment: Node, path: Path) -> _Entry | None:
    """An entry that is added to a hashtable by its plain name."""
    target, operator, *values = assignment.children
    if target.kind != "element_access" or operator.text != "=" or len(values) != 1:
        return None
    key = script.constant(target.children[2])
    if target.children[0].kind != "variable" or key is None or not _PLAIN.fullmatch(key):
        return None
    return _Entry(key, values[0], assignment.start, path)
