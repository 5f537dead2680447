"""`AUDIT.md`: what the scripts of a bundle can do, on a page for the reviewer."""

import re
from collections.abc import Iterator

from roomscope.generator.products.product import Product
from roomscope.generator.statement.model import (
    CallRecord,
    FileRecord,
    Given,
    ScriptRecord,
    Statement,
)
from roomscope.generator.statement.privilege import role_script, roles_of

_SHOWN = 160
_ON_EVERY_CALL = frozenset({"DomainController", "ErrorAction"})
_SAYS = {
    "literal": "fixed in the script",
    "error": "an error's text",
    "$psscriptroot": "beside the script",
    "Get-Item": "the evidence folder",
    "Get-ChildItem": "a file of the evidence folder",
    "-EvidencePath": "the evidence folder",
}


def page(statement: Statement, product: Product, facts: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    """The page; `facts` are names with the texts that the scripts hold for them."""
    return "\n".join(_lines(statement, product, facts)) + "\n"


def _lines(statement: Statement, product: Product, facts: tuple[tuple[str, tuple[str, ...]], ...]) -> Iterator[str]:
    yield "# What this bundle can do"
    yield ""
    yield f"**{statement.grants}**"
    yield ""
    yield from (f"- {name}: {_list(texts)}" for name, texts in facts)
    yield ""
    yield "This page is derived from the scripts, not from what was meant. `roomscope audit` derives it again and compares; `AUDIT.ps1` does the"
    yield "same with PowerShell's own parser. Use a copy of either that did not come with the bundle."
    yield ""
    yield from _overview(statement, product)
    yield from _writes(statement)
    yield from _reads(statement, product)
    yield from _files(statement)
    yield from _closing(statement, product)


def _overview(statement: Statement, product: Product) -> Iterator[str]:
    yield "## The scripts"
    yield ""
    yield "| Script | Changes the directory with | Calls | Needs the roles |"
    yield "|---|---|---|---|"
    for script in statement.scripts:
        writes = _codes(sorted({call.command for call in script.calls if call.writes})) or "nothing"
        roles = ", ".join(roles_of(statement, product, script.step))
        yield f"| {_code(script.file)} | {writes} | {len(script.calls)} | {roles} |"
    yield ""


def _writes(statement: Statement) -> Iterator[str]:
    yield "## What changes the directory"
    yield ""
    yield "Only with `-Apply`: each of these stands inside the condition named. `-DomainController` and `-ErrorAction Stop` are on every call."
    yield ""
    yield "| Where | Condition | Parameter | Value | Comes from |"
    yield "|---|---|---|---|---|"
    for script in statement.scripts:
        for call in script.calls:
            if call.writes:
                yield from _write(script, call)
    yield ""


def _write(script: ScriptRecord, call: CallRecord) -> Iterator[str]:
    yield f"| {_code(script.file)} line {call.line} | {_code(call.gate)} | **{call.command}** | | |"
    for one in call.given:
        if one.parameter not in _ON_EVERY_CALL:
            yield f"| | | {_code('-' + one.parameter)} | {_code(one.value) if one.value else 'on'} | {_from(one.origins)} |"


def _reads(statement: Statement, product: Product) -> Iterator[str]:
    """Each reading command once, with every parameter, the values that are fixed, and the steps."""
    calls: dict[str, set[str]] = {}
    steps: dict[str, set[int]] = {}
    for script in statement.scripts:
        rules = product.allowed(script.step)
        for call in script.calls:
            command = rules.command(call.command)
            if command is not None and command.exchange and not call.writes:
                calls.setdefault(call.command, set()).update(_short(one) for one in call.given)
                steps.setdefault(call.command, set()).add(script.step)
    yield "## What is read from Exchange"
    yield ""
    yield "| Command | With | Steps |"
    yield "|---|---|---|"
    for name in sorted(calls):
        yield f"| {_code(name)} | {_codes(sorted(calls[name] - {''}))} | {', '.join(map(str, sorted(steps[name])))} |"
    yield ""


def _short(one: Given) -> str:
    if one.parameter in _ON_EVERY_CALL:
        return ""
    fixed = one.origins == ("literal",) and one.value[:1] not in "$(["
    return f"-{one.parameter} {one.value}" if fixed and one.value else f"-{one.parameter}"


def _files(statement: Statement) -> Iterator[str]:
    yield "## Files"
    yield ""
    for use, verb in (("read", "Read"), ("write", "Written")):
        paths = {_where(one) for script in statement.scripts for one in script.files if one.use == use}
        yield f"{verb}: {'; '.join(sorted(paths)) or 'none'}."
        yield ""


def _where(one: FileRecord) -> str:
    places = [origin for origin in one.origins if origin in {"$psscriptroot", "-EvidencePath", "Get-Item", "Get-ChildItem"}]
    return f"{_code(one.path)} ({_from(tuple(places))})"


def _closing(statement: Statement, product: Product) -> Iterator[str]:
    yield "## What no script can do"
    yield ""
    yield "Each command and parameter above is on a closed list; the audit refuses a script with any other. There is no call of a command by"
    yield "text or variable, no download, no remoting, no job, no redirection, no new type and no code beside the scripts. Plain commands used:"
    yield f"{_codes(sorted(_plain(statement, product)))}."
    yield ""
    yield f"Members of .NET objects: {_codes(sorted({one for script in statement.scripts for one in script.members}))}."
    yield ""
    yield f"Types: {_codes(sorted({one for script in statement.scripts for one in script.types}))}."
    yield ""
    yield "What cannot be seen here: permissions on single mailboxes, rights given in Active Directory itself, and what members of the room lists"
    yield "become later. Whoever can change a list changes what the account reaches."
    yield ""
    yield "## The least that an operator needs"
    yield ""
    yield "These commands make roles that hold just what the scripts call, and a role group for the operator. A parent is the built-in role that"
    yield "usually holds a command; `Get-ManagementRole -Cmdlet <name>` shows which one does. Granting ApplicationImpersonation needs its delegating"
    yield "assignment besides, which Organization Management has. Read them before you paste them."
    yield ""
    yield "```powershell"
    yield role_script(statement, product, "Room access").rstrip("\n")
    yield "```"


def _plain(statement: Statement, product: Product) -> set[str]:
    found = set()
    for script in statement.scripts:
        rules = product.allowed(script.step)
        for call in script.calls:
            command = rules.command(call.command)
            if command is not None and not command.exchange:
                found.add(call.command)
    return found


def _from(origins: tuple[str, ...]) -> str:
    return ", ".join(_SAYS.get(one) or _code(one) for one in origins) or "-"


def _list(texts: tuple[str, ...]) -> str:
    shown = ", ".join(_code(text) for text in texts[:5])
    return shown if len(texts) <= len(texts[:5]) else f"{shown} and {len(texts) - 5} more, in `audit.json`"


def _codes(texts: list[str]) -> str:
    return ", ".join(_code(text) for text in texts)


def _code(text: str) -> str:
    """A value between backticks, whatever it holds, on one line of a table."""
    line = " ".join(text.split())
    line = line if len(line) <= _SHOWN else f"{line[:_SHOWN]}\u2026"
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    space = " " if line[:1] == "`" or line[-1:] == "`" else ""
    return f"{fence}{space}{line}{space}{fence}".replace("|", "\\|")
