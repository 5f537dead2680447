"""What needs a session, a folder or a size of its own: constrained mode, odd folders, interruption, a thousand rooms."""

import json
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.loop.cells import CHAIN, NOTHING, WRITING, Cell, Run, fault
from tests.loop.checks import check
from tests.loop.directory import lines, state
from tests.loop.session import PATIENCE
from tests.loop.stage import Stage
from tests.loop.world import BACK, CONSTRAINED, FORTH

LISTS = 15
MOST_READS = {False: 5 + 3 * LISTS, True: 5 + 4 * LISTS}
"""When a step plans, and when it applies."""

MOST_LOOKUPS = 50
PROBE = "try { [IO.File]::Exists('x') } catch { 'no method is called here' }; "
"""Shows that a session is in constrained mode."""


def both(scripts: tuple[str, ...], options: str = "") -> str:
    return "; ".join(f"& './{script}.ps1' {options}; & './{script}.ps1' {options} -Apply" for script in scripts)


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text(encoding="utf-8-sig")) for path in sorted(folder.glob("*.json"), key=lambda path: path.name.split(".")[2])]


def said(session: "subprocess.Popen[str]") -> str:
    return session.communicate(timeout=PATIENCE)[0]


@pytest.mark.alone
def test_every_script_plans_and_applies_in_constrained_language_mode(stage: Stage) -> None:
    bundle = stage.place("fresh")
    for scripts in (FORTH, (BACK,)):
        session = stage.shell(CONSTRAINED + PROBE + both(scripts), bundle)
        output = said(session)
        assert session.returncode == 0, output
        assert "no method is called here" in output
    made = records(bundle / "evidence")
    assert [record["Result"] for record in made] == ["unchanged"] * 2 + ["planned", "applied"] * 3 + ["unchanged"] * 2 + ["planned", "applied"]
    assert [record["Previous"] is None for record in made] == [True] + [False] * 11
    assert state(stage.folder / "directory") == state(stage.start("fresh"))


@pytest.mark.alone
def test_brackets_spaces_and_apostrophes_in_folders_do_no_harm(stage: Stage) -> None:
    bundle = stage.place("fresh", "it's [1] place")
    elsewhere = bundle.parent / "o'x [2]" / "records [3]"
    elsewhere.parent.mkdir(exist_ok=True)
    session = stage.shell(f"{both(FORTH[:2])}; {both(FORTH[2:3], '-EvidencePath ' + quoted(elsewhere))}", bundle)
    output = said(session)
    assert session.returncode == 0, output
    assert [len(records(folder)) for folder in (bundle / "evidence", elsewhere)] == [4, 2]


def unwrapped(output: str) -> str:
    """What PowerShell said, without the lines that it drew for its console."""
    return " ".join(output.replace("|", " ").split())


def quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


