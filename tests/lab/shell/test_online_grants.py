"""A tenant can be taken from nothing to a grant held to its rooms and back, and says what Exchange Online says."""

import re
from typing import Any

import pytest

from lab.state import folder as state
from tests.lab.shell.conftest import CLIENT, OBJECT

NAMES = "| ForEach-Object { $_.Name }"
LIST = "rooms.01@contoso.com"
FILTER = f"(RecipientTypeDetails -eq ''RoomMailbox'') -and (MemberOfGroup -eq ''{{0}}'')' -f (Get-DistributionGroup {LIST}).DistinguishedName"
GRANT = f"New-ManagementRoleAssignment -Role 'Application Calendars.Read' -App {OBJECT} -Name Grant"
TEST = f"Test-ServicePrincipalAuthorization -Identity {OBJECT} -Resource"
SCOPED = "| ForEach-Object { $_.RoleName; $_.GrantedPermissions; $_.AllowedResourceScope; $_.ScopeType; $_.InScope }"
STEPS = {
    "no pointer": f"{TEST} aspen@contoso.com",
    "no grants": f"Get-ManagementRoleAssignment -RoleAssignee {OBJECT}",
    "no policies": "Get-ApplicationAccessPolicy",
    "pointer": f"New-ServicePrincipal -AppId {CLIENT} -ObjectId {OBJECT} -DisplayName Robot | ForEach-Object {{ $_.AppId; $_.ObjectId }}",
    "the same pointer": f"New-ServicePrincipal -AppId {CLIENT} -ObjectId {CLIENT} -DisplayName Robot",
    "scope": f"New-ManagementScope Rooms -RecipientRestrictionFilter ('{FILTER}) {NAMES}",
    "filter": "(Get-ManagementScope Rooms).RecipientFilter",
    "list": f"(Get-DistributionGroup {LIST}).DistinguishedName",
    "preview": f"Get-Recipient -RecipientPreviewFilter (Get-ManagementScope Rooms).RecipientFilter {NAMES}",
    "grant": f"{GRANT} -CustomResourceScope Rooms {NAMES}",
    "reach": f"Get-ManagementRoleAssignment -RoleAssignee {OBJECT} | ForEach-Object {{ $_.RoleAssigneeType; $_.RecipientWriteScope; "
    "$_.CustomResourceScope; $_.CustomRecipientWriteScope }",
    "room": f"{TEST} aspen@contoso.com {SCOPED}",
    "other room": f"({TEST} cedar@contoso.com).InScope",
    "not run": f"(Test-ServicePrincipalAuthorization -Identity {CLIENT}).InScope",
    "group": f"{GRANT}2 -RecipientGroupScope {LIST} | ForEach-Object {{ $_.RecipientWriteScope; $_.CustomResourceScope }}",
    "everybody": f"{GRANT}3 | ForEach-Object {{ $_.RecipientWriteScope; $_.CustomResourceScope }}",
    "all three": f"{TEST} cedar@contoso.com | ForEach-Object {{ $_.ScopeType; $_.InScope }}",
    "user": "New-ManagementRoleAssignment -Role 'Application Calendars.Read' -User jane@contoso.com",
    "unknown scope": f"{GRANT}4 -CustomResourceScope Nowhere",
    "scope in use": "Remove-ManagementScope Rooms -Confirm:$false",
    "one gone": "Remove-ManagementRoleAssignment Grant -Confirm:$false",
    "scope gone": "Remove-ManagementScope Rooms -Confirm:$false",
    "others gone": "'Grant2', 'Grant3' | ForEach-Object { Remove-ManagementRoleAssignment $_ -Confirm:$false }",
    "pointer gone": f"Remove-ServicePrincipal {OBJECT} -Confirm:$false; Get-ServicePrincipal",
    "owner": f"(Get-DistributionGroup {LIST}).ManagedBy",
    "identity": "Get-Mailbox aspen@contoso.com | ForEach-Object { $_.Identity; $_.ExternalDirectoryObjectId }",
    "no id": f"@((Get-Group {LIST}).PSObject.Properties.Name) -contains 'ExternalDirectoryObjectId'",
    "hydrated": "Enable-OrganizationCustomization -Confirm:$false",
    "nobody": "Get-Mailbox nobody@contoso.com",
    "mail": f"Get-CASMailbox -ResultSize Unlimited -RecipientTypeDetails RoomMailbox {NAMES}",
}
MISSING, EXISTS, INVALID = "ManagementObjectNotFoundException", "ADObjectAlreadyExistsException", "InvalidOperationException"
REASONS = {
    "no pointer": MISSING, "no grants": MISSING, "the same pointer": EXISTS, "user": INVALID, "unknown scope": MISSING,
    "scope in use": INVALID, "hydrated": INVALID, "nobody": MISSING,
}  # fmt: skip
VALUES = {
    "no policies": [],
    "pointer": [CLIENT, OBJECT],
    "scope": ["Rooms"],
    "preview": ["Aspen", "Birch"],
    "grant": ["Grant"],
    "reach": ["ServicePrincipal", "CustomRecipientScope", "Rooms", ""],
    "room": ["Application Calendars.Read", "Calendars.Read", "Rooms", "CustomRecipientScope", True],
    "other room": [False],
    "not run": ["Not Run"],
    "group": ["Group", "Rooms 01"],
    "everybody": ["Organization", ""],
    "all three": ["CustomRecipientScope", False, "Group", False, "Organization", True],
    "pointer gone": [],
    "owner": ["IT Admin"],
    "no id": [False],
    "mail": ["Aspen", "Birch", "Cedar"],
}


@pytest.fixture(scope="module")
def shell(new_online: Any) -> Any:
    return new_online()


@pytest.fixture(scope="module")
def played(shell: Any) -> Any:
    return shell.ask(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_ends_as_exchange_online_ends_it(step: str, played: Any) -> None:
    assert played[step].reason == REASONS.get(step, ""), played[step].sentence


@pytest.mark.parametrize("step", VALUES)
def test_each_step_answers_what_is_there(step: str, played: Any) -> None:
    assert played[step].value == VALUES[step]


def test_a_stored_filter_writes_names_in_a_case_of_its_own(played: Any) -> None:
    (stored,), (name,) = played["filter"].value, played["list"].value
    assert name not in stored
    assert name.lower() in stored.lower()


def test_errors_look_like_those_of_rest(played: Any) -> None:
    told = played["nobody"]
    assert re.match(r"Ex[0-9A-F]{6}\|Microsoft\.Exchange\.Configuration\.Tasks\.ManagementObjectNotFoundException\|The op", told.sentence)
    assert re.match(r"\[Server=\w+,RequestId=[0-9a-f-]{36},TimeStamp=[^]]+\],Write-ErrorMessage", told.error_id)
    assert "already enabled for customization" in played["hydrated"].sentence


def test_the_other_half_of_the_lab_reads_what_was_changed(played: Any, shell: Any) -> None:
    del played
    found = state.read(shell.folder)
    assert found.version == len(shell.lines("changes.jsonl"))
    assert not found.service_principals
    assert "grant" not in found.assignments
