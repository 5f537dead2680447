"""What is there under a name of the bundle and differs stops a step before its first change, and stays on the way back."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.loop.cells import ASSIGNMENT, LIST, NAME, NOTHING, PLANNED, SCOPE, WRITING, Cell, Run

UNSEEN = (0x00AD, 0x200B)
"""Characters that nobody sees, and that a comparison of PowerShell's own passes over."""

CONFLICTS = (
    ("list type", "Edit-Entry -Kind recipients -Key $list -With @{ recipientTypeDetails = 'MailUniversalDistributionGroup' }", "its names belong to something else", "MailUniversalDistributionGroup (CN=Rooms Haus C,OU=Groups,"),
    ("list owner", "Set-DistributionGroup -Identity $list -ManagedBy ceo@contoso.com -BypassSecurityGroupManagerCheck", "owners: expected it.admin@contoso.com", "found contoso.com/People/Ceo"),
    ("list owners", "Set-DistributionGroup -Identity $list -ManagedBy ceo@contoso.com, it.admin@contoso.com -BypassSecurityGroupManagerCheck", "owners: expected exactly one", "contoso.com/People/Ceo; contoso.com/People/IT Admin"),
    ("list join", "Set-DistributionGroup -Identity $list -MemberJoinRestriction Open", "expected Closed", "found Open"),
    ("list depart", "Set-DistributionGroup -Identity $list -MemberDepartRestriction Open", "expected Closed", "found Open"),
    ("list hidden", "Set-DistributionGroup -Identity $list -HiddenFromAddressListsEnabled $true", "expected no", "found yes"),
    ("list synchronised", "Edit-Entry -Kind recipients -Key $list -With @{ isDirSynced = $true }", "expected no", "found yes"),
    ("list mark", "Set-Group -Identity $list -Notes 'mine'", "expected roomscope m-rooms", "found mine"),
    ("list name", "Set-DistributionGroup -Identity $list -Name Other", "expected Rooms Haus C", "found Other"),
    ("list name in lower case", "Set-DistributionGroup -Identity $list -Name 'rooms haus c'", "expected Rooms Haus C", "found rooms haus c, which differs in upper and lower case only"),
    ("list without a name", "Edit-Entry -Kind recipients -Key $list -With @{ name = '' }", "expected Rooms Haus C", "found none"),
    *(
        (f"list name with an unseen {code:04x}", f"Edit-Entry -Kind recipients -Key $list -With @{{ name = ('Rooms Haus{{0}} C' -f [char]{code}) }}", "expected Rooms Haus C", "found Rooms Haus? C")
        for code in UNSEEN
    ),
    *(
        (f"list member with an unseen {code:04x}", f"Edit-Entry -Kind recipients -Key reception@contoso.com -With @{{ primarySmtpAddress = ('c1{{0}}@contoso.com' -f [char]{code}); recipientTypeDetails = 'RoomMailbox' }}; Add-DistributionGroupMember -Identity $list -Member Reception", "members: ", "c1?@contoso.com is not in rooms.csv")
        for code in UNSEEN
    ),
    ("list address", "Set-DistributionGroup -Identity $list -PrimarySmtpAddress other@contoso.com", "expected m-rooms.haus-c@contoso.com", "found other@contoso.com"),
    ("list member that is a user", "Add-DistributionGroupMember -Identity $list -Member reception@contoso.com", "members: ", "reception@contoso.com is a UserMailbox"),
    ("list member that is another room", "Set-Mailbox -Identity reception@contoso.com -Type Room; Add-DistributionGroupMember -Identity $list -Member reception@contoso.com", "members: ", "reception@contoso.com is not in rooms.csv"),
    ("scope with another group", "Set-ManagementScope -Identity $scope -RecipientRestrictionFilter ((Get-ManagementScope -Identity $scope).RecipientFilter + ' -or MemberOfGroup -eq ''CN=Evil,DC=contoso,DC=com''')", "filter: expected", "CN=Evil,DC=contoso,DC=com"),
    ("scope without its type", "Set-ManagementScope -Identity $scope -RecipientRestrictionFilter ('MemberOfGroup -eq ''{0}''' -f (Get-DistributionGroup -Identity $list).DistinguishedName)", "filter: expected rooms in lists", "found (MemberOfGroup"),
    ("scope turned round", "Set-ManagementScope -Identity $scope -RecipientRestrictionFilter ('(RecipientTypeDetails -eq ''RoomMailbox'') -and -not (MemberOfGroup -eq ''{0}'')' -f (Get-DistributionGroup -Identity $list).DistinguishedName)", "filter: expected rooms in lists", "-not"),
    ("scope root", "Set-ManagementScope -Identity $scope -RecipientRoot contoso.com/Rooms", "root: expected none", "found contoso.com/Rooms"),
    ("scope exclusive", "Edit-Entry -Kind managementScopes -Key $scope -With @{ exclusive = $true }", "exclusive: expected no", "found yes"),
    ("scope name in upper case", "Edit-Entry -Kind managementScopes -Key $scope -With @{ name = 'M-ROOMS SCOPE 02' }", "expected m-rooms scope 02", "found M-ROOMS SCOPE 02, which differs in upper and lower case only"),
    ("assignment role", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ role = 'View-Only Recipients' }", "expected ApplicationImpersonation", "found View-Only Recipients"),
    ("assignment assignee", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ roleAssignee = [string](Get-User -Identity ceo@contoso.com).Guid }", "assignee: expected the service account", "found contoso.com/People/Ceo"),
    ("assignment scope", "Set-ManagementRoleAssignment -Identity $assignment -CustomRecipientWriteScope 'm-rooms scope'", "expected m-rooms scope 02", "found m-rooms scope"),
    ("assignment without scope", "Set-ManagementRoleAssignment -Identity $assignment -RecipientRelativeWriteScope Organization", "scope: expected m-rooms scope 02", "found"),
    ("assignment disabled", "Set-ManagementRoleAssignment -Identity $assignment -Enabled $false", "enabled: expected yes", "found no"),
    ("assignment delegating", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ delegating = $true }", "expected Regular", "found Delegating"),
    ("assignment name in upper case", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ name = 'M-ROOMS ASSIGNMENT 02' }", "expected m-rooms assignment 02", "found M-ROOMS ASSIGNMENT 02, which differs in upper and lower case only"),
)
OTHERS = (
    ("list", "Edit-Entry -Kind recipients -Key $list -With @{ guid = '11111111-1111-1111-1111-111111111111' }"),
    ("scope", "Edit-Entry -Kind managementScopes -Key $scope -With @{ guid = '11111111-1111-1111-1111-111111111111' }"),
    ("assignment", "Edit-Entry -Kind roleAssignments -Key $assignment -With @{ guid = '11111111-1111-1111-1111-111111111111' }"),
)
"""Objects that are as the bundle makes them, and other ones than a record says."""

