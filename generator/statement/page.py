"""`AUDIT.md`: what the scripts of a bundle can do, on a page for the reviewer."""

from collections.abc import Iterator

from roomscope.generator.common.markdown import cell, cells, codes
from roomscope.generator.common.text import counted
from roomscope.generator.products.product import Product
from roomscope.generator.statement.facts import PlanFacts, ScriptFacts, facts, notes
from roomscope.generator.statement.model import Statement
from roomscope.generator.statement.privilege import role_script, roleless, roles_of
from roomscope.generator.statement.tables import files, plain_commands, reads, writes


def page(statement: Statement, product: Product, data: ScriptFacts, plan: PlanFacts) -> str:
    """The page about a statement; `data` is what the scripts hold, `plan` what only the manifest does."""
    return "\n".join(_lines(statement, product, data, plan)) + "\n"


def _lines(statement: Statement, product: Product, data: ScriptFacts, plan: PlanFacts) -> Iterator[str]:
    yield "# What this bundle can do"
    yield ""
    yield f"**{statement.grants}**"
    yield ""
    yield from facts(data, plan, statement.region.digest)
    yield ""
    yield from _letters(data, plan)
    yield "This page is derived from the scripts, not from what was meant. `roomscope audit` derives it again and compares. `AUDIT.ps1` reads the"
    yield "scripts with PowerShell's own parser, holds the facts above to them, and all that follows to the release that it came with. Use a copy"
    yield "of either that did not come with the bundle."
    yield ""
    yield from _overview(statement, product)
    yield from writes(statement, product)
    yield from _region(statement)
    yield from reads(statement, product)
    yield from files(statement)
    yield from _closing(statement, product)


def _letters(data: ScriptFacts, plan: PlanFacts) -> Iterator[str]:
    found = tuple(notes(data, plan))
    if found:
        yield "Not ASCII, so look twice; a letter can look like another:"
        yield ""
        yield from found
        yield ""


def _overview(statement: Statement, product: Product) -> Iterator[str]:
    yield "## The scripts"
    yield ""
    yield "Of each script its own part, with what it reaches of the shared region."
    yield ""
    yield "| Script | Changes Exchange with | Commands called | Of them in the region | Needs the roles |"
    yield "|---|---|---|---|---|"
    for script in statement.scripts:
        changes = cells(sorted({call.command for call in script.calls if call.writes})) or "nothing"
        shared = len(tuple(statement.reached(script)))
        roles = ", ".join(roles_of(statement, product, script)) or "none of Exchange"
        yield f"| {cell(script.file)} | {changes} | {len(script.calls) + shared} | {shared} | {roles} |"
    yield ""


def _region(statement: Statement) -> Iterator[str]:
    region = statement.region
    changes = sorted({call.command for call in region.calls if call.writes})
    yield "## What all scripts share"
    yield ""
    yield f"The shared region stands in every script, the same bytes: {counted(region.lines, 'line')} with the SHA-256"
    yield f"`{region.digest}`, which is in the release notes, too. Read it once a release."
    if changes:
        yield f"**It changes Exchange with {codes(changes)}**, which no region of ours does."
    else:
        yield "It changes nothing in Exchange: no call in it does."
    yield ""
    yield f"It makes {counted(len(region.functions), 'function')}: {codes(region.functions) or 'none'}."
    yield "What they read stands in the next table, once for all scripts."
    yield ""


def _closing(statement: Statement, product: Product) -> Iterator[str]:
    parts = (statement.region, *statement.scripts)
    yield "## What no script can do"
    yield ""
    yield "Each command and parameter above is on a closed list; the audit refuses a script with any other. There is no call of a command by"
    yield "text or variable, no download, no remoting, no job, no redirection, no new type and no code beside the scripts. Plain commands used:"
    yield f"{codes(plain_commands(statement, product))}."
    yield ""
    yield f"Members of .NET objects: {codes(sorted({one for part in parts for one in part.members})) or 'none'}."
    yield ""
    yield f"Types: {codes(sorted({one for part in parts for one in part.types})) or 'none'}."
    yield ""
    yield "What cannot be seen here: permissions on single mailboxes, rights given in Active Directory itself, and what members of the room lists"
    yield "become later. Whoever can change a list changes what the account reaches."
    yield ""
    yield "## The least that an operator needs"
    yield ""
    yield "These commands make roles that hold just what the scripts call, and a role group for the operator. A parent is the built-in role that"
    yield f"usually holds a command; `Get-ManagementRole -Cmdlet <name>` shows which one does. Granting {product.role} needs its delegating"
    yield f"assignment besides, which {product.roles} has. Read them before you paste them."
    if apart := roleless(statement, product):
        yield f"No role of Exchange holds {codes(apart)}: they belong to the module that connects, or to Microsoft Graph."
    yield ""
    yield "```powershell"
    yield role_script(statement, product, "Room access").rstrip("\n")
    yield "```"
