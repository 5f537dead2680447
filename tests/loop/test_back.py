"""Step 90 takes the right away whatever else cannot be read or is gone; what is not its own stays and is named."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.loop.cells import (
    ASSIGNMENT,
    CHILD,
    GERMAN,
    LIST,
    LISTS,
    NAME,
    NOTHING,
    PLANNED,
    RIGHTS,
    SCOPE,
    SCOPES,
    WRITING,
    Cell,
    Run,
    fault,
    finish,
)

UNREADABLE = {
    "lists": "Get-DistributionGroup", "marks": "Get-Group", "members": "Get-DistributionGroupMember", "owner": "Get-Recipient",
    "scopes": "Get-ManagementScope", "account": "Get-User", "roles": "Get-ManagementRole",
}
DELETE = "Edit-Entry -Kind recipients -Key {0} -Remove"
FORGET = "[IO.Directory]::Delete($evidence, $true)"
ACCOUNT = DELETE.format("svc-rooms@contoso.com")
OWNER = DELETE.format("it.admin@contoso.com")
CEO = f"Edit-Entry -Kind roleAssignments -Key '{ASSIGNMENT}' -With @{{ roleAssignee = [string](Get-User -Identity ceo@contoso.com).Guid }}"
NEWCOMER = (
    "Edit-Entry -Kind recipients -Key svc-rooms@contoso.com -With @{ primarySmtpAddress = 'old@contoso.com'; emailAddresses = @('SMTP:old@contoso.com'); "
    "userPrincipalName = 'old@contoso.com'; alias = 'old'; name = 'Old'; samAccountName = 'old'; distinguishedName = 'CN=Old,DC=contoso,DC=com' }; "
    "Set-Mailbox -Identity ceo@contoso.com -PrimarySmtpAddress svc-rooms@contoso.com"
)
FOREIGN = (
    "New-ManagementScope -Name Cleaning -RecipientRestrictionFilter "
    f"('MemberOfGroup -eq ''{{0}}''' -f (Get-DistributionGroup -Identity {LIST}).DistinguishedName.ToUpperInvariant())"
)
SHARED = f"New-ManagementRoleAssignment -Name other -Role ApplicationImpersonation -User ceo@contoso.com -CustomRecipientWriteScope '{SCOPE}'"
GONE_SCOPE = f"Set-ManagementRoleAssignment -Identity '{ASSIGNMENT}' -RecipientRelativeWriteScope Organization; Remove-ManagementScope -Identity '{SCOPE}' -Confirm:$false"
OTHER_GRANTS = {
    "a grant without a scope": ("New-ManagementRoleAssignment -Name wide -Role ApplicationImpersonation -User svc-rooms@contoso.com", "wide"),
    "a grant by a child role": (f"{CHILD}New-ManagementRoleAssignment -Name quiet -Role Quiet -User svc-rooms@contoso.com", "quiet"),
}
UNDO = {
    "a grant without a scope": "Remove-ManagementRoleAssignment -Identity wide -Confirm:$false",
    "a grant by a child role": "Remove-ManagementRoleAssignment -Identity quiet -Confirm:$false",
}
LOST = (
    ("account deleted", ACCOUNT, ()),
    ("account deleted and records lost", f"{ACCOUNT}; {FORGET}", ()),
    ("account deleted, in German", f"{GERMAN}; {ACCOUNT}", ()),
    ("owner deleted", OWNER, LISTS),
    ("a list deleted", f"Remove-DistributionGroup -Identity {LIST} -Confirm:$false", SCOPES[1:]),
    ("a scope deleted", GONE_SCOPE, ()),
    ("records lost", FORGET, ()),
)
"""What is gone, and what of the bundle stays."""


def unread() -> Iterator[Cell]:
    """What could not be read stays, is named, and goes in the next run."""
    for name, command in UNREADABLE.items():
        faults = fault(cmdlet=command, kind="accessDenied")
        warns = (("unread", "unknown"),)
        right = Run(
            90, apply=True, ok=False, result="stopped", writes=2, outcomes=("done", "done"), faults=faults, warns=warns,
            says=("Left: ", "could not be", "Made: remove assignment m-rooms assignment; ", "Changes made: 2 of 2"),
        )
        runs = (Run(90, faults=faults, says=("NOT all will be gone",), warns=warns), right)
        yield Cell(f"90 takes the right alone with {name} unreadable", "done50", runs, stays=(*LISTS, *SCOPES))
        yield Cell(f"90 takes the rest when {name} can be read", "done50", (*runs, *finish(90)), end="fresh", stays=())


def unread_one() -> Iterator[Cell]:
    """One list of three cannot be read: the others stay too, and the right goes."""
    faults = fault(cmdlet="Get-DistributionGroupMember", nth=2, kind="transient")
    warns = (("unread", "unknown"),)
    right = Run(90, apply=True, ok=False, result="stopped", writes=2, outcomes=("done", "done"), faults=faults, warns=warns, says=("Left: ", "Made: "))
    runs = (Run(90, faults=faults, says=("NOT all will be gone",), warns=warns), right)
    yield Cell("90 takes the right alone with one list unreadable", "done50", runs, stays=(*LISTS, *SCOPES))
    yield Cell("90 takes the rest when that list can be read", "done50", (*runs, *finish(90)), end="fresh", stays=())
    for apply in (False, True):
        for nth in (1, 2) if apply else (1,):
            blind = Run(90, apply=apply, ok=False, result="stopped", faults=fault(cmdlet="Get-ManagementRoleAssignment", nth=nth, kind="accessDenied"), says=("denied",))
            stopped = replace(blind, writes=0, says=("denied", NOTHING)) if nth == 1 else blind
            where = "plan90" if apply else "done50"
            yield Cell(f"90 with the assignments unreadable, {where}, read {nth}", where, (stopped, *finish(90)), end="fresh", stays=())


def granted() -> Iterator[Cell]:
    """What else the account holds is not this bundle's to take, but it is named, and the way back is not done before it is gone."""
    for name, (change, right) in OTHER_GRANTS.items():
        warns, says = (("other-grant", "not done"),), ("the service account holds another grant, " + right,)
        undo = UNDO[name]
        runs = (
            Run(90, before=change, warns=warns, says=(*says, "NOT all will be gone")),
            Run(90, apply=True, ok=False, result="stopped", writes=7, outcomes=("done",) * 7, warns=warns, says=(*says, "Left: ", "Made: ", "Changes made: 7 of 7")),
            Run(90, ok=False, writes=0, warns=warns, says=(*says, NOTHING)),
            Run(90, apply=True, ok=False, writes=0, warns=warns, says=(*says, NOTHING)),
        )
        yield Cell(f"90 names {name}", "done50", runs, stays=())
        yield Cell(f"90 is done when {name} is gone", "done50", (*runs[:3], Run(90, before=undo, writes=0)), stays=())


