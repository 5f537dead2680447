"""The whole way: a configuration, its scripts in a real PowerShell, a real client, a verdict."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.alone
ROOT = Path(__file__).parent.parent.parent
CAMPUS = """
[bundle]
name = "campus-rooms"
profile = "exchange-server"
[rooms]
file = "campus-rooms.csv"
domains = ["contoso.com"]
list-column = "Building"
[room-lists]
domain = "contoso.com"
name = "Rooms"
owner = "it.admin@contoso.com"
[service-account]
address = "svc-rooms@contoso.com"
[verify]
controls = ["ceo@contoso.com"]
"""
MOST_READS = 5


def test_518_rooms_are_granted_proven_run_again_and_taken_back(
    world: Callable[..., Any], tool: Callable[..., Any], campus: bytes, tmp_path: Path
) -> None:
    (tmp_path / "campus-rooms.csv").write_bytes(campus)
    (tmp_path / "roomscope.toml").write_text(CAMPUS, encoding="utf-8")
    place = world(tmp_path / "roomscope.toml", "contoso.com", "svc-rooms@contoso.com")
    with zipfile.ZipFile(tmp_path / "bundle.zip") as archive:
        archive.extractall(tmp_path / "operator")
    copy = tmp_path / "operator" / "campus-rooms"
    assert place.script("10-Test-Readiness").code == 0
    place.grant()
    assert place.script("60-Confirm-Access").code == 0

    manifest = json.loads((place.bundle / "manifest.json").read_text(encoding="utf-8"))
    plan = manifest["plan"]
    assert (plan["rooms"], len(plan["lists"]), len(plan["grants"])) == (518, 57, 3)
    with place.serving():
        proven = place.verify(copy, "--report", str(tmp_path / "report.json"))
        assert proven.code == 0, proven.output
        requests = (place.directory / "requests.jsonl").read_text(encoding="utf-8").splitlines()
        asked = [json.loads(line).get("mailbox") for line in requests]
        rooms = {line.split(",")[0] for line in (place.bundle / "rooms.csv").read_text(encoding="utf-8-sig").splitlines()[1:]}
        of_rooms = [mailbox for mailbox in asked if mailbox in rooms]
        # One request a room; a handful of rooms are asked once more, for their folders and at the end.
        assert (len(set(of_rooms)), len(of_rooms) <= 518 + 5) == (518, True)

        writes = len([call for call in place.calls() if call["writes"]])
        for stem in ("30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access"):
            before = len(place.calls())
            again = place.script(stem, apply=True)
            assert again.code == 0, again.output
            assert len(place.calls()) - before <= MOST_READS + 3 * 57
            assert place.records(stem, "apply")[-1]["Result"] == "unchanged"
        assert len([call for call in place.calls() if call["writes"]]) == writes == 57 + 57 + 6

        place.take_back()
        gone = place.verify(copy, "--expect-none")
        assert gone.code == 0, gone.output
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["verdict"] == "kept"


def test_the_records_count_exactly_the_calls_that_the_directory_saw(world: Callable[..., Any]) -> None:
    article = world(
        ROOT / "samples" / "article" / "roomscope.toml", "example.com", "cronofy.service.account@example.com",
        "--control", "jane.doe@example.com",
    )
    for stem in ("10-Test-Readiness", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access", "60-Confirm-Access"):
        for apply in (False, True):
            before = len(article.calls()) if (article.directory / "calls.jsonl").exists() else 0
            done = article.script(stem, apply=apply)
            assert done.code == 0, done.output
            seen = article.calls()[before:]
            record = article.records(stem, "apply" if apply else "plan")[-1]
            assert record["Reads"] == sum(not call["writes"] for call in seen)
            assert record["Writes"] == sum(call["writes"] for call in seen)
            assert {call["parameters"].get("DomainController") for call in seen} <= {None, record["DomainController"]}


def test_the_demo_plays_to_its_end(pwsh: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lab", "demo"],
        cwd=ROOT, env=os.environ | {"PWSH": pwsh}, capture_output=True, text=True, encoding="utf-8", check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "The loop is closed" in done.stdout
