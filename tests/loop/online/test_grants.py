"""Pointer, scope and assignment online: what differs stops a step, what the application holds besides is named, the right goes."""

from collections.abc import Callable, Iterator

import pytest

from tests.loop.cells import NOTHING, Cell, Run, fault, finish
from tests.loop.online.cells import (
    ASSIGNMENT,
    CLIENT,
    LIST,
    OBJECT,
    OTHER,
    POINTER,
    POINTERS,
    REGISTRATION,
    ROLE,
    SCOPE,
)

MAKE = "New-ServicePrincipal -DisplayName other -AppId {0} -ObjectId {1}"
PLACED = (
    ("swapped", MAKE.format(OBJECT, CLIENT), "swapped"),
    ("with equal ids", MAKE.format(CLIENT, CLIENT), "one stands for both"),
    ("with the id of the registration", MAKE.format(CLIENT, REGISTRATION), "of the app registration, or the application was made anew"),
    ("that is stale", MAKE.format(CLIENT, OTHER), "of the app registration, or the application was made anew"),
    ("of another application", MAKE.format(OTHER, OBJECT), "that object id is of another application"),
)
ALTER = f"Edit-Entry -Kind servicePrincipals -Key {OBJECT} -With "


def pointers() -> Iterator[Cell]:
    for name, change, says in PLACED:
        for step in (10, 50):
            start = "plan50" if step == 50 else "fresh"
            yield Cell(f"{step} a pointer {name}", start, (Run(step, apply=step == 50, ok=False, writes=0, before=change, says=(says, NOTHING)),))
    other = ALTER + f"@{{ appId = '{OTHER}' }}"
    gone = f"Edit-Entry -Kind servicePrincipals -Key {OBJECT} -Remove"
    yield Cell("60 the pointer of another application", "done50", (Run(60, ok=False, writes=0, before=other, says=("NOT confirmed", "of another application")),))
    yield Cell("60 no pointer", "done50", (Run(60, ok=False, writes=0, before=gone, says=("NOT confirmed", f"the pointer {POINTER} does not exist")),))
    stays = (("pointer-stays", "not done"),)
    yield Cell("90 the pointer of another application", "done50", (Run(90, before=other, warns=stays), Run(90, apply=True, writes=7)), stays=POINTERS)
    yield Cell("90 no pointer", "done50", (Run(90, before=gone), Run(90, apply=True, writes=7)), end="fresh", stays=())


def of_others() -> Iterator[Cell]:
    """A pointer that was there is used and stays."""
    there = MAKE.format(CLIENT, OBJECT).replace("other", POINTER)
    runs = (
        Run(50, before=there, plans=("make-scope", "make-scope", "make-assignment", "make-assignment")), Run(50, apply=True, writes=4),
        Run(90, says=("no record says that this bundle made it",), warns=(("pointer-stays", "noted"),)), Run(90, apply=True, writes=7),
    )
    yield Cell("50 and 90 a pointer of somebody else's", "done40", runs, stays=POINTERS)
    lost = "[IO.Directory]::Delete($evidence, $true)"
    yield Cell("90 the records lost", "done50", (Run(90, before=lost, says=("no record says",)), Run(90, apply=True, writes=7)), stays=POINTERS)
    used = f"New-ManagementRoleAssignment -Name theirs -Role 'Application Mail.Read' -App {OBJECT} -CustomResourceScope '{SCOPE}'"
    back = (
        Run(90, before=used, says=("theirs would go with it", "theirs uses it"), warns=(("pointer-stays", "not done"), ("scope-stays", "not done"), ("other-grant", "not done"))),
        Run(90, apply=True, ok=False, result="stopped", writes=5, outcomes=("done",) * 5, says=("Left: ",)),
    )
    yield Cell("90 another grant uses pointer and scope", "done50", back, stays=(("recipients", LIST), ("scopes", SCOPE), *POINTERS))


