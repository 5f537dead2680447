"""Exit code 1 is an answer and nothing else, whatever happens to the process."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = {"room1@contoso.com", "room2@contoso.com", "room3@contoso.com"}
OTHERS = {"ceo@contoso.com", "svc@contoso.com"}
Speak = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def words(maker: Any, server: Any, says: Any) -> list[str]:
    """The command line of a run that reaches a control."""
    server.answer = says.exchange(ROOMS | {"ceo@contoso.com"}, OTHERS)
    return [
        sys.executable, "-m", "roomscope", "verify", str(maker.write()), "--endpoint", server.endpoint,
        "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD",
    ]


@pytest.fixture
def speak(words: list[str], password: str) -> Speak:
    """Runs it in a shell, with its streams bent; the right answer is 1."""

    def run(bent: str, *more: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["/bin/bash", "-c", f'set -o pipefail; "$@" {bent}', "bash", *words, *more], cwd=ROOT, check=False,
            capture_output=True, text=True, env={**os.environ, "ROOM_PASSWORD": password, **environment},
        )

    return run


@pytest.mark.parametrize("bent", ["| :", ">/dev/full", ">&-", ">/dev/full 2>/dev/full", ">&- 2>&-"])
def test_a_verdict_that_nobody_could_see_is_none_unless_it_stands_in_the_report(
    speak: Speak, tmp_path: Path, bent: str
) -> None:
    assert speak(bent).returncode == 4
    report = tmp_path / "report.json"
    assert speak(bent, "--report", str(report)).returncode == 1
    assert '"verdict": "broken"' in report.read_text("utf-8")


@pytest.mark.parametrize("terminal", [{}, {"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}], ids=["plain", "coloured", "terminal"])
@pytest.mark.parametrize("bent", ["2>/dev/full", "2>&-", "2> >(:)"], ids=["full", "closed", "a pipe that nobody reads"])
def test_what_cannot_be_said_beside_the_verdict_changes_nothing(speak: Speak, bent: str, terminal: dict[str, str]) -> None:
    shown = speak(bent, **terminal)
    assert (shown.returncode, "BROKEN" in shown.stdout) == (1, True)


@pytest.mark.parametrize("bent", ["| :", ">/dev/full", ">&-", ">/dev/full 2>/dev/full"])
def test_records_that_nobody_could_see_are_not_read(words: list[str], bent: str) -> None:
    command = ["/bin/bash", "-c", f'set -o pipefail; "$@" {bent}', "bash", *words[:3], "evidence", words[4]]
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 4


def test_a_refusal_that_cannot_be_said_keeps_its_code(speak: Speak) -> None:
    assert speak("2>/dev/full", "--endpoint", "http://x").returncode == 2


@pytest.mark.parametrize("reached", ["roomscope", "click", "roomscope.verify.cli", "exchangelib", "the first question"])
def test_ctrl_c_at_the_start_is_no_answer(  # noqa: PLR0917 - fixtures
    words: list[str], password: str, server: Any, says: Any, tmp_path: Path, reached: str
) -> None:
    asked, ended = threading.Event(), threading.Event()

    def slowly(_: object) -> Any:
        asked.set()
        ended.wait(900)
        return says.items()

    server.answer = slowly
    imports = tmp_path / "imports"
    python, *rest = words
    with imports.open("w") as said, subprocess.Popen(
        [python, "-X", "importtime", *rest], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said,
        env={**os.environ, "ROOM_PASSWORD": password},
    ) as process:
        # What a module's line says is that it has been imported, however long that took.
        line = re.compile(rf"\| +{re.escape(reached)}\n")
        while not (asked.is_set() or line.search(imports.read_text())):
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        process.wait(900)
    ended.set()
    # The interpreter itself, before it has read the first line of ours, ends by the signal.
    assert process.returncode in {4, -signal.SIGINT}
    assert reached == "roomscope" or "Traceback" not in imports.read_text()


NARROW = ["cp1252", "ascii", "ascii:strict", "latin-1:strict"]


@pytest.mark.parametrize("terminal", [{}, {"TTY_COMPATIBLE": "1"}], ids=["plain", "terminal"])
@pytest.mark.parametrize("encoding", NARROW)
def test_a_narrow_encoding_spells_out_what_it_lacks(
    speak: Speak, server: Any, says: Any, encoding: str, terminal: dict[str, str]
) -> None:
    server.answer = lambda _: says.fault("ErrorImpersonateUserDenied", "\u4f1a\u8b70")
    shown = speak("", PYTHONIOENCODING=encoding, COLUMNS="200", **terminal)
    assert (shown.returncode, "\\u4f1a\\u8b70" in shown.stdout, "Traceback" in shown.stderr) == (1, True, False)


@pytest.mark.parametrize("encoding", NARROW)
@pytest.mark.parametrize("option", ["--endpoint", "--digest", "--control", "--ca", "--report", "--password-file", "--\u4f1a"])
def test_a_name_outside_the_encoding_is_refused_in_a_sentence(speak: Speak, encoding: str, option: str) -> None:
    shown = speak("", option, "\u4f1a/\U0001f600\udcff", PYTHONIOENCODING=encoding)
    assert (shown.returncode, "Traceback" in shown.stderr, shown.stderr.startswith(("Error: ", "Usage: "))) == (2, False, True)


@pytest.mark.parametrize("encoding", [*NARROW, "utf-8"])
def test_records_are_json_in_every_encoding(words: list[str], encoding: str) -> None:
    folder = Path(words[4])
    (folder / "evidence").mkdir()
    (folder / "evidence" / "\u4f1a\u00e9\U0001f600\udcff.txt").touch()
    for form in ("json", "console"):
        shown = subprocess.run(
            [*words[:3], "evidence", str(folder), "--format", form], cwd=ROOT, check=False, capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": encoding},
        )
        assert (shown.returncode, shown.stderr) == (4, b"")
        if form == "json":
            assert "\u4f1a\u00e9\U0001f600" in json.loads(shown.stdout)["findings"][-1]["items"][0]
