"""Reading: every name leads to the object, and what is not there, unclear or cut short is said."""

import json
from typing import Any

import pytest

NAMES = "| ForEach-Object { $_.Name }"
MISSING = "ManagementObjectNotFoundException"
AMBIGUOUS = "ManagementObjectAmbiguousException"
ROOM_1 = "00000000-0000-4000-8000-000000000001"

FOUND = {
    "a room by name": (f"Get-Mailbox -Identity Aspen {NAMES}", ["Aspen"]),
    "by name in another case": (f"Get-Mailbox ASPEN {NAMES}", ["Aspen"]),
    "by primary address": (f"Get-Mailbox aspen@contoso.com {NAMES}", ["Aspen"]),
    "by secondary address": (f"Get-Mailbox old.birch@contoso.com {NAMES}", ["Birch"]),
    "by address with prefix": (f"Get-Mailbox smtp:birch@contoso.com {NAMES}", ["Birch"]),
    "by guid": (f"Get-Mailbox {ROOM_1} {NAMES}", ["Aspen"]),
    "by guid object": (f"Get-Mailbox ([guid]'{ROOM_1}') {NAMES}", ["Aspen"]),
    "by distinguished name": (
        f"Get-Mailbox 'cn=aspen,ou=rooms,dc=contoso,dc=com' {NAMES}",
        ["Aspen"],
    ),
    "by canonical name": (f"Get-Mailbox contoso.com/Rooms/Aspen {NAMES}", ["Aspen"]),
    "by canonical name with comma and apostrophe": (
        f"Get-Mailbox \"contoso.com/Rooms/Salle d'Attente, 1\" {NAMES}",
        ["Salle d'Attente, 1"],
    ),
    "by account": (f"Get-User CONTOSO\\svc-rooms {NAMES}", ["Service"]),
    "by account of another domain": (f"Get-User EMEA\\elan {NAMES}", ["Élan"]),
    "by principal name": (f"Get-User svc-rooms@contoso.com {NAMES}", ["Service"]),
    "by display name of one": (f"Get-Recipient Lobby {NAMES}", ["Lobby"]),
    "an account without mailbox": (f"Get-User plain {NAMES}", ["Plain"]),
    "a group": (f"Get-DistributionGroup \"Chief's\" {NAMES}", ["Chief's"]),
    "a group as group": (f"Get-Group vendors@contoso.com {NAMES}", ["Vendors"]),
    "through the pipeline": (f"Get-Recipient Aspen | Get-Mailbox {NAMES}", ["Aspen"]),
    "all rooms": (
        f"Get-Mailbox -RecipientTypeDetails RoomMailbox {NAMES}",
        ["Aspen", "Birch", "Salle d'Attente, 1", "Élan"],
    ),
    "two types": (
        f"Get-Recipient -RecipientTypeDetails EquipmentMailbox,RoomList {NAMES}",
        ["Projector", "Rooms 01"],
    ),
    "below a unit": (
        f"Get-Recipient -OrganizationalUnit contoso.com/Groups {NAMES}",
        ["Rooms 01", "Chief's", "Vendors", "All vendors"],
    ),
    "a domain is not its parent": (
        f"Get-Mailbox -OrganizationalUnit contoso.com -RecipientTypeDetails RoomMailbox {NAMES}",
        ["Aspen", "Birch", "Salle d'Attente, 1"],
    ),
    "filtered": (f"Get-User -Filter \"SamAccountName -eq 'CEO'\" {NAMES}", ["Chief"]),
    "filtered to nothing": (f"Get-Mailbox -Filter \"Alias -eq 'nobody'\" {NAMES}", []),
    "members": (f"Get-DistributionGroupMember 'Rooms 01' {NAMES}", ["Aspen", "Birch"]),
    "no identity is every mailbox": ("@(Get-Mailbox -Identity $null).Count", [11]),
    "no group is every recipient": ("@(Get-DistributionGroupMember $null).Count", [15]),
    "owners are canonical names": (
        "(Get-DistributionGroup 'Rooms 01').ManagedBy",
        ["contoso.com/People/Exchange Admin"],
    ),
    "a disabled account": (
        "'Aspen', 'Chief' | Get-Mailbox | ForEach-Object { $_.ExchangeUserAccountControl }",
        ["AccountDisabled", "None"],
    ),
    "the type name says deserialized": (
        "(Get-Mailbox Aspen).PSObject.TypeNames[0]",
        ["Deserialized.Microsoft.Exchange.Data.Directory.Management.Mailbox"],
    ),
    "guids are text": ("(Get-Mailbox Aspen).Guid -is [string]", [True]),
    "flags are booleans": ("(Get-DistributionGroup 'Rooms 01').IsDirSynced", [False]),
    "one address is still an array": ("(Get-Mailbox Aspen).EmailAddresses -is [array]", [True]),
    "the organisation": ("(Get-OrganizationConfig).Name", ["Contoso"]),
    "accepted domains": (
        "Get-AcceptedDomain | ForEach-Object { $_.DomainName }",
        ["contoso.com", "emea.contoso.com"],
    ),
    "the session": ("(Get-ADServerSettings).ViewEntireForest", [True]),
    "the controller": (
        "(Get-ADServerSettings).DefaultPreferredDomainControllers",
        ["dc1.contoso.com"],
    ),
    "the server": ("(Get-ExchangeServer EX01).Fqdn", ["ex01.contoso.com"]),
    "a controller by its short name": (f"Get-Mailbox Aspen -DomainController dc1 {NAMES}", ["Aspen"]),
}

