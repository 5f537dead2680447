"""Step 70 shows what Entra grants, in a session of Microsoft Graph PowerShell."""

import shutil
from collections.abc import Iterator

import pytest

from tests.loop.cells import NOTHING, Cell, Run, fault
from tests.loop.checks import check
from tests.loop.online.cells import (
    CLIENT,
    OBJECT,
    OTHER,
    TENANT,
)
from tests.loop.session import Session
from tests.loop.stage import Stage

OF_GRAPH, OF_EXCHANGE = "00000003-0000-0000-c000-000000000000", "00000002-0000-0ff1-ce00-000000000000"
OPENING = (
    (OF_GRAPH, "Calendars.ReadWrite"), (OF_GRAPH, "Calendars.Read"), (OF_GRAPH, "Mail.Read"), (OF_GRAPH, "RoleManagement.ReadWrite.Exchange"),
    (OF_GRAPH, "AppRoleAssignment.ReadWrite.All"), (OF_EXCHANGE, "full_access_as_app"), (OF_EXCHANGE, "Exchange.ManageAsApp"), (OF_EXCHANGE, "Calendars.ReadWrite.All"),
)
HARMLESS = ((OF_GRAPH, "User.Read.All"), (OTHER, "Tickets.Read"))


@pytest.fixture(scope="module")
def entra(stage: Stage, graph_session: Session, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The same bundle in a session of Graph."""
    made = Stage(tmp_path_factory.mktemp("entra"), graph_session, stage.whole)
    shutil.copytree(stage.bundle, made.bundle)
    shutil.copytree(stage.start("fresh"), made.start("fresh"))
    return made


def _granted(*roles: tuple[str, str]) -> str:
    held = ", ".join(f"@{{ resource = '{resource}'; value = '{value}' }}" for resource, value in roles)
    return f"Edit-Snapshot {{ param($one) $one['applications']['{CLIENT}']['entraRoles'] = @({held}) }}"


def grants() -> Iterator[Cell]:
    allowed = (OF_GRAPH, "Place.Read.All")
    yield Cell("70 nothing granted", "fresh", (Run(70, writes=0, result="unchanged", says=("Permissions that Entra grants: 0",)),))
    yield Cell("70 allowed permissions only", "fresh", (Run(70, writes=0, before=_granted(allowed), says=("allowed by the bundle: Place.Read.All of Microsoft Graph", "none of them opens")),))
    for resource, value in OPENING:
        opened = Run(70, ok=False, writes=0, before=_granted(allowed, (resource, value)), warns=(("entra-grant", "not done"),), says=(f"Entra grants {value} of", "Revoke that", NOTHING))
        yield Cell(f"70 {value} granted", "fresh", (opened,))
    for resource, value in HARMLESS:
        yield Cell(f"70 {value} granted", "fresh", (Run(70, writes=0, before=_granted((resource, value)), warns=(("entra-other", "noted"),), says=(value,)),))
    every = Run(70, ok=False, writes=0, before=_granted(*OPENING), says=("Calendars.ReadWrite of Microsoft Graph", "full_access_as_app of Office 365 Exchange Online", NOTHING))
    yield Cell("70 everything granted", "fresh", (every,))
    revoked = Run(70, before=_granted(), writes=0)
    yield Cell("70 granted, then revoked", "fresh", (every, revoked))


def places() -> Iterator[Cell]:
    other = f"signed in to tenant {OTHER}, and the bundle is for {TENANT}"
    yield Cell("70 in another tenant", "fresh", (Run(70, ok=False, session=f"Connect-MgGraph -TenantId {OTHER}", sessionAfter="$null", says=(other, NOTHING)),))
    yield Cell("70 signed in to nothing", "fresh", (Run(70, ok=False, session="Disconnect-MgGraph", sessionAfter="$null", says=("not signed in to Microsoft Graph", NOTHING)),))
    gone = f"Edit-Snapshot {{ param($one) $one['applications'].Remove('{CLIENT}') }}"
    yield Cell("70 no such application", "fresh", (Run(70, ok=False, before=gone, says=(f"0 enterprise applications have the client id {CLIENT}", NOTHING)),))
    anew = f"Edit-Snapshot {{ param($one) $found = $one['applications']['{CLIENT}']; $found['objectId'] = '{OTHER}'; $found['registrationId'] = '{OBJECT}' }}"
    says = (f"has the object id {OTHER}; the bundle has {OBJECT}, perhaps of the app registration", NOTHING)
    yield Cell("70 the object id of the registration", "fresh", (Run(70, ok=False, before=anew, says=says),))


def failing() -> Iterator[Cell]:
    for number, kind in enumerate(("accessDenied", "throttled", "transient", "accessDenied"), 1):
        stopped = Run(70, ok=False, result="stopped", before=_granted((OF_GRAPH, "Place.Read.All")), faults=fault(call=number, kind=kind), says=(NOTHING,))
        yield Cell(f"70 read {number} {kind}", "fresh", (stopped,))


@pytest.mark.parametrize("cell", [*grants(), *places(), *failing()], ids=lambda cell: cell.name)
def test_what_entra_grants_is_named(cell: Cell, entra: Stage) -> None:
    check(cell, entra.play(cell), entra)
