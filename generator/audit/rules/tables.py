"""The rule about tables: changed only by the name under which they were made, so that values can be followed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.script.calls import entry
from roomscope.generator.script.scopes import base, function_of, is_set_by, parameters
from roomscope.generator.script.tree import Node

_CONSTANTS = frozenset({"verbatim_string_characters", "decimal_integer_literal"})

_Name = tuple[str, int]
"""A variable in lower case, and the function around it."""


@dataclass(frozen=True, slots=True)
class _Tables:
    """What is known of the variables of a script that are changed by an element."""

    subject: Subject
    made: Mapping[_Name, tuple[Node, ...]]
    """Each value of each variable; a parameter or a loop variable is its own."""

    parameters: frozenset[int]
    """The variables of functions' parameters, by offset."""

    given: Mapping[_Name, tuple[tuple[Node | None, int], ...]]
    """What calls give to each parameter of a function, and the function around the call."""

    assigned: Mapping[str, Mapping[str | None, frozenset[str]]]
    """The kinds of what is assigned to elements, by variable and key; None is a computed one."""

    own: dict[_Name, Mapping[str, frozenset[str]] | None] = field(default_factory=dict)
    """What was found out about a variable, once however often it is asked."""

    def are_own(self, target: Node, function: int) -> bool:
        """Whether an assigned element belongs to a table that no other name holds."""
        variable = base(target)
        if target.kind != "element_access" or variable is None:
            return False
        name = (variable.text.lower(), function)
        if name not in self.own:
            self.own[name] = self._entries_of(name)
        inner, entries = target.children[0], self.own[name]
        return entries is not None and (inner is variable or self._is_own_entry(inner, entries))

    def _entries_of(self, name: _Name) -> Mapping[str, frozenset[str]] | None:
        """The kinds of the entries of a variable's tables, by key; None if it may hold somebody else's table."""
        tables = self._tables(name)
        if tables is None or name not in self.made:
            return None
        kinds: dict[str, set[str]] = {}
        for table in tables:
            for key, value in map(entry, _entries(table)):
                kinds.setdefault(key.lower(), set()).add(_kind(value))
        return {key: frozenset(found) for key, found in kinds.items()}

    def _is_own_entry(self, inner: Node, entries: Mapping[str, frozenset[str]]) -> bool:
        """Whether what stands under a key is only ever written for it: a table, or a list of tables of which one is meant."""
        wanted = {"constant", "list", "table"}
        if inner.kind == "element_access" and _is_number(inner.children[2]):
            # Of a table in order a number means an entry, which may be anything.
            inner, wanted = inner.children[0], wanted - {"table"}
        key = self.subject.script.constant(inner.children[2]) if inner.kind == "element_access" else None
        if key is None or inner.children[0].kind != "variable":
            return False
        assigned = self.assigned.get(inner.children[0].text.lower(), {})
        found = entries.get(key.lower(), frozenset()) | assigned.get(key.lower(), frozenset())
        return bool(found) and found | assigned.get(None, frozenset()) <= wanted

    def _tables(self, name: _Name) -> tuple[Node, ...] | None:
        """Every table that a variable can hold; None if it can hold anything else, or somebody else's table."""
        found: list[Node] = []
        pending, known = [name], {name}
        while pending:
            one = pending.pop()
            for value in self.made.get(one, ()):
                if (table := _table(value)) is not None:
                    found.append(table)
                elif value.start in self.parameters and (callers := self._callers(one)) is not None:
                    pending += callers - known
                    known |= callers
                else:
                    return None
        return tuple(found)

    def _callers(self, parameter: _Name) -> frozenset[_Name] | None:
        """Whose table a parameter is, if every call gives it the variable of the same name."""
        given = self.given.get(parameter, ())
        if any(value is None or value.kind != "variable" or value.text.lower() != parameter[0] for value, _ in given):
            return None
        return frozenset((parameter[0], function) for _, function in given)


@Rule(
    id="RSA044",
    title="Tables are changed under their own name",
    why="Two variables can hold the same table, so a change through one would change the other unseen. An element is only "
    "assigned to a variable that is never anything but a table written with @{ }, or to a parameter that every call gives the "
    "variable of the same name.",
    cure="Write a table of its own with @{ } and fill that.",
    bad="$filters = @{}\n$other = $filters\n$other['Rooms'] = 'x'",
    good="$filters = @{}\n$filters['Rooms'] = 'x'",
)
def tables_are_changed_under_their_name(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds elements that are assigned to what may be somebody else's table."""
    tables = _known(subject)
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression" and node.children[0].kind != "variable":
            target = node.children[0]
            if not tables.are_own(target, function_of(path)):
                yield node.start, f"{subject.script.source(target)[:60]} may be another variable's table."


def _known(subject: Subject) -> _Tables:
    made: dict[_Name, list[Node]] = {}
    for name, value in _made(subject):
        made.setdefault(name, []).append(value)
    inside = frozenset(one.start for function in subject.origins.functions.values() for one in parameters(function))
    return _Tables(subject, {name: tuple(values) for name, values in made.items()}, inside, _given(subject), _assigned(subject))


def _made(subject: Subject) -> Iterator[tuple[_Name, Node]]:
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression" and node.children[0].kind == "variable":
            yield (node.children[0].text.lower(), function_of(path)), node.children[-1]
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            yield (node.text.lower(), function_of(path)), node


def _given(subject: Subject) -> Mapping[_Name, tuple[tuple[Node | None, int], ...]]:
    given: dict[_Name, list[tuple[Node | None, int]]] = {}
    for call in subject.calls:
        function = subject.origins.functions.get(call.name)
        if function is not None:
            for argument in call.arguments:
                parameter = (f"${argument.parameter.lower()}", function.start)
                given.setdefault(parameter, []).append((argument.value, function_of(call.path)))
    return {name: tuple(values) for name, values in given.items()}


def _assigned(subject: Subject) -> Mapping[str, Mapping[str | None, frozenset[str]]]:
    found: dict[str, dict[str | None, set[str]]] = {}
    for node, _ in subject.script.walk():
        target = node.children[0] if node.kind == "assignment_expression" else None
        if target is not None and target.kind == "element_access" and target.children[0].kind == "variable":
            key = subject.script.constant(target.children[2])
            kinds = found.setdefault(target.children[0].text.lower(), {})
            kinds.setdefault(None if key is None else key.lower(), set()).add(_kind(node.children[-1]))
    return {name: {key: frozenset(one) for key, one in kinds.items()} for name, kinds in found.items()}


def _kind(value: Node | None) -> str:
    """What a value is, as far as others could hold it too."""
    if value is None:
        return "other"
    if value.kind in _CONSTANTS or value.text.lower() in {"$null", "$true", "$false"}:
        return "constant"
    if value.kind == "array_expression":
        statements = value.first("statement_list")
        own = statements is None or all(_table(one) is not None for one in statements.children)
        return "list" if own else "other"
    return "other" if _table(value) is None else "table"


def _is_number(index: Node) -> bool:
    return re.fullmatch(r"-?[0-9]+", index.text) is not None


def _table(value: Node) -> Node | None:
    if value.kind == "cast_expression" and value.children[0].text == "[ordered]":
        value = value.children[-1]
    return value if value.kind == "hash_literal_expression" else None


def _entries(value: Node) -> Iterator[Node]:
    table = _table(value)
    body = None if table is None else table.first("hash_literal_body")
    yield from () if body is None else body.named("hash_entry")


RULES = (tables_are_changed_under_their_name,)
