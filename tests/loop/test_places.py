"""The wrong place, or a bundle that is not the one that was rendered, is left before the directory is asked about the bundle."""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from tests.loop.bundles import ALTERED
from tests.loop.cells import (
    CALLS,
    LISTS,
    NOTHING,
    PLANNED,
    SCOPES,
    SCRIPTS,
    WRITING,
    Cell,
    Run,
    finish,
)
from tests.loop.stage import Stage

PLACES = (
    ("one domain in view", "Edit-Entry -Kind session -Key x -With @{ viewEntireForest = $false }", "Set-ADServerSettings -ViewEntireForest $true"),
    ("Exchange Online", "Edit-Entry -Kind organization -Key x -With @{ version = '0.20 (15.20.7181.27)' }", "Exchange Online"),
    ("a dehydrated organisation", "Edit-Entry -Kind organization -Key x -With @{ isDehydrated = $true }", "Exchange Online"),
)


RIGHT = ("remove-assignment", "remove-assignment")


def places() -> Iterator[Cell]:
    for (name, change, says), step in product(PLACES, SCRIPTS):
        yield Cell(f"{step} in {name}", PLANNED[step], (Run(step, apply=step in WRITING, ok=False, writes=0, before=change, says=(says, NOTHING)),))
    for step in SCRIPTS:
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, says=("organisation Contoso does not accept mail for contoso.com, emea.contoso.com", "Open a session in the right one", NOTHING))
        run = (Run(90, apply=True, says=("does not accept mail",), warns=(("foreign-organization", "noted"),)),) if step == 90 else (stopped,)
        yield Cell(f"{step} in another organisation", f"foreign {PLANNED[step]}", run)


def remedies(name: str) -> tuple[str, ...]:
    """What is said to do about a bundle that somebody changed."""
    away, anew = "is not listed: move it away", "get the bundle again"
    return (away, anew) if name == "two at once" else (away,) if name.startswith("unlisted") else (anew,)


def altered() -> Iterator[Cell]:
    for (name, (_, says)), step in product(ALTERED.items(), SCRIPTS):
        if step == 90 and name != "altered way back":
            yield from _back(name, says)
            continue
        stopped = Run(step, apply=step in WRITING, ok=False, silent=True, writes=0, bundle=name, says=(*says, *remedies(name), NOTHING))
        yield Cell(f"{step} beside {name}", PLANNED[step], (stopped,), end=PLANNED[step])


def _back(name: str, says: tuple[str, ...]) -> Iterator[Cell]:
    """The way back says what is wrong with its bundle and takes the right away; the rest waits for the right bundle."""
    says, warns = (*says, *remedies(name)), (("bundle-altered", "unknown"),)
    plan = Run(90, bundle=name, plans=RIGHT, says=(*says, "NOT all will be gone"), warns=warns)
    right = Run(
        90, apply=True, bundle=name, ok=False, result="stopped", writes=2, outcomes=("done", "done"), warns=warns,
        says=(*says, "Made: remove assignment m-rooms assignment; ", "Left: ", "Changes made: 2 of 2"),
    )
    again = Run(90, bundle=name, ok=False, writes=0, says=(*says, NOTHING), warns=warns)
    yield Cell(f"90 beside {name}", "done50", (plan, right, again), stays=(*LISTS, *SCOPES))
    yield Cell(f"90 beside {name}, then beside the right one", "done50", (plan, right, *finish(90)), end="fresh", stays=())


def by_hand() -> Iterator[Cell]:
    """A way back that was altered is not run; what it would have done first can be done by hand."""
    says = ("90-Remove-Access.ps1 differs: get the bundle again", "Remove-ManagementRoleAssignment: m-rooms assignment, m-rooms assignment 02", NOTHING)
    refused = Run(90, ok=False, silent=True, writes=0, bundle="altered way back", says=says)
    yield Cell("90 altered, by hand", "done50", (refused,), end="done50")


NO_FOLDERS = ("Env:\\", "Function:", "{bundle}/rooms.csv")
"""What is there and no folder."""


