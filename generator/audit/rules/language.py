"""The rules about the language: which forms, types, members and functions a script may use."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.audit.vocabulary import (
    ATTRIBUTES,
    KINDS,
    MARKS,
    METHODS,
    PROPERTIES,
    STATIC,
    TYPES,
)
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.tree import Node, Path

RULES = (
    Rule(
        "RSA011",
        "Only known forms",
        "Classes, traps, workflows, switch on files, ternaries, `exit`, data sections: what the audit has no opinion about is refused, "
        "so a form that a later PowerShell adds is refused too, and so is what Windows PowerShell 5.1 does not know.",
        "Write it with the forms that the templates use.",
        "trap { continue }",
        "try { Get-Date } catch { throw }",
    ),
    Rule(
        "RSA030",
        "Few types",
        "A type literal reaches all of .NET: files, processes, the network. Constrained Language Mode refuses most of them, too.",
        "Use a command or one of: " + "string, ordered, switch.",
        "[System.IO.File]::ReadAllText('x')",
        "[string]$name",
    ),
    Rule(
        "RSA031",
        "Few methods",
        "A method call runs code of the object: `.Invoke()` runs a command, `.Delete()` a change. Only methods of text, tables and "
        "dates are listed, which also work in Constrained Language Mode.",
        "Use one of the listed methods, or an operator.",
        "$block.Invoke()",
        "$name.Trim()",
    ),
    Rule(
        "RSA032",
        "Members are named and listed",
        "A member whose name is computed can be any member, and $x.InvokeCommand or $x.ScriptBlock lead to code. "
        "Properties are those that the templates read.",
        "Name one of the listed properties.",
        "$list.InvokeCommand",
        "$list.Name",
    ),
    Rule(
        "RSA033",
        "Script blocks in two places",
        "A script block that is stored can be run later, out of sight, or given to -replace, which 5.1 reads otherwise. They stand "
        "after -FilterScript and -Process, and as the Expression of Sort-Object and Select-Object.",
        "Write the block where it is used.",
        "$block = { Get-Date }",
        "$rooms | Where-Object -FilterScript { $_.Name -eq $name }",
    ),
    Rule(
        "RSA043",
        "Functions are small helpers of known names",
        "A function of the script replaces a command of the same name. There are three kinds, Read-, Save- and Show-, none with the "
        "name of a command, each defined once, with plain text parameters.",
        "Rename the function or remove it.",
        "function Get-Mailbox {\n    'x'\n}",
        "function Show-Text {\n    'x'\n}",
    ),
)

_BLOCK_PARAMETERS = {("Where-Object", "-FilterScript"), ("ForEach-Object", "-Process")}
_KNOWN_FUNCTIONS = ("Read-", "Save-", "Show-")


def check_forms(subject: Subject) -> Iterator[Fault]:
    """Refuses every form, type and member that is not listed."""
    for node, path in subject.script.walk():
        if node.kind not in KINDS and node.kind not in MARKS:
            yield Fault("RSA011", node.start, f"{node.kind} is a form that a rendered script does not have.")
        match node.kind:
            case "type_literal" | "attribute_name":
                if node.text not in TYPES | ATTRIBUTES:
                    yield Fault("RSA030", node.start, f"The type {node.text[:60]} is not listed.")
            case "member_access" | "invocation_expression":
                yield from _member(node)
            case "cast_expression":
                yield from _cast(subject, node)
            case "script_block_expression":
                yield from _block(node, path)
            case "hash_entry":
                yield from _key(node)
            case _:
                pass


def _cast(subject: Subject, node: Node) -> Iterator[Fault]:
    # The grammar reads on; PowerShell ends the expression.
    if "\n" in subject.script.text[node.children[0].end : node.children[-1].start]:
        yield Fault("RSA010", node.start, "A cast is broken over two lines.")


def _member(node: Node) -> Iterator[Fault]:
    member = node.first("member_name")
    name = None if member is None else member.first("simple_name")
    if name is None or name.text.strip(" \n") != name.text:
        yield Fault("RSA032", node.start, "A member is not named.")
    elif node.kind == "member_access":
        if name.text not in PROPERTIES or node.first("::"):
            yield Fault("RSA032", name.start, f"The property {name.text[:60]} is not listed.")
    elif node.first("::"):
        if node.children[0].text != "[string]" or name.text not in STATIC:
            yield Fault("RSA031", name.start, f"The static method {name.text[:60]} is not listed.")
    elif name.text not in METHODS:
        yield Fault("RSA031", name.start, f"The method {name.text[:60]} is not listed.")


def _block(node: Node, path: Path) -> Iterator[Fault]:
    around = path[-1]
    if around.kind == "command_elements":
        before = [one for one in around.children if one.end <= node.start]
        name = path[-2].first("command_name")
        if before and name is not None and (name.text, before[-1].text) in _BLOCK_PARAMETERS:
            return
    if around.kind == "hash_entry" and around.children[0].text == "Expression" and path[-4].kind == "command_elements":
        return
    yield Fault("RSA033", node.start, "A script block stands where it could be kept.")


def _key(node: Node) -> Iterator[Fault]:
    key = node.first("key_expression")
    if key is None or key.first("simple_name") is None:
        yield Fault("RSA011", node.start, "A key of a hashtable is not a plain name.")


def check_functions(subject: Subject) -> Iterator[Fault]:
    """Refuses functions that could stand in for a command."""
    seen: set[str] = set()
    for node, path in subject.script.walk():
        if node.kind != "function_statement":
            continue
        name = node.first("function_name")
        text = "" if name is None else name.text
        if not text.startswith(_KNOWN_FUNCTIONS) or subject.allowed.command(text) or text.lower() in seen:
            yield Fault("RSA043", node.start, f"The function {text[:60]} may not have this name.")
        if [one.kind for one in path] != ["program", "statement_list"]:
            yield Fault("RSA043", node.start, f"The function {text[:60]} is inside something else.")
        seen.add(text.lower())


CHECKS: tuple[Check, ...] = (check_forms, check_functions)
