"""The session: what the operator's roles leave out, languages, controllers, modes, and damaged files."""

import json
from typing import Any

import pytest

MISSING = "ManagementObjectNotFoundException"
NAMES = "| ForEach-Object { $_.Name }"
MEMBERS = "Get-DistributionGroupMember 'Rooms 01'"
ADD = "Add-DistributionGroupMember 'Rooms 01' -Member"


@pytest.fixture(scope="module")
def limited(new_shell: Any) -> Any:
    shell = new_shell()
    shell.state["organization"]["language"] = "de"
    shell.state["session"]["absentCmdlets"] = ["New-ManagementScope"]
    shell.state["session"]["absentParameters"] = {
        "Add-DistributionGroupMember": ["BypassSecurityGroupManagerCheck"],
        "Get-Mailbox": ["Filter", "ResultSize"],
    }
    return shell.ask(
        {
            "no cmdlet": "New-ManagementScope x -RecipientRestrictionFilter y",
            "not listed": "@(Get-Command -Module Exchange).Count",
            "no parameter": f"{ADD} Lobby -BypassSecurityGroupManagerCheck",
            "without it": f"{ADD} Lobby",
            "it worked": f"{MEMBERS} {NAMES}",
            "keys": "(Get-Command Add-DistributionGroupMember).Parameters.Keys -contains "
            "'BypassSecurityGroupManagerCheck'",
            "other keys": "(Get-Command Get-Mailbox).Parameters.Keys -contains 'Identity'",
            "of the module": "(Get-Command Add-DistributionGroupMember).Source",
            "still reads": f"Get-Mailbox Aspen {NAMES}",
            "unknown": "Get-Mailbox nobody",
        }
    )


def test_a_cmdlet_that_the_roles_do_not_give_is_not_there(limited: Any) -> None:
    assert limited["no cmdlet"].reason == "CommandNotFoundException"
    assert limited["not listed"].value == [29]


def test_a_parameter_that_the_roles_do_not_give_is_not_there(limited: Any) -> None:
    assert limited["no parameter"].reason == "ParameterBindingException"
    assert limited["keys"].value == [False]


def test_a_narrowed_cmdlet_still_works(limited: Any) -> None:
    assert limited["without it"].reason == ""
    assert limited["it worked"].value == ["Aspen", "Birch", "Lobby"]
    assert limited["other keys"].value == [True]
    assert limited["of the module"].value == ["Exchange"]
    assert limited["still reads"].value == ["Aspen"]


def test_a_german_server_says_the_same_class_in_german(limited: Any) -> None:
    assert limited["unknown"].reason == MISSING
    assert limited["unknown"].sentence.startswith("Der Vorgang konnte nicht ausgeführt werden")


@pytest.fixture(scope="module")
def late(new_shell: Any) -> Any:
    return new_shell().ask(
        {
            "before": f"{MEMBERS} -DomainController dc2.contoso.com {NAMES}",
            "one": f"{ADD} Lobby",
            "two": f"{ADD} Chief",
            "three": f"{ADD} Service -DomainController dc2.contoso.com",
            "here": f"{MEMBERS} {NAMES}",
            "there": f"{MEMBERS} -DomainController dc2.contoso.com {NAMES}",
            "a new list": "New-DistributionGroup -Name Fresh -RoomList",
            "its list": "Get-DistributionGroup Fresh -DomainController dc2",
            "four": "Add-DistributionGroupMember Fresh -Member Aspen",
            "five": "Add-DistributionGroupMember Fresh -Member Birch",
            "its list later": f"Get-DistributionGroup Fresh -DomainController dc2 {NAMES}",
            "its members later": f"Get-DistributionGroupMember Fresh -DomainController dc2 {NAMES}",
        }
    )


def test_a_controller_that_lags_answers_without_the_last_changes(late: Any) -> None:
    assert late["before"].value == ["Aspen", "Birch"]
    assert late["here"].value == ["Aspen", "Birch", "Lobby", "Chief", "Service"]
    assert late["there"].value == ["Aspen", "Birch", "Lobby"]


def test_an_object_comes_to_a_lagging_controller_in_time(late: Any) -> None:
    assert late["its list"].reason == MISSING
    assert late["its list later"].value == ["Fresh"]
    assert late["its members later"].value == []


MODES = """
Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
'mode=' + $ExecutionContext.SessionState.LanguageMode
Get-Mailbox -Identity nobody
'the preference did not cross'
try { Get-Mailbox -Identity nobody -ErrorAction Stop } catch { 'caught ' + $_.CategoryInfo.Reason }
$rooms = @(Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited -ErrorAction Stop |
    Where-Object -FilterScript { $_.ExchangeUserAccountControl -eq 'AccountDisabled' })
'rooms=' + $rooms.Count
$list = New-DistributionGroup -RoomList -Name 'From a script' -ErrorAction Stop
foreach ($room in $rooms) {
    Add-DistributionGroupMember -Identity $list.Guid -Member $room.PrimarySmtpAddress -ErrorAction Stop
}
'members=' + @(Get-DistributionGroupMember -Identity $list.Guid -ErrorAction Stop).Count
$filter = "MemberOfGroup -eq '" + ([string]$list.DistinguishedName).Replace("'", "''") + "'"
$scope = New-ManagementScope -Name 'S' -RecipientRestrictionFilter $filter -ErrorAction Stop
'preview=' + @(Get-Recipient -RecipientPreviewFilter $scope.RecipientFilter -ErrorAction Stop).Count
New-ManagementRoleAssignment -Name 'A' -Role ApplicationImpersonation -User 'CONTOSO\\svc-rooms' `
    -CustomRecipientWriteScope 'S' -ErrorAction Stop | Out-Null
Remove-ManagementRoleAssignment -Identity 'A' -Confirm:$false -ErrorAction Stop
Remove-ManagementScope -Identity 'S' -Confirm:$false -ErrorAction Stop
Remove-DistributionGroup -Identity $list.Guid -Confirm:$false -ErrorAction Stop
$after = 'old'
try { $after = @(Get-Mailbox nobody -ErrorAction Stop | Where-Object -FilterScript { $true }) } catch { $null = $_ }
"after=$after"
Get-Mailbox -Identity nobody -ErrorAction Stop
'unreached'
"""