REFUSED = {
    "nobody": ("Get-Mailbox nobody", MISSING),
    "a group is no mailbox": ("Get-Mailbox 'Rooms 01'", MISSING),
    "a mailbox is no group": ("Get-DistributionGroup Aspen", MISSING),
    "an account without mailbox is no recipient": ("Get-Recipient plain", MISSING),
    "two of one display name": ("Get-Mailbox Twin", AMBIGUOUS),
    "of another type": ("Get-Mailbox Aspen -RecipientTypeDetails UserMailbox", MISSING),
    "no such type": ("Get-Mailbox -RecipientTypeDetails Rooms", "ParameterBindingException"),
    "no such unit": ("Get-Recipient -OrganizationalUnit fabrikam.com/Groups", MISSING),
    "no such group": ("Get-DistributionGroupMember nobody", MISSING),
    "no such controller": (
        "Get-Mailbox Aspen -DomainController dc9.contoso.com",
        "SuitabilityDirectoryException",
    ),
    "identity and filter": (
        "Get-Mailbox Aspen -Filter \"Name -eq 'Aspen'\"",
        "ParameterBindingException",
    ),
    "a filter it does not know": ("Get-Mailbox -Filter \"Office -eq 'x'\"", "ParsingException"),
    "a wildcard": ("Get-Mailbox 'Asp*'", "NotImplementedException"),
    "several at once": ("Get-Mailbox -Identity Aspen,Birch", "ParameterBindingArgumentTransformationException"),
    "no such parameter": ("Get-Mailbox -Room Aspen", "ParameterBindingException"),
    "no such domain": ("Get-AcceptedDomain fabrikam.com", MISSING),
    "no such server": ("Get-ExchangeServer EX99", MISSING),
    "no such scope": ("Get-ManagementScope nothing", MISSING),
    "no such assignment": ("Get-ManagementRoleAssignment nothing", MISSING),
    "no such role": ("Get-ManagementRole nothing", MISSING),
    "no such role to assign": ("Get-ManagementRoleAssignment -Role nothing", MISSING),
    "no such role group": ("Get-RoleGroupMember nothing", MISSING),
    "no such assignee": ("Get-ManagementRoleAssignment -RoleAssignee nothing", MISSING),
}


@pytest.fixture(scope="module")
def answers(new_shell: Any) -> Any:
    questions = {key: text for key, (text, _) in (FOUND | REFUSED).items()}
    return new_shell().ask(questions)