def disabled() -> Iterator[Cell]:
    """An account that nobody can sign in with any more holds the right all the same."""
    for name, change in (("disabled", "-AccountDisabled $true"), ("a room now", "-Type Room")):
        before = f"Set-Mailbox -Identity svc-rooms@contoso.com {change}"
        yield Cell(f"90 the account is {name}", "done50", (Run(90, before=before), Run(90, apply=True)), stays=())


def lost() -> Iterator[Cell]:
    for name, change, stays in LOST:
        yield Cell(f"90 takes the right with {name}", "done50", (Run(90, before=change), Run(90, apply=True)), stays=stays)
    used = (Run(90, before=FOREIGN, says=(f"{NAME} stays: the scope Cleaning uses it",), warns=(("list-stays", "not done"),)), Run(90, apply=True))
    yield Cell("90 leaves a list that another scope uses", "done50", used, stays=(("recipients", LIST),))


def shared() -> Iterator[Cell]:
    """Who else holds a right over the rooms, or stays in a list of theirs, keeps the way back from being done."""
    stays = (("recipients", LIST), ("scopes", SCOPE))
    joined = f"Add-DistributionGroupMember -Identity {LIST} -Member reception@contoso.com"
    cases = {
        "the scope used by others": (SHARED, "shared-scope", f"the scope {SCOPE} is used by other too", 5, stays),
        "a stranger in a list": (joined, "stranger-stays", f"reception@contoso.com is in {NAME}, which stays", 6, stays[:1]),
    }
    for name, (change, kind, says, made, left) in cases.items():
        warns = ((kind, "not done"),)
        runs = (
            Run(90, before=change, says=(says, "NOT all will be gone"), warns=warns),
            Run(90, apply=True, ok=False, result="stopped", says=("Left: ", says, f"Changes made: {made} of {made}"), warns=warns),
            Run(90, ok=False, writes=0, says=("Left: ", says, NOTHING), warns=warns),
        )
        yield Cell(f"90 takes the right with {name}", "done50", runs, stays=left)


def of_others() -> Iterator[Cell]:
    stays = (("right-stays", "not done"),)
    named = Run(90, apply=True, ok=False, writes=0, says=(ASSIGNMENT, "is held by contoso.com/Old", "Remove-ManagementRoleAssignment", NOTHING), warns=stays)
    runs = (replace(named, before=NEWCOMER, apply=False), named)
    yield Cell("90 names the right of an account that was renamed", "done50", runs, stays=(*LISTS, *SCOPES, *RIGHTS))
    half = (
        Run(90, before=f"{FORGET}; {CEO}", says=("is held by contoso.com/People/Ceo",), warns=stays),
        Run(90, apply=True, ok=False, result="stopped", writes=4, says=("is held by contoso.com/People/Ceo", "Changes made: 4 of 4")),
        Run(90, ok=False, writes=0, says=("is held by contoso.com/People/Ceo", NOTHING)),
    )
    yield Cell("90 takes what is ours and names the right of another", "done50", half, stays=(("recipients", LIST), ("scopes", SCOPE), ("assignments", ASSIGNMENT)))


def gone() -> Iterator[Cell]:
    """The way there does not go on without an owner or an account."""
    for step in (10, 30):
        for language in ("", GERMAN + "; "):
            stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=language + OWNER, says=("owners: it.admin@contoso.com does not exist", NOTHING))
            yield Cell(f"{step} owner deleted{' in German' if language else ''}", PLANNED[step], (stopped,))
    for step in (10, 30, 40, 50, 60):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=ACCOUNT, says=("svc-rooms@contoso.com must be one object, and is 0", NOTHING))
        yield Cell(f"{step} account deleted", PLANNED[step], (stopped,))


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*unread(), *unread_one(), *granted(), *disabled(), *lost(), *shared(), *of_others(), *gone()], ids=lambda cell: cell.name)
def test_the_right_goes_and_what_is_not_ours_stays(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
