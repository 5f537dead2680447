"""Reads off a script what it can do."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Literal

from roomscope.generator.common.errors import AuditError
from roomscope.generator.products.product import AllowList, Product
from roomscope.generator.script import lexer
from roomscope.generator.script.calls import Argument, Call
from roomscope.generator.script.gate import gate, is_gated
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.scopes import base, is_set_by
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node
from roomscope.generator.statement.model import (
    FORMAT,
    CallRecord,
    FileRecord,
    Given,
    ScriptRecord,
    Statement,
    VariableRecord,
)

_FILES: Mapping[str, tuple[Literal["read", "write"], str]] = {
    "Get-ChildItem": ("read", "LiteralPath"),
    "Get-Content": ("read", "LiteralPath"),
    "Get-FileHash": ("read", "LiteralPath"),
    "Get-Item": ("read", "LiteralPath"),
    "Import-Csv": ("read", "LiteralPath"),
    "Test-Path": ("read", "LiteralPath"),
    "New-Item": ("write", "Path"),
    "Set-Content": ("write", "LiteralPath"),
}

def derive(scripts: Mapping[str, bytes], product: Product) -> Statement:
    """The statement about the delivered bytes of scripts, by their names.

    Raises:
        ScriptError: A script cannot be read.
    """
    if not scripts:
        raise AuditError("There are no scripts, so there is nothing to state.")
    records = tuple(derive_script(name, Script.parse(data), product) for name, data in sorted(scripts.items()))
    return Statement(format=FORMAT, product=product.name, grants=product.grants, scripts=records)


@lru_cache(maxsize=16)
def derive_script(name: str, script: Script, product: Product) -> ScriptRecord:
    """What one script can do."""
    step = step_of(name)
    reading = Reading.of(script)
    allowed = product.allowed(step)
    calls = tuple(_call(reading, allowed, call) for call in reading.calls)
    return ScriptRecord(
        file=name,
        step=step,
        calls=calls,
        files=tuple(_files(calls)),
        members=_ordered(_members(script)),
        types=_ordered(_types(script)),
        variables=tuple(_variables(reading)),
        texts=_ordered(_texts(script)),
    )


def step_of(name: str) -> int:
    """The step that a file's name begins with."""
    number = name.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and name.endswith(".ps1")):
        message = f"{name} is not named like the script of a step, such as 50-Grant-Access.ps1."
        raise AuditError(message)
    return int(number)


def _call(reading: Reading, allowed: AllowList, call: Call) -> CallRecord:
    condition = gate(call.path) if is_gated(call.path) else None
    around = call.around("function_statement")
    name = None if around is None else around.first("function_name")
    return CallRecord(
        line=reading.script.place(call.node.start).line,
        command=call.name,
        given=tuple(_given(reading, call, one) for one in call.arguments),
        writes=_writes(allowed, call.name),
        gate="" if condition is None else reading.script.source(condition),
        function="" if name is None else name.text,
    )


def _writes(rules: AllowList, name: str) -> bool:
    command = rules.command(name)
    return command is not None and command.writes


def _given(reading: Reading, call: Call, argument: Argument) -> Given:
    if argument.value is None:
        return Given(parameter=argument.parameter, value="", origins=())
    origins = reading.origins.at(argument.value, (*call.path, call.node))
    return Given(parameter=argument.parameter, value=reading.script.source(argument.value), origins=origins)


def _files(calls: tuple[CallRecord, ...]) -> Iterator[FileRecord]:
    for call in calls:
        if call.command not in _FILES:
            continue
        use, parameter = _FILES[call.command]
        for one in call.given:
            if one.parameter == parameter:
                yield FileRecord(line=call.line, use=use, path=one.value, origins=one.origins)


def _members(script: Script) -> Iterator[str]:
    for node, _ in script.walk():
        member = node.first("member_name") if node.kind in {"member_access", "invocation_expression"} else None
        if member is not None:
            kind = "static" if node.first("::") else "property" if node.kind == "member_access" else "method"
            yield f"{kind} {member.text}"


def _types(script: Script) -> Iterator[str]:
    return (node.text for node, _ in script.walk() if node.kind in {"type_literal", "attribute_name"})


def _variables(reading: Reading) -> Iterator[VariableRecord]:
    for name in _ordered(_set(reading.script)):
        origins = reading.origins.variables.get(f"$${name[1:].lower()}", frozenset())
        yield VariableRecord(name=name, origins=_ordered(iter(origins)))


def _set(script: Script) -> Iterator[str]:
    for node, path in script.walk():
        if node.kind == "assignment_expression":
            target: Node | None = base(node.children[0])
            yield from () if target is None else (target.text,)
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            yield node.text


def _texts(script: Script) -> Iterator[str]:
    for token in script.strings.values():
        yield lexer.string_value(token) if token.kind == "single" else token.text[1:-1]


def _ordered(texts: Iterator[str]) -> tuple[str, ...]:
    """Without doubles, in the order of .NET's ordinal comparison."""
    return tuple(sorted(set(texts), key=lambda text: text.encode("utf-16-be")))
