"""A shell can be told to misbehave, at one call, and never by accident."""

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