EDIT = "Edit-Entry -Kind {0} -Key '{1}' -With "
FILTER = f"$filter = (Get-ManagementScope -Identity '{SCOPE}').RecipientFilter; "
SET = EDIT.format("managementScopes", SCOPE) + "@{ recipientFilter = %s }"
GIVE = EDIT.format("roleAssignments", ASSIGNMENT)
CONFLICTS = (
    ("scope with more lists", FILTER + SET % "($filter -replace '\\)+$', ' -or MemberOfGroup -eq ''CN=Evil,DC=contoso,DC=com''$0')", "filter: too many, CN=Evil"),
    ("scope without a list", FILTER + SET % "($filter -replace 'Haus C', 'Other')", "filter: it lacks CN=Rooms Haus C"),
    ("scope without its type", FILTER + SET % "($filter -replace '^.*?-and \\(*', '(' -replace '\\)+$', ')')", "filter: expected rooms in lists"),
    ("scope root", EDIT.format("managementScopes", SCOPE) + "@{ recipientRoot = 'contoso.com/Rooms' }", "root: expected none"),
    ("scope exclusive", EDIT.format("managementScopes", SCOPE) + "@{ exclusive = $true }", "exclusive: expected no"),
    ("assignment of another role", GIVE + "@{ role = 'Application Mail.Read' }", f"role: expected {ROLE}"),
    ("assignment without scope", GIVE + "@{ recipientWriteScope = 'Organization'; customResourceScope = '' }", f"scope: expected CustomRecipientScope {SCOPE}, found Organization"),
    ("assignment to a group of that name", GIVE + f"@{{ recipientWriteScope = 'Group'; customResourceScope = '{SCOPE}' }}", f"found Group {SCOPE}"),
    ("assignment to the other scope", GIVE + "@{ customResourceScope = 'm-rooms scope' }", "found CustomRecipientScope m-rooms scope"),
    ("assignment disabled", GIVE + "@{ enabled = $false }", "enabled: expected yes"),
    ("assignment delegating", GIVE + "@{ delegating = $true }", "expected Regular"),
)

USED = (("recipients", LIST), ("scopes", SCOPE))
STAYS = {"scope without a list": USED[1:], "assignment of another role": (*USED, ("assignments", ASSIGNMENT), *POINTERS)}
"""What is left after the way back: a scope that differs and the list in it, and what is another right."""


def conflicts() -> Iterator[Cell]:
    for name, change, says in CONFLICTS:
        for step in (10, 50, 60):
            yield Cell(f"{step} {name}", "done50", (Run(step, apply=step == 50, ok=False, writes=0, before=change, says=(says, NOTHING)),))
        again = () if "role" in name else (Run(90, apply=True, writes=0, result="unchanged"),)
        back = (Run(90, before=change, says=(says,)), Run(90, apply=True), *again)
        yield Cell(f"90 {name}", "done50", back, stays=STAYS.get(name, USED if name.startswith("scope") else ()))


SPOKEN = (
    ("in capitals", "$filter.Replace('CN=', 'cn=').ToUpperInvariant().Replace('ROOMMAILBOX', 'RoomMailbox').Replace('MEMBEROFGROUP', 'MemberOfGroup').Replace('RECIPIENTTYPEDETAILS', 'RecipientTypeDetails').Replace('-EQ', '-eq').Replace('-AND', '-and').Replace('-OR', '-or')"),
    ("with more brackets", "'((' + $filter + '))'"),
    ("with more blanks", "$filter.Replace(' -eq ', '  -eq   ')"),
)


def spoken() -> Iterator[Cell]:
    """A filter that is stored in other words is the same one."""
    for name, text in SPOKEN:
        change = FILTER + SET % f"({text})"
        for step in (10, 50, 60):
            yield Cell(f"{step} a filter {name}", "done50", (Run(step, apply=step == 50, writes=0, before=change),))
        yield Cell(f"90 a filter {name}", "done50", (Run(90, before=change), Run(90, apply=True, writes=8)), end="fresh", stays=())


GRANTS = (
    ("wide", f"New-ManagementRoleAssignment -Name wide -Role '{ROLE}' -App {OBJECT}", "a control is reached, ceo@contoso.com"),
    ("mail", f"New-ManagementRoleAssignment -Name mail -Role 'Application Mail.Read' -App {OBJECT}", "which grants Mail.Read"),
    ("aside", f"New-ManagementRoleAssignment -Name aside -Role '{ROLE}' -App {OBJECT} -RecipientGroupScope {LIST}", "aside"),
)


def besides() -> Iterator[Cell]:
    warns = (("other-grant", "not done"),)
    for name, change, says in GRANTS:
        text = f"the application holds another grant, {name}"
        yield Cell(f"10 another grant {name}", "done50", (Run(10, writes=0, before=change, warns=warns, says=(text,)),))
        yield Cell(f"60 another grant {name}", "done50", (Run(60, ok=False, writes=0, before=change, warns=warns, says=(says, "NOT confirmed", NOTHING)),))
        back = (
            Run(90, before=change, warns=warns, says=(text, "NOT all will be gone")),
            Run(90, apply=True, ok=False, result="stopped", writes=7, warns=warns, says=("Left: ", "Changes made: 7 of 7")),
            Run(90, before=f"Remove-ManagementRoleAssignment -Identity {name} -Confirm:$false"), Run(90, apply=True, writes=1, outcomes=("done",)),
        )
        yield Cell(f"90 another grant {name}", "done50", back, end="fresh", stays=())
    shared = f"New-ServicePrincipal -AppId {OTHER} -ObjectId {OTHER} -DisplayName other; New-ManagementRoleAssignment -Name shared -Role '{ROLE}' -App {OTHER} -CustomResourceScope '{SCOPE}'"
    used = (("shared-scope", "not done"),)
    yield Cell("60 the scope used by another application", "done50", (Run(60, before=shared, warns=used, says=("is used by shared too",)),))
    shown = (
        Run(90, before=shared, warns=(*used, ("scope-stays", "not done")), says=("NOT all will be gone",)),
        Run(90, apply=True, ok=False, result="stopped", writes=6, says=("Left: ", "is used by shared too")),
    )
    yield Cell("90 the scope used by another application", "done50", shown)


