"""The commands that a script calls, with what is given to each parameter."""

from collections.abc import Iterator
from dataclasses import dataclass

from generator.script import Script
from generator.tree import Node, Path


@dataclass(frozen=True, slots=True)
class Argument:
    """What is given to one parameter."""

    parameter: str
    """Without its dash; empty for a value without a parameter."""

    value: Node | None
    """None for a switch that stands alone."""

    at: int
    """Where it stands."""

    colon: bool = False
    """Whether the value is tied to the parameter with a colon."""


@dataclass(frozen=True, slots=True)
class Call:
    """One command where it stands."""

    name: str
    """As written; empty if the command is not named but computed."""

    arguments: tuple[Argument, ...]
    node: Node
    path: Path

    def value(self, parameter: str) -> Node | None:
        """What is given to a parameter."""
        wanted = parameter.lower()
        return next((one.value for one in self.arguments if one.parameter.lower() == wanted), None)

    def has(self, parameter: str) -> bool:
        """Whether a parameter is given."""
        return any(one.parameter.lower() == parameter.lower() for one in self.arguments)


def calls(script: Script) -> Iterator[Call]:
    """Every command of a script in the order of the text, also inside script blocks."""
    for node, path in script.walk():
        if node.kind == "command":
            name = node.first("command_name")
            yield Call("" if name is None else name.text, tuple(_arguments(node)), node, path)


def _arguments(command: Node) -> Iterator[Argument]:
    elements = command.first("command_elements")
    waiting: Node | None = None
    colon = False
    for element in () if elements is None else elements.children:
        if element.kind == "command_argument_sep":
            colon = True
            continue
        if element.kind != "command_parameter":
            yield _given(waiting, element, colon=colon)
            waiting, colon = None, False
            continue
        if waiting is not None:
            yield Argument(waiting.text[1:], None, waiting.start)
        waiting = element
    if waiting is not None:
        yield Argument(waiting.text[1:], None, waiting.start)


def _given(parameter: Node | None, value: Node, *, colon: bool) -> Argument:
    if parameter is None:
        return Argument("", value, value.start)
    return Argument(parameter.text[1:], value, parameter.start, colon)
