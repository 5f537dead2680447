"""A shell can be told to misbehave, at one call, and never by accident."""

import signal
import time
from typing import Any

import pytest

EXISTS = "ADObjectAlreadyExistsException"
MISSING = "ManagementObjectNotFoundException"
BIRCH = "00000000-0000-4000-8000-000000000002"
GROUP = "Add-DistributionGroupMember 'Rooms 01' -Member"
NAMES = "| ForEach-Object { $_.Name }"

FAULTS = [
    {"cmdlet": "Get-Mailbox", "nth": 1, "kind": "accessDenied"},
    {"cmdlet": "Get-Mailbox", "nth": 2, "kind": "throttled"},
    {"cmdlet": "Get-Mailbox", "nth": 3, "kind": "transient"},
    {"cmdlet": "*", "call": 7, "kind": "accessDenied"},
    {"write": 2, "kind": "transient"},
    {"cmdlet": "New-DistributionGroup", "nth": 1, "kind": "namingPolicy"},
    {"cmdlet": "New-ManagementScope", "nth": 1, "kind": "alreadyThere"},
    {"cmdlet": "Add-DistributionGroupMember", "nth": 3, "kind": "alreadyThere"},
    {"cmdlet": "Remove-DistributionGroupMember", "nth": 1, "kind": "alreadyThere"},
    {"cmdlet": "Remove-ManagementScope", "nth": 1, "kind": "alreadyThere"},
    {"cmdlet": "Update-DistributionGroupMember", "nth": 1, "kind": "transientHalf"},
    {"cmdlet": "Update-DistributionGroupMember", "nth": 2, "kind": "transientAfter"},
    {
        "cmdlet": "Update-DistributionGroupMember", "nth": 3, "kind": "meanwhile",
        "joins": {"group": "chiefs@contoso.com", "member": "aspen@contoso.com"},
    },
    {"cmdlet": "Get-RoleGroup", "nth": 1, "kind": "sessionGone"},
]
STEPS = {
    "denied": "Get-Mailbox Aspen",
    "throttled": "Get-Mailbox Aspen",
    "transient": "Get-Mailbox Aspen",
    "well again": f"Get-Mailbox Aspen {NAMES}",
    "write 1": f"{GROUP} Lobby",
    "write 2": f"{GROUP} Chief",
    "call 7": "Get-OrganizationConfig",
    "call 8": "Get-OrganizationConfig | ForEach-Object { $_.Name }",
    "policy": "New-DistributionGroup -Name List | ForEach-Object { $_.Name; $_.DisplayName; $_.Alias }",
    "race for a scope": "New-ManagementScope Race -RecipientRestrictionFilter \"Alias -eq 'aspen'\"",
    "the scope of the race": f"Get-ManagementScope Race {NAMES}",
    "race for a member": f"{GROUP} Chief",
    "members": f"Get-DistributionGroupMember 'Rooms 01' {NAMES}",
    "race to take": "Remove-DistributionGroupMember 'Rooms 01' -Member Chief -Confirm:$false",
    "members after": f"Get-DistributionGroupMember 'Rooms 01' {NAMES}",
    "race to remove": "Remove-ManagementScope Race -Confirm:$false",
    "scopes after": f"Get-ManagementScope {NAMES}",
    "half of the members": "Update-DistributionGroupMember 'Rooms 01' -Members Birch, Lobby, Chief, Service -Confirm:$false",
    "members after half": f"Get-DistributionGroupMember 'Rooms 01' {NAMES}",
    "all members and an error": "Update-DistributionGroupMember 'Rooms 01' -Members Birch -Confirm:$false",
    "members after all": f"Get-DistributionGroupMember 'Rooms 01' {NAMES}",
    "somebody else meanwhile": "Update-DistributionGroupMember 'Rooms 01' -Members Lobby -Confirm:$false",
    "whom somebody else added": f"Get-DistributionGroupMember \"Chief's\" {NAMES}",
    "gone": "Get-RoleGroup",
    "still gone": "Get-Mailbox Aspen",
    "gone for writes": f"{GROUP} Birch",
}
REASONS = {
    "denied": "UnauthorizedAccessException",
    "throttled": "OverBudgetException",
    "transient": "ADTransientException",
    "write 2": "ADTransientException",
    "call 7": "UnauthorizedAccessException",
    "race for a scope": EXISTS,
    "race for a member": "MemberAlreadyExistsException",
    "race to take": "MemberNotFoundException",
    "race to remove": MISSING,
    "half of the members": "ADTransientException",
    "all members and an error": "ADTransientException",
    "gone": "PSRemotingTransportException",
    "still gone": "PSRemotingTransportException",
    "gone for writes": "PSRemotingTransportException",
}
VALUES = {
    "well again": ["Aspen"],
    "call 8": ["Contoso"],
    "policy": ["GRP_List", "GRP_List", "GRP_List"],
    "the scope of the race": ["Race"],
    "members": ["Aspen", "Birch", "Lobby", "Chief"],
    "members after": ["Aspen", "Birch", "Lobby"],
    "scopes after": [],
    "members after half": ["Birch", "Lobby"],
    "members after all": ["Birch"],
    "whom somebody else added": ["Chief", "Aspen"],
}