NAMES = f"$list = '{LIST}'; $scope = '{SCOPE}'; $assignment = '{ASSIGNMENT}'; "
STAYS = (("assignments", ASSIGNMENT), ("recipients", LIST), ("scopes", SCOPE))
PLANS = ("remove-assignment",) * 2 + ("remove-scope",) * 2 + ("remove-list",) * 3
KEPT = {
    "list": (("recipients", LIST),), "scope": (("scopes", SCOPE),), "assignment": (), "assignment role": STAYS,
    "list name": (("recipients", LIST), ("scopes", SCOPE)), "list address": (("recipients", "other@contoso.com"),),
    "scope name in upper case": (("scopes", "M-ROOMS SCOPE 02"),),
}


def conflicts() -> Iterator[Cell]:
    for name, change, expected, found in CONFLICTS:
        before = NAMES + change
        for step in (10, 30, 40, 50, 60) if name.startswith("list") else (10, 50, 60):
            stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=before, says=(expected, found, NOTHING))
            yield Cell(f"{step} conflict {name}", "done50", (stopped,))
        if name == "assignment assignee":
            yield _right_of_others(name, before)
            continue
        stays = KEPT.get(name, KEPT[name.partition(" ")[0]])
        back = (Run(90, before=before, says=(expected, found)), Run(90, apply=True), Run(90, apply=True, result="unchanged", writes=0))
        yield Cell(f"90 keeps what somebody changed, {name}", "done50", back, stays=stays)


