"""A tenant can be told to lag, to refuse and to mislead, as Exchange Online does."""

from typing import Any

import pytest

from lab.state import folder as state
from tests.lab.shell.conftest import CLIENT, OBJECT

NAMES = "| ForEach-Object { $_.Name }"
LIST = "rooms.01@contoso.com"
SCOPE = "-RecipientRestrictionFilter \"Alias -eq 'aspen'\""
DEHYDRATED = "InvalidOperationInDehydratedContextException"
GRANT = f"New-ManagementRoleAssignment -Role 'Application Calendars.Read' -App {OBJECT} -Name"
POINTER = f"New-ServicePrincipal -AppId {CLIENT} -ObjectId {OBJECT} -DisplayName Robot"


def test_an_enabled_organisation_refuses_changes_of_roles_for_a_while(new_online: Any) -> None:
    shell = new_online()
    shell.state["organization"]["isDehydrated"] = True
    shell.state["hydration"] = {"enabledAt": None, "lagWrites": 2}
    is_dehydrated = "(Get-OrganizationConfig).IsDehydrated"
    told = shell.ask(
        {
            "dehydrated": is_dehydrated,
            "too early": f"New-ManagementScope Rooms {SCOPE}",
            "a group": f"New-DistributionGroup -Name Early {NAMES}",
            "enable": "Enable-OrganizationCustomization -Confirm:$false",
            "enabled": is_dehydrated,
            "still 1": f"New-ManagementScope Rooms {SCOPE} -WhatIf; New-ManagementScope Rooms {SCOPE}",
            "still 2": f"New-ManagementScope Rooms {SCOPE}",
            "at last": f"New-ManagementScope Rooms {SCOPE} {NAMES}",
        }
    )
    reasons = {step: one.reason for step, one in told.items() if one.reason}
    assert reasons == dict.fromkeys(("too early", "still 1", "still 2"), DEHYDRATED)
    assert "Enable-OrganizationCustomization" in told["still 2"].sentence
    assert [told[step].value for step in ("dehydrated", "a group", "enabled", "at last")] == [[True], ["Early"], [False], ["Rooms"]]
    found = state.read(shell.folder)
    assert found.hydration.enabled_at is not None
    assert (found.hydration.lag_writes, found.organization.is_dehydrated) == (0, False)


FAULTS = [
    {"cmdlet": "New-DistributionGroup", "kind": "namingPolicy", "prefix": "DL ", "suffix": " (EU)"},
    {"cmdlet": "New-ManagementScope", "nth": 1, "kind": "notWritableAfter"},
    {"cmdlet": "New-ManagementScope", "nth": 2, "kind": "notWritable"},
    {"cmdlet": "New-ManagementScope", "nth": 3, "kind": "ignoresWhatIf"},
    {"cmdlet": "New-ManagementRoleAssignment", "nth": 1, "kind": "notDelegated"},
    {"cmdlet": "Get-ServicePrincipal", "nth": 2, "kind": "everybody"},
    {"cmdlet": "Test-ServicePrincipalAuthorization", "nth": 1, "kind": "noRows"},
    {"cmdlet": "Get-Recipient", "nth": 1, "kind": "sessionGone"},
    {"kind": "pointerLag", "times": 2},
    {"kind": "textInScope"},
]
STEPS = {
    "named": "New-DistributionGroup -Name New -Alias new | ForEach-Object { $_.Name; $_.DisplayName; $_.Alias }",
    "failed, done": f"New-ManagementScope One {SCOPE}",
    "failed, not done": f"New-ManagementScope Two {SCOPE}",
    "tried, done": f"New-ManagementScope Three {SCOPE} -WhatIf",
    "only tried": f"New-ManagementScope Four {SCOPE} -WhatIf",
    "scopes": f"Get-ManagementScope {NAMES}",
    "not delegated": f"{GRANT} A -CustomResourceScope One",
    "pointer": POINTER,
    "unknown 1": f"{GRANT} A -CustomResourceScope One",
    "unknown 2": f"{GRANT} A -CustomResourceScope One",
    "known": f"{GRANT} A -CustomResourceScope One {NAMES}",
    "nobody": f"Get-ServicePrincipal {OBJECT[:-1]}3",
    "everybody": f"Get-ServicePrincipal {OBJECT[:-1]}3 | ForEach-Object {{ $_.ObjectId }}",
    "no rows": f"Test-ServicePrincipalAuthorization {OBJECT} -Resource aspen@contoso.com",
    "a text": f"(Test-ServicePrincipalAuthorization {OBJECT} -Resource aspen@contoso.com).InScope",
    "gone": "Get-Recipient aspen@contoso.com",
    "still gone": "Get-ConnectionInformation",
}
MISSING, REFUSED = "ManagementObjectNotFoundException", "InsufficientPermissionsException"
REASONS = {
    "failed, done": REFUSED, "failed, not done": REFUSED, "not delegated": "InvalidOperationException", "unknown 1": MISSING,
    "unknown 2": MISSING, "nobody": MISSING, "gone": "HttpRequestException", "still gone": "HttpRequestException",
}  # fmt: skip
VALUES = {
    "named": ["DL New (EU)", "DL New (EU)", "new"],
    "scopes": ["One", "Three"],
    "known": ["A"],
    "everybody": [OBJECT],
    "no rows": [],
    "a text": ["True"],
}