@pytest.mark.alone
def test_without_a_place_for_the_record_nothing_is_changed(stage: Stage) -> None:
    bundle = stage.place("fresh")
    session = stage.shell("& './30-New-RoomLists.ps1' -EvidencePath /proc/none/evidence", bundle)
    output = unwrapped(said(session))
    assert session.returncode == 1
    assert "/proc/none/evidence cannot hold records" in output
    assert "-EvidencePath" in output
    assert "Nothing was changed." in output

    session = stage.shell("& './30-New-RoomLists.ps1'", bundle)
    output = said(session)
    assert session.returncode == 0, output
    now = datetime.now(UTC)
    for seconds in range(int(PATIENCE)):
        stamp = (now + timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")
        (bundle / "evidence" / f"30-New-RoomLists.apply.{stamp}.json").mkdir()
    session = stage.shell("& './30-New-RoomLists.ps1' -Apply", bundle)
    output = unwrapped(said(session))
    assert session.returncode == 1
    assert "cannot be written" in output
    assert "Nothing was changed." in output
    assert state(stage.folder / "directory") == state(stage.start("fresh"))


def test_a_thousand_rooms_cost_few_calls(big_stage: Stage) -> None:
    played = big_stage.play(CHAIN)
    check(CHAIN, played, big_stage)
    for run, was in zip(CHAIN.runs, played, strict=True):
        assert sum(not call["writes"] for call in was.calls) <= MOST_READS[run.apply], was.output
    assert {run.step: was.record["Writes"] for run, was in zip(CHAIN.runs, played, strict=True) if run.apply} == {
        10: 0, 30: LISTS, 40: LISTS, 50: 2, 60: 0, 90: 2 + LISTS,
    }


def test_a_thousand_rooms_run_again_cost_no_change(big_stage: Stage) -> None:
    again = Cell("again", "done50", tuple(Run(step, apply=True, writes=0, result="unchanged") for step in WRITING[:3]), end="done50")
    played = big_stage.play(again)
    check(again, played, big_stage)
    assert all(len(was.calls) <= MOST_READS[False] for was in played)


def test_exactly_a_thousand_mailboxes_in_a_preview_are_no_confirmation(full_stage: Stage) -> None:
    """An answer that was cut short looks so, and the scope could reach more."""
    way = tuple(Run(step, apply=apply) for step in (30, 40, 50) for apply in (False, True))
    stopped = Run(
        60, ok=False, writes=0, says=("m-rooms scope", "exactly 1000 recipients", "NOT confirmed", NOTHING), warns=(("preview-limit", "unknown"),)
    )
    cell = Cell("a thousand", "fresh", (*way, stopped))
    played = full_stage.play(cell)
    check(cell, played, full_stage)
    assert played[-1].record["After"] == [{"Kind": "reach", "Count": 1000, "TooMany": [], "TooFew": []}]


def test_an_answer_that_was_cut_short_is_noticed_with_few_look_ups(big_stage: Stage) -> None:
    cut = Run(40, apply=True, ok=False, writes=0, faults=fault(cmdlet="Get-Mailbox", kind="cut1000"), says=("cut short", "60 rooms cannot be used"))
    cell = Cell("cut", "plan40", (cut,), end="plan40")
    (was,) = played = big_stage.play(cell)
    check(cell, played, big_stage)
    assert sum("EmailAddresses" in call["parameters"].get("Filter", "") for call in was.calls) <= MOST_LOOKUPS
    assert len([one for one in was.record["Warnings"] if one["Kind"] == "room-unusable"]) == 60


def test_ctrl_c_leaves_a_record_that_says_interrupted_and_the_next_run_finishes(big_stage: Stage) -> None:
    """Four lists are filled, and the fifth by half, when it is pressed."""
    bundle = big_stage.place("plan40")
    directory = big_stage.folder / "directory"
    before = len(lines(directory / "changes.jsonl"))
    rooms = [one["rooms"] for one in json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["plan"]["lists"]]
    half = sum(rooms[:4]) + rooms[4] // 2
    (directory / "faults.json").write_text(json.dumps({"shell": fault(write=5, kind="hangHalf")}), encoding="utf-8")
    session = big_stage.shell("& './40-Add-Rooms.ps1' -Apply", bundle)
    until = time.monotonic() + PATIENCE
    while len(lines(directory / "changes.jsonl")) < before + half:
        assert session.poll() is None, said(session)
        assert time.monotonic() < until
        time.sleep(0.02)
    session.send_signal(signal.SIGINT)
    output = said(session)
    (directory / "faults.json").unlink()
    (record,) = [one for one in records(bundle / "evidence") if one["Step"] == "40-Add-Rooms" and one["Mode"] == "apply"]
    assert record["Result"] == "interrupted", output
    assert len(lines(directory / "changes.jsonl")) - before == half
    assert record["Writes"] == 5
    assert [action["Outcome"] for action in record["Actions"]] == ["done"] * 4 + ["unknown"]

    session = big_stage.shell("& './40-Add-Rooms.ps1'; & './40-Add-Rooms.ps1' -Apply", bundle)
    output = said(session)
    assert session.returncode == 0, output
    assert len(lines(directory / "changes.jsonl")) - before == sum(rooms) == 1060
    assert records(bundle / "evidence")[-1]["Writes"] == rooms[4] - rooms[4] // 2 + 10
    assert state(directory) == state(big_stage.start("done40"))
