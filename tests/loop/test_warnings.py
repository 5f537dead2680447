"""What is worth a warning, what is confirmed, and who may own the lists or be the account."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.loop.cells import (
    AFTER,
    CHILD,
    LIST,
    NOTHING,
    PLANNED,
    SCOPE,
    WRITING,
    Cell,
    Run,
    fault,
    finish,
)

LEAVE = f"Remove-DistributionGroupMember -Identity {LIST} -Member c1@contoso.com -Confirm:$false"
JOIN = f"Set-Mailbox -Identity reception@contoso.com -Type Room; Add-DistributionGroupMember -Identity {LIST} -Member reception@contoso.com"
WARNED = (
    (
        "a grant by a child role", "other-grant", CHILD + "New-ManagementRoleAssignment -Name quiet -Role Quiet -User svc-rooms@contoso.com",
        {10: "not done", 90: "not done"}, "holds another grant, quiet (role Quiet",
    ),
    (
        "a grant by a role group", "other-grant",
        "Edit-Entry -Kind roleGroups -Key 'Hygiene Management' -With @{ members = @([string](Get-User -Identity svc-rooms@contoso.com).Guid) }",
        {10: "not done", 90: "not done"}, "holds another grant",
    ),
    (
        "an exclusive scope", "exclusive-scope", "New-ManagementScope -Name Secret -RecipientRestrictionFilter 'Alias -eq ''a1''' -Exclusive -Force",
        {60: "noted"}, "exclusive scope Secret",
    ),
    (
        "another user of the scope", "shared-scope",
        f"New-ManagementRoleAssignment -Name other -Role ApplicationImpersonation -User ceo@contoso.com -CustomRecipientWriteScope '{SCOPE}'",
        {60: "not done"}, "is used by other too: contoso.com/People/Ceo holds ApplicationImpersonation there",
    ),
    (
        "an enabled room account", "room-account", "Set-Mailbox -Identity a1@contoso.com -AccountDisabled $false",
        {10: "noted"}, "a1@contoso.com has an enabled user account",
    ),
    (
        "another display name", "room-name", "Set-Mailbox -Identity a1@contoso.com -DisplayName Attic",
        {10: "noted"}, "a1@contoso.com is called Attic in the directory, A1 in rooms.csv",
    ),
    (
        "a room in another list", "room-elsewhere", f"{LEAVE}; Add-DistributionGroupMember -Identity m-rooms.obrien@contoso.com -Member c1@contoso.com",
        {40: "noted"}, "it is in the scope all the same",
    ),
)


def warnings() -> Iterator[Cell]:
    for name, kind, change, steps, says in WARNED:
        for step, outcome in steps.items():
            yield Cell(f"{step} warns of {name}", "done50", (Run(step, writes=0, before=change, says=("WARNING", says), warns=((kind, outcome),)),))
        if kind == "other-grant":
            stopped = Run(60, ok=False, writes=0, before=change, says=("WARNING", says, "NOT confirmed: another grant of the service account", "remove it", NOTHING))
            yield Cell(f"60 does not confirm {name}", "done50", (stopped,))
            broken = f"{change}; Edit-Entry -Kind recipients -Key a1@contoso.com -Remove"
            yield Cell(f"10 warns of {name} before it stops", "done50", (Run(10, ok=False, writes=0, before=broken, says=(says, "row 2", NOTHING)),))


def reach() -> Iterator[Cell]:
    for step, says in ((50, "c1@contoso.com is in no list. Run step 40 again"), (60, "TOO FEW  c1@contoso.com")):
        yield Cell(f"{step} a room left its list", "done50", (Run(step, ok=False, writes=0, before=LEAVE, says=(says, NOTHING)),))
    too_many = Run(60, ok=False, writes=0, before=JOIN, says=("TOO MANY reception@contoso.com", "NOT confirmed", "reception@contoso.com is not in rooms.csv", "mailboxes too many, 1: take them out", NOTHING))
    yield Cell("60 reaches too many", "done50", (too_many,))


CONTROLS = (
    ("missing", "Edit-Entry -Kind recipients -Key jane@contoso.com -Remove", "jane@contoso.com is 0 recipients"),
    ("no mailbox", "Edit-Entry -Kind recipients -Key jane@contoso.com -With @{ recipientTypeDetails = 'MailUser' }", "jane@contoso.com is a MailUser"),
    (
        "a room", "Edit-Entry -Kind recipients -Key jane@contoso.com -Remove; Set-Mailbox -Identity a1@contoso.com -EmailAddresses SMTP:a1@contoso.com, jane@contoso.com",
        "The control jane@contoso.com is a room",
    ),
)


def controls() -> Iterator[Cell]:
    for name, change, says in CONTROLS:
        yield Cell(f"10 a control is {name}", "fresh", (Run(10, ok=False, writes=0, before=change, says=(says, NOTHING)),))


def lagging() -> Iterator[Cell]:
    other = {"DomainController": "dc2.contoso.com"}
    for step in WRITING:
        late = Run(step, apply=True, ok=False, says=("yet",) if step in {30, 40} else ())
        yield Cell(f"{step} on a controller that lags", f"lagging {PLANNED[step]}", (late, *finish(step, arguments=other)), end=AFTER[step])
    for command in ("Get-DistributionGroup", "Get-Group"):
        says = ("m-rooms.salle-dattente@contoso.com was left out: cut short", NOTHING)
        cut = Run(40, ok=False, writes=0, faults=fault(cmdlet=command, kind="cut1000"), says=says)
        yield Cell(f"40 an answer of {command} is cut short", "crowded done30", (cut,))


OWN = "Set-DistributionGroup -Identity {0} -ManagedBy {1} -BypassSecurityGroupManagerCheck"
MINE = f"foreach ($one in 'm-rooms.salle-dattente@contoso.com', 'm-rooms.obrien@contoso.com', '{LIST}') {{ {OWN.format('$one', 'svc-rooms@contoso.com')} }}"
MADE = (
    f"New-DistributionGroup -RoomList -Name 'Rooms Haus C' -Alias m-rooms.haus-c -PrimarySmtpAddress {LIST} -ManagedBy svc-rooms@contoso.com "
    "-MemberJoinRestriction Closed -MemberDepartRestriction Closed -Notes 'roomscope m-rooms x'"
)
ALIAS = (
    "Edit-Entry -Kind recipients -Key it.admin@contoso.com -Remove; "
    "Set-Mailbox -Identity svc-rooms@contoso.com -EmailAddresses SMTP:svc-rooms@contoso.com, it.admin@contoso.com"
)


def owners() -> Iterator[Cell]:
    """Where no owner was asked for, whoever made the lists owns them; the service account never may."""
    way = tuple(Run(step, apply=apply, bundle="ownerless") for step, apply in product((30, 40), (False, True)))
    taken_over = Run(40, bundle="ownerless", before=OWN.format(LIST, "ceo@contoso.com"))
    yield Cell("40 another owner where none was asked for", "fresh", (*way[:3], taken_over))
    says = ("owners: expected exactly one", "contoso.com/People/Ceo", NOTHING)
    shared = Run(40, ok=False, writes=0, bundle="ownerless", before=OWN.format(LIST, "ceo@contoso.com, it.admin@contoso.com"), says=says)
    yield Cell("40 two owners where none was asked for", "fresh", (*way[:3], shared))
    for step in (10, 30, 40, 50, 60):
        for name, forget in (("", ""), (" and no record", "; [IO.Directory]::Delete($evidence, $true)")):
            stopped = Run(step, ok=False, writes=0, bundle="ownerless", before=MINE + forget, says=("owner", "Room Service", NOTHING))
            yield Cell(f"{step} the account owns the lists{name}", "fresh", (*way, stopped))
    for step in (10, 30):
        early = Run(step, ok=False, writes=0, bundle="ownerless", before=MADE, says=("owner", "Room Service", NOTHING))
        yield Cell(f"{step} the account made a list beforehand", "fresh", (early,))
        same = Run(step, ok=False, writes=0, before=ALIAS, says=("the service account", "could widen its own scope", NOTHING))
        yield Cell(f"{step} the owner is the account by another address", "fresh", (same,))


ACCOUNTS = (
    ("disabled", "Set-Mailbox -Identity svc-rooms@contoso.com -AccountDisabled $true", "is disabled"),
    ("a room", "Set-Mailbox -Identity svc-rooms@contoso.com -Type Room", "RoomMailbox"),
    ("equipment", "Set-Mailbox -Identity svc-rooms@contoso.com -Type Equipment", "EquipmentMailbox"),
)


def accounts() -> Iterator[Cell]:
    for (name, change, says), step in product(ACCOUNTS, (10, 30, 40, 50, 60)):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=("service account", says, NOTHING))
        yield Cell(f"{step} the account is {name}", PLANNED[step], (stopped,))


QUOTES = (0x2018, 0x2019, 0x201A, 0x201B)


def quotes() -> Iterator[Cell]:
    """A filter could take each of these for its own quotation mark, so no name with one gets into it."""
    for quote in QUOTES:
        name = f"'CN=Rooms{{0}} -or (Name -like {{0}}*,OU=Groups,DC=contoso,DC=com' -f [char]{quote}"
        change = f"Edit-Entry -Kind recipients -Key {LIST} -With @{{ distinguishedName = ({name}) }}"
        for step, start in ((10, "done40"), (50, "plan50")):
            stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=("filter", NOTHING))
            yield Cell(f"{step} the quote {quote:04x} in a name", start, (stopped,))


CELLS = [*warnings(), *reach(), *controls(), *lagging(), *owners(), *accounts(), *quotes()]


@pytest.mark.alone
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_what_is_odd_is_said_and_what_is_wrong_stops(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
