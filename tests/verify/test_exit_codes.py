"""Exit code 1 is an answer and nothing else, whatever happens to the process."""

import os
import signal
import subprocess
import sys
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


@pytest.mark.parametrize("bent", ["2>/dev/full", "2>&-"])
def test_what_cannot_be_said_beside_the_verdict_changes_nothing(speak: Speak, bent: str) -> None:
    shown = speak(bent)
    assert (shown.returncode, "BROKEN" in shown.stdout) == (1, True)


@pytest.mark.parametrize("bent", ["| :", ">/dev/full", ">&-", ">/dev/full 2>/dev/full"])
def test_records_that_nobody_could_see_are_not_read(words: list[str], bent: str) -> None:
    command = ["/bin/bash", "-c", f'set -o pipefail; "$@" {bent}', "bash", *words[:3], "evidence", words[4]]
    assert subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode == 4


def test_a_refusal_that_cannot_be_said_keeps_its_code(speak: Speak) -> None:
    assert speak("2>/dev/full", "--endpoint", "http://x").returncode == 2


@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.5, 0.8])
def test_ctrl_c_at_the_start_is_no_answer(words: list[str], password: str, server: Any, says: Any, seconds: float) -> None:
    def slowly(_: object) -> Any:
        time.sleep(3)
        return says.items()

    server.answer = slowly
    environment = {**os.environ, "ROOM_PASSWORD": password}
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
    # The interpreter itself, before it has read the first line of ours, ends by the signal.
    assert process.returncode in {4, -signal.SIGINT}


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_narrow_encoding_spells_out_what_it_lacks(
    speak: Speak, server: Any, says: Any, encoding: str
) -> None:
    server.answer = lambda _: says.fault("ErrorImpersonateUserDenied", "\u4f1a\u8b70")
    shown = speak("", PYTHONIOENCODING=encoding)
    assert (shown.returncode, "\\u4f1a\\u8b70" in shown.stdout) == (1, True)
