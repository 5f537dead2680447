"""Scopes and role assignments: what is granted, to whom, and through which group."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

ROOT = Path(__file__).parent.parent.parent.parent
EXISTS = "ADObjectAlreadyExistsException"
MISSING = "ManagementObjectNotFoundException"
INVALID = "DataValidationException"
AI = "ApplicationImpersonation"
FILTER = "\"MemberOfGroup -eq 'CN=Rooms 01,OU=Groups,DC=contoso,DC=com'\""
NAMES = "| ForEach-Object { $_.Name }"
ROWS = "| ForEach-Object { $_.Name + '|' + $_.EffectiveUserName + '|' + $_.AssignmentMethod }"
QUIET = "-Confirm:$false"
NEW = "New-ManagementRoleAssignment -Name"

STEPS = {
    # What is there before
    "roles of impersonation": f"Get-ManagementRole {AI} -Recurse {NAMES}",
    "children": f"Get-ManagementRole -Identity {AI} -GetChildren {NAMES}",
    "parent": "(Get-ManagementRole 'Impersonate Few Rooms').Parent",
    "who may pass it on": f"Get-ManagementRoleAssignment -Role {AI} -Delegating $true {NAMES}",
    "delegation type": f"Get-ManagementRoleAssignment -Role {AI} "
    "| ForEach-Object { $_.RoleAssignmentDelegationType }",
    "effective users": f"Get-ManagementRoleAssignment -Role {AI} -GetEffectiveUsers {ROWS}",
    "all group members": f"Get-ManagementRoleAssignment AI-Partners {ROWS}",
    "through groups": f"Get-ManagementRoleAssignment -RoleAssignee CONTOSO\\svc-rooms {ROWS}",
    "only enabled": f"Get-ManagementRoleAssignment -RoleAssignee Service -Enabled $true {NAMES}",
    "only direct": "Get-ManagementRoleAssignment -RoleAssignee Service -AssignmentMethod Direct "
    + NAMES,
    "of a role group": f"Get-ManagementRoleAssignment -RoleAssignee Partners {ROWS}",
    "of somebody without": f"Get-ManagementRoleAssignment -RoleAssignee Lobby {NAMES}",
    "cmdlet": f"Get-ManagementRole -Cmdlet New-ManagementScope {NAMES}",
    "cmdlet with a parameter": "Get-ManagementRole -Cmdlet Add-DistributionGroupMember "
    f"-CmdletParameters Identity,BypassSecurityGroupManagerCheck {NAMES}",
    "cmdlet with an unknown parameter": "Get-ManagementRole -Cmdlet Get-Mailbox "
    f"-CmdletParameters Nothing {NAMES}",
    "role groups": f"Get-RoleGroup {NAMES}",
    "members of a role group": f"Get-RoleGroupMember 'Organization Management' {NAMES}",
    "role group": "Get-RoleGroup Partners | ForEach-Object { $_.Members; $_.Roles; $_.RoleAssignments }",
    # Scopes
    "scope": f"New-ManagementScope -Name Rooms -RecipientRestrictionFilter {FILTER} | ForEach-Object "
    "{ $_.RecipientFilter; $_.RecipientRoot; $_.Exclusive; $_.ScopeRestrictionType }",
    "same scope": f"New-ManagementScope -Name ROOMS -RecipientRestrictionFilter {FILTER}",
    "scope with a root": f"(New-ManagementScope Emea -RecipientRestrictionFilter {FILTER} "
    "-RecipientRoot emea.contoso.com/Rooms).RecipientRoot",
    "long scope": f"New-ManagementScope {'x' * 65} -RecipientRestrictionFilter {FILTER}",
    "scope with a bad filter": "New-ManagementScope Bad -RecipientRestrictionFilter \"Office -eq 'x'\"",
    "scope below nothing": f"New-ManagementScope Bad -RecipientRestrictionFilter {FILTER} "
    "-RecipientRoot fabrikam.com",
    "exclusive without asking": f"New-ManagementScope Only -RecipientRestrictionFilter {FILTER} -Exclusive",
    "exclusive": f"(New-ManagementScope Only -RecipientRestrictionFilter {FILTER} -Exclusive -Force).Exclusive",
    "exclusive scopes": f"Get-ManagementScope -Exclusive $true {NAMES}",
    "regular scopes": f"Get-ManagementScope -Exclusive $false {NAMES}",
    "what if": f"New-ManagementScope Never -RecipientRestrictionFilter {FILTER} -WhatIf",
    "what if made nothing": "Get-ManagementScope Never",
    # Assignments
    "grant": f"{NEW} Grant -Role {AI} -User CONTOSO\\svc-rooms -CustomRecipientWriteScope rooms "
    "| ForEach-Object { $_.Role; $_.RoleAssignee; $_.RoleAssigneeName; $_.RoleAssigneeType; "
    "$_.RecipientWriteScope; $_.CustomRecipientWriteScope; $_.Enabled; $_.EffectiveUserName }",
    "same grant": f"{NEW} grant -Role {AI} -User Service",
    "grant by address": f"(New-ManagementRoleAssignment -Role {AI} -User svc-rooms@contoso.com).Name",
    "grant to a role group": f"({NEW} G2 -Role {AI} -SecurityGroup Partners).RoleAssigneeType",
    "grant to a group": f"({NEW} G3 -Role {AI} -SecurityGroup Vendors).RoleAssigneeType",
    "grant to pass on": f"({NEW} G4 -Role {AI} -User Chief -Delegating).RoleAssignmentDelegationType",
    "grant without scope": "(Get-ManagementRoleAssignment G4).RecipientWriteScope",
    "no such role": f"{NEW} G5 -Role Nothing -User Service",
    "no such user": f"{NEW} G5 -Role {AI} -User nobody",
    "a group is no user": f"{NEW} G5 -Role {AI} -User Vendors",
    "no such scope": f"{NEW} G5 -Role {AI} -User Service -CustomRecipientWriteScope Nothing",
    "exclusive as regular": f"{NEW} G5 -Role {AI} -User Service -CustomRecipientWriteScope Only",
    "long grant": f"{NEW} {'x' * 65} -Role {AI} -User Service",
    "user and group": f"{NEW} G5 -Role {AI} -User Service -SecurityGroup Vendors",
    "by write scope": f"Get-ManagementRoleAssignment -RecipientWriteScope CustomRecipientScope {NAMES}",
    "by scope": f"Get-ManagementRoleAssignment -CustomRecipientWriteScope Rooms {NAMES}",
    "exclusive grants": f"Get-ManagementRoleAssignment -Exclusive $true {NAMES}",
    # Changing and removing
    "disable": "Set-ManagementRoleAssignment Grant -Enabled $false",
    "disabled": "(Get-ManagementRoleAssignment Grant).Enabled",
    "move": "Set-ManagementRoleAssignment Grant -CustomRecipientWriteScope Emea",
    "moved": "(Get-ManagementRoleAssignment Grant).CustomRecipientWriteScope",
    "unlimit": "Set-ManagementRoleAssignment Grant -RecipientRelativeWriteScope Organization",
    "unlimited": "Get-ManagementRoleAssignment Grant | ForEach-Object "
    "{ $_.RecipientWriteScope; $_.CustomRecipientWriteScope }",
    "move back": "Set-ManagementRoleAssignment Grant -CustomRecipientWriteScope Rooms",
    "rename scope": "Set-ManagementScope Rooms -Name Renamed "
    "-RecipientRestrictionFilter \"Alias -eq 'aspen'\"",
    "renamed": "(Get-ManagementScope Renamed).RecipientFilter",
    "renamed in use": "(Get-ManagementRoleAssignment Grant).CustomRecipientWriteScope",
    "remove a scope in use": f"Remove-ManagementScope Renamed {QUIET}",
    "remove without asking": "Remove-ManagementRoleAssignment Grant",
    "remove": f"Remove-ManagementRoleAssignment Grant {QUIET}",
    "remove again": f"Remove-ManagementRoleAssignment Grant {QUIET}",
    "remove scope": f"Get-ManagementScope Renamed | Remove-ManagementScope {QUIET}",
    "orphans": f"Get-ManagementScope -Orphan {NAMES}",
}

VALUES = {
    "roles of impersonation": [AI, "Impersonate Rooms", "Impersonate Few Rooms"],
    "children": ["Impersonate Rooms"],
    "parent": ["Impersonate Rooms"],
    "who may pass it on": ["AI-OM-Delegating"],
    "delegation type": ["DelegatingOrgWide", "Regular"],
    "effective users": [
        "AI-OM-Delegating|Exchange Admin|RoleGroup",
        "AI-Partners|Service|RoleGroup",
    ],
    "all group members": ["AI-Partners|All Group Members|RoleGroup"],
    "through groups": [
        "AI-Partners|All Group Members|RoleGroup",
        "Rooms-Vendors|All Group Members|SecurityGroup",
        "Off|Service|Direct",
    ],
    "only enabled": ["AI-Partners", "Rooms-Vendors"],
    "only direct": ["Off"],
    "of a role group": ["AI-Partners|All Group Members|Direct"],
    "of somebody without": [],
    "cmdlet": ["Role Management"],
    "cmdlet with a parameter": ["Security Group Creation and Membership"],
    "cmdlet with an unknown parameter": [],
    "role groups": ["Organization Management", "Partners"],
    "members of a role group": ["Exchange Admin"],
    "role group": ["contoso.com/Groups/All vendors", AI, "AI-Partners"],
    "scope": [
        "(MemberOfGroup -eq 'CN=Rooms 01,OU=Groups,DC=contoso,DC=com')",
        "",
        False,
        "RecipientScope",
    ],
    "scope with a root": ["emea.contoso.com/Rooms"],
    "exclusive": [True],
    "exclusive scopes": ["Only"],
    "regular scopes": ["Rooms", "Emea"],
    "grant": [
        AI,
        "contoso.com/Service Accounts/Service",
        "Service",
        "User",
        "CustomRecipientScope",
        "Rooms",
        True,
        "Service",
    ],
    "grant by address": [f"{AI}-Service"],
    "grant to a role group": ["RoleGroup"],
    "grant to a group": ["SecurityGroup"],
    "grant to pass on": ["DelegatingOrgWide"],
    "grant without scope": ["Organization"],
    "by write scope": ["Grant"],
    "by scope": ["Grant"],
    "exclusive grants": [],
    "disabled": [False],
    "moved": ["Emea"],
    "unlimited": ["Organization", ""],
    "renamed": ["(Alias -eq 'aspen')"],
    "renamed in use": ["Renamed"],
    "orphans": ["Emea", "Only"],
}

REASONS = {
    "same scope": EXISTS,
    "long scope": INVALID,
    "scope with a bad filter": "ParsingException",
    "scope below nothing": MISSING,
    "exclusive without asking": "MethodInvocationException",
    "what if made nothing": MISSING,
    "same grant": EXISTS,
    "no such role": MISSING,
    "no such user": MISSING,
    "a group is no user": MISSING,
    "no such scope": MISSING,
    "exclusive as regular": "InvalidOperationException",
    "long grant": INVALID,
    "user and group": "ParameterBindingException",
    "remove a scope in use": "InvalidOperationException",
    "remove without asking": "MethodInvocationException",
    "remove again": MISSING,
}


@pytest.fixture(scope="module")
def played(new_shell: Any) -> Any:
    shell = new_shell()
    return shell, shell.ask(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_each_step_succeeds_or_is_refused_for_its_reason(step: str, played: Any) -> None:
    assert played[1][step].reason == REASONS.get(step, ""), played[1][step].sentence


@pytest.mark.parametrize("step", VALUES)
def test_each_step_shows(step: str, played: Any) -> None:
    assert played[1][step].value == VALUES[step]


def test_every_change_obeys_the_schema_of_the_state(played: Any) -> None:
    schema = json.loads((ROOT / "lab" / "state" / "state.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator({"$ref": "#/$defs/Change", "$defs": schema["$defs"]})
    changes = played[0].lines("changes.jsonl")
    assert {change["kind"] for change in changes} == {"managementScopes", "roleAssignments"}
    for change in changes:
        validator.validate(change)


