"""The rules about the language: which forms, types, members and functions a script may use."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.audit.vocabulary import (
    ATTRIBUTES,
    KINDS,
    MARKS,
    METHODS,
    PROPERTIES,
    STATIC,
    TYPES,
    VERBS,
)
from roomscope.generator.script.tree import Node, Path

_BLOCK_PARAMETERS = {("Where-Object", "-FilterScript"), ("ForEach-Object", "-Process")}
_IN_THE_REGION = ["program", "statement_list", "named_block", "statement_list"]


@Rule(
    id="RSA011",
    title="Only known forms",
    why="Classes, traps, workflows, switch on files, ternaries, `exit`, data sections: what the audit has no opinion about is refused, "
    "so a form that a later PowerShell adds is refused too, and so is what Windows PowerShell 5.1 does not know.",
    cure="Write it with the forms that the templates use.",
    bad="trap { continue }",
    good="try { Get-Date } catch { throw }",
)
def only_known_forms(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds forms that are not listed."""
    for node, _ in subject.script.walk():
        if node.kind not in KINDS and node.kind not in MARKS:
            yield node.start, f"{node.kind} is a form that a rendered script does not have."
        elif node.kind == "try_statement" and node.first("catch_clauses") is None and node.first("finally_clause") is None:
            yield node.start, "A try has neither catch nor finally, which PowerShell refuses."
        elif node.kind == "hash_entry":
            key = node.first("key_expression")
            if key is None or key.first("simple_name") is None:
                yield node.start, "A key of a hashtable is not a plain name."


@Rule(
    id="RSA030",
    title="Few types",
    why="A type literal reaches all of .NET: files, processes, the network. Constrained Language Mode refuses most of them, too.",
    cure=f"Use a command or one of: {', '.join(sorted(TYPES))}.",
    bad="[System.IO.File]::ReadAllText('x')",
    good="[string]$name",
)
def few_types(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds type literals and attributes that are not listed."""
    for node, _ in subject.script.walk():
        if node.kind in {"type_literal", "attribute_name"} and node.text not in TYPES | ATTRIBUTES:
            yield node.start, f"The type {node.text[:60]} is not listed."


@Rule(
    id="RSA031",
    title="Few methods",
    why="A method call runs code of the object: `.Invoke()` runs a command, `.Delete()` a change. Only methods of text, tables and "
    "dates are listed, which also work in Constrained Language Mode.",
    cure="Use one of the listed methods, or an operator.",
    bad="$block.Invoke()",
    good="$name.Trim()",
)
def few_methods(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds methods that are not listed."""
    for node, name in _members(subject):
        if name is None or node.kind != "invocation_expression":
            continue
        if node.first("::"):
            if node.children[0].text != "[string]" or name.text not in STATIC:
                yield name.start, f"The static method {name.text[:60]} is not listed."
        elif name.text not in METHODS:
            yield name.start, f"The method {name.text[:60]} is not listed."


@Rule(
    id="RSA032",
    title="Members are named and listed",
    why="A member whose name is computed can be any member, and $x.NewScriptBlock or $x.ScriptBlock lead to code. "
    "Properties are those that the templates read.",
    cure="Name one of the listed properties.",
    bad="$list.ScriptBlock",
    good="$list.Name",
)
def members_are_named(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds computed members, and properties that are not listed."""
    for node, name in _members(subject):
        if name is None:
            yield node.start, "A member is not named."
        elif node.kind == "member_access" and (name.text not in PROPERTIES or node.first("::")):
            yield name.start, f"The property {name.text[:60]} is not listed."


def _members(subject: Subject) -> Iterator[tuple[Node, Node | None]]:
    """Each use of a member, with its name if it is a plain one."""
    for node, _ in subject.script.walk():
        if node.kind in {"member_access", "invocation_expression"}:
            member = node.first("member_name")
            name = None if member is None else member.first("simple_name")
            yield node, (None if name is None or name.text.strip(" \n") != name.text else name)


@Rule(
    id="RSA033",
    title="Script blocks in two places",
    why="A script block that is stored can be run later, out of sight, or given to -replace, which 5.1 reads otherwise. They stand "
    "after -FilterScript and -Process, and as the Expression of Sort-Object and Select-Object.",
    cure="Write the block where it is used.",
    bad="$block = { Get-Date }",
    good="$rooms | Where-Object -FilterScript { $_.Name -eq $name }",
)
def script_blocks_where_they_are_used(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds script blocks that could be kept."""
    for node, path in subject.script.walk():
        if node.kind == "script_block_expression" and not _is_used(node, path):
            yield node.start, "A script block stands where it could be kept."


def _is_used(node: Node, path: Path) -> bool:
    around = path[-1]
    if around.kind == "command_elements":
        before = [one for one in around.children if one.end <= node.start]
        name = path[-2].first("command_name")
        return bool(before) and name is not None and (name.text, before[-1].text) in _BLOCK_PARAMETERS
    return around.kind == "hash_entry" and around.children[0].text == "Expression" and path[-4].kind == "command_elements"


@Rule(
    id="RSA043",
    title="Functions are small helpers of known names",
    why="A function of the script replaces a command of the same name. So functions stand in the region only, each once, under verbs "
    "that change nothing in Exchange, and never under the name of a command of the product.",
    cure="Rename the function, move it into the region, or remove it.",
    bad="function Get-Mailbox {\n    'x'\n}",
    good="begin {\n    function Show-Text {\n        'x'\n    }\n}",
)
def functions_are_helpers(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds functions that could stand in for a command, or that stand elsewhere."""
    product = subject.release.product
    commands = {one.name.lower() for one in (*product.commands, *product.plain)}
    known: set[str] = set()
    for node, path in subject.script.walk():
        if node.kind != "function_statement":
            continue
        name = node.first("function_name")
        text = "" if name is None else name.text
        if text.partition("-")[0] not in VERBS or text.lower() in commands | known:
            yield node.start, f"The function {text[:60]} may not have this name."
        if [one.kind for one in path] != _IN_THE_REGION or path[2].children[0].text != "begin":
            yield node.start, f"The function {text[:60]} does not stand in the region."
        known.add(text.lower())


RULES = (
    only_known_forms,
    few_types,
    few_methods,
    members_are_named,
    script_blocks_where_they_are_used,
    functions_are_helpers,
)
