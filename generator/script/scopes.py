"""Which variables a place in a script can mean, and what sets them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomscope.generator.script.lexer import expanded
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node, Path

TOP = -1
"""Where a script is not in a function."""


def function_of(path: Path) -> int:
    """The function around a place, by its offset."""
    return next((one.start for one in path if one.kind == "function_statement"), TOP)


def moment(path: Path, offset: int) -> tuple[int, int]:
    """When a place runs, compared with others: parameters first, then `begin`, then `end`, whatever stands first."""
    block = next((one for one in path if one.kind == "named_block"), None)
    return (0 if block is None else ("begin", "end").index(block.children[0].text) + 1), offset


def is_set_by(around: Node, node: Node) -> bool:
    """Whether a variable is set by the loop or the parameter around it."""
    if around.kind == "foreach_statement":
        return all(one.kind != "in" or one.start > node.start for one in around.children)
    return around.kind == "script_parameter"


def parameters(function: Node) -> tuple[Node, ...]:
    """The variables of a function's parameters, in order."""
    script = function.first("script_block")
    block = function.first("function_parameter_declaration") or (None if script is None else script.first("param_block"))
    listed = None if block is None else block.first("parameter_list")
    given = () if listed is None else listed.named("script_parameter")
    return tuple(variable for one in given if (variable := one.first("variable")) is not None)


def base(target: Node) -> Node | None:
    """The variable that an assignment changes, also by an element or a member."""
    while target.kind in {"element_access", "member_access", "cast_expression"} and target.children:
        target = target.children[-1] if target.kind == "cast_expression" else target.children[0]
    return target if target.kind == "variable" else None


@dataclass(frozen=True, slots=True)
class Scopes:
    """Which function sets which variable."""

    set_in: frozenset[tuple[str, int]]
    """The names, in lower case, with the functions, by offset."""

    opened: frozenset[tuple[str, int]]
    """Those that are read where they may not have been set, so that whoever calls, or the session, may decide."""

    functions: Mapping[str, tuple[int, ...]]
    """The functions that set a variable, by its name."""

    strangers: int
    """How many variables are read that the session may set."""

    @classmethod
    def of(cls, script: Script) -> "Scopes":
        """Looks where a script sets its variables, and whether that comes before they are read."""
        places = _Places(script)
        reads = [*places.reads()]
        opened = frozenset(name for name, node, path in reads if name in places.set_in and not places.is_set(name, node, path))
        functions: dict[str, list[int]] = {}
        for name, function in sorted(places.set_in):
            functions.setdefault(name, []).append(function)
        strangers = ({name for (name, _), _, _ in reads} - functions.keys()) | {name for name, _ in opened}
        return cls(frozenset(places.set_in), opened, {name: tuple(found) for name, found in functions.items()}, len(strangers))

    def of_name(self, name: str) -> tuple[int, ...]:
        """The functions that set a variable of this name."""
        return self.functions.get(name, ())


class _Places:
    """Where variables are set, so that everything below in the same block finds them set."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.set_in: dict[tuple[str, int], dict[int, int]] = {}
        self.targets: set[int] = set()
        always: dict[int, frozenset[str]] = {}
        for node, path in reversed([*script.walk()]):
            self._look(node, path, always)

    def _look(self, node: Node, path: Path, always: dict[int, frozenset[str]]) -> None:
        """Looks at a node whose children were looked at before; `always` says what each block sets in any case."""
        match node.kind:
            case "assignment_expression" if node.children[0].kind == "variable":
                self._set(node.children[0], path, path[-1], node.end)
            case "variable" if path and is_set_by(path[-1], node):
                inside = path[-1].first("statement_block") if path[-1].kind == "foreach_statement" else path[0]
                self._set(node, path, inside or path[0], node.start)
            case "statement_list":
                direct = {one.children[0].text[1:].lower() for one in node.children if _is_plain(one)}
                always[id(node)] = frozenset(direct).union(*(always.get(id(one), ()) for one in node.children))
            case "if_statement" | "try_statement" | "do_statement" if path and (branches := [*_branches(node)]):
                always[id(node)] = frozenset.intersection(*(always.get(id(one), frozenset()) for one in branches))
                for name in always[id(node)]:
                    places = self.set_in.setdefault((name, function_of(path)), {})
                    places[id(path[-1])] = min(node.end, places.get(id(path[-1]), node.end))
            case _:
                pass

    def _set(self, variable: Node, path: Path, block: Node, end: int) -> None:
        self.targets.add(id(variable))
        places = self.set_in.setdefault((variable.text[1:].lower(), function_of(path)), {})
        places[id(block)] = min(end, places.get(id(block), end))

    def reads(self) -> Iterator[tuple[tuple[str, int], int, Path]]:
        """Each reading of a variable: name and function, where, and the nodes around it."""
        for node, path in self.script.walk():
            if node.kind == "variable" and id(node) not in self.targets:
                yield (node.text[1:].lower(), function_of(path)), node.start, path
            elif node.kind == "expandable_string_literal":
                for name in expanded(self.script.strings[node.start]):
                    yield (name.lower(), function_of(path)), node.start, path

    def is_set(self, name: tuple[str, int], at: int, path: Path) -> bool:
        """Whether a block around a place has set a variable before."""
        places = self.set_in[name]
        return any(places.get(id(block), at + 1) <= at for block in path)


def _is_plain(statement: Node) -> bool:
    return statement.kind == "assignment_expression" and statement.children[0].kind == "variable"


def _branches(node: Node) -> Iterator[Node]:
    """The branches of which one runs to its end, or nobody reads on behind them."""
    match node.kind:
        case "if_statement" if node.first("else_clause"):
            clauses = (one for group in node.named("elseif_clauses") for one in group.named("elseif_clause"))
            yield from map(_inside, (node, *clauses, *node.named("else_clause")))
        case "try_statement":
            clauses = (one for group in node.named("catch_clauses") for one in group.named("catch_clause"))
            yield from (one for one in map(_inside, (node, *clauses)) if not _ends(one))
        case "do_statement":
            yield _inside(node)
        case _:
            return


def _inside(node: Node) -> Node:
    """The statements of a branch; the branch itself if it has none."""
    block = node.first("statement_block")
    return (None if block is None else block.first("statement_list")) or node


def _ends(statements: Node) -> bool:
    """Whether a branch ends with a throw."""
    last = statements.children[-1] if statements.children else statements
    return last.kind == "flow_control_statement" and last.children[0].kind == "throw"
