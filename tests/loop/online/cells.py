"""The bundle of the online matrix, its starting points, and what its cells are made of."""

from itertools import product

from tests.loop.bundles import MATRIX
from tests.loop.cells import Cell, Run

TENANT = "4a7f0b86-1c2d-4e3f-9a5b-6c7d8e9f0a1b"
CLIENT = "9d3c52a1-77e8-4b0f-8f16-2a4c6e8b0d12"
OBJECT = "c0ffee12-3456-4789-abcd-ef0123456789"
REGISTRATION = "0badcafe-3456-4789-abcd-ef0123456789"
OTHER = "11111111-2222-4333-8444-555555555555"
GRAPH = MATRIX.replace("exchange-server", "exchange-online").replace(
    '[service-account]\naddress = "svc-rooms@contoso.com"',
    f'[application]\ntenant-id = "{TENANT}"\nclient-id = "{CLIENT}"\nobject-id = "{OBJECT}"\nallowed-entra-permissions = ["Place.Read.All"]',
)
EWS = GRAPH.replace("allowed-entra", 'access = "ews"\nallowed-entra')
ONLINE_LAB = ("--product", "exchange-online", "--registration-id", REGISTRATION)

STEPS = (10, 15, 20, 30, 40, 50, 60, 90)
WRITING = (20, 30, 40, 50, 90)
BEFORE = {10: "fresh", 15: "fresh", 20: "fresh", 30: "fresh", 40: "done30", 50: "done40", 60: "done50", 90: "done50"}
PLANNED = BEFORE | {step: f"plan{step}" for step in (30, 40, 50, 90)}
AFTER = {10: "fresh", 15: "fresh", 20: "fresh", 30: "done30", 40: "done40", 50: "done50", 60: "done50", 90: "fresh"}

LIST = "m-rooms.haus-c@contoso.com"
SCOPE, ASSIGNMENT, POINTER, ROLE = "m-rooms scope 02", "m-rooms assignment 02", "m-rooms", "Application Calendars.Read"
LISTS = tuple(("recipients", f"m-rooms.{one}@contoso.com") for one in ("salle-dattente", "obrien", "haus-c"))
SCOPES = (("scopes", "m-rooms scope"), ("scopes", SCOPE))
RIGHTS = (("assignments", "m-rooms assignment"), ("assignments", ASSIGNMENT))
POINTERS = (("pointers", POINTER),)

DEHYDRATED = "Edit-Snapshot { param($one) $one['organization']['isDehydrated'] = $true }"


def there_and_back() -> tuple[Run, ...]:
    """Every step planned and applied, each of which leaves a starting point."""
    pairs = product(STEPS, (False, True))
    return tuple(Run(step, apply=apply, keep=_kept(step, "done" if apply else "plan")) for step, apply in pairs)


def _kept(step: int, what: str) -> str:
    return f"{what}{step}" if step in WRITING else ""


WHOLE = Cell("the whole way online and back", "fresh", there_and_back(), end="fresh", stays=())
"""The cell that makes the starting points of the others."""


CALLS = {
    10: 17 * "r", 15: 4 * "r", 20: 3 * "r", 30: 10 * "r" + 3 * "w" + 5 * "r", 40: 12 * "r" + "wrwrw" + 5 * "r",
    50: 15 * "r" + "wwwrrww" + 9 * "r", 60: 23 * "r", 90: 15 * "r" + 8 * "w" + 9 * "r",
}
"""What each step calls in order, r a read and w a change, when all is made or taken away."""

WRITES = {step: calls.count("w") for step, calls in CALLS.items() if "w" in calls}