def elsewhere(stage: Stage) -> Iterator[Cell]:
    for step, place in product((10, 30, 90), NO_FOLDERS):
        refused = Run(
            step, apply=step in WRITING, ok=False, result=None, silent=True, writes=0, arguments={"EvidencePath": place},
            says=("cannot hold records: it is no folder. Name another with -EvidencePath", NOTHING),
        )
        yield Cell(f"{step} records in {place}", PLANNED[step], (refused,), end=PLANNED[step])
    for step in (10, 30, 90):
        bundle = stage.folder / "bundle"
        link = f"[void][IO.Directory]::CreateSymbolicLink('{stage.folder}/link{step}', '{bundle}')"
        refused = Run(
            step, apply=step in WRITING, ok=False, result=None, silent=True, writes=0, before=link, arguments={"EvidencePath": f"{{bundle}}/../link{step}"},
            says=("they would alter a bundle", NOTHING),
        )
        yield Cell(f"{step} records by a link in the bundle", PLANNED[step], (refused,), end=PLANNED[step])


def records() -> Iterator[Cell]:
    """Records that would lie in the bundle, other than in its folder for them, would alter it."""
    for step, place in product(SCRIPTS, ("records", "evidence/more", "evidence/../records", "")):
        asked = {"EvidencePath": f"{{bundle}}/{place}"}
        refused = Run(step, apply=step in WRITING, ok=False, result=None, silent=True, writes=0, arguments=asked, says=("-EvidencePath", NOTHING))
        yield Cell(f"{step} records in the bundle's {place or 'own folder'}", PLANNED[step], (refused,), end=PLANNED[step])


def relisted() -> Iterator[Cell]:
    """Other rooms, and the list of digests says so: what the script knows of rooms.csv still holds."""
    for step in (10, 30, 40, 50, 60):
        stopped = Run(step, apply=step in WRITING, ok=False, writes=0, bundle="listed rooms", says=("rooms.csv is not the rendered one", NOTHING))
        yield Cell(f"{step} other rooms that are listed", PLANNED[step], (stopped,), end=PLANNED[step])
    right = Run(
        90, apply=True, bundle="listed rooms", ok=False, result="stopped", writes=2, outcomes=("done", "done"), warns=(("unread", "unknown"),),
        says=("Left: ", "rooms.csv is not the rendered one", "Made: ", "Changes made: 2 of 2"),
    )
    plan = Run(90, bundle="listed rooms", says=("rooms.csv is not the rendered one", "NOT all will be gone"))
    again = Run(90, bundle="listed rooms", ok=False, writes=0, says=("rooms.csv is not the rendered one", NOTHING))
    yield Cell("90 other rooms that are listed", "done50", (plan, right, again), stays=(*LISTS, *SCOPES))
    yield Cell("90 other rooms, then the right ones", "done50", (plan, right, *finish(90)), end="fresh", stays=())


def signed() -> Iterator[Cell]:
    for step in SCRIPTS:
        run = Run(step, apply=step in WRITING, bundle="signed", says=(f"{SCRIPTS[step]}.ps1 is signed, so not compared here, but by AUDIT.ps1",))
        yield Cell(f"{step} signed", PLANNED[step], (run,))


@pytest.mark.alone
@pytest.mark.parametrize("cell", [*places(), *altered(), *records(), *relisted(), *signed(), *by_hand()], ids=lambda cell: cell.name)
def test_only_the_rendered_bundle_runs_and_only_where_it_belongs(cell: Cell, play: Callable[[Cell], None]) -> None:
    play(cell)


@pytest.mark.alone
def test_records_have_a_folder_of_their_own(stage: Stage, play: Callable[[Cell], None]) -> None:
    for cell in elsewhere(stage):
        play(cell)


@pytest.mark.alone
def test_a_whole_bundle_is_not_stopped(stage: Stage) -> None:
    assert all(was.calls for was in stage.play(Cell("10 beside the whole bundle", "fresh", (Run(10),))))
    assert set(CALLS) == set(SCRIPTS)
