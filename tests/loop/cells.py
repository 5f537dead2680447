"""A cell of the matrix: a script in a situation, and how it has to end."""

from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

SCRIPTS = {
    10: "10-Test-Readiness", 30: "30-New-RoomLists", 40: "40-Add-Rooms", 50: "50-Grant-Access", 60: "60-Confirm-Access",
    90: "90-Remove-Access",
}
ONLINE = SCRIPTS | {15: "15-Test-Gates", 20: "20-Enable-Customization", 70: "70-Test-Entra"}
"""The scripts of Exchange Online, some of which have the names of the server's."""

WRITING = (30, 40, 50, 90)
BEFORE = {10: "fresh", 30: "fresh", 40: "done30", 50: "done40", 60: "done50", 90: "done50"}
PLANNED = {10: "fresh", 30: "plan30", 40: "plan40", 50: "plan50", 60: "done50", 90: "plan90"}
AFTER = {10: "fresh", 30: "done30", 40: "done40", 50: "done50", 60: "done50", 90: "fresh"}
CALLS = {
    10: 17 * "r", 30: 10 * "r" + 3 * "w" + 5 * "r", 40: 12 * "r" + "wrwrw" + 5 * "r", 50: 13 * "r" + "wwrww" + 7 * "r", 60: 19 * "r",
    90: 14 * "r" + 7 * "w" + 7 * "r",
}
"""What each step calls in order, r a read and w a change, when six rooms in three lists with two grants are made or taken away."""

WRITES = {step: calls.count("w") for step, calls in CALLS.items() if "w" in calls}

LIST, NAME = "m-rooms.haus-c@contoso.com", "Rooms Haus C"
FIRST_LIST = "m-rooms.salle-dattente@contoso.com"
SCOPE, ASSIGNMENT = "m-rooms scope 02", "m-rooms assignment 02"
LISTS = (("recipients", FIRST_LIST), ("recipients", "m-rooms.obrien@contoso.com"), ("recipients", LIST))
SCOPES = (("scopes", "m-rooms scope"), ("scopes", SCOPE))
RIGHTS = (("assignments", "m-rooms assignment"), ("assignments", ASSIGNMENT))
NOTHING = "Nothing was changed."
CHILD = (
    "& (Get-Module -Name Exchange) { Write-Change -Change ([ordered]@{ op = 'put'; kind = 'roles'; key = 'Quiet'; value = @{ name = 'Quiet'; "
    "parent = 'ApplicationImpersonation'; roleType = 'ApplicationImpersonation' } }); Update-View -View (Get-MainView) }; "
)
"""Makes a role that holds the right as a child of its role."""

GERMAN = "Edit-Entry -Kind organization -Key x -With @{ language = 'de' }"


@dataclass(frozen=True, slots=True)
class Run:
    """A script, the weather in which it runs and how it has to end."""

    step: int
    apply: bool = False
    ok: bool = True
    result: str | None = ""
    """In its record; empty: what follows from the rest; None: there is no record."""

    writes: int | None = None
    """How many changing calls there are; None: not counted."""

    plans: tuple[str, ...] | None = None
    """The kinds of what its record plans; None: not compared."""

    outcomes: tuple[str, ...] | None = None
    """What its record says that they came to; None: what follows from the rest."""

    says: tuple[str, ...] = ()
    warns: tuple[tuple[str, str], ...] = ()
    """Kinds and outcomes of warnings that its record holds among others."""

    silent: bool = False
    """No call of an Exchange command is made."""

    before: str = ""
    """What somebody does in the directory before."""

    faults: tuple[dict[str, Any], ...] = ()
    session: str = ""
    sessionAfter: str = ""  # noqa: N815 - read by the runner
    arguments: dict[str, str] = field(default_factory=dict)
    bundle: str = "bundle"
    keep: str = ""
    """The starting point that is kept of what is there afterwards."""

    load: bool = False

    @property
    def script(self) -> str:
        return ONLINE[self.step]


@dataclass(frozen=True, slots=True)
class Cell:
    """A situation: where it starts, what is run, what has to be there at the end."""

    name: str
    start: str
    runs: tuple[Run, ...]
    end: str = ""
    """The starting point that it must equal; empty: not compared."""

    stays: tuple[tuple[str, str], ...] | None = None
    """What is left of the bundle at the end, by kind and name; None: not compared."""

    died: "Cell | None" = None
    """The cell in which a session died and left what this one starts from."""


def there_and_back(**weather: Any) -> tuple[Run, ...]:
    """Every step planned and applied."""
    pairs = product(SCRIPTS, (False, True))
    return tuple(Run(step, apply=apply, keep=_kept(step, "done" if apply else "plan"), **weather) for step, apply in pairs)


def _kept(step: int, what: str) -> str:
    return f"{what}{step}" if step in WRITING else ""


def finish(step: int, **more: Any) -> tuple[Run, ...]:
    """Plan and apply again, which must come to the end without an error."""
    return (Run(step, **more), Run(step, apply=True, **more))


def unkept(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    return tuple(replace(run, keep="") for run in runs)


def fault(**what: Any) -> tuple[dict[str, Any], ...]:
    return (what,)


CHAIN = Cell("the whole way and back", "fresh", there_and_back(), end="fresh", stays=())
"""The cell that makes the starting points of the others."""
