"""Each script in each situation: what it changes, how it ends, what it says and records, what is there afterwards."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, product
from typing import Any

import pytest

SCRIPTS = {
    10: "10-Test-Readiness", 30: "30-New-RoomLists", 40: "40-Add-Rooms", 50: "50-Grant-Access", 60: "60-Confirm-Access",
    90: "90-Remove-Access",
}
WRITING = (30, 40, 50, 90)
BEFORE = {10: "fresh", 30: "fresh", 40: "done30", 50: "done40", 60: "done50", 90: "done50"}
PLANNED = {10: "fresh", 30: "plan30", 40: "plan40", 50: "plan50", 60: "done50", 90: "plan90"}
AFTER = {10: "fresh", 30: "done30", 40: "done40", 50: "done50", 60: "done50", 90: "fresh"}
WRITES = {30: 3, 40: 6, 50: 4, 90: 7}
READS = {10: (17, 0), 30: (9, 5), 40: (10, 5), 50: (13, 7), 60: (19, 0), 90: (14, 7)}
"""Reading calls before the first write and after the last one; step 50 reads once more in between."""

LIST, NAME = "m-rooms.haus-c@contoso.com", "Rooms Haus C"
SCOPE, ASSIGNMENT = "m-rooms scope 02", "m-rooms assignment 02"
NOTHING = "Nothing was changed."
STEERING = frozenset("\x1b\x9b\u061c\u200b\u200e\u200f\u2028\u2029\u202e\ufeff")
"""What must not reach a console."""


@dataclass(frozen=True, slots=True)
class Run:
    """A script, the weather in which it runs and how it has to end."""

    step: int
    apply: bool = False
    ok: bool = True
    result: str | None = ""
    """In its record; empty: what follows from the rest; None: there is no record."""

    writes: int | None = None
    says: tuple[str, ...] = ()
    before: str = ""
    """What somebody does in the directory before."""

    faults: tuple[dict[str, Any], ...] = ()
    session: str = ""
    sessionAfter: str = ""  # noqa: N815 - read by the runner
    arguments: dict[str, str] = field(default_factory=dict)
    bundle: str = "bundle"
    keep: str = ""
    load: bool = False

    @property
    def script(self) -> str:
        return SCRIPTS[self.step]


@dataclass(frozen=True, slots=True)
class Cell:
    """A situation: where it starts, what is run, what has to be there at the end."""

    name: str
    start: str
    runs: tuple[Run, ...]
    end: str = ""
    """The prepared directory that it must equal; empty: not compared."""

    stays: tuple[tuple[str, str], ...] | None = None
    """What is left of the bundle at the end, by kind and name; None: not compared."""


def there_and_back(**weather: Any) -> tuple[Run, ...]:
    """Every step planned and applied."""
    pairs = ((step, apply) for step in SCRIPTS for apply in (False, True))
    return tuple(Run(step, apply, keep=_kept(step, apply), **weather) for step, apply in pairs)


def _kept(step: int, apply: bool) -> str:  # noqa: FBT001
    return f"{'done' if apply else 'plan'}{step}" if step in WRITING else ""


def finish(step: int, **more: Any) -> tuple[Run, ...]:
    """Plan and apply again, which must come to the end without an error."""
    return (Run(step, **more), Run(step, apply=True, **more))


def unkept(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(replace(run, keep="") for run in runs)


CHAIN = Cell("the whole way and back", "fresh", there_and_back(), end="fresh", stays=())


def clean() -> Iterator[Cell]:
    yield CHAIN
    yield Cell("the whole way and back in German", "fresh", _german(), end="fresh", stays=())
    for step in WRITING:
        done = "done90" if step == 90 else "done50"
        yield Cell(f"{step} run again", done, (Run(step, writes=0), Run(step, apply=True, writes=0, result="unchanged")), end=done)
        yield Cell(f"{step} without a plan", BEFORE[step], (Run(step, apply=True, ok=False, writes=0, says=("no recorded plan", NOTHING)),), end=BEFORE[step])
    for step in (10, 60):
        yield Cell(f"{step} run again", BEFORE[step], (Run(step, writes=0), Run(step, apply=True, writes=0)), end=BEFORE[step])


def _german() -> tuple[Run, ...]:
    first, *rest = unkept(there_and_back())
    return (replace(first, before="Edit-Entry -Kind organization -Key x -With @{ language = 'de' }"), *rest)


KINDS = ("throttled", "transient", "sessionGone", "localized")
GERMAN = "Edit-Entry -Kind organization -Key x -With @{ language = 'de' }"
TOLERATED = range(5, 100)
"""Calls of step 90 without which the right is taken away all the same."""


def failing_reads() -> Iterator[Cell]:
    for step, (before, after) in READS.items():
        for number in range(1, before + 1):
            for kind in ("accessDenied", KINDS[number % 4]):
                yield _failing_read(step, number, kind)
        first = before + WRITES.get(step, 0) + (step == 50)
        for number in range(after):
            yield _failing_late(step, first + number + 1, KINDS[number % 4], WRITES[step])
    yield _failing_late(50, 16, "accessDenied", 2)


def _failing_read(step: int, number: int, kind: str) -> Cell:
    name = f"{step} read {number} {kind}"
    weather: dict[str, Any] = {"faults": _fault(call=number, kind=kind), "before": GERMAN if kind == "localized" else ""}
    if step == 90 and number in TOLERATED and kind != "sessionGone":
        return Cell(name, PLANNED[step], (Run(step, apply=True, **weather), *finish(step)), end="fresh", stays=())
    says = ("verweigert",) if kind == "localized" else ()
    if step not in WRITING:
        return Cell(name, PLANNED[step], (Run(step, ok=False, writes=0, says=(*says, NOTHING), **weather),), end=PLANNED[step])
    failed = Run(step, apply=True, ok=False, writes=None if step == 90 else 0, says=says if step == 90 else (*says, NOTHING), **weather)
    return Cell(name, PLANNED[step], (failed, *finish(step)), end=AFTER[step])


def _failing_late(step: int, call: int, kind: str, writes: int) -> Cell:
    weather: dict[str, Any] = {"faults": _fault(call=call, kind=kind), "before": GERMAN if kind == "localized" else ""}
    failed = Run(step, apply=True, ok=False, result="stopped", writes=writes, says=(f"Changes made: {writes} of {WRITES[step]}",), **weather)
    return Cell(f"{step} read {call} {kind}", PLANNED[step], (failed, *finish(step)), end=AFTER[step])


def _fault(**what: Any) -> tuple[dict[str, Any], ...]:
    return (what | {"kind": "accessDenied"} if what["kind"] == "localized" else what,)


def failing_writes() -> Iterator[Cell]:
    for step, writes in WRITES.items():
        for number in range(1, writes + 1):
            kind = ("accessDenied", "throttled", "transient", "sessionGone")[number % 4]
            failed = Run(step, apply=True, ok=False, result="stopped", writes=number, says=(f"Changes made: {number - 1} of {writes}", "not known"), faults=_fault(write=number, kind=kind))
            yield Cell(f"{step} write {number} {kind}", PLANNED[step], (failed, *finish(step)), end=AFTER[step])
            race = Run(step, apply=True, writes=writes, faults=_fault(write=number, kind="alreadyThere"))
            yield Cell(f"{step} write {number} already there", PLANNED[step], (race, Run(step, apply=True, writes=0)), end=AFTER[step])


def dying() -> Iterator[tuple[Cell, Cell]]:
    """Sessions that end at a write, and what finishes their work."""
    for step, writes in WRITES.items():
        for number in range(1, writes + 2):
            kind = {"kind": "kill", "write": number} if number <= writes else {"kind": "killAfter", "write": writes}
            died = Cell(f"{step} dies at write {number}", PLANNED[step], (Run(step, apply=True, faults=(kind,)),))
            yield died, Cell(f"{step} finished after write {number}", died.name, finish(step, result=None), end=AFTER[step])


CONFLICTS = (
    ("list type", "Edit-Entry -Kind recipients -Key $list -With @{ recipientTypeDetails = 'MailUniversalDistributionGroup' }", "room list expected", "MailUniversalDistributionGroup"),
    ("list owner", "Set-DistributionGroup -Identity $list -ManagedBy ceo@contoso.com -BypassSecurityGroupManagerCheck", "owners: expected it.admin@contoso.com", "found contoso.com/People/Ceo"),
    ("list owners", "Set-DistributionGroup -Identity $list -ManagedBy ceo@contoso.com, it.admin@contoso.com -BypassSecurityGroupManagerCheck", "owners: expected it.admin@contoso.com", "Ceo"),
    ("list join", "Set-DistributionGroup -Identity $list -MemberJoinRestriction Open", "expected Closed", "found Open"),
    ("list depart", "Set-DistributionGroup -Identity $list -MemberDepartRestriction Open", "expected Closed", "found Open"),
    ("list hidden", "Set-DistributionGroup -Identity $list -HiddenFromAddressListsEnabled $true", "expected no", "found yes"),
    ("list synchronised", "Edit-Entry -Kind recipients -Key $list -With @{ isDirSynced = $true }", "expected no", "found yes"),
    ("list mark", "Set-Group -Identity $list -Notes 'mine'", "expected roomscope m-rooms", "found mine"),
    ("list name", "Set-DistributionGroup -Identity $list -Name Other", "expected Rooms Haus C", "found Other"),
    ("list name in lower case", "Set-DistributionGroup -Identity $list -Name 'rooms haus c'", "expected Rooms Haus C", "upper and lower case"),
    ("list address", "Set-DistributionGroup -Identity $list -PrimarySmtpAddress other@contoso.com", "expected m-rooms.haus-c@contoso.com", "found other@contoso.com"),
    ("list member that is a user", "Add-DistributionGroupMember -Identity $list -Member reception@contoso.com", "1 too many", "reception@contoso.com is a UserMailbox"),
    ("list member that is another room", "Set-Mailbox -Identity reception@contoso.com -Type Room; Add-DistributionGroupMember -Identity $list -Member reception@contoso.com", "1 too many", "reception@contoso.com is not in rooms.csv"),
    ("list with another GUID", "Edit-Entry -Kind recipients -Key $list -With @{ guid = '11111111-1111-1111-1111-111111111111' }", "GUID: expected", "found 11111111-1111-1111-1111-111111111111"),
    ("scope with another group", "Set-ManagementScope -Identity $scope -RecipientRestrictionFilter ((Get-ManagementScope -Identity $scope).RecipientFilter + ' -or MemberOfGroup -eq ''CN=Evil,DC=contoso,DC=com''')", "filter: expected", "CN=Evil,DC=contoso,DC=com"),
    ("scope without its type", "Set-ManagementScope -Identity $scope -RecipientRestrictionFilter ('MemberOfGroup -eq ''{0}''' -f (Get-DistributionGroup -Identity $list).DistinguishedName)", "expected room mailboxes of these lists", "found"),
    ("scope turned round", "Set-ManagementScope -Identity $scope -RecipientRestrictionFilter ('(RecipientTypeDetails -eq ''RoomMailbox'') -and -not (MemberOfGroup -eq ''{0}'')' -f (Get-DistributionGroup -Identity $list).DistinguishedName)", "expected room mailboxes of these lists", "-not"),
    ("scope root", "Set-ManagementScope -Identity $scope -RecipientRoot contoso.com/Rooms", "root: expected none", "found contoso.com/Rooms"),
    ("scope exclusive", "Edit-Entry -Kind managementScopes -Key $scope -With @{ exclusive = $true }", "exclusive: expected no", "found yes"),
    ("scope name in upper case", "Edit-Entry -Kind managementScopes -Key $scope -With @{ name = 'M-ROOMS SCOPE 02' }", "expected m-rooms scope 02", "found M-ROOMS SCOPE 02"),
    ("scope with another GUID", "Edit-Entry -Kind managementScopes -Key $scope -With @{ guid = '11111111-1111-1111-1111-111111111111' }", "GUID: expected", "found 11111111"),
    ("assignment role", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ role = 'View-Only Recipients' }", "expected ApplicationImpersonation", "found View-Only Recipients"),
    ("assignment assignee", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ roleAssignee = [string](Get-User -Identity ceo@contoso.com).Guid }", "expected svc-rooms@contoso.com", "found contoso.com/People/Ceo"),
    ("assignment scope", "Set-ManagementRoleAssignment -Identity $assignment -CustomRecipientWriteScope 'm-rooms scope'", "expected m-rooms scope 02", "found m-rooms scope"),
    ("assignment without scope", "Set-ManagementRoleAssignment -Identity $assignment -RecipientRelativeWriteScope Organization", "scope: expected m-rooms scope 02", "found"),
    ("assignment disabled", "Set-ManagementRoleAssignment -Identity $assignment -Enabled $false", "enabled: expected yes", "found no"),
    ("assignment delegating", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ delegating = $true }", "expected Regular", "found Delegating"),
    ("assignment name in upper case", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ name = 'M-ROOMS ASSIGNMENT 02' }", "expected m-rooms assignment 02", "found M-ROOMS ASSIGNMENT 02"),
    ("assignment with another GUID", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ guid = '11111111-1111-1111-1111-111111111111' }", "GUID: expected", "found 11111111"),
)
NAMES = f"$list = '{LIST}'; $scope = '{SCOPE}'; $assignment = '{ASSIGNMENT}'; "
KEPT = {
    "list": (("recipients", LIST),), "scope": (("scopes", SCOPE),), "assignment": (), "assignment role": (("assignments", ASSIGNMENT), ("recipients", LIST), ("scopes", SCOPE)),
    "list name": (("recipients", LIST), ("scopes", SCOPE)), "list address": (("recipients", "other@contoso.com"),), "scope name in upper case": (("scopes", "M-ROOMS SCOPE 02"),),
}


def conflicts() -> Iterator[Cell]:
    for name, change, expected, found in CONFLICTS:
        before = NAMES + change
        for step in (10, 30, 40, 50, 60) if name.startswith("list") else (10, 50, 60):
            stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=before, says=(expected, found, NOTHING))
            yield Cell(f"{step} conflict {name}", "done50", (stopped,))
        stays = KEPT.get(name, KEPT[name.partition(" ")[0]])
        back = (Run(90, before=before, says=(expected, found)), Run(90, apply=True), Run(90, apply=True, result="unchanged", writes=0))
        yield Cell(f"90 keeps what somebody changed, {name}", "done50", back, stays=stays)


TAKEN = (
    ("alias", "Set-Mailbox -Identity reception@contoso.com -Alias m-rooms.haus-c", ("room list expected", "UserMailbox found")),
    ("name", f"Set-Mailbox -Identity reception@contoso.com -Name '{NAME}'", ("room list expected", "UserMailbox found")),
    ("name in capitals", f"Set-Mailbox -Identity reception@contoso.com -Name '{NAME.upper()}'", ("room list expected", "UserMailbox found")),
    ("address", f"Set-Mailbox -Identity reception@contoso.com -EmailAddresses SMTP:reception@contoso.com, {LIST}", ("room list expected", "UserMailbox found")),
    ("alias and name by two", f"Set-Mailbox -Identity reception@contoso.com -Alias m-rooms.haus-c; Set-Mailbox -Identity jane@contoso.com -Name '{NAME}'", ("one recipient expected, 2 found",)),
)


def taken() -> Iterator[Cell]:
    for (name, change, says), step in product(TAKEN, (10, 30)):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=(*says, NOTHING))
        yield Cell(f"{step} {name} taken", PLANNED[step], (stopped,))


ROOMS = (
    ("missing", "Edit-Entry -Kind recipients -Key a1@contoso.com -Remove", ("row 2, a1@contoso.com: no recipient",)),
    ("alias only", "Set-Mailbox -Identity a1@contoso.com -PrimarySmtpAddress new@contoso.com", ("row 2, a1@contoso.com", "the room new@contoso.com")),
    ("user", "Set-Mailbox -Identity a1@contoso.com -Type Regular", ("row 2, a1@contoso.com: it is a UserMailbox",)),
    ("shared", "Set-Mailbox -Identity a1@contoso.com -Type Shared", ("row 2, a1@contoso.com: it is a SharedMailbox",)),
    ("equipment", "Set-Mailbox -Identity a1@contoso.com -Type Equipment", ("row 2, a1@contoso.com: it is a EquipmentMailbox",)),
    ("linked", "Edit-Entry -Kind recipients -Key a1@contoso.com -With @{ recipientTypeDetails = 'LinkedMailbox' }", ("row 2, a1@contoso.com: it is a LinkedMailbox",)),
    ("two with one address", "Edit-Entry -Kind recipients -Key a2@contoso.com -With @{ primarySmtpAddress = 'a1@contoso.com'; emailAddresses = @('SMTP:a1@contoso.com') }", ("row 2, a1@contoso.com: several", "row 3, a2@contoso.com: no recipient")),
    ("all kinds at once", "Edit-Entry -Kind recipients -Key a1@contoso.com -Remove; Set-Mailbox -Identity b1@contoso.com -Type Shared; Set-Mailbox -Identity d1@emea.contoso.com -Type Regular", ("3 of 6", "row 2", "row 4", "row 7")),
)


def rooms() -> Iterator[Cell]:
    for (name, change, says), step in product(ROOMS, (10, 40, 50)):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=(*says, NOTHING))
        yield Cell(f"{step} room {name}", PLANNED[step], (stopped,))


SESSIONS = (
    ("sets default values", "$global:PSDefaultParameterValues['*:Apply'] = $true", "$global:PSDefaultParameterValues.Clear()", "default parameter values"),
    ("sets WhatIf", "$global:WhatIfPreference = $true", "$global:WhatIfPreference = $false", "WhatIfPreference"),
    ("has a function for a command", "function global:Get-AcceptedDomain { throw 'called' }", "Remove-Item -LiteralPath function:Get-AcceptedDomain", "Get-AcceptedDomain is a function or an alias"),
    ("has an alias for a command", "Set-Alias -Name Get-AcceptedDomain -Value Get-Date -Scope Global", "Remove-Item -LiteralPath alias:Get-AcceptedDomain", "Get-AcceptedDomain is a function or an alias"),
    ("has another module", "New-Module -Name Evil -ScriptBlock { function Get-AcceptedDomain { } } | Import-Module -Global", "Remove-Module -Name Evil", "several modules"),
    ("has an alias for a function of the script", "Set-Alias -Name Save-Record -Value Out-Null -Scope Global", "Remove-Item -LiteralPath alias:Save-Record", "Save-Record is an alias"),
    ("asks before changes", "$global:ConfirmPreference = 'Medium'", "$global:ConfirmPreference = 'High'", "ConfirmPreference to Medium"),
    ("asks before everything", "$global:ConfirmPreference = 'Low'", "$global:ConfirmPreference = 'High'", "ConfirmPreference to Low"),
    ("has a function for a plain command", "function global:Get-FileHash { throw 'called' }", "Remove-Item -LiteralPath function:Get-FileHash", "Get-FileHash is not the command of PowerShell"),
)


def sessions() -> Iterator[Cell]:
    for (name, session, after, says), step in product(SESSIONS, SCRIPTS):
        refused = Run(step, apply=step in WRITING and "default" not in name, ok=False, result=None, writes=0, session=session, sessionAfter=after, says=(says, NOTHING))
        yield Cell(f"{step} session {name}", PLANNED[step], (refused,), end=PLANNED[step])


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
    yield Cell("10 with a function for a later command", "fresh", (Run(10, ok=False, writes=0, says=("New-ManagementScope, which is a function", NOTHING), **shadow),))
    for step, command in COMMANDS.items():
        absent = f"Edit-Entry -Kind session -Key x -With @{{ absentCmdlets = @('{command}') }}"
        for asked in {step, 10}:
            stopped = Run(asked, apply=asked in WRITING, ok=False, writes=0, before=absent, load=True, result=None if asked == step or command == "Get-ManagementRole" else "", says=(command, "Organization Management", NOTHING))
            yield Cell(f"{asked} without the command {command}", PLANNED[asked], (stopped,))
    for command, parameter in PARAMETERS:
        absent = f"Edit-Entry -Kind session -Key x -With @{{ absentParameters = @{{ '{command}' = @('{parameter}') }} }}"
        stopped = Run(10, ok=False, writes=0, before=absent, load=True, says=(f"{command} -{parameter}", "Organization Management", NOTHING))
        yield Cell(f"10 without the parameter {parameter} of {command}", "fresh", (stopped,))


PLACES = (
    ("one domain in view", "Edit-Entry -Kind session -Key x -With @{ viewEntireForest = $false }", "Set-ADServerSettings -ViewEntireForest $true"),
    ("Exchange Online", "Edit-Entry -Kind organization -Key x -With @{ version = '0.20 (15.20.7181.27)' }", "Exchange Online"),
    ("a dehydrated organisation", "Edit-Entry -Kind organization -Key x -With @{ isDehydrated = $true }", "Exchange Online"),
)


def places() -> Iterator[Cell]:
    for (name, change, says), step in product(PLACES, SCRIPTS):
        yield Cell(f"{step} in {name}", PLANNED[step], (Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=(says, NOTHING)),))
    for step in SCRIPTS:
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, says=("contoso.com: not the one", NOTHING))
        run = (Run(90, apply=True, says=("does not accept mail",)),) if step == 90 else (stopped,)
        yield Cell(f"{step} in another organisation", f"foreign{PLANNED[step]}", run)


def altered() -> Iterator[Cell]:
    for step in (10, 30, 40, 50, 60):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, bundle="altered", says=("rooms.csv is not the file", NOTHING))
        yield Cell(f"{step} rooms.csv altered", PLANNED[step], (stopped,), end=PLANNED[step])
    again = Run(90, apply=True, bundle="altered", ok=False, writes=0, says=("no right to take away", "rooms.csv is not the file"))
    back = (Run(90, bundle="altered", says=("rooms.csv is not the file",)), Run(90, apply=True, bundle="altered", says=("NOT everything",)), again, *finish(90))
    yield Cell("90 rooms.csv altered", "done50", back, end="fresh", stays=())


LOST = (
    ("lists unreadable", "", "Get-DistributionGroup"), ("marks unreadable", "", "Get-Group"), ("members unreadable", "", "Get-DistributionGroupMember"),
    ("owner unreadable", "", "Get-Recipient"), ("scopes unreadable", "", "Get-ManagementScope"), ("account unreadable", "", "Get-User"),
    ("account deleted", "Edit-Entry -Kind recipients -Key svc-rooms@contoso.com -Remove", ""),
    ("account deleted and records lost", "Edit-Entry -Kind recipients -Key svc-rooms@contoso.com -Remove; [IO.Directory]::Delete($evidence, $true)", ""),
    ("account deleted, in German", GERMAN + "; Edit-Entry -Kind recipients -Key svc-rooms@contoso.com -Remove", ""),
    ("owner deleted", "Edit-Entry -Kind recipients -Key it.admin@contoso.com -Remove", ""),
    ("a list deleted", f"Remove-DistributionGroup -Identity {LIST} -Confirm:$false", ""),
    ("a scope deleted", f"Set-ManagementRoleAssignment -Identity '{ASSIGNMENT}' -RecipientRelativeWriteScope Organization; Remove-ManagementScope -Identity '{SCOPE}' -Confirm:$false", ""),
    ("the scope used by others", f"New-ManagementRoleAssignment -Name other -Role ApplicationImpersonation -User ceo@contoso.com -CustomRecipientWriteScope '{SCOPE}'", ""),
    ("records lost", "[IO.Directory]::Delete($evidence, $true)", ""),
)
NEWCOMER = (
    "Edit-Entry -Kind recipients -Key svc-rooms@contoso.com -With @{ primarySmtpAddress = 'old@contoso.com'; emailAddresses = @('SMTP:old@contoso.com'); "
    "userPrincipalName = 'old@contoso.com'; alias = 'old'; name = 'Old'; samAccountName = 'old'; distinguishedName = 'CN=Old,DC=contoso,DC=com' }; "
    "Set-Mailbox -Identity ceo@contoso.com -PrimarySmtpAddress svc-rooms@contoso.com"
)
FORGET = "; [IO.Directory]::Delete($evidence, $true)"
FOREIGN = (
    "New-ManagementScope -Name Cleaning -RecipientRestrictionFilter "
    f"('MemberOfGroup -eq ''{{0}}''' -f (Get-DistributionGroup -Identity {LIST}).DistinguishedName.ToUpperInvariant())"
)
LISTS = (("recipients", "m-rooms.salle-dattente@contoso.com"), ("recipients", "m-rooms.obrien@contoso.com"), ("recipients", LIST))
SCOPES = (("scopes", "m-rooms scope"), ("scopes", SCOPE))
RIGHTS = (("assignments", "m-rooms assignment"), ("assignments", ASSIGNMENT))
LEFT = {
    "lists unreadable": LISTS + SCOPES, "marks unreadable": LISTS + SCOPES, "members unreadable": LISTS + SCOPES, "owner unreadable": LISTS + SCOPES,
    "scopes unreadable": LISTS + SCOPES, "owner deleted": LISTS, "the scope used by others": (("recipients", LIST), ("scopes", SCOPE)), "a list deleted": SCOPES[1:],
}


def lost() -> Iterator[Cell]:
    for name, change, unread in LOST:
        faults = _fault(cmdlet=unread, kind="accessDenied") if unread else ()
        back = (Run(90, before=change, faults=faults), Run(90, apply=True, faults=faults))
        yield Cell(f"90 takes the right with {name}", "done50", back, stays=LEFT.get(name, ()))
    yield Cell("90 takes the right of an account that was renamed", "done50", (Run(90, before=NEWCOMER), Run(90, apply=True)), stays=())
    named = ("A right of this name still stands", f"{ASSIGNMENT}, held by contoso.com/", "Remove-ManagementRoleAssignment", NOTHING)
    unknown = tuple(Run(90, apply=apply, ok=False, writes=0, before="" if apply else NEWCOMER + FORGET, says=named) for apply in (False, True))
    yield Cell("90 names a right that nobody recorded", "done50", unknown, stays=(*LISTS, *SCOPES, *RIGHTS))
    half = f"{FORGET[2:]}; Edit-Entry -Kind roleAssignments -Key '{ASSIGNMENT}' -With @{{ roleAssignee = [string](Get-User -Identity ceo@contoso.com).Guid }}"
    rest = (
        Run(90, before=half, says=("STILL STAND", "held by contoso.com/People/Ceo")),
        Run(90, apply=True, ok=False, result="stopped", writes=4, says=("still stands", "Changes made: 4 of 4")),
        Run(90, ok=False, writes=0, says=("still stands", NOTHING)),
    )
    yield Cell("90 takes what is ours and names the right of another", "done50", rest, stays=(("recipients", LIST), ("scopes", SCOPE), ("assignments", ASSIGNMENT)))
    used = (Run(90, before=FOREIGN, says=(f"the list {NAME} is used by another scope too, Cleaning, and stays",)), Run(90, apply=True))
    yield Cell("90 leaves a list that another scope uses", "done50", used, stays=(("recipients", LIST),))
    for step, (name, change, says) in product((10, 30), (("owner deleted", LOST[9][1], "owner of the lists, it.admin@contoso.com"),)):
        for language in ("", GERMAN + "; "):
            stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=language + change, says=(says, NOTHING))
            yield Cell(f"{step} {name}{' in German' if language else ''}", PLANNED[step], (stopped,))
    for step in (10, 50, 60):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=LOST[6][1], says=("svc-rooms@contoso.com is 0 objects", NOTHING))
        yield Cell(f"{step} account deleted", PLANNED[step], (stopped,))


DAMAGED = (("empty", ""), ("cut", '{ "Format": "roomscope-ev'), ("a list", "[]"), ("null", "null"), ("another thing", "{}"))


def records() -> Iterator[Cell]:
    for (name, text), (step, kind) in product(DAMAGED, ((30, "plan"), (50, "apply"))):
        write = f"[IO.File]::WriteAllText([IO.Path]::Combine($evidence, '{SCRIPTS[step]}.{kind}.20010101T010000Z.json'), '{text}')"
        if kind == "plan":
            runs = (Run(30, apply=True, ok=False, writes=0, before=write, says=("Run this script without -Apply", NOTHING)), *finish(30))
            yield Cell(f"30 last plan is {name}", "plan30", runs, end="done30")
        else:
            yield Cell(f"90 a record is {name}", "done50", (Run(90, before=write, result="planned"), Run(90, apply=True)), end="fresh", stays=())
            yield Cell(f"50 a record is {name}", "done50", (Run(50, before=write, writes=0),), end="done50")
    for step in WRITING:
        ahead = f"[IO.File]::WriteAllText([IO.Path]::Combine($evidence, '{SCRIPTS[step]}.plan.20990101T010000Z.json'), '{{}}')"
        yield Cell(f"{step} a plan of the future", PLANNED[step], (Run(step, apply=True, before=ahead, says=("is dated ahead of the clock",)),), end=AFTER[step])
    escape = f"Set-Group -Identity {LIST} -Notes ('evil' + [string][char]0x1b + '[2J' + [string][char]0x2028 + [string][char]0x61c)"
    yield Cell("40 notes that steer the console", "done30", (Run(40, ok=False, writes=0, before=escape, says=("found evil?[2J??", NOTHING)),))
    link = f"[void][IO.File]::CreateSymbolicLink([IO.Path]::Combine($evidence, '{SCRIPTS[50]}.apply.20010101T010000Z.json'), '/nowhere')"
    yield Cell("60 a record is unreadable", "done50", (Run(60, before=link, writes=0, says=("cannot be read",)),), end="done50")


def since_the_plan() -> Iterator[Cell]:
    owner = "-ManagedBy it.admin@contoso.com -MemberJoinRestriction Closed -MemberDepartRestriction Closed -Notes 'roomscope m-rooms x'"
    made = f"New-DistributionGroup -RoomList -Name '{NAME}' -Alias m-rooms.haus-c -PrimarySmtpAddress {LIST} {owner}"
    added = f"Add-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com"
    scope = f"New-ManagementScope -Name '{SCOPE}' -RecipientRestrictionFilter ('(RecipientTypeDetails -eq ''RoomMailbox'') -and (MemberOfGroup -eq ''{{0}}'')' -f (Get-DistributionGroup -Identity {LIST}).DistinguishedName)"
    for step, change, line in ((30, made, f"make room list {NAME}"), (40, added, f"add c1@contoso.com to {LIST}"), (50, scope, f"make management scope {SCOPE}")):
        stopped = Run(step, apply=True, ok=False, writes=0, before=change, says=("no longer needed: 1 (", line, NOTHING))
        yield Cell(f"{step} less to do than planned", PLANNED[step], (stopped, *finish(step)), end="" if step == 30 else AFTER[step])
    gone = f"Remove-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com -Confirm:$false"
    more = Run(40, apply=True, ok=False, writes=0, before=gone, says=("new changes: 1 (", "add c1@contoso.com"))
    yield Cell("40 more to do than planned", "done40", (Run(40), more, *finish(40)), end="done40")
    less = f"Remove-ManagementRoleAssignment -Identity '{ASSIGNMENT}' -Confirm:$false"
    yield Cell("90 less to do than planned", "plan90", (Run(90, apply=True, before=less, says=("planned, but not done now",)),), end="fresh", stays=())
    hidden = f"Set-DistributionGroup -Identity {LIST} -HiddenFromAddressListsEnabled ${{0}}"
    new = Run(90, apply=True, ok=False, writes=0, before=hidden.format("false"), says=("new changes: 1 (", f"remove room list {NAME}"))
    yield Cell("90 more to do than planned", "done50", (Run(90, before=hidden.format("true")), new, *finish(90)), end="fresh", stays=())


def lagging() -> Iterator[Cell]:
    other = {"DomainController": "dc2.contoso.com"}
    for step in WRITING:
        late = Run(step, apply=True, ok=False, says=("yet",) if step in {30, 40} else ())
        yield Cell(f"{step} on a controller that lags", f"lagging{PLANNED[step]}", (late, *finish(step, arguments=other)), end=AFTER[step])
    for command, says in (("Get-DistributionGroup", "the list of all room lists left out"), ("Get-Group", "not among those of all room lists")):
        cut = Run(40, ok=False, writes=0, faults=_fault(cmdlet=command, kind="cut1000"), says=(says, "cut short", NOTHING))
        yield Cell(f"40 an answer of {command} is cut short", "crowdeddone30", (cut,))
    yield Cell("30 renamed by a naming policy", "fresh", _policy(), end="fresh", stays=())


def _policy() -> tuple[Run, ...]:
    rename = _fault(cmdlet="New-DistributionGroup", kind="namingPolicy")
    return tuple(replace(run, faults=rename) if run.step == 30 and run.apply else run for run in unkept(there_and_back()))


CONTROLS = (
    ("missing", "Edit-Entry -Kind recipients -Key jane@contoso.com -Remove", "jane@contoso.com is 0 recipients"),
    ("no mailbox", "Edit-Entry -Kind recipients -Key jane@contoso.com -With @{ recipientTypeDetails = 'MailUser' }", "jane@contoso.com is a MailUser"),
    ("a room", "Edit-Entry -Kind recipients -Key jane@contoso.com -Remove; Set-Mailbox -Identity a1@contoso.com -EmailAddresses SMTP:a1@contoso.com, jane@contoso.com", "is a room of rooms.csv"),
)


def controls() -> Iterator[Cell]:
    for name, change, says in CONTROLS:
        yield Cell(f"10 a control is {name}", "fresh", (Run(10, ok=False, writes=0, before=change, says=(says, NOTHING)),))


RECORD = "$file = @([IO.Directory]::GetFiles($evidence, '{0}.plan.*'))[-1]; [IO.File]::WriteAllText($file, ([IO.File]::ReadAllText($file) -replace '{1}', '{2}'))"
OTHERS = (
    ("bundle", '"PlanId": "[0-9a-f]', '"PlanId": "x'), ("organisation", '"Organization": "Contoso"', '"Organization": "Fabrikam"'),
    ("manifest", '"ManifestSha256": "[0-9a-f]', '"ManifestSha256": "x'),
)


def plans() -> Iterator[Cell]:
    for step in WRITING:
        for name, old, new in OTHERS:
            before = RECORD.format(SCRIPTS[step], old, new)
            stopped = Run(step, apply=True, ok=False, writes=0, before=before, says=("of another bundle or another place", NOTHING))
            yield Cell(f"{step} plan of another {name}", PLANNED[step], (stopped, *finish(step)), end=AFTER[step])
        unread = Run(step, ok=False, result="stopped", writes=0, faults=_fault(call=2, kind="transient"), says=(NOTHING,))
        stopped = Run(step, apply=True, ok=False, writes=0, says=("did not end well", NOTHING))
        yield Cell(f"{step} plan that did not end", BEFORE[step], (unread, stopped, *finish(step)), end=AFTER[step])
        nowhere = Run(step, apply=True, ok=False, writes=0, arguments={"DomainController": "dc9.contoso.com"}, says=("dc9.contoso.com", NOTHING))
        yield Cell(f"{step} on a controller that is not there", PLANNED[step], (nowhere,), end=PLANNED[step])


CHILD = (
    "& (Get-Module -Name Exchange) { Write-Change -Change ([ordered]@{ op = 'put'; kind = 'roles'; key = 'Quiet'; value = @{ name = 'Quiet'; "
    "parent = 'ApplicationImpersonation'; roleType = 'ApplicationImpersonation' } }); Update-View -View (Get-MainView) }; "
)
LEAVE = f"Remove-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com -Confirm:$false"
JOIN = f"Set-Mailbox -Identity reception@contoso.com -Type Room; Add-DistributionGroupMember -Identity {LIST} -Member reception@contoso.com"
SEEN = (
    ("a grant by a child role", CHILD + "New-ManagementRoleAssignment -Name quiet -Role Quiet -User svc-rooms@contoso.com", (10, 90), "holds another grant, quiet (role Quiet"),
    ("a grant by a role group", "Edit-Entry -Kind roleGroups -Key 'Hygiene Management' -With @{ members = @([string](Get-User -Identity svc-rooms@contoso.com).Guid) }", (10, 90), "holds another grant"),
    ("an exclusive scope", "New-ManagementScope -Name Secret -RecipientRestrictionFilter 'Alias -eq ''a1''' -Exclusive -Force", (60,), "exclusive scope Secret"),
    ("another user of the scope", f"New-ManagementRoleAssignment -Name other -Role ApplicationImpersonation -User ceo@contoso.com -CustomRecipientWriteScope '{SCOPE}'", (60,), "used by another assignment too, other"),
    ("an enabled room account", "Set-Mailbox -Identity a1@contoso.com -AccountDisabled $false", (10,), "a1@contoso.com has an enabled user account"),
    ("another display name", "Set-Mailbox -Identity a1@contoso.com -DisplayName Attic", (10,), "a1@contoso.com is called Attic in the directory, A1 in rooms.csv"),
    ("a room in another list", f"{LEAVE}; Add-DistributionGroupMember -Identity m-rooms.obrien@contoso.com -Member c1@contoso.com", (40,), "stays there"),
)


def seen() -> Iterator[Cell]:
    for name, change, steps, says in SEEN:
        for step in steps:
            yield Cell(f"{step} warns of {name}", "done50", (Run(step, writes=0, before=change, says=("WARNING", says)),))
        if "grant" in name:
            stopped = Run(60, ok=False, writes=0, before=change, says=("WARNING", says, "NOT confirmed: another grant of the service account", "remove it", NOTHING))
            yield Cell(f"60 does not confirm {name}", "done50", (stopped,))
            broken = f"{change}; Edit-Entry -Kind recipients -Key a1@contoso.com -Remove"
            yield Cell(f"10 warns of {name} before it stops", "done50", (Run(10, ok=False, writes=0, before=broken, says=(says, "row 2", NOTHING)),))
    for step, says in ((50, "rooms in no list: 1 (c1@contoso.com). "), (60, "TOO FEW  c1@contoso.com")):
        yield Cell(f"{step} a room left its list", "done50", (Run(step, ok=False, writes=0, before=LEAVE, says=(says, NOTHING)),))
    too_many = Run(60, ok=False, writes=0, before=JOIN, says=("TOO MANY reception@contoso.com", "NOT confirmed", "mailboxes too many: 1 (reception@contoso.com)", NOTHING))
    yield Cell("60 reaches too many", "done50", (too_many,))


def again() -> Iterator[Cell]:
    yield Cell("granted anew after the way back", "done90", unkept(there_and_back())[2:8], end="done50")
    nothing = (Run(90, writes=0), Run(90, apply=True, writes=0, result="unchanged"))
    yield Cell("90 where nothing was made", "fresh", nothing, end="fresh", stays=())
    remove = f"Remove-DistributionGroup -Identity {LIST} -Confirm:$false"
    unread = Run(30, apply=True, ok=False, result="stopped", writes=1, faults=_fault(call=11, kind="transient"))
    yield Cell("30 a list made anew, then interrupted", "done30", (Run(30, before=remove), unread, *finish(30), Run(40)), end="done30")
    other = f"Set-DistributionGroup -Identity {LIST} -ManagedBy ceo@contoso.com"
    says = ("owners: expected", "as when this bundle made it", "found contoso.com/People/Ceo")
    taken_over = Run(40, ok=False, writes=0, bundle="ownerless", before=other, says=says)
    made = (Run(30, bundle="ownerless"), Run(30, apply=True, bundle="ownerless"), Run(40, bundle="ownerless"), taken_over)
    yield Cell("40 another owner where none was asked for", "fresh", made)


DYING = tuple(dying())
DEATHS = {died.name: died for died, _ in DYING}
CELLS = tuple(
    chain(
        clean(), failing_reads(), failing_writes(), (after for _, after in DYING), conflicts(), taken(), rooms(), sessions(), lacking(), places(),
        altered(), lost(), records(), since_the_plan(), lagging(), controls(), plans(), seen(), again(),
    )
)


@pytest.fixture(scope="session")
def stage(game: Any) -> list[Any]:
    """How the cell went that the others start from."""
    went: list[Any] = game.play(CHAIN)
    _vary(game)
    return went


@pytest.fixture
def played(cell: Cell, stage: list[Any], game: Any) -> list[Any]:
    """How the runs of the cell went; one that starts where a session died has that session played first."""
    if died := DEATHS.get(cell.start):
        game.play(died)
        shutil.rmtree(game.start(died.name), ignore_errors=True)
        shutil.move(game.cell(died.name), game.start(died.name))
    went: list[Any] = stage if cell is CHAIN else game.play(cell)
    assert went, f"{cell.name}: the session ended. {game.session.said()}"
    return went


def _vary(game: Any) -> None:
    """Directories that no cmdlet makes: a controller that lags, another organisation, a thousand other lists."""
    for start in {*PLANNED.values(), "done30"}:
        for name in ("lagging", "foreign", "crowded"):
            made = shutil.copytree(game.start(start), game.start(name + start))
            found = json.loads((made / "state.json").read_text(encoding="utf-8"))
            if name == "lagging":
                found["domainControllers"][0]["lag"] = 2
            elif name == "foreign":
                found["acceptedDomains"] = ["fabrikam.com"]
            else:
                found["recipients"] = {one["guid"]: one for one in map(_other_list, range(1000))} | found["recipients"]
            (made / "state.json").write_text(json.dumps(found), encoding="utf-8")


def _other_list(number: int) -> dict[str, Any]:
    address = f"other{number}@contoso.com"
    group = {"managedBy": [], "memberJoinRestriction": "Closed", "memberDepartRestriction": "Closed", "notes": "", "members": []}
    return {
        "guid": f"00000000-0000-0000-0000-{number:012}", "name": f"Other {number}", "displayName": f"Other {number}", "alias": f"other{number}",
        "primarySmtpAddress": address, "emailAddresses": [f"SMTP:{address}"], "distinguishedName": f"CN=Other {number},OU=Groups,DC=contoso,DC=com",
        "recipientTypeDetails": "RoomList", "userPrincipalName": "", "samAccountName": f"other{number}", "domain": "contoso.com",
        "accountDisabled": False, "hiddenFromAddressLists": False, "isDirSynced": False, "group": group,
    }


@pytest.mark.alone
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_a_script_does_no_more_than_it_should_and_says_what_it_did(cell: Cell, played: list[Any], game: Any) -> None:
    for number, (run, was) in enumerate(zip(cell.runs, played, strict=True)):
        _check(f"{cell.name}, run {number}", run, was)
    folder = game.cell(cell.name)
    if cell.end:
        assert game.state(folder) == game.state(game.start(cell.end))
    if cell.stays is not None:
        assert _left(game.state(folder)) == set(cell.stays)


def _check(where: str, run: Run, was: Any) -> None:
    said = f"{where}\n{was.error}\n{was.output}"
    assert not set(was.error + was.output) & STEERING, said
    assert (was.error == "") is run.ok, said
    for text in run.says:
        assert text in said
    writes = [call for call in was.calls if call["writes"]]
    assert run.writes in {None, len(writes)}, said
    if not run.ok:
        assert (NOTHING in was.error) is (writes == []), said
    if writes == [] or run.writes == 0:
        assert was.changes == [], said
    _check_order(was)
    assert was.records == (0 if run.result is None and not run.ok else 1), said
    if was.records:
        _check_record(said, run, was, len(writes))


def _check_order(was: Any) -> None:
    """The right is the first to go."""
    removed = [call["cmdlet"] for call in was.calls if call["cmdlet"].startswith("Remove-")]
    order = ("Remove-ManagementRoleAssignment", "Remove-ManagementScope", "Remove-DistributionGroup")
    assert removed == sorted(removed, key=order.index)


def _check_record(said: str, run: Run, was: Any, writes: int) -> None:
    record = was.record
    assert (record["Writes"], record["Reads"]) == (writes, len(was.calls) - writes), said
    expected = {run.result} if run.result else {"stopped"} if not run.ok else {"applied", "unchanged"} if run.apply else {"planned", "unchanged"}
    assert record["Result"] in expected, said
    assert (record["Error"] == "") is run.ok
    if record["Result"] == "applied":
        assert list(record["Actions"]) == record["Plan"], said
        assert set(record["Actions"].values()) <= {"done", "already there", "already gone"}, said
    assert {call["parameters"].get("DomainController") for call in was.calls} <= {None, record["DomainController"]}


def _left(state: dict[str, Any]) -> set[tuple[str, str]]:
    """What of the bundle is there: its lists, scopes and the right itself."""
    lists = {("recipients", address) for address, one in state["recipients"].items() if one["group"] and "roomscope" in one["group"]["notes"] + "roomscope"}
    scopes = {("scopes", name) for name in state["scopes"] if name.lower().startswith("m-rooms")}
    return lists | scopes | {("assignments", name) for name in state["assignments"] if name.lower().startswith("m-rooms")}
