"""The rules about the gate: without -Apply nothing is written, and that can be seen."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.script.calls import Call
from roomscope.generator.script.gate import APART, is_gated
from roomscope.generator.script.scopes import base
from roomscope.generator.script.tree import Node

_APPLY = "$apply"


@Rule(
    id="RSA060",
    title="Writes stand inside the gate",
    why="A script without -Apply changes nothing, and that can be seen by reading it: each command that writes stands in the step's own "
    "part, in the body of `if ($Apply)` or `if ($Apply -and …)`, directly or in a loop, never in a function or a script block.",
    cure="Move the call into the gate.",
    bad="New-ManagementScope -Name $scopeName",
    good="end {\n    if ($Apply) {\n        New-ManagementScope -Name $scopeName\n    }\n}",
)
def writes_stand_inside_the_gate(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds writes outside the gate, and outside the own part."""
    for call in _writes(subject):
        block = call.around("named_block")
        if not is_gated(call.path):
            yield call.node.start, f"{call.name} can be reached without -Apply."
        elif block is None or block.children[0].text != "end":
            yield call.node.start, f"{call.name} does not stand in the step's own part."


@Rule(
    id="RSA061",
    title="The gate cannot be opened from within",
    why="$Apply is a switch without a default that nothing in the script sets, so only the administrator does.",
    cure="Do not assign to $Apply.",
    bad="$Apply = $true",
    good="$mode = 'apply'",
)
def the_gate_is_not_opened(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds what could set $Apply, besides the administrator."""
    for node, path in subject.script.walk():
        match node.kind:
            case "assignment_expression" if (target := base(node.children[0])) and target.text.lower() == _APPLY:
                yield node.start, "$Apply is assigned."
            case "foreach_statement" if (loop := node.first("variable")) and loop.text.lower() == _APPLY:
                yield node.start, "$Apply is a loop variable."
            case "script_parameter" if (name := node.first("variable")) and name.text.lower() == _APPLY:
                if subject.script.source(node) != "[switch]$Apply" or any(one.kind in APART for one in path):
                    yield node.start, "$Apply is not a plain switch of the script."
            case _:
                pass


@Rule(
    id="RSA062",
    title="A failed write is not swallowed",
    why="A catch around a call of Exchange that does not throw turns *could not* into *done*. So a throw is the last thing that it does, "
    "at most unless a condition holds: that what was wanted is there all the same.",
    cure="End the catch with a throw, or with one in an if without else.",
    bad="try {\n    Get-ADServerSettings -ErrorAction Stop\n}\ncatch { }",
    good="try {\n    Get-ADServerSettings -ErrorAction Stop\n}\ncatch {\n    throw\n}",
)
def a_failed_write_is_not_swallowed(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds catches that swallow what Exchange refused."""
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is None or command.plain:
            continue
        for around, inner in zip(call.path[:-1], call.path[1:], strict=True):
            if around.kind == "try_statement" and inner.kind == "statement_block" and not _throws(around):
                yield call.node.start, f"An error of {call.name} is caught, and the catch does not end with a throw."


def _throws(attempt: Node) -> bool:
    clauses = attempt.first("catch_clauses")
    return clauses is None or all(_ends_with_a_throw(clause) for clause in clauses.children)


def _ends_with_a_throw(clause: Node) -> bool:
    """Whether the last thing that a catch does is to throw, at most unless a condition holds."""
    block = clause.first("statement_block")
    statements = None if block is None else block.first("statement_list")
    last = statements.children[-1] if statements is not None and statements.children else clause
    if last.kind == "if_statement" and not last.first("elseif_clauses", "else_clause"):
        return _ends_with_a_throw(last)
    return last.kind == "flow_control_statement" and last.children[0].kind == "throw"


@Rule(
    id="RSA064",
    title="Each change stands once",
    why="A reviewer who has seen the one place where a step calls a command that writes has seen all of them, and a change that was left "
    "out would be a step that only says that it did something.",
    cure="Call each command that the step writes with once, in a loop if need be.",
    bad="end {\n    if ($Apply) {\n        New-ManagementScope -Name 'x'\n        New-ManagementScope -Name 'y'\n    }\n}",
    good="end {\n    if ($Apply) {\n        New-ManagementScope -Name 'x'\n        New-ManagementRoleAssignment -Name 'x'\n    }\n}",
)
def each_change_stands_once(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds commands that write and are called again, or not at all."""
    places: dict[str, list[int]] = {one.name: [] for one in subject.allowed.commands if one.writes}
    for call in _writes(subject):
        places[call.name].append(call.node.start)
    for name, found in places.items():
        yield from ((place, f"{name} is called a second time.") for place in found[1:])
        if not found:
            yield 0, f"{name} is not called, although this step is there for it."


def _writes(subject: Subject) -> Iterator[Call]:
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is not None and command.writes:
            yield call


RULES = (
    writes_stand_inside_the_gate,
    the_gate_is_not_opened,
    a_failed_write_is_not_swallowed,
    each_change_stands_once,
)
