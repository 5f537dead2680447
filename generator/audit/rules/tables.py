"""The rule about tables: changed only by the name under which they were made, so that values can be followed."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.script.calls import entry
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.origins import base
from roomscope.generator.script.scopes import TOP, function_of, is_set_by
from roomscope.generator.script.tree import Node

RULES = (
    Rule(
        "RSA044",
        "Tables are changed under their own name",
        "Two variables can hold the same table, so a change through one would change the other unseen. An element is only "
        "assigned to a variable that is never anything but a table written with @{ }.",
        "Write a table of its own with @{ } and fill that.",
        "$filters = @{}\n$other = $filters\n$other['Rooms'] = 'x'",
        "$filters = @{}\n$filters['Rooms'] = 'x'",
    ),
)


def check_tables(subject: Subject) -> Iterator[Fault]:
    """Finds elements that are assigned to what may be somebody else's table."""
    made: dict[tuple[str, int], list[Node]] = {}
    for name, function, value in _made(subject):
        made.setdefault((name, function), []).append(value)
    again = _assigned_elements(subject)
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression" and node.children[0].kind != "variable":
            target = node.children[0]
            values = made.get(_key(target, function_of(path))) or made.get(_key(target, TOP), [])
            if not _is_own(subject, target, tuple(values), again):
                yield Fault("RSA044", node.start, f"{subject.script.source(target)[:60]} may be another variable's table.")


def _key(target: Node, function: int) -> tuple[str, int]:
    variable = base(target)
    return ("" if variable is None else variable.text.lower(), function)


def _assigned_elements(subject: Subject) -> frozenset[str]:
    """The elements that are assigned to, as they are written."""
    return frozenset(
        subject.script.source(node.children[0]).lower()
        for node, _ in subject.script.walk()
        if node.kind == "assignment_expression" and node.children[0].kind == "element_access"
    )


def _is_own(subject: Subject, target: Node, values: tuple[Node, ...], again: frozenset[str]) -> bool:
    variable = base(target)
    if target.kind != "element_access" or variable is None:
        return False
    if not values or any(_table(value) is None for value in values):
        return False
    inner = target.children[0]
    return inner is variable or (inner.kind == "element_access" and _is_own_entry(subject, inner, values, again))


def _is_own_entry(subject: Subject, inner: Node, values: tuple[Node, ...], again: frozenset[str]) -> bool:
    """Whether an entry that is a table itself is only ever a table of its own."""
    key = subject.script.constant(inner.children[2])
    if inner.children[0].kind != "variable" or key is None:
        return False
    inside = [value for table in values for one, value in map(entry, _entries(table)) if one == key]
    return bool(inside) and subject.script.source(inner).lower() not in again and all(value and _table(value) for value in inside)


def _made(subject: Subject) -> Iterator[tuple[str, int, Node]]:
    """Each value of each variable: its name, the function around it, the value."""
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression" and node.children[0].kind == "variable":
            yield node.children[0].text.lower(), function_of(path), node.children[-1]
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            yield node.text.lower(), function_of(path), node


def _table(value: Node) -> Node | None:
    if value.kind == "cast_expression" and value.children[0].text == "[ordered]":
        value = value.children[-1]
    return value if value.kind == "hash_literal_expression" else None


def _entries(value: Node) -> Iterator[Node]:
    table = _table(value)
    body = None if table is None else table.first("hash_literal_body")
    yield from () if body is None else body.named("hash_entry")


CHECKS: tuple[Check, ...] = (check_tables,)
