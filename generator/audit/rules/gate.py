"""The rules about the gate: without -Apply nothing is written, and that can be seen."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.script.gate import APART, is_gated
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.origins import base
from roomscope.generator.script.tree import Node

RULES = (
    Rule(
        "RSA060",
        "Writes stand inside the gate",
        "A script without -Apply changes nothing, and that can be seen by reading it: each command that writes stands in the body of "
        "`if ($Apply)` or `if ($Apply -and …)`, directly or in a loop, never in a function or a script block.",
        "Move the call into the gate.",
        "New-ManagementScope -Name $scopeName",
        "if ($Apply) {\n    New-ManagementScope -Name $scopeName\n}",
    ),
    Rule(
        "RSA061",
        "The gate cannot be opened from within",
        "$Apply is a switch without a default that nothing in the script sets, so only the administrator does.",
        "Do not assign to $Apply.",
        "$Apply = $true",
        "$mode = 'apply'",
    ),
    Rule(
        "RSA062",
        "A failed write is not swallowed",
        "A catch around a call of Exchange that never throws turns *could not* into *done*.",
        "Throw again in the catch.",
        "try {\n    Get-ADServerSettings -ErrorAction Stop\n}\ncatch { }",
        "try {\n    Get-ADServerSettings -ErrorAction Stop\n}\ncatch {\n    throw\n}",
    ),
)
_APPLY = "$apply"


def check_gate(subject: Subject) -> Iterator[Fault]:
    """Finds writes outside the gate."""
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is not None and command.writes and not is_gated(call.path):
            yield Fault("RSA060", call.node.start, f"{call.name} can be reached without -Apply.")


def check_apply(subject: Subject) -> Iterator[Fault]:
    """Finds what could set $Apply, besides the administrator."""
    for node, path in subject.script.walk():
        match node.kind:
            case "assignment_expression" if (target := base(node.children[0])) and target.text.lower() == _APPLY:
                yield Fault("RSA061", node.start, "$Apply is assigned.")
            case "foreach_statement" if (loop := node.first("variable")) and loop.text.lower() == _APPLY:
                yield Fault("RSA061", node.start, "$Apply is a loop variable.")
            case "script_parameter" if (name := node.first("variable")) and name.text.lower() == _APPLY:
                if subject.script.source(node) != "[switch]$Apply" or any(one.kind in APART for one in path):
                    yield Fault("RSA061", node.start, "$Apply is not a plain switch of the script.")
            case _:
                pass


def check_catches(subject: Subject) -> Iterator[Fault]:
    """Finds catches that swallow what Exchange refused."""
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is None or not command.exchange:
            continue
        for around, inner in zip(call.path[:-1], call.path[1:], strict=True):
            if around.kind == "try_statement" and inner.kind == "statement_block" and not _throws(around):
                yield Fault("RSA062", call.node.start, f"An error of {call.name} is caught and never thrown.")


def _throws(attempt: Node) -> bool:
    clauses = attempt.first("catch_clauses")
    return clauses is None or all(_throws_within(clause) for clause in clauses.children)


def _throws_within(node: Node) -> bool:
    if node.kind == "flow_control_statement":
        return node.children[0].kind == "throw"
    return any(_throws_within(child) for child in node.children)


CHECKS: tuple[Check, ...] = (check_gate, check_apply, check_catches)