@pytest.fixture(scope="module")
def played(new_shell: Any) -> Any:
    shell = new_shell()
    shell.faults = FAULTS
    return shell.ask(STEPS)


@pytest.mark.parametrize("step", STEPS)
def test_each_call_meets_its_fault_and_no_other(step: str, played: Any) -> None:
    assert played[step].reason == REASONS.get(step, "")
    assert REASONS.get(step, "") in played[step].error_id


@pytest.mark.parametrize("step", VALUES)
def test_what_a_fault_does_not_meet_goes_on(step: str, played: Any) -> None:
    assert played[step].value == VALUES[step]


@pytest.mark.parametrize(
    ("kind", "members"), [("kill", ["Lobby"]), ("killAfter", ["Lobby", "Chief"])]
)
def test_a_killed_session_keeps_what_it_had_written(kind: str, members: list[str], shell: Any) -> None:
    shell.faults = [{"cmdlet": "*", "write": 2, "kind": kind}]
    done = shell.run(f"{GROUP} Lobby; {GROUP} Chief; {GROUP} Service; 'unreached'")
    assert done.returncode != 0
    assert "unreached" not in done.stdout
    assert len(shell.lines("changes.jsonl")) == len(members)
    assert [call["outcome"] for call in shell.lines("calls.jsonl")] == ["ok", kind]
    (shell.folder / "faults.json").unlink()
    again = shell.ask({"members": f"Get-DistributionGroupMember 'Rooms 01' {NAMES}"})
    assert again["members"].value == ["Aspen", "Birch", *members]


def test_a_session_killed_half_way_keeps_half_of_one_change(shell: Any) -> None:
    shell.faults = [{"cmdlet": "*", "write": 1, "kind": "killHalf"}]
    assert shell.run("Update-DistributionGroupMember 'Rooms 01' -Members Lobby, Chief -Confirm:$false").returncode != 0
    (shell.folder / "faults.json").unlink()
    again = shell.ask({"members": f"Get-DistributionGroupMember 'Rooms 01' {NAMES}"})
    assert again["members"].value == []


def test_a_session_that_hangs_half_way_in_a_change_ends_by_ctrl_c(shell: Any) -> None:
    shell.faults = [{"cmdlet": "*", "write": 1, "kind": "hangHalf"}]
    session = shell.start("Update-DistributionGroupMember 'Rooms 01' -Members Lobby, Chief -Confirm:$false")
    while len(shell.lines("changes.jsonl")) < 2:
        assert session.poll() is None
        time.sleep(0.02)
    session.send_signal(signal.SIGINT)
    session.communicate()
    assert session.returncode != 0
    assert len(shell.lines("changes.jsonl")) == 2


def test_a_session_that_is_gone_after_a_change_has_made_it_and_answers_nothing_more(shell: Any) -> None:
    shell.faults = [{"cmdlet": "*", "write": 1, "kind": "sessionGoneAfter"}]
    asked = shell.ask({"change": f"{GROUP} Lobby", "question": "Get-Mailbox Aspen"})
    assert {one.reason for one in asked.values()} == {"PSRemotingTransportException"}
    assert len(shell.lines("changes.jsonl")) == 1