@pytest.fixture(scope="module")
def played(new_online: Any) -> Any:
    shell = new_online()
    shell.faults = FAULTS
    return shell.ask(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_each_call_meets_its_fault_and_no_other(step: str, played: Any) -> None:
    assert played[step].reason == REASONS.get(step, ""), played[step].sentence


@pytest.mark.parametrize("step", VALUES)
def test_what_a_fault_leaves_is_there(step: str, played: Any) -> None:
    assert played[step].value == VALUES[step]


def test_old_values_come_back_for_a_while_after_a_change(new_online: Any) -> None:
    shell = new_online()
    members, scopes = f"Get-DistributionGroupMember {LIST} {NAMES}", f"Get-ManagementScope {NAMES}"
    shell.faults = [{"kind": "staleReads", "times": 2}]
    told = shell.ask(
        {
            "before": members,
            "add": f"Add-DistributionGroupMember {LIST} -Member cedar@contoso.com",
            "old 1": members,
            "scope": f"New-ManagementScope Rooms {SCOPE}",
            "old scopes 1": scopes,
            "old 2": members,
            "old scopes 2": scopes,
            "old 3": members,
            "new": members,
            "new scopes": scopes,
        }
    )
    old, new = ["Aspen", "Birch"], ["Aspen", "Birch", "Cedar"]
    assert [told[step].value for step in ("before", "old 1", "old 2", "old 3", "new")] == [old, old, old, old, new]
    assert [told[step].value for step in ("old scopes 1", "old scopes 2", "new scopes")] == [[], [], ["Rooms"]]
    (shell.folder / "changes.jsonl").unlink()
    shell.faults = [{"kind": "mixedReads", "times": 1}]
    shell.write()
    group, recipient = f"Get-Group -Identity mixed {NAMES}", f"Get-Recipient -Filter \"Alias -eq 'mixed'\" {NAMES}"
    told = shell.ask({"make": "New-DistributionGroup -Name Mixed", "old": group, "new": group, "still old": recipient, "new too": recipient})
    assert [told[step].value for step in ("old", "new", "still old", "new too")] == [[], ["Mixed"], [], ["Mixed"]]
    (shell.folder / "changes.jsonl").unlink()
    shell.faults = [{"kind": "emptyMembers", "times": 1}]
    shell.write()
    told = shell.ask({"first": members, "add": f"Add-DistributionGroupMember {LIST} -Member cedar@contoso.com", "none": members, "all": members})
    assert [told[step].value for step in ("first", "none", "all")] == [old, [], new]


def test_gates_and_policies_show_as_the_service_shows_them(new_online: Any) -> None:
    shell = new_online()
    rooms = {one["name"]: one["guid"] for one in shell.state["recipients"].values()}
    shell.state["gates"] = {
        "ewsEnabled": True, "ewsAllowedAppIds": f"{CLIENT},{OBJECT}", "ewsApplicationAccessPolicy": "EnforceAllowList",
        "ewsAllowList": ["Outlook*", "roomscope*"], "ewsBlockList": [], "mailboxesWithoutEws": [rooms["Birch"]],
    }  # fmt: skip
    policy = {"appId": CLIENT, "accessRight": "RestrictAccess", "scopeGroup": rooms["Rooms 01"], "identity": "one"}
    shell.state["accessPolicies"] = [policy]
    shell.state["mailboxStates"] = {rooms["Cedar"]: "soft-deleted", rooms["Jane"]: "on-premises"}
    shown = "| ForEach-Object { $_.EwsEnabled; $_.EwsApplicationAccessPolicy; [string]$_.EwsAllowedAppIDs; @($_.EwsAllowList).Count }"
    told = shell.ask(
        {
            "plain": f"Get-OrganizationConfig {shown}",
            "retrieved": f"Get-OrganizationConfig -RetrieveEwsOperationAccessPolicy {shown}",
            "mailboxes": "Get-CASMailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited | ForEach-Object { $_.Name; $_.EwsEnabled }",
            "policies": "Get-ApplicationAccessPolicy | ForEach-Object { $_.AppId; $_.AccessRight; $_.ScopeName }",
            "deleted": "Get-Recipient cedar@contoso.com",
            "elsewhere": "(Get-Recipient jane@contoso.com).RecipientTypeDetails",
        }
    )
    assert told["plain"].value == [True, "EnforceAllowList", "", 1]
    assert told["retrieved"].value == [True, "EnforceAllowList", f"{CLIENT},{OBJECT}", 2]
    assert told["mailboxes"].value == ["Aspen", True, "Birch", False]
    assert told["policies"].value == [CLIENT, "RestrictAccess", "Rooms 01"]
    assert told["deleted"].reason == MISSING
    assert told["elsewhere"].value == ["MailUser"]