def _right_of_others(name: str, before: str) -> Cell:
    """Name, role and account have to fit, or the right stays, with the scope and the list that it needs."""
    says = ("held by contoso.com/People/Ceo", "Remove-ManagementRoleAssignment -Identity")
    warns = (("right-stays", "not done"),)
    runs = (
        Run(90, before=before, says=("m-rooms assignment 02 stays", *says), warns=warns),
        Run(90, apply=True, ok=False, result="stopped", writes=4, outcomes=("done",) * 4, says=("Changes made: 4 of 4", *says), warns=warns),
        Run(90, ok=False, writes=0, says=(NOTHING, *says), warns=warns),
    )
    return Cell(f"90 leaves the right of another, {name}", "done50", runs, stays=STAYS)


def others() -> Iterator[Cell]:
    for (kind, change), step in product(OTHERS, (10, 30, 40, 50, 60)):
        yield Cell(f"{step} another {kind} of the same name", "done50", (Run(step, writes=0, before=NAMES + change),))
    for kind, change in OTHERS:
        back = (Run(90, before=NAMES + change), Run(90, apply=True))
        yield Cell(f"90 another {kind} of the same name", "done50", back, end="fresh", stays=())


UNSEEN_SCOPE = (
    "New-ManagementScope -Name {name} -RecipientRestrictionFilter "
    "('(RecipientTypeDetails -eq ''RoomMailbox'') -and (MemberOfGroup -eq ''{{0}}'')' -f (Get-DistributionGroup -Identity $list).DistinguishedName)"
)
UNSEEN_LIST = (
    "New-DistributionGroup -RoomList -Name Namesake -Alias namesake -PrimarySmtpAddress namesake@contoso.com -ManagedBy it.admin@contoso.com "
    "-MemberJoinRestriction Closed -MemberDepartRestriction Closed -Notes 'roomscope m-rooms x'; "
    "Edit-Entry -Kind recipients -Key namesake@contoso.com -With @{{ name = {name}; displayName = {name} }}"
)
UNSEEN_RIGHT = "New-ManagementRoleAssignment -Name {name} -Role ApplicationImpersonation -User {user} -CustomRecipientWriteScope $scope"


def namesakes() -> Iterator[Cell]:
    """What has a name of the bundle but for a character that nobody sees, is not the bundle's."""
    for code in UNSEEN:
        names = {kind: f"('m-rooms{{0}} {kind} 02' -f [char]{code})" for kind in ("scope", "assignment")}
        lists = NAMES + UNSEEN_LIST.format(name=f"('Rooms Haus{{0}} C' -f [char]{code})")
        made = (Run(30, before=lists, plans=("make-list",) * 3), Run(30, apply=True, writes=3))
        yield Cell(f"30 a list of a name with an unseen {code:04x}", "fresh", made)
        back = (Run(90, before=lists, plans=PLANS), Run(90, apply=True))
        yield Cell(f"90 a list of a name with an unseen {code:04x}", "done50", back, stays=(("recipients", "namesake@contoso.com"),))
        scopes = NAMES + UNSEEN_SCOPE.format(name=names["scope"])
        planned = Run(50, before=scopes, plans=("make-scope", "make-scope", "make-assignment", "make-assignment"))
        yield Cell(f"50 a scope of a name with an unseen {code:04x}", "done40", (planned,))
        named = ("m-rooms? scope 02 uses it",)
        back = (Run(90, before=scopes, plans=PLANS[:-1], says=named, warns=(("list-stays", "not done"),)), Run(90, apply=True))
        yield Cell(f"90 a scope of a name with an unseen {code:04x}", "done50", back, stays=(("recipients", LIST), ("scopes", f"m-rooms{chr(code)} scope 02")))
        rights = NAMES + UNSEEN_RIGHT.format(name=names["assignment"], user="svc-rooms@contoso.com")
        kept, says = (("other-grant", "not done"), ("shared-scope", "not done")), ("m-rooms? assignment 02",)
        yield Cell(f"60 a right of a name with an unseen {code:04x}", "done50", (Run(60, before=rights, ok=False, writes=0, warns=kept, says=(*says, "NOT confirmed")),))
        back = (Run(90, before=rights, plans=(*PLANS[:3], *PLANS[4:6]), warns=kept, says=says), Run(90, apply=True, ok=False, writes=5, warns=kept, says=("Left: ", *says)))
        yield Cell(
            f"90 a right of a name with an unseen {code:04x}", "done50", back,
            stays=(("assignments", f"m-rooms{chr(code)} assignment 02"), ("recipients", LIST), ("scopes", SCOPE)),
        )
        mine = NAMES + f"Edit-Entry -Kind roleAssignments -Key $assignment -With @{{ name = {names['assignment']} }}"
        yield Cell(f"50 the right by a name with an unseen {code:04x}", "done50", (Run(50, before=mine, plans=("make-assignment",)),))


