"""Writes down what a part of a script can do."""

from bisect import bisect_right
from collections.abc import Iterator
from typing import TypedDict

from roomscope.generator.products.product import Product
from roomscope.generator.script import lexer
from roomscope.generator.script.calls import Argument, Call
from roomscope.generator.script.gate import gate, is_gated
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.scopes import base, is_set_by
from roomscope.generator.script.tree import Node
from roomscope.generator.statement.model import CallRecord, DataRecord, Given, VariableRecord
from roomscope.generator.statement.part import Part


class Found(TypedDict):
    """What every part is asked for."""

    functions: tuple[str, ...]
    calls: tuple[CallRecord, ...]
    members: tuple[str, ...]
    types: tuple[str, ...]
    variables: tuple[VariableRecord, ...]
    texts: tuple[str, ...]


def record(part: Part, product: Product, functions: frozenset[str]) -> Found:
    """What a part can do; a command that is neither one of these functions nor known to read counts as a change."""
    return Found(
        functions=_sorted(functions_of(part)),
        calls=tuple(_call(part.reading, call, writes=_writes(product, functions, call.name)) for call in part.calls()),
        members=_sorted(_members(part)),
        types=_sorted(node.text for node, _ in part.walk() if node.kind in {"type_literal", "attribute_name"}),
        variables=tuple(_variables(part)),
        texts=_sorted(_texts(part)),
    )


def functions_of(part: Part) -> Iterator[str]:
    """The functions that a part makes."""
    return (name.text for node, _ in part.walk() if (name := node.first("function_name")) is not None)


def data_of(part: Part) -> tuple[DataRecord, ...]:
    """What the bundle stands for, as a script holds it."""
    return tuple(
        DataRecord(name=part.script.source(node.children[0]), value=part.script.source(node.children[-1])) for node in part.data()
    )


def _writes(product: Product, functions: frozenset[str], name: str) -> bool:
    command = product.command(name)
    if command is not None:
        return command.writes
    return name not in functions and name not in {one.name for one in product.plain}


def _call(reading: Reading, call: Call, *, writes: bool) -> CallRecord:
    condition = gate(call.path) if is_gated(call.path) else None
    around = call.around("function_statement")
    name = None if around is None else around.first("function_name")
    return CallRecord(
        line=reading.script.place(call.node.start).line,
        command=call.name,
        given=tuple(_given(reading, call, one) for one in call.arguments),
        writes=writes,
        gate="" if condition is None else reading.script.source(condition),
        function="" if name is None else name.text,
    )


def _given(reading: Reading, call: Call, argument: Argument) -> Given:
    if argument.value is None:
        return Given(parameter=argument.parameter, value="", origins=(), optional=argument.optional)
    origins = reading.origins.at(argument.value, (*call.path, call.node))
    value = reading.script.source(argument.value)
    return Given(parameter=argument.parameter, value=value, origins=origins, optional=argument.optional)


def _members(part: Part) -> Iterator[str]:
    for node, _ in part.walk():
        member = node.first("member_name") if node.kind in {"member_access", "invocation_expression"} else None
        if member is not None:
            kind = "static" if node.first("::") else "property" if node.kind == "member_access" else "method"
            yield f"{kind} {member.text}"


def _variables(part: Part) -> Iterator[VariableRecord]:
    known = part.reading.origins.variables
    for name in _sorted(_set(part)):
        yield VariableRecord(name=name, origins=_sorted(known.get(f"$${name[1:].lower()}", frozenset())))


def _set(part: Part) -> Iterator[str]:
    for node, path in part.walk():
        if node.kind == "assignment_expression":
            target: Node | None = base(node.children[0])
            yield from () if target is None else (target.text,)
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            yield node.text


def _texts(part: Part) -> Iterator[str]:
    data = tuple(part.data())
    starts = [node.start for node in data]
    for token in part.strings():
        before = bisect_right(starts, token.start)
        if before == 0 or token.start >= data[before - 1].end:
            yield lexer.string_value(token) if token.kind == "single" else token.text[1:-1]


def _sorted(texts: Iterator[str] | frozenset[str]) -> tuple[str, ...]:
    """Without doubles, in the order of .NET's ordinal comparison."""
    return tuple(sorted(set(texts), key=lambda text: text.encode("utf-16-be")))
