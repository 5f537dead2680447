"""No name and no console makes a verb end in a traceback."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Files = Mapping[str, bytes]
ROOT = Path(__file__).parents[2]
NAME = "\u5f20-\u0416-\U0001f600-\x1b[2J"


def run(encoding: str, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    return subprocess.run([sys.executable, "-m", "roomscope", *map(str, arguments)], cwd=ROOT, env=environment, capture_output=True, check=False)


def odd_names(folder: Path) -> None:
    """Names that a console lacks, and one that is no text, where the system has such."""
    (folder / f"{NAME}.ps1").write_bytes(b"x")
    if sys.platform == "linux":
        Path(os.fsdecode(os.fsencode(folder) + b"/\xff.ps1")).write_bytes(b"x")


VERBS: Mapping[str, tuple[Callable[[Path], tuple[object, ...]], int]] = {
    "audit": (lambda folder: ("audit", folder), 1),
    "audit in JSON": (lambda folder: ("audit", folder, "--format", "json"), 1),
    "show": (lambda folder: ("show", folder), 1),
    "a step that is not there": (lambda folder: ("show", folder, f"{NAME}\udcff"), 2),
    "a path that is not there": (lambda folder: ("audit", folder / f"{NAME}\udcff"), 2),
    "an option that is not there": (lambda folder: ("audit", folder, f"--{NAME}\udcff"), 2),
    "a rule that is not there": (lambda _: ("explain", f"{NAME}\udcff"), 2),
}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize(("arguments", "code"), VERBS.values(), ids=VERBS)
def test_odd_names_are_written_out(
    article: Files, put: Callable[[Files], Path], arguments: Callable[[Path], tuple[object, ...]], code: int
) -> None:
    folder = put(article)
    odd_names(folder)
    done = run("cp1252", *arguments(folder))
    assert b"Traceback" not in done.stderr
    assert done.returncode == code
    assert b"\\u5f20-\\u0416-" in done.stdout + done.stderr
    assert b"\x1b" not in done.stdout or arguments(folder)[-1] == f"--{NAME}\udcff"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_other_consoles_show_odd_names_as_well_as_they_can(article: Files, put: Callable[[Files], Path], encoding: str) -> None:
    folder = put(article)
    odd_names(folder)
    done = run(encoding, "audit", folder)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"uDCFF.ps1" in done.stdout
