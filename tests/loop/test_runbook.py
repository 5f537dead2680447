"""The first thing that an administrator pastes: every file against the list, and the list against the ticket."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "samples" / "article" / "bundle"
GOOD = "Every file is the one on the ticket."
PASTE = """
$pasted = [Management.Automation.Language.Parser]::ParseInput($env:PASTED, [ref]$null, [ref]$null).EndBlock.Statements
foreach ($statement in $pasted) {
    try { . ([scriptblock]::Create($statement.Extent.Text)) } catch { [Console]::Error.WriteLine($_) }
}
"""
"""Runs statements as a console does what is pasted: one that fails does not keep the next one from being run."""

ALTERED: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "a script altered": (lambda at: _append(at / "50-Grant-Access.ps1"), ("50-Grant-Access.ps1 was altered",)),
    "the rooms altered": (lambda at: _append(at / "rooms.csv"), ("rooms.csv was altered",)),
    "a script with a name like one that is listed": (lambda at: (at / "50-Grant-Access\u200b.ps1").write_text("'x'"), ("50-Grant-Access\u200b.ps1 is not listed",)),
    "a folder with a name like that of the records": (lambda at: (at / "evidence\u200b").mkdir(), ("evidence\u200b is not listed",)),
    "another list": (lambda at: (at / "SHA256SUMS\u200b").write_text("x"), ("SHA256SUMS\u200b is not listed",)),
    "a script added": (lambda at: (at / "55-Fix.ps1").write_text("'x'"), ("55-Fix.ps1 is not listed",)),
    "a folder added": (lambda at: (at / "modules").mkdir(), ("modules is not listed",)),
    "the way back taken out": (lambda at: (at / "90-Remove-Access.ps1").unlink(), ("90-Remove-Access.ps1 is missing",)),
    "a script and the list altered": (lambda at: _relist(at, "50-Grant-Access.ps1"), ("SHA256SUMS is not the list on the ticket",)),
    "all at once": (
        lambda at: (_append(at / "rooms.csv"), (at / "x.ps1").write_text("1"), (at / "AUDIT.md").unlink()),
        ("rooms.csv was altered", "x.ps1 is not listed", "AUDIT.md is missing"),
    ),
}


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"#\r\n")


def _relist(folder: Path, name: str) -> None:
    old = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    _append(folder / name)
    new = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    listed = (folder / "SHA256SUMS").read_text(encoding="utf-8").replace(old, new)
    (folder / "SHA256SUMS").write_text(listed, encoding="utf-8", newline="\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # Brackets are a pattern to some commands.
    return shutil.copytree(SAMPLE, tmp_path / "rooms [1] of O'Brien")


def check(pwsh: str, folder: Path, *, upper: bool = False, before: str = "") -> list[str]:
    """What the block says in a folder, with the digest of the sample as the one on the ticket."""
    block = re.search(r"```powershell\n(\$ticket = .*?)```", (SAMPLE / "RUNBOOK.md").read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    ticket = hashlib.sha256((SAMPLE / "SHA256SUMS").read_bytes()).hexdigest()
    text = block[1].replace("DIGEST-ON-THE-TICKET", ticket.upper() if upper else ticket)
    done = subprocess.run(
        [pwsh, "-NoProfile", "-NonInteractive", "-Command", PASTE], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True,
        env=os.environ | {"PASTED": f"{before}\n{text}"},
    )
    assert before or done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("upper", [False, True], ids=["as render prints it", "in capitals"])
def test_the_bundle_of_the_ticket_is_recognised(pwsh: str, folder: Path, upper: bool) -> None:  # noqa: FBT001
    (folder / "evidence").mkdir()
    assert check(pwsh, folder, upper=upper) == [GOOD]


@pytest.mark.parametrize("case", ALTERED)
def test_whatever_differs_is_named(pwsh: str, folder: Path, case: str) -> None:
    alter, said = ALTERED[case]
    alter(folder)
    *differences, last = check(pwsh, folder)
    assert sorted(differences) == sorted(said)
    assert last.startswith("STOP: do not run this bundle.")


SESSIONS = ("$ErrorActionPreference = 'Stop'", "$ErrorActionPreference = 'Stop'; $differences = @()", "$ErrorActionPreference = 'SilentlyContinue'", "Set-StrictMode -Version 3.0")


@pytest.mark.parametrize("session", SESSIONS)
def test_a_list_that_cannot_be_read_is_no_list_that_fits(pwsh: str, folder: Path, session: str) -> None:
    (folder / "SHA256SUMS").unlink()
    _append(folder / "50-Grant-Access.ps1")
    said = check(pwsh, folder, before=session)
    assert GOOD not in said
    assert any(line.startswith("STOP: do not run this bundle.") for line in said)
