"""The rules about variables: the script's own, set before they are read."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.audit.vocabulary import AUTOMATIC, RESERVED
from roomscope.generator.script.lexer import Fault, expanded
from roomscope.generator.script.origins import base
from roomscope.generator.script.scopes import TOP, function_of, is_set_by
from roomscope.generator.script.tree import Node

RULES = (
    Rule(
        "RSA040",
        "No reserved variable is set",
        "Setting $PSDefaultParameterValues, a preference or an automatic variable changes what later commands do. Only "
        "$ErrorActionPreference is set, once, to Stop.",
        "Use another name.",
        "$ConfirmPreference = 'None'",
        "$confirmed = $true",
    ),
    Rule(
        "RSA041",
        "Only known variables are read",
        "A variable that the script does not set comes from the session, so the session decides. A few automatic ones are listed; "
        "$ExecutionContext, $PSCmdlet, $args and $Host are not.",
        "Set the variable in the script.",
        "$x = $ExecutionContext",
        "$x = $PSScriptRoot",
    ),
    Rule(
        "RSA042",
        "Set before use",
        "A variable that is read before the script sets it has the value that the session gave it.",
        "Move the assignment up.",
        "$x = $y\n$y = 1",
        "$y = 1\n$x = $y",
    ),
)


def check_variables(subject: Subject) -> Iterator[Fault]:
    """Refuses variables that belong to PowerShell or to the session."""
    yield from _assigned(subject)
    yield from _read(subject)


def _assigned(subject: Subject) -> Iterator[Fault]:
    for node, name in _targets(subject):
        if name is None:
            yield Fault("RSA040", node.start, "What this assignment changes is not one variable.")
        elif name.text.lower() == "$erroractionpreference":
            if subject.script.source(node) != "$ErrorActionPreference = 'Stop'":
                yield Fault("RSA040", node.start, "$ErrorActionPreference is set to something else than 'Stop'.")
        elif name.text[1:].lower() in RESERVED:
            yield Fault("RSA040", node.start, f"{name.text} belongs to PowerShell.")


def _targets(subject: Subject) -> Iterator[tuple[Node, Node | None]]:
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression":
            yield node, base(node.children[0])
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            yield node, node


def _read(subject: Subject) -> Iterator[Fault]:
    set_at = _set_at(subject)
    for node, name, function in _uses(subject):
        here, top = set_at.get((name, function)), set_at.get((name, TOP))
        if name in AUTOMATIC or (here is not None and here <= node.start) or (function != TOP and top is not None):
            continue
        if here is None and top is None:
            yield Fault("RSA041", node.start, f"${name} is not set by this script.")
        else:
            yield Fault("RSA042", node.start, f"${name} is read before it is set.")


def _set_at(subject: Subject) -> dict[tuple[str, int], int]:
    """Where each variable is first set, by its name and the function around it."""
    places: dict[tuple[str, int], int] = {}
    targets = {id(name): node for node, name in _targets(subject)}
    for node, path in subject.script.walk():
        if (setting := targets.get(id(node))) is not None:
            end = setting.end if setting.kind == "assignment_expression" else setting.start
            places.setdefault((node.text[1:].lower(), function_of(path)), end)
    return places


def _uses(subject: Subject) -> Iterator[tuple[Node, str, int]]:
    """Where a variable is read, its name in lower case, and the function around it."""
    targets = {id(name) for _, name in _targets(subject)}
    for node, path in subject.script.walk():
        if node.kind == "variable" and id(node) not in targets:
            yield node, node.text[1:].lower(), function_of(path)
        elif node.kind == "expandable_string_literal":
            token = subject.script.strings[node.start]
            yield from ((node, name.lower(), function_of(path)) for name in expanded(token))


CHECKS: tuple[Check, ...] = (check_variables,)