@pytest.mark.parametrize("mode", ["FullLanguage", "ConstrainedLanguage"])
def test_a_script_from_a_prompt_works_in_this_mode(mode: str, shell: Any) -> None:
    done = shell.run(MODES, f'$ExecutionContext.SessionState.LanguageMode = "{mode}"')
    assert done.stdout.split("\n") == [
        f"mode={mode}",
        "the preference did not cross",
        f"caught {MISSING}",
        "rooms=4",
        "members=4",
        "preview=4",
        "after=old",
        "",
    ]
    assert done.returncode == 1
    assert done.stderr.count("object 'nobody'") == 2


def test_a_torn_line_is_not_read_and_the_next_writer_cuts_it(shell: Any) -> None:
    shell.write()
    whole = {
        "n": 1,
        "op": "addMember",
        "group": "00000000-0000-4000-8000-000000000040",
        "member": "00000000-0000-4000-8000-000000000021",
    }
    changes = shell.folder / "changes.jsonl"
    torn = '{"n": 2, "op": "put", "kind": "roles", "key": "' + "x" * 500
    changes.write_text(json.dumps(whole) + "\n" + torn, encoding="utf-8")
    answers = shell.ask({"before": f"{MEMBERS} {NAMES}", "add": f"{ADD} Lobby"})
    assert answers["before"].value == ["Aspen", "Birch", "Chief"]
    assert [line["n"] for line in shell.lines("changes.jsonl")] == [1, 2]
    assert shell.lines("changes.jsonl")[1]["op"] == "addMember"


def test_what_somebody_else_writes_meanwhile_is_seen_and_kept(shell: Any) -> None:
    line = (
        '{"n": 2, "op": "addMember", "group": "00000000-0000-4000-8000-000000000040", '
        '"member": "00000000-0000-4000-8000-000000000022"}'
    )
    path = shell.folder / "changes.jsonl"
    answers = shell.ask(
        {
            "own": f"{ADD} Lobby",
            "other": f"Add-Content -LiteralPath '{path}' -Value '{line}'",
            "seen": f"{MEMBERS} {NAMES}",
            "own again": f"{ADD} Chief",
        }
    )
    assert answers["seen"].value == ["Aspen", "Birch", "Lobby", "Service"]
    assert [change["n"] for change in shell.lines("changes.jsonl")] == [1, 2, 3]


def damage_format(shell: Any) -> None:
    shell.state["format"] = 2


def damage_key(shell: Any) -> None:
    shell.state["extra"] = {}


def damage_recipient(shell: Any) -> None:
    del shell.state["recipients"]["00000000-0000-4000-8000-000000000001"]["alias"]


def damage_type(shell: Any) -> None:
    recipient = shell.state["recipients"]["00000000-0000-4000-8000-000000000001"]
    recipient["recipientTypeDetails"] = "Rooms"


def damage_absent(shell: Any) -> None:
    shell.state["session"]["absentParameters"] = {"Get-Mailbox": ["Nothing"]}


def damage_numbers(shell: Any) -> None:
    line = '{"n": 2, "op": "remove", "kind": "roles", "key": "x"}\n'
    (shell.folder / "changes.jsonl").write_text(line, encoding="utf-8")


def damage_operation(shell: Any) -> None:
    (shell.folder / "changes.jsonl").write_text('{"n": 1, "op": "swap"}\n', encoding="utf-8")


def damage_fault(shell: Any) -> None:
    shell.faults = [{"cmdlet": "*", "kind": "moody"}]


def damage_fault_key(shell: Any) -> None:
    shell.faults = [{"cmdlet": "*", "sometimes": True, "kind": "kill"}]


def damage_language(shell: Any) -> None:
    shell.state["organization"]["language"] = "fr"


DAMAGES = {
    damage_format: "format 2",
    damage_key: "unknown key 'extra'",
    damage_recipient: "'Aspen' lacks the key 'alias'",
    damage_type: "unknown type 'Rooms'",
    damage_absent: "absentParameters names 'Nothing'",
    damage_numbers: "line 1 has the number 2",
    damage_operation: "unknown change 'swap'",
    damage_fault: "'moody' is no kind",
    damage_fault_key: "unknown key 'sometimes'",
    damage_language: "does not speak 'fr'",
}
LOAD = """
foreach ($folder in ConvertFrom-Json -InputObject $env:FOLDERS) {
    $env:EXCHANGE_LAB_STATE = $folder
    try { Import-Module $env:MODULE -Force -ErrorAction Stop; Get-Mailbox nobody -ErrorAction Stop }
    catch { $_.Exception.Message }
}
"""


@pytest.fixture(scope="module")
def complaints(new_shell: Any) -> dict[Any, str]:
    host, shells = new_shell(), {damage: new_shell() for damage in DAMAGES}
    for damage, shell in shells.items():
        damage(shell)
        shell.write()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOLDERS", json.dumps([str(shell.folder) for shell in shells.values()]))
        patch.setenv("MODULE", str(host.module))
        done = host.run(LOAD)
    return dict(zip(shells, done.stdout.splitlines(), strict=True))


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_what_is_not_understood_is_refused(damage: Any, complaints: dict[Any, str]) -> None:
    assert DAMAGES[damage] in complaints[damage]
