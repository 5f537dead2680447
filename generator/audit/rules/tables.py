"""The rule about tables: changed only by the name under which they were made, so that values can be followed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.script.calls import entry
from roomscope.generator.script.origins import base
from roomscope.generator.script.scopes import function_of, is_set_by, parameters
from roomscope.generator.script.tree import Node

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

    changed: Mapping[str, frozenset[str | None]]
    """The keys under which something is assigned, by the variable, all in lower case; None is a computed one."""

    own: dict[_Name, frozenset[str] | None] = field(default_factory=dict)
    """What was found out about a variable, once however often it is asked."""

    def are_own(self, target: Node, function: int) -> bool:
        """Whether an assigned element belongs to a table that no other name holds."""
        variable = base(target)
        if target.kind != "element_access" or variable is None:
            return False
        name = (variable.text.lower(), function)
        if name not in self.own:
            self.own[name] = self._tables_within(name)
        inner, within = target.children[0], self.own[name]
        return within is not None and (inner is variable or self._is_own_entry(inner, within))

    def _tables_within(self, name: _Name) -> frozenset[str] | None:
        """Under which keys a variable only ever holds tables of its own; None if it may be somebody else's table itself."""
        tables = self._tables(name)
        if not tables:
            return None
        values: dict[str, list[Node | None]] = {}
        for table in tables:
            for key, value in map(entry, _entries(table)):
                values.setdefault(key, []).append(value)
        return frozenset(key for key, found in values.items() if all(value is not None and _table(value) is not None for value in found))

    def _is_own_entry(self, inner: Node, within: frozenset[str]) -> bool:
        """Whether an entry that is a table itself is only ever a table of its own."""
        if inner.kind != "element_access" or inner.children[0].kind != "variable":
            return False
        key = self.subject.script.constant(inner.children[2])
        changed = self.changed.get(inner.children[0].text.lower(), frozenset())
        return key is not None and key in within and not {key.lower(), None} & changed

    def _tables(self, name: _Name) -> tuple[Node, ...]:
        """Every table that a variable can hold; none if it can hold anything else, or somebody else's table."""
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
                    return ()
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
    return _Tables(subject, {name: tuple(values) for name, values in made.items()}, inside, _given(subject), _changed(subject))


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


def _changed(subject: Subject) -> Mapping[str, frozenset[str | None]]:
    keys: dict[str, set[str | None]] = {}
    for node, _ in subject.script.walk():
        target = node.children[0] if node.kind == "assignment_expression" else None
        if target is not None and target.kind == "element_access" and target.children[0].kind == "variable":
            key = subject.script.constant(target.children[2])
            keys.setdefault(target.children[0].text.lower(), set()).add(None if key is None else key.lower())
    return {name: frozenset(found) for name, found in keys.items()}


def _table(value: Node) -> Node | None:
    if value.kind == "cast_expression" and value.children[0].text == "[ordered]":
        value = value.children[-1]
    return value if value.kind == "hash_literal_expression" else None


def _entries(value: Node) -> Iterator[Node]:
    table = _table(value)
    body = None if table is None else table.first("hash_literal_body")
    yield from () if body is None else body.named("hash_entry")


RULES = (tables_are_changed_under_their_name,)
