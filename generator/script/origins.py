"""Where a value can come from: followed through variables, without regard to order, so rather too much than too little."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from roomscope.generator.script import lexer
from roomscope.generator.script.calls import Call
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node, Path, walk

LITERAL = "literal"
_SILENT = frozenset({"Where-Object", "Select-Object", "Sort-Object", "Group-Object", "Measure-Object"})
_SILENT |= {"Out-Null", "Set-Content", "Set-StrictMode", "Start-Sleep", "New-Item", "Test-Path", "Format-Table"}
_SILENT |= {"Write-Information", "Write-Warning", "Write-Progress"}
_THROUGH = frozenset({"ForEach-Object", "Join-Path", "ConvertTo-Json", "ConvertFrom-Json", "Out-String", "Write-Output"})
_THROUGH |= {"Compare-Object"}
_CONSTANTS = frozenset({"generic_token", "real_literal", "decimal_integer_literal", "hexadecimal_integer_literal"})
_CONSTANT_VARIABLES = frozenset({"$true", "$false", "$null"})


@dataclass(frozen=True, slots=True)
class Origins:
    """What every variable of a script can hold, by origin."""

    script: Script
    functions: Mapping[str, Node]
    variables: Mapping[str, frozenset[str]]
    apart: bool = False
    """Whether the functions are called from elsewhere, so that what their parameters are given is not known."""

    piped: dict[tuple[int, int], tuple[str, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, script: Script, calls: tuple[Call, ...], *, apart: bool = False) -> "Origins":
        """Follows all assignments of a script, or of a piece of one that others call."""
        functions = {name.text: node for node, _ in script.walk() if (name := node.first("function_name"))}
        plain = cls(script, functions, {}, apart)
        return cls(script, functions, _closed(plain.assigned(calls)), apart)

    def at(self, node: Node, path: Path) -> tuple[str, ...]:
        """The origins of a value, sorted."""
        found: set[str] = set()
        for source in self._sources(node, path):
            found |= self.variables.get(source, {source[1:] if _is_variable(source) else source})
        return tuple(sorted(found))

    def assigned(self, calls: tuple[Call, ...]) -> dict[str, set[str]]:
        """What is assigned to each variable directly: origins, and other variables as ``$$name``."""
        direct: dict[str, set[str]] = {}
        for node, path in self.script.walk():
            for name, value in _assignments(node):
                direct.setdefault(name, set()).update(self._sources(value, (*path, node)))
            for name, label, default in _parameters(node, path, apart=self.apart):
                direct.setdefault(name, set()).update({label} - {""}, self._each(default, (*path, node)))
            if node.kind == "function_statement":
                direct.setdefault(_output(node), set()).update(self._given_back(node))
        for call in calls:
            if call.name in self.functions:
                for one in call.arguments:
                    sources = (LITERAL,) if one.value is None else self._sources(one.value, one.path)
                    direct.setdefault(_name(f"${one.parameter}"), set()).update(sources)
        return direct

    def _sources(self, node: Node, path: Path) -> Iterator[str]:
        inner = (*path, node)
        match node.kind:
            case "variable":
                yield from self._variable(node, path)
            case "verbatim_string_characters":
                yield LITERAL
            case "expandable_string_literal":
                yield LITERAL
                yield from (_name(f"${name}") for name in lexer.expanded(self.script.strings[node.start]))
            case kind if kind in _CONSTANTS:
                yield LITERAL
            case "command":
                yield from self._command(node, path)
            case "assignment_expression" if path and path[-1].kind != "statement_list":
                yield from (name for name, _ in _assignments(node))
            case "assignment_expression" | "function_statement" | "flow_control_statement":
                return
            case "member_access" | "element_access":
                yield from self._sources(node.children[0], inner)
            case "if_statement" | "elseif_clause" | "while_statement" | "do_statement" | "foreach_statement":
                bodies = ("statement_block", "elseif_clauses", "else_clause")
                yield from self._each((child for child in node.children if child.kind in bodies), inner)
            case _:
                yield from self._each(node.children, inner)

    def _each(self, nodes: Iterator[Node] | tuple[Node, ...], path: Path) -> Iterator[str]:
        return chain.from_iterable(self._sources(node, path) for node in nodes)

    def _variable(self, node: Node, path: Path) -> Iterator[str]:
        if node.text.lower() in _CONSTANT_VARIABLES:
            yield LITERAL
        elif node.text == "$_":
            yield from self._piped(path)
        else:
            yield _name(node.text)

    def _piped(self, path: Path) -> Iterator[str]:
        """What comes down the pipe into the nearest script block."""
        for depth in range(len(path) - 1, 0, -1):
            if path[depth].kind == "catch_clause":
                yield "error"
                return
            if path[depth].kind == "script_block_expression":
                yield from self._upstream(path[:depth])
                return

    def _upstream(self, path: Path) -> Iterator[str]:
        for depth in range(len(path) - 1, 0, -1):
            if path[depth].kind == "pipeline_chain" and depth + 1 < len(path):
                yield from self._before(path[: depth + 1], path[depth + 1].start)
                return

    def _before(self, path: Path, start: int) -> tuple[str, ...]:
        """What stands before a stage of a pipeline, followed once however many stages ask for it."""
        place = (path[-1].start, start)
        if place not in self.piped:
            before = (one for one in path[-1].children if one.start < start and one.kind != "|")
            self.piped[place] = tuple(dict.fromkeys(self._each(before, path)))
        return self.piped[place]

    def _command(self, node: Node, path: Path) -> Iterator[str]:
        name = node.first("command_name")
        called = "" if name is None else name.text
        if called in self.functions:
            yield _output(self.functions[called])
        elif called not in _SILENT | _THROUGH:
            yield "rooms.csv" if called == "Import-Csv" else called
        elements = node.first("command_elements")
        if elements is not None and called in _THROUGH | {"Select-Object"}:
            # Of the values of Select-Object only a calculated property is more than a choice.
            through = (one for one in elements.children if called in _THROUGH or one.kind == "hash_literal_expression")
            yield from self._each(through, (*path, node, elements))

    def _given_back(self, function: Node) -> Iterator[str]:
        """What the body of a function gives back."""
        block = function.first("script_block")
        body = None if block is None else block.first("script_block_body")
        if block is not None and body is not None:
            yield from self._each(body.children, (function, block, body))


def _assignments(node: Node) -> Iterator[tuple[str, Node]]:
    match node.kind:
        case "assignment_expression":
            target = base(node.children[0])
            if target is not None:
                yield from ((_name(target.text), value) for value in node.children[2:])
        case "foreach_statement":
            children = [child for child in node.children if child.kind not in {"foreach", "(", ")", "in", "statement_block"}]
            if children and children[0].kind == "variable":
                yield from ((_name(children[0].text), value) for value in children[1:])
        case _:
            return


def _output(function: Node) -> str:
    """What a function gives back, among the variables."""
    name = function.first("function_name")
    return f"$${'' if name is None else name.text}()"


def base(target: Node) -> Node | None:
    """The variable that an assignment changes, also by an element or a member."""
    while target.kind in {"element_access", "member_access", "cast_expression"} and target.children:
        target = target.children[-1] if target.kind == "cast_expression" else target.children[0]
    return target if target.kind == "variable" else None


def _parameters(node: Node, path: Path, *, apart: bool) -> Iterator[tuple[str, str, tuple[Node, ...]]]:
    """A parameter with the origin that it is, or, of a function, with its default value."""
    variable = node.first("variable") if node.kind == "script_parameter" else None
    if variable is not None:
        inside = any(one.kind == "function_statement" for one in path)
        default = tuple(node.named("script_parameter_default")) if inside else ()
        yield _name(variable.text), ("" if inside and not apart else f"-{variable.text[1:]}"), default


def _name(variable: str) -> str:
    return f"$${variable[1:].lower()}"


def _closed(direct: dict[str, set[str]]) -> dict[str, frozenset[str]]:
    """Follows variables to variables until nothing is new; one that nobody assigns is an origin itself."""
    names = {one for sources in direct.values() for one in sources if _is_variable(one)} | direct.keys()
    known = {name: {one for one in direct.get(name, {name[1:]}) if not _is_variable(one)} for name in names}
    users: dict[str, list[str]] = {name: [] for name in names}
    for name, sources in direct.items():
        for one in sources:
            if _is_variable(one):
                users[one].append(name)
    changed = deque(names)
    while changed:
        name = changed.popleft()
        for user in users[name]:
            if not known[name] <= known[user]:
                known[user] |= known[name]
                changed.append(user)
    return {name: frozenset(sources) for name, sources in known.items()}


def _is_variable(source: str) -> bool:
    return source.startswith("$$")
