"""What holds for the server's scripts, holds for those of Exchange Online: attacks on a sample, each caught by the rule meant for it."""

from collections.abc import Mapping

import pytest

from roomscope.generator.audit.check import audit_script
from roomscope.generator.bundle.release import release_of
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_online import EXCHANGE_ONLINE
from roomscope.generator.render.region import region_of
from roomscope.generator.statement.derive import step_of
from tests.generator.audit.mutants import (
    BACK,
    GRANT,
    LISTS,
    READY,
    ROOMS,
    Mutant,
    add,
    shared,
    swap,
)
from tests.generator.conftest import Files, seal

CUSTOM = "20-Enable-Customization.ps1"
GATES = "15-Test-Gates.ps1"
CONFIRM = "60-Confirm-Access.ps1"
ENTRA = "70-Test-Entra.ps1"
PRODUCT = PRODUCTS["exchange-online calendars-read"]

MUTANTS = [
    Mutant("a wider role", "RSA053", swap("$role = 'Application Calendars.Read'", "$role = 'Application Calendars.ReadWrite'")),
    Mutant("the whole mailbox", "RSA053", swap("$role = 'Application Calendars.Read'", "$role = 'Application EWS.AccessAsApp'")),
    Mutant("no scope", "RSA023", swap("; CustomResourceScope = $grant['Scope'] }", " }")),
    Mutant("a group for a scope", "RSA021", swap("; CustomResourceScope = $grant['Scope'] }", "; RecipientGroupScope = $grant['Scope'] }")),
    Mutant("a scope beside the scope", "RSA021", swap("CustomResourceScope = $grant", "Delegating = $true; CustomResourceScope = $grant")),
    Mutant("an exclusive scope", "RSA021", swap("RecipientRestrictionFilter = $filters", "Exclusive = $true; RecipientRestrictionFilter = $filters")),
    Mutant("an application of the session", "RSA028", swap("App = $objectId;", "App = $PSScriptRoot;")),
    Mutant("an application of a record", "RSA112", swap("App = $objectId;", "App = $record['Names'][0];")),
    Mutant("a pointer to another application", "RSA112", swap("AppId = $clientId", "AppId = $objectId")),
    Mutant("a second pointer", "RSA064", add("    if ($Apply) {\n        New-ServicePrincipal -AppId 'x' -ObjectId 'x' -DisplayName 'x' -ErrorAction Stop\n    }")),
    Mutant("a pointer without a gate", "RSA060", add("    New-ServicePrincipal -AppId 'x' -ObjectId 'x' -DisplayName 'x' -ErrorAction Stop")),
    Mutant("a swallowed refusal", "RSA062", swap("-Kind 'pointer' -Name $name)) { throw } }", "-Kind 'pointer' -Name $name)) { 'x' } }")),
    Mutant("a forgotten session", "RSA112", swap("            Assert-Connection -Record $record\n", "")),
    Mutant("a domain controller", "RSA050", swap('\\evidence"\n)', "\\evidence\",\n    [string]$DomainController = ''\n)")),
    Mutant("help that leads elsewhere", "RSA050", swap(".EXAMPLE", ".PARAMETER DomainController\n    x\n.EXAMPLE")),
    Mutant("customization in another step", "RSA020", add("    if ($Apply) {\n        Enable-OrganizationCustomization -ErrorAction Stop\n    }"), READY),
    Mutant("customization without a gate", "RSA060", swap("if ($Apply -and $plan.Count -ne 0)", "if ($plan.Count -ne 0)"), CUSTOM),
    Mutant("a gate that is opened", "RSA020", add("    if ($Apply) {\n        Set-OrganizationConfig -EwsEnabled $true\n    }"), GATES),
    Mutant("a list that looks empty", "RSA112", swap(" -RetrieveEwsOperationAccessPolicy", ""), GATES),
    Mutant("a permission that is granted", "RSA020", add("    New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $objectId"), ENTRA),
    Mutant("a permission that is let through", "RSA053", swap("'full_access_as_app|ews", "'ews"), ENTRA),
    Mutant("a principal that is not asked", "RSA023", swap(" -ServicePrincipalId $objectId -All", " -All"), ENTRA),
    Mutant("a mailbox that is not asked", "RSA023", swap(" -Resource $mailbox", ""), CONFIRM),
    Mutant("an error that is empty", "RSA023", swap("-ResultSize Unlimited -ErrorAction Stop)\n            foreach ($one in $recipients)", "-ResultSize Unlimited)\n            foreach ($one in $recipients)"), CONFIRM),
    Mutant("members who join", "RSA022", swap("MemberJoinRestriction   = 'Closed'", "MemberJoinRestriction   = 'Open'"), LISTS),
    Mutant("a member of rooms.csv", "RSA028", swap("Member = [string]$mailboxes[$item['Target']].Guid", "Member = $item['Target']"), ROOMS),
    Mutant("a removal of anything", "RSA028", swap("$old = @{ Identity = $state['Guid']; Confirm = $false }\n                        Remove-ServicePrincipal", "$old = @{ Identity = $PSScriptRoot; Confirm = $false }\n                        Remove-ServicePrincipal"), BACK),
    Mutant("another tenant", "RSA052", shared(r"if \(\$Record\['TenantId'\] -ne \$one\.TenantID\)", "if ($null -eq $one.TenantID)")),
    Mutant("commands of anywhere", "RSA052", shared(r"if \(\$module -ne \$source\)", "if ($module -eq 'x')")),
    Mutant("a command that the guard does not know", "RSA053", swap("'Get-ServicePrincipal', ", "")),
]


@pytest.fixture(scope="module")
def online(samples: Mapping[str, Files]) -> Files:
    return samples["online-graph"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_an_attack_is_caught_by_the_rule_that_is_meant_for_it(online: Files, mutant: Mutant) -> None:
    data = mutant.edit(online[mutant.file])
    assert data != online[mutant.file]
    found = audit_script(mutant.file, data, release_of(PRODUCT), step_of(mutant.file))
    assert mutant.rule in {finding.rule for finding in found}


def test_adjusting_all_digests_does_not_help(online: Files) -> None:
    mutant = MUTANTS[0]
    files = seal({**online, mutant.file: mutant.edit(online[mutant.file])})
    assert mutant.rule in {finding.rule for finding in audit_delivery(Delivery("bundle", "bundle", files, ())).findings}


def test_a_script_of_one_access_is_none_of_another(online: Files) -> None:
    for product in EXCHANGE_ONLINE:
        found = {finding.rule for finding in audit_script(GRANT, online[GRANT], release_of(product), 50)}
        assert found == (set() if product is PRODUCT else {"RSA053"})


def test_every_access_has_one_region_and_no_step_that_takes_rooms_out() -> None:
    assert len({region_of(product) for product in EXCHANGE_ONLINE}) == 1
    assert {tuple(step.number for step in product.steps) for product in EXCHANGE_ONLINE} == {(10, 15, 20, 30, 40, 50, 60, 70, 90)}
    assert GATES in {step.file for step in PRODUCT.steps}
