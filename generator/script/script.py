"""A script as two readers agree on it: our lexer for strings and comments, a real grammar for the rest."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from typing import Self

from roomscope.generator.common.errors import AuditError, listing
from roomscope.generator.script import characters, lexer, tree
from roomscope.generator.script.lexer import Fault, Token
from roomscope.generator.script.tree import Node, Path, walk


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


class ScriptError(AuditError):
    """A script that cannot be read as one that we rendered."""

    def __init__(self, faults: tuple[tuple[Place, Fault], ...]) -> None:
        """Keeps the faults with their places."""
        super().__init__(listing("This script cannot be audited:", map(_line, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True, eq=False)
class Script:
    """A script that was understood."""

    text: str
    """With plain newlines and without mark."""

    tokens: tuple[Token, ...]
    nodes: tuple[tuple[Node, Path], ...] = field(repr=False)
    """Every node in the order of the text, with the nodes around it."""

    strings: Mapping[int, Token]
    """Single- and double-quoted strings by offset; the tree holds placeholders."""

    line_starts: "array[int]"

    @staticmethod
    def parse(data: bytes) -> "Script":
        """Reads a delivered script, or says everything that is wrong with it."""
        return _parsed(data)

    @classmethod
    def read(cls, text: str, faults: tuple[Fault, ...] = ()) -> Self:
        """Reads a script that is not encoded yet; `faults` are those of its encoding."""
        starts = _line_starts(text)
        lexed = lexer.lex(text)
        faults = (*faults, *lexed.faults, *islice(characters.outside(text, lexed.tokens), lexer.MAX_FAULTS))
        if faults:
            raise ScriptError(tuple((_place(starts, fault.offset), fault) for fault in faults))
        root, broken = tree.grow(lexer.normalised(text, lexed.tokens))
        if broken:
            unread = (Fault("RSA010", at, "The grammar does not understand this place.") for at in broken[: lexer.MAX_FAULTS])
            raise ScriptError(tuple((_place(starts, fault.offset), fault) for fault in unread))
        strings = {token.start: token for token in lexed.tokens if token.kind in {"single", "double"}}
        return cls(text, lexed.tokens, tuple(walk(root)), strings, starts)

    def place(self, offset: int) -> Place:
        """The line and column of an offset."""
        return _place(self.line_starts, offset)

    def source(self, node: Node) -> str:
        """What stands in the script where the tree has a node."""
        return self.text[node.start : node.end].strip(" \n")

    def walk(self) -> Iterator[tuple[Node, Path]]:
        """Every node of the script with the nodes around it."""
        return iter(self.nodes)

    def constant(self, node: Node) -> str | None:
        """The text that a single-quoted string stands for; None for anything else."""
        return lexer.string_value(self.strings[node.start]) if node.kind == "verbatim_string_characters" else None


@lru_cache(maxsize=16)
def _parsed(data: bytes) -> Script:
    return Script.read(*characters.decode(data))


def _line_starts(text: str) -> "array[int]":
    return array("L", chain((0,), (match.end() for match in re.finditer("\n", text))))


def _place(starts: "array[int]", offset: int) -> Place:
    line = bisect_right(starts, offset)
    return Place(line, offset - starts[line - 1] + 1)


def _line(entry: tuple[Place, Fault]) -> str:
    place, fault = entry
    return f"line {place.line}, column {place.column}: {fault.rule} {fault.message}"