TAKEN = (
    ("alias", "Set-Mailbox -Identity reception@contoso.com -Alias m-rooms.haus-c", ("its names belong to something else: UserMailbox (CN=Reception,",)),
    ("name", f"Set-Mailbox -Identity reception@contoso.com -Name '{NAME}'", (f"its names belong to something else: UserMailbox (CN={NAME},OU=People",)),
    ("name in capitals", f"Set-Mailbox -Identity reception@contoso.com -Name '{NAME.upper()}'", (f"its names belong to something else: UserMailbox (CN={NAME.upper()},OU=People",)),
    ("address", f"Set-Mailbox -Identity reception@contoso.com -EmailAddresses SMTP:reception@contoso.com, {LIST}", ("its names belong to something else: UserMailbox (CN=Reception,",)),
    ("alias and name by two", f"Set-Mailbox -Identity reception@contoso.com -Alias m-rooms.haus-c; Set-Mailbox -Identity jane@contoso.com -Name '{NAME}'", ("its names belong to something else: UserMailbox and UserMailbox (", "CN=Reception,OU=People", f"CN={NAME},OU=People")),
)


def taken() -> Iterator[Cell]:
    for (name, change, says), step in product(TAKEN, (10, 30)):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=(*says, NOTHING))
        yield Cell(f"{step} {name} taken", PLANNED[step], (stopped,))


ROOMS = (
    ("missing", "Edit-Entry -Kind recipients -Key a1@contoso.com -Remove", ("row 2: expected one room mailbox with the primary address a1@contoso.com, found no recipient",)),
    ("alias only", "Set-Mailbox -Identity a1@contoso.com -PrimarySmtpAddress new@contoso.com", ("row 2: expected", "a1@contoso.com, found the RoomMailbox new@contoso.com")),
    ("user", "Set-Mailbox -Identity a1@contoso.com -Type Regular", ("a1@contoso.com, found the UserMailbox a1@contoso.com",)),
    ("shared", "Set-Mailbox -Identity a1@contoso.com -Type Shared", ("a1@contoso.com, found the SharedMailbox a1@contoso.com",)),
    ("equipment", "Set-Mailbox -Identity a1@contoso.com -Type Equipment", ("a1@contoso.com, found the EquipmentMailbox a1@contoso.com",)),
    ("linked", "Edit-Entry -Kind recipients -Key a1@contoso.com -With @{ recipientTypeDetails = 'LinkedMailbox' }", ("a1@contoso.com, found the LinkedMailbox a1@contoso.com",)),
    ("two with one address", "Edit-Entry -Kind recipients -Key a2@contoso.com -With @{ primarySmtpAddress = 'a1@contoso.com'; emailAddresses = @('SMTP:a1@contoso.com') }", ("found the RoomMailbox a1@contoso.com, the RoomMailbox a1@contoso.com", "row 3: expected", "a2@contoso.com, found no recipient")),
    ("all kinds at once", "Edit-Entry -Kind recipients -Key a1@contoso.com -Remove; Set-Mailbox -Identity b1@contoso.com -Type Shared; Set-Mailbox -Identity d1@emea.contoso.com -Type Regular", ("3 rooms cannot be used", "row 2", "row 4", "row 7")),
)


def rooms() -> Iterator[Cell]:
    for (name, change, says), step in product(ROOMS, (10, 40, 50)):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=(*says, NOTHING))
        yield Cell(f"{step} room {name}", PLANNED[step], (stopped,))


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*conflicts(), *others(), *namesakes(), *taken(), *rooms()], ids=lambda cell: cell.name)
def test_nothing_is_replaced(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
