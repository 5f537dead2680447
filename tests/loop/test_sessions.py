"""A session that would add to what a script calls, replace it or lacks it is refused."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest

from tests.loop.cells import AFTER, NOTHING, PLANNED, SCRIPTS, WRITING, Cell, Run

REMOVE = "foreach ($one in 'Global', 0, 1, 2) {{ Remove-Alias -Name {0} -Scope $one -Force -ErrorAction Ignore }}"
"""An alias of all scopes is in each of them."""

SESSIONS = (
    ("sets default values", "$global:PSDefaultParameterValues['*:Apply'] = $true", "$global:PSDefaultParameterValues.Clear()", "default parameter values"),
    ("sets WhatIf", "$global:WhatIfPreference = $true", "$global:WhatIfPreference = $false", "WhatIfPreference"),
    ("has a function for a command", "function global:Get-AcceptedDomain { throw 'called' }", "Remove-Item -LiteralPath function:Get-AcceptedDomain", "Get-AcceptedDomain is a function or an alias"),
    ("has an alias for a command", "Set-Alias -Name Get-AcceptedDomain -Value Get-Date -Scope Global", "Remove-Item -LiteralPath alias:Get-AcceptedDomain", "Get-AcceptedDomain is a function or an alias"),
    ("has another module", "New-Module -Name Evil -ScriptBlock { function Get-AcceptedDomain { } } | Import-Module -Global", "Remove-Module -Name Evil", "several modules"),
    ("has an alias for a function of the script", "Set-Alias -Name Save-Record -Value Out-Null -Scope Global", "Remove-Item -LiteralPath alias:Save-Record", "Save-Record is an alias"),
    ("asks before changes", "$global:ConfirmPreference = 'Medium'", "$global:ConfirmPreference = 'High'", "sets ConfirmPreference. Set it to High"),
    ("asks before everything", "$global:ConfirmPreference = 'Low'", "$global:ConfirmPreference = 'High'", "sets ConfirmPreference. Set it to High"),
    ("has an alias for the first command", "Set-Alias -Name Get-Command -Value Out-Null -Scope Global", "Remove-Item -LiteralPath alias:Get-Command", "replaces commands"),
    ("has a function for the first command", "function global:Get-Command { throw 'called' }", "Remove-Item -LiteralPath function:Get-Command", "replaces commands"),
    ("has an alias for the command that refuses", "Set-Alias -Name Write-Error -Value Out-Null -Scope Global", "Remove-Item -LiteralPath alias:Write-Error", "replaces commands"),
    ("has a function for the command that refuses", "function global:Write-Error { }", "Remove-Item -LiteralPath function:Write-Error", "replaces commands"),
    *(
        (f"has a {action}", f"$ExecutionContext.InvokeCommand.{action} = {{ }}", f"$ExecutionContext.InvokeCommand.{action} = $null", "replaces commands")
        for action in ("PreCommandLookupAction", "PostCommandLookupAction", "CommandNotFoundAction")
    ),
    *(
        (f"has an alias of all scopes for {name}", f"Set-Alias -Name {name} -Value Out-Null -Scope Global -Option AllScope, ReadOnly", REMOVE.format(name), f"{name} is")
        for name in ("Assert-Session", "Read-State", "Save-Start", "Show-Plan")
    ),
    *(
        (f"has a fixed function for {name}", f"Set-Item -LiteralPath function:global:{name} -Value {{ }} -Options {options}", f"Remove-Item -LiteralPath function:{name} -Force", f"{name} is")
        for name, options in (("Assert-Bundle", "ReadOnly"), ("Read-Stamp", "'AllScope, ReadOnly'"), ("Save-Record", "'AllScope, ReadOnly'"), ("Show-Before", "ReadOnly"))
    ),
    ("has a function for a plain command", "function global:Get-FileHash { throw 'called' }", "Remove-Item -LiteralPath function:Get-FileHash", "Get-FileHash is not the command of PowerShell"),
)


def sessions() -> Iterator[Cell]:
    for (name, session, after, says), step in product(SESSIONS, SCRIPTS):
        apply = step in WRITING and "default" not in name
        refused = Run(step, apply=apply, ok=False, result=None, writes=0, silent=True, session=session, sessionAfter=after, says=(says, NOTHING))
        yield Cell(f"{step} session {name}", PLANNED[step], (refused,), end=PLANNED[step])


GIVING_WAY = ("Assert-Bundle", "Read-State", "Save-Action", "Show-Line")
"""Functions of the scripts that a session has too; the scripts' own stand before them."""


def giving_way() -> Iterator[Cell]:
    """A function that the script can replace does no harm, of whichever scope it is."""
    for name, step in product(("", "AllScope"), SCRIPTS):
        option = f" -Options {name}" if name else ""
        makes = "; ".join(f"Set-Item -LiteralPath function:global:{one} -Value {{ throw 'called' }}{option}" for one in GIVING_WAY)
        after = "; ".join(f"Remove-Item -LiteralPath function:global:{one} -Force" for one in GIVING_WAY)
        run = Run(step, apply=step in WRITING, session=makes, sessionAfter=after)
        yield Cell(f"{step} session has functions{' of all scopes' * bool(name)} that give way", PLANNED[step], (run,), end=AFTER[step])


COMMANDS = {
    10: "Get-Mailbox", 30: "New-DistributionGroup", 40: "Add-DistributionGroupMember", 50: "New-ManagementScope",
    60: "Get-ManagementRole", 90: "Remove-ManagementRoleAssignment",
}
PARAMETERS = (
    ("New-DistributionGroup", "RoomList"), ("Add-DistributionGroupMember", "BypassSecurityGroupManagerCheck"), ("New-ManagementScope", "RecipientRestrictionFilter"),
    ("New-ManagementRoleAssignment", "CustomRecipientWriteScope"), ("Get-Recipient", "RecipientPreviewFilter"), ("Remove-DistributionGroup", "BypassSecurityGroupManagerCheck"),
)


def lacking() -> Iterator[Cell]:
    shadow: dict[str, Any] = {"session": "function global:New-ManagementScope { throw 'called' }", "sessionAfter": "Remove-Item -LiteralPath function:New-ManagementScope"}
    yield Cell("10 with a function for a later command", "fresh", (Run(10, ok=False, result=None, writes=0, silent=True, says=("New-ManagementScope is a function", NOTHING), **shadow),))
    for step, command in COMMANDS.items():
        absent = f"Edit-Entry -Kind session -Key x -With @{{ absentCmdlets = @('{command}') }}"
        for asked in {step, 10}:
            stopped = Run(asked, apply=asked in WRITING, ok=False, writes=0, silent=True, before=absent, load=True, result=None, says=(command, "Organization Management", NOTHING))
            yield Cell(f"{asked} without the command {command}", PLANNED[asked], (stopped,))
    for command, parameter in PARAMETERS:
        absent = f"Edit-Entry -Kind session -Key x -With @{{ absentParameters = @{{ '{command}' = @('{parameter}') }} }}"
        stopped = Run(10, ok=False, writes=0, before=absent, load=True, says=(f"{command} -{parameter}", "Organization Management", NOTHING))
        yield Cell(f"10 without the parameter {parameter} of {command}", "fresh", (stopped,))


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*sessions(), *giving_way(), *lacking()], ids=lambda cell: cell.name)
def test_no_session_stands_in_for_what_is_called(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
