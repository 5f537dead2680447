"""The tables of `AUDIT.md`: what changes Exchange, what is read from it, and the files."""

from collections.abc import Iterator

from roomscope.generator.common.markdown import cell, cells, code
from roomscope.generator.products.product import Product
from roomscope.generator.statement.model import CallRecord, Given, Statement

_FILES = {
    "Get-ChildItem": ("Read", "LiteralPath"),
    "Get-Content": ("Read", "LiteralPath"),
    "Get-FileHash": ("Read", "LiteralPath"),
    "Get-Item": ("Read", "LiteralPath"),
    "Import-Csv": ("Read", "LiteralPath"),
    "Test-Path": ("Read", "LiteralPath"),
    "New-Item": ("Written", "Path"),
    "Set-Content": ("Written", "LiteralPath"),
}
"""The commands that use a file, what they do with it, and the parameter that names it."""

_SAYS = {
    "literal": "fixed in the script",
    "error": "an error's text",
    "$psscriptroot": "beside the script",
    "Get-Item": "the evidence folder",
    "Get-ChildItem": "a file of the evidence folder",
    "-EvidencePath": "the evidence folder",
}


def writes(statement: Statement, product: Product) -> Iterator[str]:
    """Each change with its condition, and each parameter with its value; AUDIT.ps1 makes the same rows and compares."""
    yield "## What changes Exchange"
    yield ""
    yield f"Only with `-Apply`: each of these stands inside the condition named. {_every(product)} on every call."
    yield ""
    yield "| Where | Condition | Parameter | Value | Comes from |"
    yield "|---|---|---|---|---|"
    for script in statement.scripts:
        for call in script.calls:
            yield from _write(cell(script.file), call, product) if call.writes else ()
    for call in statement.region.calls:
        yield from _write("**the shared region**", call, product) if call.writes else ()
    yield ""


def _every(product: Product) -> str:
    names = [f"`-{name}`" for name in sorted(product.on_every_call)]
    return f"{' and '.join(names)} {'stands' if len(names) == 1 else 'stand'}" if names else "Nothing stands"


def _write(where: str, call: CallRecord, product: Product) -> Iterator[str]:
    condition = cell(call.gate) if call.gate else "**none**"
    yield f"| {where} line {call.line} | {condition} | **{call.command or 'computed'}** | | |"
    for one in call.given:
        if one.parameter not in product.on_every_call:
            value = f"{cell(one.value) if one.value else 'on'}{', under a condition' if one.optional else ''}"
            yield f"| | | {cell('-' + one.parameter)} | {value} | {_from(one.origins)} |"


def reads(statement: Statement, product: Product) -> Iterator[str]:
    """Each reading command once, with every parameter, the values that are fixed, and the steps that can come to it."""
    given: dict[str, set[str]] = {}
    for call in (call for part in (statement.region, *statement.scripts) for call in part.calls):
        if not call.writes and product.command(call.command) is not None:
            given.setdefault(call.command, set()).update(_short(one) for one in call.given if one.parameter not in product.on_every_call)
    shared = {call.command for call in statement.region.calls}
    yield "## What is read from Exchange"
    yield ""
    yield "| Command | With | Stands in | Steps that can come to it |"
    yield "|---|---|---|---|"
    for name in sorted(given):
        steps = ", ".join(str(script.step) for script in statement.scripts if name in script.reads)
        own = any(call.command == name for script in statement.scripts for call in script.calls)
        places = [*(["the region"] if name in shared else []), *(["a step"] if own else [])]
        yield f"| {cell(name)} | {cells(sorted(given[name]))} | {', '.join(places)} | {steps or 'none'} |"
    yield ""


def _short(one: Given) -> str:
    fixed = one.origins == ("literal",) and one.value[:1] not in "$(["
    return f"-{one.parameter} {one.value}" if fixed and one.value else f"-{one.parameter}"


def files(statement: Statement) -> Iterator[str]:
    """The files that are read and written."""
    yield "## Files"
    yield ""
    found: dict[str, set[str]] = {"Read": set(), "Written": set()}
    for call in (call for part in (statement.region, *statement.scripts) for call in part.calls):
        use, parameter = _FILES.get(call.command, ("Read", None))
        found[use] |= {_where(one) for one in call.given if one.parameter == parameter}
    for use, places in found.items():
        yield f"{use}: {'; '.join(sorted(places)) or 'none'}."
        yield ""


def plain_commands(statement: Statement, product: Product) -> list[str]:
    """The commands of PowerShell that are called."""
    called = {call.command for part in (statement.region, *statement.scripts) for call in part.calls}
    return sorted(one.name for one in product.plain if one.name in called)


def _where(one: Given) -> str:
    places = [origin for origin in one.origins if origin in {"$psscriptroot", "Get-Item", "Get-ChildItem"} or origin[:1] == "-"]
    said = ", ".join(dict.fromkeys(_SAYS.get(place) or f"what is given as {code(place)}" for place in places))
    return f"{code(one.value)} ({said or 'fixed'})"


def _from(origins: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(_SAYS.get(one) or cell(one) for one in origins)) or "-"