@pytest.mark.parametrize("case", FOUND)
def test_it_finds(case: str, answers: Any) -> None:
    expected = FOUND[case][1]
    assert answers[case].value == expected
    assert answers[case].reason == ""


@pytest.mark.parametrize("case", REFUSED)
def test_it_refuses(case: str, answers: Any) -> None:
    assert answers[case].reason == REFUSED[case][1]
    assert answers[case].value == []


@pytest.mark.parametrize("case", ["nobody", "no such scope", "two of one display name"])
def test_the_class_stands_in_the_error_id_too(case: str, answers: Any) -> None:
    assert REFUSED[case][1] in answers[case].error_id


@pytest.fixture(scope="module")
def many(new_shell: Any) -> Any:
    shell = new_shell()
    room = shell.state["recipients"][ROOM_1]
    for number in range(1, 1205):
        guid = f"00000000-0000-4000-9000-{number:012d}"
        text = json.dumps(room).replace(ROOM_1, guid)
        text = text.replace("aspen", f"room.{number}").replace("Aspen", f"Room {number}")
        shell.state["recipients"][guid] = json.loads(text)
        shell.state["recipients"]["00000000-0000-4000-8000-000000000040"]["group"]["members"].append(guid)
    shell.faults = [{"cmdlet": "Get-Mailbox", "nth": 4, "kind": "cut1000"}]
    count = "| Measure-Object | ForEach-Object { $_.Count }"
    return shell.ask(
        {
            "default": f"Get-Mailbox {count}",
            "unlimited": f"Get-Mailbox -ResultSize Unlimited {count}",
            "five": f"Get-Mailbox -ResultSize 5 {count}",
            "cut": f"Get-Mailbox -ResultSize Unlimited {count}",
            "members": f"Get-DistributionGroupMember 'Rooms 01' {count}",
            "all members": f"Get-DistributionGroupMember 'Rooms 01' -ResultSize Unlimited {count}",
        }
    )


def test_a_wide_read_is_cut_at_a_thousand_with_a_warning(many: Any) -> None:
    assert (many["default"].value, len(many["default"].warnings)) == ([1000], 1)
    assert (many["members"].value, len(many["members"].warnings)) == ([1000], 1)


def test_an_unlimited_read_is_whole(many: Any) -> None:
    assert (many["unlimited"].value, many["unlimited"].warnings) == ([1215], [])
    assert (many["all members"].value, many["all members"].warnings) == ([1206], [])


def test_a_limit_that_was_asked_for_is_kept_with_a_warning(many: Any) -> None:
    assert (many["five"].value, len(many["five"].warnings)) == ([5], 1)


def test_a_server_can_be_told_to_cut_without_a_word(many: Any) -> None:
    assert (many["cut"].value, many["cut"].warnings) == ([1000], [])


@pytest.fixture(scope="module")
def narrow(new_shell: Any) -> Any:
    shell = new_shell()
    shell.state["session"]["viewEntireForest"] = False
    rooms = f"Get-Mailbox -RecipientTypeDetails RoomMailbox {NAMES}"
    return shell.ask(
        {
            "view": "Get-ADServerSettings | ForEach-Object { $_.ViewEntireForest; $_.RecipientViewRoot }",
            "rooms": rooms,
            "elan": "Get-Mailbox elan@emea.contoso.com",
            "widen": "Set-ADServerSettings -ViewEntireForest $true",
            "view after": "(Get-ADServerSettings).ViewEntireForest",
            "rooms after": rooms,
        }
    )


def test_a_session_that_sees_one_domain_does_not_see_the_other(narrow: Any) -> None:
    assert narrow["view"].value == [False, "contoso.com"]
    assert narrow["rooms"].value == ["Aspen", "Birch", "Salle d'Attente, 1"]
    assert narrow["elan"].reason == MISSING


def test_the_session_can_be_widened(narrow: Any) -> None:
    assert narrow["view after"].value == [True]
    assert "Élan" in narrow["rooms after"].value
