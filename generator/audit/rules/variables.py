"""The rules about variables: the script's own, set before they are read."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.audit.vocabulary import AUTOMATIC, RESERVED
from roomscope.generator.script.lexer import expanded
from roomscope.generator.script.scopes import TOP, base, function_of, is_set_by, moment
from roomscope.generator.script.tree import Node, Path


@Rule(
    id="RSA040",
    title="No reserved variable is set",
    why="Setting $PSDefaultParameterValues, a preference or an automatic variable changes what later commands do. Only "
    "$ErrorActionPreference is set, once, to Stop.",
    cure="Use another name.",
    bad="$ConfirmPreference = 'None'",
    good="$confirmed = $true",
)
def no_reserved_variable_is_set(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds assignments to variables that belong to PowerShell."""
    for node, name, _ in _targets(subject):
        if name is None:
            yield node.start, "What this assignment changes is not one variable."
        elif name.text.lower() == "$erroractionpreference":
            if subject.script.source(node) != "$ErrorActionPreference = 'Stop'":
                yield node.start, "$ErrorActionPreference is set to something else than 'Stop'."
        elif name.text[1:].lower() in RESERVED:
            yield node.start, f"{name.text} belongs to PowerShell."


@Rule(
    id="RSA041",
    title="Only known variables are read",
    why="A variable that the script does not set comes from the session, so the session decides. A few automatic ones are listed; "
    "$ExecutionContext, $PSCmdlet, $args and $Host are not. A function reads what it is given or sets itself.",
    cure="Set the variable in the script, or give it to the function.",
    bad="$x = $ExecutionContext",
    good="$x = $PSScriptRoot",
)
def only_known_variables_are_read(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds variables that are never set where they are read."""
    set_at = _set_at(subject)
    for node, name, path in _uses(subject):
        if name not in AUTOMATIC and (name, function_of(path)) not in set_at:
            yield node.start, f"${name} is not set by this {'script' if function_of(path) == TOP else 'function'}."


@Rule(
    id="RSA042",
    title="Set before use",
    why="A variable that is read before the script sets it has the value that the session gave it.",
    cure="Move the assignment up.",
    bad="$x = $y\n$y = 1",
    good="$y = 1\n$x = $y",
)
def set_before_use(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds variables that are read before they are set; what stands in `begin` runs first."""
    set_at = _set_at(subject)
    for node, name, path in _uses(subject):
        first = set_at.get((name, function_of(path)))
        if name not in AUTOMATIC and first is not None and moment(path, node.start) < first:
            yield node.start, f"${name} is read before it is set."


def _targets(subject: Subject) -> Iterator[tuple[Node, Node | None, Path]]:
    """Each assignment, the variable that it changes, and the nodes around it."""
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression":
            yield node, base(node.children[0]), path
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            yield node, node, path


def _set_at(subject: Subject) -> dict[tuple[str, int], tuple[int, int]]:
    """When each variable is first set, by its name and the function around it."""
    moments: dict[tuple[str, int], tuple[int, int]] = {}
    for node, name, path in _targets(subject):
        if name is not None:
            key = (name.text[1:].lower(), function_of(path))
            end = moment(path, node.end if node.kind == "assignment_expression" else node.start)
            moments[key] = min(moments.get(key, end), end)
    return moments


def _uses(subject: Subject) -> Iterator[tuple[Node, str, Path]]:
    """Where a variable is read, its name in lower case, and the nodes around it."""
    targets = {id(name) for _, name, _ in _targets(subject)}
    for node, path in subject.script.walk():
        if node.kind == "variable" and id(node) not in targets:
            yield node, node.text[1:].lower(), path
        elif node.kind == "expandable_string_literal":
            token = subject.script.strings[node.start]
            yield from ((node, name.lower(), path) for name in expanded(token))


RULES = (no_reserved_variable_is_set, only_known_variables_are_read, set_before_use)