def policies() -> Iterator[Cell]:
    entry = "Edit-Snapshot { param($one) $one['accessPolicies'] = @(@{ appId = '%s'; accessRight = '%s'; scopeGroup = ''; identity = 'policy1' }) }"
    for right in ("RestrictAccess", "DenyAccess"):
        for step in (10, 60, 90):
            named = Run(step, writes=0, before=entry % (CLIENT, right), warns=(("access-policy", "noted"),), says=(f"policy1 ({right})",))
            yield Cell(f"{step} a policy that says {right}", "done50", (named,))
    yield Cell("60 a policy of others", "done50", (Run(60, before=entry % (OTHER, "DenyAccess")),))


def asked() -> Iterator[Cell]:
    """What Exchange itself says of rooms and controls, as a Boolean or a text."""
    yield Cell("60 answers that are texts", "done50", (Run(60, writes=0, faults=fault(kind="textInScope")),))
    yield Cell("60 texts and a control in reach", "done50", (Run(60, ok=False, writes=0, before=GRANTS[0][1], faults=fault(kind="textInScope"), says=("a control is reached, ceo@contoso.com", "jane@contoso.com")),))
    for nth, room in ((1, "a2@contoso.com"), (3, "d1@emea.contoso.com")):
        faults = fault(cmdlet="Test-ServicePrincipalAuthorization", nth=nth, kind="noRows")
        yield Cell(f"60 no answer of {room}", "done50", (Run(60, ok=False, writes=0, faults=faults, says=(f"{ROLE} does not reach {room}", "NOT confirmed")),))
    control = "Edit-Snapshot { param($one) $one['mailboxStates'] = @{ ($one['recipients'].Values | Where-Object { $_['primarySmtpAddress'] -eq '%s' })['guid'] = '%s' } }"
    for state, says in (("soft-deleted", "The control ceo@contoso.com is 0 recipients"), ("on-premises", "The control ceo@contoso.com is a MailUser")):
        yield Cell(f"10 a control {state}", "fresh", (Run(10, ok=False, writes=0, before=control % ("ceo@contoso.com", state), says=(says, NOTHING)),))
    for state, says in (("soft-deleted", "no recipient with this address; a mailbox that was deleted is none"), ("on-premises", "MailUser a1@contoso.com, whose mailbox is elsewhere")):
        for step, start in ((10, "fresh"), (40, "plan40"), (50, "plan50")):
            yield Cell(f"{step} a room {state}", start, (Run(step, apply=step != 10, ok=False, writes=0, before=control % ("a1@contoso.com", state), says=(says, NOTHING)),))


LAGS = (fault(kind="staleReads", times=1), fault(kind="staleReads", times=3), fault(kind="mixedReads", times=2), fault(kind="emptyMembers", times=2))


def lags() -> Iterator[Cell]:
    starts = {30: ("plan30", "done30"), 40: ("plan40", "done40"), 50: ("plan50", "done50"), 90: ("plan90", "fresh")}
    for step, (start, end) in starts.items():
        for number, faults in enumerate(LAGS):
            runs = (Run(step, apply=True, result="applied", faults=faults), Run(step, apply=True, writes=0))
            yield Cell(f"{step} reads lag {number}", start, runs, end=end)
    known = Run(50, apply=True, result="applied", outcomes=("done",) * 5, faults=fault(kind="pointerLag", times=2))
    yield Cell("50 a pointer is not known at once", "plan50", (known,), end="done50")
    late = Run(50, apply=True, ok=False, faults=fault(kind="pointerLag", times=60))
    yield Cell("50 a pointer is not known for long", "plan50", (late, *finish(50)), end="done50")
    for step, (start, end) in starts.items():
        never = Run(step, apply=True, ok=False, result="stopped", faults=fault(kind="staleReads", times=60), says=("Changes made",))
        yield Cell(f"{step} reads never show the change", start, (never, *finish(step)), end=end)


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*pointers(), *of_others(), *conflicts(), *spoken()], ids=lambda cell: cell.name)
def test_nothing_is_replaced(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*besides(), *policies(), *asked()], ids=lambda cell: cell.name)
def test_what_else_there_is_is_named(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*lags()], ids=lambda cell: cell.name)
def test_an_old_answer_is_waited_out(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
