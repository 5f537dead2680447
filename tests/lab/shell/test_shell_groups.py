"""Groups are made, changed and filled under Exchange's own rules."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from lab.state.folder import read

ROOT = Path(__file__).parent.parent.parent.parent
EXISTS = "ADObjectAlreadyExistsException"
MISSING = "ManagementObjectNotFoundException"
INVALID = "DataValidationException"
LONG = "x" * 65
SHOW = "| ForEach-Object { $_.Name; $_.Alias; $_.PrimarySmtpAddress; $_.RecipientTypeDetails }"
NEW = "New-DistributionGroup -RoomList -Name"
QUIET = "-Confirm:$false"

STEPS = {
    # Making
    "new": f"{NEW} 'Zimmer, d''Or Ü' -Alias zimmer -PrimarySmtpAddress zimmer@contoso.com "
    f"-ManagedBy ceo@contoso.com -MemberDepartRestriction Closed -Notes 'mark 1' {SHOW}",
    "new dn": "Get-DistributionGroup zimmer | ForEach-Object { $_.DistinguishedName; $_.Identity }",
    "new owners": "(Get-DistributionGroup zimmer).ManagedBy",
    "new note": "(Get-Group zimmer).Notes",
    "defaults": f"{NEW} 'Second List' {SHOW}",
    "default owner": "(Get-DistributionGroup 'Second List').ManagedBy",
    "default rules": "Get-DistributionGroup 'Second List' | "
    "ForEach-Object { $_.MemberJoinRestriction; $_.MemberDepartRestriction; $_.DisplayName }",
    "in a unit": f"({NEW} 'Third' -OrganizationalUnit contoso.com/Rooms/Lists).DistinguishedName",
    "in the other domain": f"({NEW} 'Fourth' -OrganizationalUnit emea.contoso.com/Groups).Identity",
    "a plain group": "(New-DistributionGroup -Name Plainly).RecipientTypeDetails",
    "a security group": "(New-DistributionGroup -Name Sec -Type Security).RecipientTypeDetails",
    "with members": "New-DistributionGroup -Name Full -Members Aspen,Birch -CopyOwnerToMember "
    "| Get-DistributionGroupMember | ForEach-Object { $_.Name }",
    "what if": f"{NEW} Never -WhatIf",
    "what if made nothing": "Get-DistributionGroup Never",
    # Filling
    "add": "Add-DistributionGroupMember -Identity zimmer -Member aspen@contoso.com "
    "-BypassSecurityGroupManagerCheck",
    "add again": "Add-DistributionGroupMember -Identity zimmer -Member Aspen "
    "-BypassSecurityGroupManagerCheck",
    "add nobody": "Add-DistributionGroupMember 'Second List' -Member nobody",
    "add to nothing": "Add-DistributionGroupMember nothing -Member Aspen",
    "add to a foreign one": "Add-DistributionGroupMember \"Chief's\" -Member Aspen",
    "add to an own one": "Add-DistributionGroupMember 'Second List' -Member Birch",
    "add by pipeline": "'Aspen', 'Projector' | Add-DistributionGroupMember 'Second List'",
    "members": "Get-DistributionGroupMember 'Second List' | ForEach-Object { $_.Name }",
    "take": f"Remove-DistributionGroupMember 'Second List' -Member Birch {QUIET}",
    "take again": f"Remove-DistributionGroupMember 'Second List' -Member Birch {QUIET}",
    "take without asking": "Remove-DistributionGroupMember 'Second List' -Member Aspen",
    "members after": "Get-DistributionGroupMember 'Second List' | ForEach-Object { $_.Name }",
    # Changing
    "rename": "Set-DistributionGroup 'Second List' -Name 'Renamed' -DisplayName 'New' "
    "-HiddenFromAddressListsEnabled $true -MemberDepartRestriction Closed -Alias renamed",
    "renamed": "Get-DistributionGroup Renamed | ForEach-Object "
    "{ $_.DistinguishedName; $_.DisplayName; $_.HiddenFromAddressListsEnabled; $_.Alias }",
    "renamed members": "Get-DistributionGroupMember Renamed | ForEach-Object { $_.Name }",
    "the old name": "Get-DistributionGroup 'Second List'",
    "set note": "Set-Group Renamed -Notes 'forged'",
    "note": "(Get-Group Renamed).Notes",
    "new address": "Set-DistributionGroup Renamed -PrimarySmtpAddress other@contoso.com",
    "addresses": "(Get-DistributionGroup Renamed).EmailAddresses",
    "to room list": "Set-DistributionGroup Plainly -RoomList",
    "is room list": "(Get-DistributionGroup Plainly).RecipientTypeDetails",
    "foreign": "Set-DistributionGroup zimmer -DisplayName x",
    "foreign with bypass": "Set-DistributionGroup zimmer -DisplayName x -BypassSecurityGroupManagerCheck",
    "no owner": "Set-DistributionGroup Renamed -ManagedBy @()",
    "convert a room": "Set-Mailbox Birch -Type Shared -DisplayName 'Birch II' -AccountDisabled $false",
    "converted": "Get-Mailbox Birch | ForEach-Object { $_.RecipientTypeDetails; $_.DisplayName; $_.ExchangeUserAccountControl }",
    # Refusals
    "same name": f"{NEW} 'rooms 01' -Alias fresh",
    "name of a mailbox": f"{NEW} aspen -Alias fresh",
    "alias in use": f"{NEW} Fresh -Alias CEO -PrimarySmtpAddress fresh@contoso.com",
    "silently": f"{NEW} Aspen -Alias fresh -ErrorAction SilentlyContinue",
    "silently too": f"{NEW} Fresh -Alias ceo -ErrorAction SilentlyContinue; $Error.Count",
    "address in use": f"{NEW} Fresh -Alias fresh -PrimarySmtpAddress old.birch@contoso.com",
    "long name": f"{NEW} {LONG} -Alias fresh",
    "long alias": f"{NEW} Fresh -Alias {LONG}",
    "bad alias": f"{NEW} Fresh -Alias 'a b'",
    "bad address": f"{NEW} Fresh -PrimarySmtpAddress fresh",
    "foreign domain": f"{NEW} Fresh -PrimarySmtpAddress fresh@fabrikam.com",
    "no such owner": f"{NEW} Fresh -ManagedBy nobody",
    "owner is a room list": f"{NEW} Fresh -ManagedBy 'Rooms 01'",
    "no such unit": f"{NEW} Fresh -OrganizationalUnit fabrikam.com/Groups",
    "secure room list": f"{NEW} Fresh -Type Security",
    "rename to a taken name": "Set-DistributionGroup Renamed -Name Aspen",
    "take a taken address": "Set-Mailbox Aspen -EmailAddresses SMTP:aspen@contoso.com,smtp:ceo@contoso.com",
    # Removing
    "remove without asking": "Remove-DistributionGroup Renamed",
    "remove": f"Remove-DistributionGroup Renamed {QUIET}",
    "remove again": f"Remove-DistributionGroup Renamed {QUIET}",
    "remove foreign": f"Remove-DistributionGroup zimmer {QUIET}",
    "remove a mailbox": f"Remove-DistributionGroup Aspen {QUIET}",
    "name is free again": f"{NEW} 'Renamed' -Alias renamed {SHOW}",
}  # fmt: skip

VALUES = {
    "new": ["Zimmer, d'Or Ü", "zimmer", "zimmer@contoso.com", "RoomList"],
    "new dn": [
        "CN=Zimmer\\, d'Or Ü,OU=Groups,DC=contoso,DC=com",
        "contoso.com/Groups/Zimmer, d'Or Ü",
    ],
    "new owners": ["contoso.com/People/Chief"],
    "new note": ["mark 1"],
    "defaults": ["Second List", "SecondList", "SecondList@contoso.com", "RoomList"],
    "default owner": ["contoso.com/People/Exchange Admin"],
    "default rules": ["Closed", "Open", "Second List"],
    "in a unit": ["CN=Third,OU=Lists,OU=Rooms,DC=contoso,DC=com"],
    "in the other domain": ["emea.contoso.com/Groups/Fourth"],
    "a plain group": ["MailUniversalDistributionGroup"],
    "a security group": ["MailUniversalSecurityGroup"],
    "with members": ["Aspen", "Birch", "Exchange Admin"],
    "members": ["Birch", "Aspen", "Projector"],
    "members after": ["Aspen", "Projector"],
    "renamed": ["CN=Renamed,OU=Groups,DC=contoso,DC=com", "New", True, "renamed"],
    "renamed members": ["Aspen", "Projector"],
    "note": ["forged"],
    "addresses": ["SMTP:other@contoso.com", "smtp:SecondList@contoso.com"],
    "is room list": ["RoomList"],
    "converted": ["SharedMailbox", "Birch II", "None"],
    "silently": [],
    "silently too": [1],
    "name is free again": ["Renamed", "renamed", "renamed@contoso.com", "RoomList"],
}

REASONS = {
    "what if made nothing": MISSING,
    "add again": "MemberAlreadyExistsException",
    "add nobody": MISSING,
    "add to nothing": MISSING,
    "add to a foreign one": "OperationRequiresGroupManagerException",
    "take again": "MemberNotFoundException",
    "take without asking": "MethodInvocationException",
    "the old name": MISSING,
    "foreign": "OperationRequiresGroupManagerException",
    "no owner": INVALID,
    "same name": EXISTS,
    "name of a mailbox": EXISTS,
    "alias in use": EXISTS,
    "silently": EXISTS,
    "silently too": EXISTS,
    "address in use": EXISTS,
    "long name": INVALID,
    "long alias": INVALID,
    "bad alias": INVALID,
    "bad address": INVALID,
    "foreign domain": "NotAcceptedDomainException",
    "no such owner": MISSING,
    "owner is a room list": MISSING,
    "no such unit": MISSING,
    "secure room list": "NotImplementedException",
    "rename to a taken name": EXISTS,
    "take a taken address": EXISTS,
    "remove without asking": "MethodInvocationException",
    "remove again": MISSING,
    "remove foreign": "OperationRequiresGroupManagerException",
    "remove a mailbox": MISSING,
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
    assert [change["n"] for change in changes] == list(range(1, len(changes) + 1))
    assert {change["op"] for change in changes} == {"put", "remove", "addMember", "removeMember"}
    for change in changes:
        validator.validate(change)


def test_every_call_is_written_down_with_its_outcome(played: Any) -> None:
    calls = played[0].lines("calls.jsonl")
    first = calls[0]
    assert (first["cmdlet"], first["writes"], first["outcome"]) == ("New-DistributionGroup", True, "ok")
    assert first["parameters"]["Notes"] == "mark 1"
    assert first["parameters"]["RoomList"] == "True"
    assert {call["outcome"] for call in calls} >= {"ok", MISSING, EXISTS, "MemberAlreadyExistsException"}


def test_trying_something_out_counts_as_no_write(played: Any) -> None:
    calls = played[0].lines("calls.jsonl")
    assert [call["writes"] for call in calls if "WhatIf" in call["parameters"]] == [False]


def test_a_second_session_reads_what_the_first_has_written(played: Any) -> None:
    shell, _ = played
    again = shell.ask({"list": "Get-DistributionGroupMember zimmer | ForEach-Object { $_.Name }"})
    assert again["list"].value == ["Aspen"]


def test_the_web_service_reads_the_same_groups_from_it(played: Any) -> None:
    shell, _ = played
    rows = "$_.Name + '|' + (@(Get-DistributionGroupMember $_.Guid | ForEach-Object { $_.Name }) -join ',')"
    seen = shell.ask({"groups": f"Get-DistributionGroup | ForEach-Object {{ {rows} }}"})
    people = read(shell.folder).recipients
    members = {
        one.name: ",".join(people[guid].name for guid in one.group.members if guid in people)
        for one in people.values()
        if one.group is not None
    }
    assert sorted(seen["groups"].value) == sorted(f"{name}|{who}" for name, who in members.items())
    assert len(members) > 8
