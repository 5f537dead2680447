"""The commands that a script calls, with what is given to each parameter."""

from collections.abc import Iterator
from dataclasses import dataclass

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

    splatted: bool = False
    """Whether it comes out of a hashtable."""


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
class _Table:
    """A hashtable that is written once."""

    entries: tuple[Node, ...]
    end: int
    block: Node
    """The statements among which it is written."""


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


_WRITTEN_AND_USED = 2


def _call(command: Node, path: Path, tables: dict[str, _Table]) -> Call:
    name = command.first("command_name")
    given = [*_arguments(command)]
    for splat in splats(command):
        table = tables.get(splat.text[1:].lower())
        if table is None or table.end > command.start or table.block not in path:
            continue
        for one in table.entries:
            key, value = entry(one)
            given.append(Argument(key, value, one.start, splatted=True))
    return Call("" if name is None else name.text, tuple(given), command, path)


def _arguments(command: Node) -> Iterator[Argument]:
    elements = command.first("command_elements")
    waiting: Node | None = None
    for element in () if elements is None else elements.children:
        if element.kind == "command_argument_sep" or _is_splat(element):
            continue
        if element.kind == "command_parameter":
            if waiting is not None:
                yield Argument(waiting.text[1:], None, waiting.start)
            waiting = element
        else:
            yield Argument("" if waiting is None else waiting.text[1:], element, (waiting or element).start)
            waiting = None
    if waiting is not None:
        yield Argument(waiting.text[1:], None, waiting.start)


def _tables(script: Script) -> dict[str, _Table]:
    """Each hashtable that is written once and used once, by the variable in lower case."""
    written: dict[str, _Table] = {}
    uses: dict[str, int] = {}
    for node, path in script.walk():
        if node.kind == "variable":
            uses[node.text[1:].lower()] = uses.get(node.text[1:].lower(), 0) + 1
        elif node.kind == "assignment_expression" and (entries := _entries(node)) is not None:
            written[node.children[0].text[1:].lower()] = _Table(entries, node.end, path[-1])
    return {name: table for name, table in written.items() if uses[name] == _WRITTEN_AND_USED}


def _entries(assignment: Node) -> tuple[Node, ...] | None:
    target, operator, *values = assignment.children
    if target.kind != "variable" or operator.text != "=" or len(values) != 1:
        return None
    if values[0].kind != "hash_literal_expression":
        return None
    body = values[0].first("hash_literal_body")
    return () if body is None else tuple(body.named("hash_entry"))
