"""What needs a session, a folder or a size of its own: constrained mode, odd folders, interruption, a thousand rooms."""

import json
import signal
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.loop.session import PATIENCE

FORTH = ("10-Test-Readiness", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access", "60-Confirm-Access")
BACK = ("90-Remove-Access",)
CONSTRAINED = '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"; '
LISTS = 15
MOST_READS = 5 + 3 * LISTS
MOST_LOOKUPS = 50


@dataclass(frozen=True, slots=True)
class Run:
    """A script to play."""

    script: str
    apply: bool = False
    faults: tuple[dict[str, Any], ...] = ()
    before: str = ""
    keep: str = ""
    bundle: str = "bundle"
    session: str = ""
    sessionAfter: str = ""  # noqa: N815 - read by the runner
    load: bool = False
    arguments: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cell:
    """A situation."""

    name: str
    start: str
    runs: tuple[Run, ...]


def both(scripts: tuple[str, ...], options: str = "") -> str:
    return "; ".join(f"& './{script}.ps1' {options}; & './{script}.ps1' {options} -Apply" for script in scripts)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8-sig")) for path in sorted(folder.glob("*.json"), key=lambda path: path.name.split(".")[2])]


@pytest.mark.alone
def test_every_script_plans_and_applies_in_constrained_language_mode(game: Any) -> None:
    bundle = game.place("fresh")
    for scripts in (FORTH, BACK):
        session = game.shell(CONSTRAINED + both(scripts), bundle)
        output, _ = session.communicate(timeout=PATIENCE)
        assert session.returncode == 0, output
    made = records(bundle / "evidence")
    assert [record["Result"] for record in made] == ["unchanged"] * 2 + ["planned", "applied"] * 3 + ["unchanged"] * 2 + ["planned", "applied"]
    assert {record["LanguageMode"] for record in made if "LanguageMode" in record} <= {"ConstrainedLanguage"}
    assert [record["Previous"] is None for record in made] == [True] + [False] * 11
    assert game.state(game.folder / "directory") == game.state(game.start("fresh"))


@pytest.mark.alone
def test_brackets_spaces_and_apostrophes_in_folders_do_no_harm(game: Any) -> None:
    bundle = game.place("fresh", "it's [1] place")
    elsewhere = bundle.parent / "o'x [2]" / "records [3]"
    elsewhere.parent.mkdir(exist_ok=True)
    session = game.shell(f"{both(FORTH[:2])}; {both(FORTH[2:3], '-EvidencePath ' + quoted(elsewhere))}", bundle)
    output, _ = session.communicate(timeout=PATIENCE)
    assert session.returncode == 0, output
    assert [len(records(folder)) for folder in (bundle / "evidence", elsewhere)] == [4, 2]


def unwrapped(output: str) -> str:
    """What PowerShell said, without the lines that it drew for its console."""
    return " ".join(output.replace("|", " ").split())


def quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@pytest.mark.alone
def test_without_a_place_for_the_record_nothing_is_changed(game: Any) -> None:
    bundle = game.place("fresh")
    session = game.shell("& './30-New-RoomLists.ps1' -EvidencePath /proc/none/evidence", bundle)
    output, _ = session.communicate(timeout=PATIENCE)
    assert session.returncode == 1
    assert "cannot be used" in unwrapped(output)
    assert "Nothing was changed." in unwrapped(output)

    session = game.shell("& './30-New-RoomLists.ps1'", bundle)
    output, _ = session.communicate(timeout=PATIENCE)
    assert session.returncode == 0, output
    now = datetime.now(UTC)
    for seconds in range(100):
        stamp = (now + timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")
        (bundle / "evidence" / f"30-New-RoomLists.apply.{stamp}.json").mkdir()
    session = game.shell("& './30-New-RoomLists.ps1' -Apply", bundle)
    output, _ = session.communicate(timeout=PATIENCE)
    assert session.returncode == 1
    assert "cannot be written" in unwrapped(output)
    assert "Nothing was changed." in unwrapped(output)
    assert game.state(game.folder / "directory") == game.state(game.start("fresh"))


@pytest.fixture(scope="module")
def thousand(big_game: Any) -> dict[str, list[Any]]:
    """The way to the grant for 1,060 rooms, with answers that are cut short in between."""
    cut = tuple({"cmdlet": name, "kind": "cut1000"} for name in ("Get-Mailbox",))
    forth = [Run(FORTH[0])]
    for script in FORTH[1:4]:
        forth += [Run(script, keep=f"plan{script[:2]}"), Run(script, apply=True, keep=f"done{script[:2]}")]
    cells = (
        Cell("forth", "fresh", (*forth, Run(FORTH[4]))),
        Cell("again", "done50", tuple(Run(script, apply=True) for script in FORTH[1:4])),
        Cell("cut", "plan40", (Run(FORTH[2], apply=True, faults=cut),)),
        Cell("back", "done50", (Run(BACK[0]), Run(BACK[0], apply=True))),
    )
    return {cell.name: big_game.play(cell) for cell in cells}


def test_a_thousand_rooms_cost_few_reading_calls_and_no_second_change(thousand: dict[str, list[Any]]) -> None:
    for name in ("forth", "again", "back"):
        for was in thousand[name]:
            assert was.error == ""
            reads = sum(not call["writes"] for call in was.calls)
            assert reads <= MOST_READS, was.output
            assert (was.record["Reads"], was.record["Writes"]) == (reads, len(was.calls) - reads)
    assert [len(was.changes) for was in thousand["again"]] == [0, 0, 0]
    assert [was.record["Result"] for was in thousand["again"]] == ["unchanged"] * 3
    assert sum(was.record["Writes"] for was in thousand["forth"]) == LISTS + 1060 + 2


def test_an_answer_that_was_cut_short_is_noticed_with_few_look_ups(thousand: dict[str, list[Any]]) -> None:
    (was,) = thousand["cut"]
    assert "cut short" in was.error
    assert "60 of 1060" in was.error
    assert was.changes == []
    assert sum("EmailAddresses" in call["parameters"].get("Filter", "") for call in was.calls) <= MOST_LOOKUPS
    assert len(was.record["Warnings"]) == 60


def test_ctrl_c_leaves_a_record_that_says_interrupted_and_the_next_run_finishes(thousand: dict[str, list[Any]], big_game: Any) -> None:
    assert thousand
    bundle = big_game.place("plan40")
    changes = big_game.folder / "directory" / "changes.jsonl"
    before = len(changes.read_bytes().splitlines())
    session = big_game.shell("& './40-Add-Rooms.ps1' -Apply", bundle)
    until = time.monotonic() + PATIENCE
    while len(changes.read_bytes().splitlines()) < before + 20:
        assert time.monotonic() < until
        time.sleep(0.02)
    session.send_signal(signal.SIGINT)
    output, _ = session.communicate(timeout=PATIENCE)
    (record,) = [one for one in records(bundle / "evidence") if one["Step"] == "40-Add-Rooms" and one["Mode"] == "apply"]
    assert record["Result"] == "interrupted", output
    added = len(changes.read_bytes().splitlines()) - before
    assert 20 <= added < 1060
    assert record["Writes"] in {added, added + 1}
    assert record["Writes"] == len(record["Actions"])

    session = big_game.shell("& './40-Add-Rooms.ps1'; & './40-Add-Rooms.ps1' -Apply", bundle)
    output, _ = session.communicate(timeout=PATIENCE)
    assert session.returncode == 0, output
    assert len(changes.read_bytes().splitlines()) - before == 1060
    assert big_game.state(big_game.folder / "directory") == big_game.state(big_game.start("done40"))
