"""A script's syntax tree with the grammar's empty shells taken off."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from sys import intern

import tree_sitter
import tree_sitter_pwsh

# These only say how tightly an operator binds; with one child they add nothing.
_SHELLS = frozenset(
    {
        "pipeline",
        "pipeline_chain",
        "unary_expression",
        "expression_with_unary_operator",
        "string_literal",
        "integer_literal",
        "expandable_string_literal",
        "assignment_value",
        "argument_expression",
        "left_assignment_expression",
        "comparison_operator",
        "assignment_operator",
    }
)
_LEAVES = frozenset({"variable", "expandable_string_literal", "type_literal", "function_name"})

NAMED_BLOCKS = frozenset({"begin", "end"})
"""The named blocks of a rendered script: what all scripts share, and what is its own."""

_SPACE = frozenset({" ", "\n"})
MAX_DEPTH = 100
"""The tree of a rendered script is less than half as deep."""

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A piece of syntax; two pieces are never the same one."""

    kind: str
    start: int
    end: int
    plain: str = field(repr=False)
    """The whole text for the grammar, the same one in every node: a piece in each would be much in a deep tree."""

    children: tuple["Node", ...]

    @property
    def text(self) -> str:
        """What stands there, without the white space that the grammar takes along."""
        return self.plain[self.start : self.end].rstrip(" \n")

    def named(self, kind: str) -> Iterator["Node"]:
        """The children of one kind."""
        return (child for child in self.children if child.kind == kind)

    def first(self, *kinds: str) -> "Node | None":
        """The first child of one of these kinds."""
        return next((child for child in self.children if child.kind in kinds), None)


Path = tuple[Node, ...]
"""The nodes around a node, outermost first."""


def grow(plain: str) -> tuple[Node, tuple[int, ...]]:
    """Parses an ASCII text and gives its tree and the offsets at which the grammar did not understand it."""
    root = _PARSER.parse(plain.encode("ascii")).root_node
    broken = _broken(root) if root.has_error else []
    if broken:
        return Node(root.type, 0, len(plain), plain, ()), tuple(broken)
    grown = _with_named_blocks(_node(root, plain, broken, 0))
    return grown, tuple(sorted((*broken, *_empty(grown))))


def _empty(root: Node) -> Iterator[int]:
    """Where the grammar takes nothing for something, and PowerShell does not."""
    for node, path in walk(root):
        # A comma in front makes a list of one thing, but not among arguments.
        lone = node.kind == "expression_with_unary_operator" and node.children[0].kind == ","
        argument = lone and path[-1].kind in {"argument_expression_list", "command_elements"}
        if argument or (node.kind == "command" and not node.text):
            yield node.start


def _with_named_blocks(program: Node) -> Node:
    """The grammar takes `begin { }` and `end { }` at the top for commands with a script block."""
    return replace(program, children=tuple(map(_statements, program.children)))


def _statements(node: Node) -> Node:
    if node.kind != "statement_list":
        return node
    return replace(node, children=tuple(_named_block(child) or child for child in node.children))


def _named_block(node: Node) -> Node | None:
    name, elements = node.first("command_name"), node.first("command_elements")
    if node.kind != "command" or name is None or name.text not in NAMED_BLOCKS or elements is None:
        return None
    if [child.kind for child in elements.children] != ["script_block_expression"]:
        return None
    block = elements.children[0].first("script_block")
    body = None if block is None else block.first("script_block_body")
    return replace(node, kind="named_block", children=() if body is None else (name, *body.children))


def _broken(raw: tree_sitter.Node) -> list[int]:
    found, stack = [], [raw]
    while stack:
        here = stack.pop()
        if here.is_error or here.is_missing:
            found.append(here.start_byte)
        stack.extend(child for child in here.children if child.has_error)
    return sorted(found)


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Node, Path]]:
    """Every node in the order of the text, with the nodes around it."""
    stack = [(node, path)]
    while stack:
        here, around = stack.pop()
        yield here, around
        if here.children:
            inner = (*around, here)
            stack.extend([(child, inner) for child in here.children[::-1]])


def _node(raw: tree_sitter.Node, plain: str, broken: list[int], depth: int) -> Node:
    kind, start, end = intern(raw.type), raw.start_byte, raw.end_byte
    if depth > MAX_DEPTH:
        broken.append(start)
        return Node(kind, start, start, plain, ())
    inner = () if kind in _LEAVES else raw.children
    children = [_node(child, plain, broken, depth + 1) for child in inner if not _is_space(child)]
    if len(children) == 1 and kind in _SHELLS:
        return children[0]
    while start < end and plain[start] in _SPACE:
        start += 1
    return Node(kind, start, end, plain, tuple(children))


def _is_space(raw: tree_sitter.Node) -> bool:
    kind = raw.type
    if kind == "command_argument_sep":
        return all(child.type != ":" for child in raw.children)
    return kind in _SPACE
