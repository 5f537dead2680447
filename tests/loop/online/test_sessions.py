"""A session that has another connection than the one of this bundle, or more than one, is refused."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.loop.cells import NOTHING, Cell, Run, fault
from tests.loop.online.cells import AFTER, CLIENT, OTHER, PLANNED, STEPS, TENANT, WRITING

WITH = "Disconnect-ExchangeOnline -Confirm:$false; Connect-ExchangeOnline "
APP = WITH + f"-AppId {CLIENT} -CertificateThumbprint 00 -Organization "
AWAY = "Disconnect-ExchangeOnline -Confirm:$false"
"""What the session has besides goes, and the module is loaded anew."""

CAUSES = "A connection with -Prefix, or to something else, hides it, too"
CONNECTIONS = (
    ("two connections", "Connect-ExchangeOnline", "there must be one, and there are 2"),
    ("another connection with a prefix", "Connect-ExchangeOnline -Prefix Second", "there must be one, and there are 2"),
    ("nobody signed in", AWAY, "lacks Get-OrganizationConfig"),
    ("a prefix", WITH + "-Prefix Exo", CAUSES),
    ("another connection, for compliance", "Connect-IPPSSession", ""),
    ("a compliance session alone", AWAY + "; Connect-IPPSSession", CAUSES),
    ("a tenant's id as organisation", APP + TENANT, f"-Organization {TENANT} may write nothing; it takes the initial domain"),
    ("a domain as organisation", APP + "contoso.com", "-Organization contoso.com may write nothing; it takes the initial domain"),
    ("a function for a command", "function global:Get-AcceptedDomain { throw 'called' }", "Get-AcceptedDomain is a function or an alias"),
    ("an alias for a command", "Set-Alias -Name Get-AcceptedDomain -Value Get-Date -Scope Global", "Get-AcceptedDomain is a function or an alias"),
    ("a function for the connections", "function global:Get-ConnectionInformation { throw 'called' }", "Get-ConnectionInformation is a function or an alias"),
    ("default values", "$global:PSDefaultParameterValues['*:Apply'] = $true", "default parameter values"),
)
AFTERWARDS = (
    "$global:PSDefaultParameterValues.Clear(); Remove-Item -LiteralPath function:Get-AcceptedDomain, alias:Get-AcceptedDomain, function:Get-ConnectionInformation -ErrorAction Ignore"
)
AFTER_SESSION = AFTERWARDS + "; " + AWAY


def connections() -> Iterator[Cell]:
    # The session is looked at by the same functions in each step, and each kind is met at the beginning, at a grant and on the way back.
    asked = {number: {10, 50, 90, STEPS[number % len(STEPS)], STEPS[(number + 3) % len(STEPS)]} for number in range(len(CONNECTIONS))}
    for (name, session, says), step in ((one, step) for number, one in enumerate(CONNECTIONS) for step in sorted(asked[number])):
        shadowing = step not in {15, 20} and "compliance" in name
        recorded = ("organisation" in name or "connection" in name) and "function" not in name and not shadowing
        text = says or ("of several modules" if shadowing else "there must be one, and there are 2")
        refused = Run(
            step, apply=step in WRITING and "default" not in name, ok=False, result="stopped" if recorded else None, writes=0, session=session,
            sessionAfter=AFTER_SESSION, says=(text, NOTHING),
        )
        yield Cell(f"{step} session with {name}", PLANNED[step], (refused,), end=PLANNED[step])
    for step in STEPS:
        ready = Run(step, apply=step in WRITING, session=APP + "contoso.onmicrosoft.com", sessionAfter=AFTER_SESSION)
        yield Cell(f"{step} by an application with the initial domain", PLANNED[step], (ready,), end=AFTER[step])


def tenants() -> Iterator[Cell]:
    foreign = f"Edit-Snapshot {{ param($one) $one['tenant']['id'] = '{OTHER}' }}"
    domains = "Edit-Snapshot { param($one) $one['acceptedDomains'] = @('fabrikam.com', 'fabrikam.onmicrosoft.com') }"
    for step in STEPS:
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, before=foreign, says=(f"it is to tenant {OTHER}, not {TENANT}", NOTHING))
        yield Cell(f"{step} in another tenant", PLANNED[step], (stopped,))
        text = "does not accept mail for contoso.com"
        if step in {15, 90}:
            runs = (Run(step, apply=step == 90, before=domains, warns=(("foreign-organization", "noted"),), says=(text,)),)
        else:
            runs = (replace(stopped, before=domains, says=(text, NOTHING)),)
        yield Cell(f"{step} without the domain", PLANNED[step], runs)


def meanwhile() -> Iterator[Cell]:
    """What a session is, is looked at again before the first change."""
    kinds = {
        "expired": "its token is not active, but Expired", "anotherConnection": "there must be one, and there are 2",
        "complianceSession": "there must be one, and there are 2",
    }
    for step in STEPS:
        for kind, says in kinds.items():
            for nth in (1, 2):
                if nth == 2 and step not in {30, 40, 50, 90}:
                    continue
                faults = fault(cmdlet="Get-ConnectionInformation", nth=nth, kind=kind)
                stopped = Run(
                    step, apply=step in WRITING, ok=False, result="stopped", writes=0, faults=faults, says=(says, NOTHING), sessionAfter=AFTER_SESSION
                )
                yield Cell(f"{step} {kind} at look {nth}", PLANNED[step], (stopped,), end=PLANNED[step])


def lacking() -> Iterator[Cell]:
    for command, step in (("New-ServicePrincipal", 50), ("Test-ServicePrincipalAuthorization", 60), ("Enable-OrganizationCustomization", 20)):
        absent = f"Edit-Entry -Kind session -Key x -With @{{ absentCmdlets = @('{command}') }}"
        for asked in (step, 10):
            stopped = Run(asked, apply=asked in WRITING, ok=False, writes=0, silent=True, before=absent, load=True, result=None, says=(command, NOTHING))
            yield Cell(f"{asked} without the command {command}", PLANNED[asked], (stopped,))
    for command, parameter in (("New-ManagementRoleAssignment", "CustomResourceScope"), ("New-DistributionGroup", "RoomList"), ("Get-OrganizationConfig", "RetrieveEwsOperationAccessPolicy")):
        absent = f"Edit-Entry -Kind session -Key x -With @{{ absentParameters = @{{ '{command}' = @('{parameter}') }} }}"
        stopped = Run(10, ok=False, writes=0, before=absent, load=True, says=(f"{command} -{parameter}", NOTHING))
        yield Cell(f"10 without the parameter {parameter} of {command}", "fresh", (stopped,))


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*connections(), *tenants(), *meanwhile(), *lacking()], ids=lambda cell: cell.name)
def test_only_the_one_connection_of_this_bundle_is_used(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)
