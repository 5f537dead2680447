"""Where a value can come from: followed through variables, without regard to order, so rather too much than too little."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from operator import attrgetter

from roomscope.generator.script import lexer
from roomscope.generator.script.calls import Call, entry
from roomscope.generator.script.flow import (
    ANYWHERE,
    LOST,
    MOST_ORIGINS,
    Held,
    Piece,
    bounded,
    chosen,
    followed,
)
from roomscope.generator.script.scopes import TOP, Scopes, base, function_of
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node, Path

LITERAL = "literal"
NOTHING = "nothing"
"""What $null is: no place of its own, and said to be a literal where there is no other."""

_SILENT = frozenset({"Where-Object", "Select-Object", "Sort-Object", "Group-Object", "Measure-Object"})
_SILENT |= {"Out-Null", "Set-Content", "Set-StrictMode", "Start-Sleep", "New-Item", "Test-Path", "Format-Table"}
_SILENT |= {"Write-Error", "Write-Information", "Write-Warning", "Write-Progress"}
_THROUGH = frozenset({"Compare-Object", "ForEach-Object", "Join-Path", "ConvertTo-Json", "ConvertFrom-Json", "Out-String", "Write-Output"})
_CONSTANTS = frozenset({"verbatim_string_characters", "generic_token", "real_literal", "decimal_integer_literal", "hexadecimal_integer_literal"})
_LOOP = frozenset({"foreach", "(", ")", "in", "statement_block"})
_BODIES = frozenset({"statement_block", "elseif_clauses", "else_clause"})
_CONSTANT_VARIABLES = frozenset({"$true", "$false", "$null"})


MOST_STRANGERS = 100
"""No script that we know reads so many variables that it does not set."""


@dataclass(frozen=True, eq=False)
class Origins:
    """What every variable of a script can hold, by origin."""

    script: Script
    functions: Mapping[str, Node]
    scopes: Scopes
    held: Mapping[str, Held]
    apart: bool = False
    """Whether the functions are called from elsewhere, so that what their parameters are given is not known."""

    piped: dict[tuple[int, int], tuple[Piece, ...]] = field(default_factory=dict, compare=False)
    """What stands before each stage of a pipeline, by its identity and where the stage begins, as far as somebody asked."""

    @classmethod
    def of(cls, script: Script, calls: tuple[Call, ...], *, apart: bool = False) -> "Origins":
        """Follows all assignments of a script, or of a piece of one that others call."""
        functions = {name.text: node for node, _ in script.walk() if (name := node.first("function_name"))}
        plain = cls(script, functions, Scopes.of(script), {}, apart)
        direct: dict[str, set[Piece]] = {}
        for variable, pieces in chain(plain._assigned(), plain._opened(), plain._given(calls)):
            direct.setdefault(variable, set()).update(pieces)
        return cls(script, functions, plain.scopes, followed(direct), apart, plain.piped)

    def at(self, node: Node, path: Path) -> tuple[str, ...]:
        """The origins of a value, sorted."""
        pieces = dict.fromkeys(self._sources(node, path))
        return tuple(sorted(_said(frozenset(chain.from_iterable(map(self._origins, pieces))))))

    @cached_property
    def variables(self) -> Mapping[str, frozenset[str]]:
        """The origins of all variables of a name, which is in lower case and begins with two dollars."""
        found: dict[str, set[str]] = {}
        for name, function in self.scopes.set_in:
            held = self.held.get(_in(name, function), {})
            found.setdefault(f"$${name}", set()).update(*held.values())
        return {name: _said(origins) for name, origins in found.items()}

    def _origins(self, piece: Piece) -> Iterable[str]:
        if not piece.is_variable:
            return (piece.source,)
        held = self.held.get(piece.source, {})
        return chain.from_iterable(held[key] for key in piece.meant(held))

    def _assigned(self) -> Iterator[tuple[str, Iterable[Piece]]]:
        """What flows into each variable by an assignment, a loop or a default value, and what a function gives back."""
        for node, path in self.script.walk():
            inner = (*path, node)
            match node.kind:
                case "assignment_expression" if (target := base(node.children[0])) is not None:
                    pieces = self._each(node.children[2:], inner)
                    yield self._variable_at(target, path), self._placed(node.children[0], pieces, path)
                case "foreach_statement" if (loop := node.first("variable")) is not None:
                    over = (child for child in node.children if child.kind not in _LOOP and child is not loop)
                    yield self._variable_at(loop, path), self._each(over, inner)
                case "script_parameter" if (variable := node.first("variable")) is not None:
                    yield self._variable_at(variable, path), self._by_default(node, variable, path)
                case "function_statement":
                    yield _output(node), self._given_back(node)
                case _:
                    pass

    def _placed(self, target: Node, pieces: Iterable[Piece], path: Path) -> Iterator[Piece]:
        """What is assigned, under the key of a table under which it is."""
        if target.kind != "element_access":
            yield from pieces
            return
        key = self._key(target)
        yield from (piece.under(key) for piece in pieces)
        if key == ANYWHERE:
            # The keys of a table are read, too.
            yield from (piece.under(key) for piece in self._each(target.children[2:3], (*path, target)))

    def _key(self, access: Node) -> str:
        """The key of an element as far as it is known: that of a variable, and a constant."""
        key = self.script.constant(access.children[2])
        return ANYWHERE if access.children[0].kind != "variable" or key is None else key.lower() or ANYWHERE

    def _by_default(self, parameter: Node, variable: Node, path: Path) -> Iterator[Piece]:
        if self.apart or function_of(path) == TOP:
            yield Piece(f"-{variable.text[1:]}")
        else:
            yield from self._each(parameter.named("script_parameter_default"), (*path, parameter))

    def _given_back(self, function: Node) -> Iterator[Piece]:
        """What the body of a function gives back."""
        block = function.first("script_block")
        body = None if block is None else block.first("script_block_body")
        if block is not None and body is not None:
            yield from self._each(body.children, (function, block, body))

    def _opened(self) -> Iterator[tuple[str, Iterable[Piece]]]:
        """What a variable is that may be read before it is set: that of whoever calls, or of the session."""
        for name, function in sorted(self.scopes.opened):
            yield _in(name, function), (self._of_session(name), Piece(_anywhere(name)))
        for name, function in sorted(self.scopes.set_in):
            yield _anywhere(name), (Piece(_in(name, function)),)

    def _given(self, calls: tuple[Call, ...]) -> Iterator[tuple[str, Iterable[Piece]]]:
        """What flows into the parameters of functions, and back where a table is filled."""
        filled = {self._variable_at(target, path) for target, path in self._filled()}
        for call in calls:
            function = self.functions.get(call.name)
            for one in () if function is None else call.arguments:
                name = one.parameter.lower()
                parameter = _in(name, TOP if function is None else function.start)
                yield parameter, ((Piece(LITERAL),) if one.value is None else self._sources(one.value, one.path))
                if parameter in filled and one.value is not None and one.value.kind == "variable":
                    yield self._variable_at(one.value, one.path), (Piece(parameter),)

    def _filled(self) -> Iterator[tuple[Node, Path]]:
        """The variables of which an element is assigned."""
        for node, path in self.script.walk():
            if node.kind == "assignment_expression" and node.children[0].kind == "element_access":
                target = base(node.children[0])
                if target is not None:
                    yield target, path

    def _sources(self, node: Node, path: Path) -> Iterator[Piece]:
        """What a value is made of."""
        match node.kind:
            case "variable":
                yield from self._variable(node, path)
            case "expandable_string_literal":
                yield Piece(LITERAL)
                for name in lexer.expanded(self.script.strings[node.start]):
                    yield from self._named(name.lower(), path)
            case kind if kind in _CONSTANTS:
                yield Piece(LITERAL)
            case "command":
                yield from self._command(node, path)
            case _:
                yield from self._made_of(node, (*path, node))

    def _made_of(self, node: Node, inner: Path) -> Iterator[Piece]:
        """What a value is made of that has parts; `inner` ends with it."""
        match node.kind:
            case "assignment_expression":
                # In brackets it is a value, too.
                yield from () if len(inner) == 1 or inner[-2].kind == "statement_list" else self._each(node.children[2:], inner)
            case "function_statement" | "flow_control_statement":
                return
            case "element_access":
                key = self.script.constant(node.children[2])
                pieces = self._sources(node.children[0], inner)
                yield from pieces if not key else chosen(pieces, key.lower())
            case "member_access":
                yield from self._sources(node.children[0], inner)
            case "hash_entry":
                key, value = entry(node)
                pieces = iter(()) if value is None else self._sources(value, inner)
                yield from (piece.under(key.lower() or ANYWHERE) for piece in pieces)
            case "if_statement" | "elseif_clause" | "while_statement" | "do_statement" | "foreach_statement":
                yield from self._each((child for child in node.children if child.kind in _BODIES), inner)
            case _:
                yield from self._each(node.children, inner)

    def _each(self, nodes: Iterable[Node], path: Path) -> Iterator[Piece]:
        return chain.from_iterable(self._sources(node, path) for node in nodes)

    def _variable(self, node: Node, path: Path) -> Iterator[Piece]:
        if node.text.lower() in _CONSTANT_VARIABLES:
            yield Piece(NOTHING if node.text.lower() == "$null" else LITERAL)
        elif node.text == "$_":
            yield from self._piped(path)
        else:
            yield from self._named(node.text[1:].lower(), path)

    def _named(self, name: str, path: Path) -> Iterator[Piece]:
        """What a name means: the variable of its function, else that of whoever calls it."""
        function = function_of(path)
        if (name, function) in self.scopes.set_in:
            yield Piece(_in(name, function))
            return
        if self.scopes.of_name(name):
            yield Piece(_anywhere(name))
        yield self._of_session(name)

    def _of_session(self, name: str) -> Piece:
        """A variable that the script does not set; of very many only that they are some."""
        return Piece(f"${name}" if self.scopes.strangers <= MOST_STRANGERS else "$…")

    def _variable_at(self, variable: Node, path: Path) -> str:
        return _in(variable.text[1:].lower(), function_of(path))

    def _piped(self, path: Path) -> Iterator[Piece]:
        """What comes down the pipe into the nearest script block."""
        for depth in range(len(path) - 1, 0, -1):
            if path[depth].kind == "catch_clause":
                yield Piece("error")
                return
            if path[depth].kind == "script_block_expression":
                yield from self._upstream(path[:depth])
                return

    def _upstream(self, path: Path) -> Iterator[Piece]:
        for depth in range(len(path) - 1, 0, -1):
            if path[depth].kind == "pipeline_chain" and depth + 1 < len(path):
                yield from self._before(path[: depth + 1], path[depth + 1].start)
                return

    def _before(self, path: Path, start: int) -> tuple[Piece, ...]:
        """What stands before a stage of a pipeline: what stands before the one before, and that one."""
        pipeline, stages = id(path[-1]), path[-1].children
        last = first = bisect_left(stages, start, key=attrgetter("start"))
        while first and (pipeline, stages[first].start) not in self.piped:
            first -= 1
        pieces = self.piped.setdefault((pipeline, stages[first].start), ())
        for stage, after in pairwise(stages[first : last + 1]):
            pieces = self._joined(pieces, stage, path)
            self.piped[pipeline, after.start] = pieces
        return pieces

    def _joined(self, before: tuple[Piece, ...], stage: Node, path: Path) -> tuple[Piece, ...]:
        pieces = dict.fromkeys(before) if stage.kind == "|" else dict.fromkeys(chain(before, self._sources(stage, path)))
        return tuple(pieces) if len(pieces) <= MOST_ORIGINS else (Piece(LOST),)

    def _command(self, node: Node, path: Path) -> Iterator[Piece]:
        name = node.first("command_name")
        called = "" if name is None else name.text
        if called in self.functions:
            yield Piece(_output(self.functions[called]))
        elif called not in _SILENT | _THROUGH:
            yield Piece("rooms.csv" if called == "Import-Csv" else called)
        elements = node.first("command_elements")
        if elements is not None and called in _THROUGH | {"Select-Object"}:
            # Of the values of Select-Object only a calculated property is more than a choice.
            through = (one for one in elements.children if called in _THROUGH or one.kind == "hash_literal_expression")
            pieces = self._each(through, (*path, node, elements))
            yield from pieces if called in _THROUGH else (piece.under(ANYWHERE) for piece in pieces)


def _said(origins: AbstractSet[str]) -> frozenset[str]:
    """The origins as they are told: nothing is only said where there is no other."""
    return bounded(origins - {NOTHING} or {LITERAL for _ in origins})


def _output(function: Node) -> str:
    """What a function gives back, among the variables."""
    return f"$${function.start}()"


def _anywhere(name: str) -> str:
    """The variables of a name, whichever function they are of."""
    return f"$$*:{name}"


def _in(name: str, function: int) -> str:
    """A variable of a function, or of the script."""
    return f"$${function}:{name}"
