"""The cmdlets are Exchange's: nothing is declared that the reference does not document."""

import json
from typing import Any

import pytest

CMDLETS = """
$common = [System.Management.Automation.PSCmdlet]::CommonParameters
$found = [ordered]@{}
foreach ($command in Get-Command -Module Exchange) {
    $parameters = [ordered]@{}
    foreach ($parameter in $command.Parameters.Values) {
        if ($parameter.Name -in $common) { continue }
        $set = $parameter.Attributes | Where-Object { $_ -is [ValidateSet] }
        $parameters[$parameter.Name] = [ordered]@{
            switch = $parameter.SwitchParameter
            values = @(if ($set) { $set.ValidValues })
            mandatory = @($parameter.ParameterSets.Values | Where-Object { -not $_.IsMandatory }).Count -eq 0
        }
    }
    $found[$command.Name] = [ordered]@{ source = $command.Source; parameters = $parameters }
}
ConvertTo-Json -InputObject $found -Depth 6 | Set-Content -LiteralPath $env:ANSWERS -Encoding utf8
"""
EXPECTED = (
    "Get-ADServerSettings",
    "Set-ADServerSettings",
    "Get-OrganizationConfig",
    "Get-AcceptedDomain",
    "Get-ExchangeServer",
    "Get-Mailbox",
    "Set-Mailbox",
    "Get-Recipient",
    "Get-User",
    "Get-Group",
    "Set-Group",
    "Get-DistributionGroup",
    "New-DistributionGroup",
    "Set-DistributionGroup",
    "Remove-DistributionGroup",
    "Get-DistributionGroupMember",
    "Add-DistributionGroupMember",
    "Remove-DistributionGroupMember",
    "Update-DistributionGroupMember",
    "New-ManagementScope",
    "Get-ManagementScope",
    "Set-ManagementScope",
    "Remove-ManagementScope",
    "New-ManagementRoleAssignment",
    "Get-ManagementRoleAssignment",
    "Set-ManagementRoleAssignment",
    "Remove-ManagementRoleAssignment",
    "Get-ManagementRole",
    "Get-RoleGroup",
    "Get-RoleGroupMember",
)


@pytest.fixture(scope="module")
def declared(new_shell: Any) -> dict[str, Any]:
    shell = new_shell()
    done = shell.run(CMDLETS)
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads((shell.folder / "answers.json").read_text("utf-8-sig"))
    return read


def test_the_module_exports_these_cmdlets_and_nothing_else(declared: dict[str, Any]) -> None:
    assert sorted(declared) == sorted(EXPECTED)
    assert {one["source"] for one in declared.values()} == {"Exchange"}


@pytest.mark.parametrize("cmdlet", EXPECTED)
def test_every_parameter_is_documented_for_the_server(
    cmdlet: str, declared: dict[str, Any], documented: dict[str, Any]
) -> None:
    facts = documented[cmdlet]
    for name, parameter in declared[cmdlet]["parameters"].items():
        known = facts["parameters"].get(name)
        assert known is not None, f"{cmdlet} -{name} is not documented for the server"
        assert parameter["switch"] == (known == "switch"), f"{cmdlet} -{name}"
        if isinstance(known, list):
            assert set(parameter["values"]) <= set(known), f"{cmdlet} -{name}"


@pytest.mark.parametrize("cmdlet", EXPECTED)
def test_what_is_always_mandatory_is_mandatory_here(
    cmdlet: str, declared: dict[str, Any], documented: dict[str, Any]
) -> None:
    here = declared[cmdlet]["parameters"]
    assert {name for name in documented[cmdlet]["mandatory"] if not here.get(name, {}).get("mandatory")} == set()


@pytest.mark.parametrize("cmdlet", EXPECTED)
def test_it_takes_a_controller_and_can_be_tried_out_where_documented(
    cmdlet: str, declared: dict[str, Any], documented: dict[str, Any]
) -> None:
    for name in ("DomainController", "WhatIf", "Confirm", "Identity"):
        expected = name in documented[cmdlet]["parameters"]
        assert (name in declared[cmdlet]["parameters"]) == expected, name
