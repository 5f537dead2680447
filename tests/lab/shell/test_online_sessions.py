"""A connection shows what it is, whatever it is; a session of Graph is another one."""

from typing import Any

import pytest

from tests.lab.shell.conftest import CLIENT, OBJECT, ROOT

LOOK = (
    "Get-ConnectionInformation | ForEach-Object { $one = $_; $source = (Get-Command Get-Recipient -ErrorAction Ignore).Source; "
    "'{0} {1} {2} {3} {4} {5} [{6}] {7}' -f $_.State, $_.TokenStatus, $_.IsEopSession, $_.UserPrincipalName, $_.Organization, "
    "$_.AppId, $_.ModulePrefix, ($source -eq ($_.ModuleName -split '/')[-1]) }"
)
AGAIN = "Disconnect-ExchangeOnline -Confirm:$false; Connect-ExchangeOnline"
GUID = "daaa3a6f-eae1-5285-9de6-e311c536207c"
USER = "it.admin@contoso.com"
STEPS = {
    "one": LOOK,
    "expired": LOOK,
    "another comes": LOOK,
    "prefix": f"{AGAIN} -Prefix Lab; {LOOK}; Get-LabMailbox aspen@contoso.com | ForEach-Object {{ $_.Name }}",
    "few commands": f"{AGAIN} -CommandName Get-Recipient; {LOOK}; @(Get-Command -Module tmpEXO_*).Count",
    "by tenant id": f"{AGAIN} -AppId {CLIENT} -CertificateThumbprint AA -Organization {GUID}; {LOOK}",
    "reads": "Get-Recipient aspen@contoso.com | ForEach-Object { $_.Name }",
    "writes": f"New-ServicePrincipal -AppId {CLIENT} -ObjectId {OBJECT}",
    "by domain": f"{AGAIN} -AppId {CLIENT} -CertificateThumbprint AA -Organization contoso.onmicrosoft.com; "
    f"New-ServicePrincipal -AppId {CLIENT} -ObjectId {OBJECT} | ForEach-Object {{ $_.ObjectId }}",
    "compliance": f"{AGAIN}; Connect-IPPSSession; {LOOK}",
    "wrong service": "Get-Recipient aspen@contoso.com",
    "nothing there": "Get-ManagementRoleAssignment",
    "nobody": f"Disconnect-ExchangeOnline -Confirm:$false; {LOOK}; Get-Command Get-Mailbox, Get-Recipient",
}
FAULTS = [
    {"cmdlet": "Get-ConnectionInformation", "nth": 2, "kind": "expired"},
    {"cmdlet": "Get-ConnectionInformation", "nth": 3, "kind": "anotherConnection"},
]
VALUES = {
    "one": [f"Connected Active False {USER}   [] True"],
    "expired": [f"Connected Expired False {USER}   [] True"],
    "another comes": [f"Connected Active False {USER}   [] False", f"Connected Active False {USER}   [] True"],
    "prefix": [f"Connected Active False {USER}   [Lab] False", "Aspen"],
    "few commands": [f"Connected Active False {USER}   [] True", 1],
    "by tenant id": [f"Connected Active False  {GUID} {CLIENT} [] True"],
    "reads": ["Aspen"],
    "by domain": [OBJECT],
    "compliance": [f"Connected Active False {USER}   [] False", f"Connected Active True {USER}   [] True"],
    "nothing there": [],
}


@pytest.fixture(scope="module")
def played(new_online: Any) -> Any:
    shell = new_online()
    shell.faults = FAULTS
    return shell.ask(STEPS)


@pytest.mark.parametrize("step", VALUES)
def test_each_connection_shows_what_it_is(step: str, played: Any) -> None:
    assert played[step].value == VALUES[step], played[step].sentence


def test_an_application_signed_in_by_tenant_id_reads_and_writes_nothing(played: Any) -> None:
    assert played["writes"].reason == "InsufficientPermissionsException"
    assert "doesn't have write permission to target DC" in played["writes"].sentence


def test_the_compliance_session_answers_from_the_wrong_service(played: Any) -> None:
    assert "couldn't be found on 'FfoRecipientSession'" in played["wrong service"].sentence


def test_nothing_is_left_of_a_connection_that_ended(played: Any) -> None:
    assert played["nobody"].value == []
    assert played["nobody"].reason == "CommandNotFoundException"


GRAPH = {
    "context": "(Get-MgContext).TenantId",
    "principal": f"$one = Get-MgServicePrincipal -Filter \"appId eq '{CLIENT}'\"; $one.Id; $one.DisplayName",
    "grants": f"Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {OBJECT} -All | ForEach-Object {{ $grant = $_; "
    "$resource = Get-MgServicePrincipal -ServicePrincipalId $_.ResourceId; $role = $resource.AppRoles | Where-Object Id -eq $grant.AppRoleId; "
    "$resource.DisplayName + ' ' + $role.Value }",
    "throttled": f"Get-MgServicePrincipal -Filter \"appId eq '{CLIENT}'\"",
    "nobody": f"Get-MgServicePrincipalAppRoleAssignment -ServicePrincipalId {CLIENT}",
    "sources": "(Get-Command Get-MgContext, Get-MgServicePrincipal).Source",
    "signed out": "Disconnect-MgGraph; Get-MgContext; Get-MgServicePrincipal",
}


def test_graph_shows_what_entra_granted(new_online: Any) -> None:
    shell = new_online()
    shell.module = ROOT / "lab" / "MicrosoftGraph" / "Microsoft.Graph.Applications.psd1"
    roles = [("00000003-0000-0000-c000-000000000000", "Mail.Read"), ("00000002-0000-0ff1-ce00-000000000000", "full_access_as_app")]
    shell.state["applications"][CLIENT]["entraRoles"] = [{"resource": one, "value": value} for one, value in roles]
    shell.faults = [{"call": 6, "kind": "throttled"}]
    told = shell.ask(GRAPH)
    assert told["context"].value == [GUID]
    assert told["principal"].value == [OBJECT, "Robot"]
    assert told["grants"].value == ["Microsoft Graph Mail.Read", "Office 365 Exchange Online full_access_as_app"]
    assert told["sources"].value == ["Microsoft.Graph.Authentication", "Microsoft.Graph.Applications"]
    assert "[TooManyRequests]" in told["throttled"].sentence
    assert "[Request_ResourceNotFound]" in told["nobody"].sentence
    assert "Connect-MgGraph" in told["signed out"].sentence
