"""Nothing is lost: by a kill, a signal, a full disk or a terminal that goes away."""

import json
import os
import pty
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
OTHERS = {"ceo@contoso.com", "svc@contoso.com"}
ROOMS = [f"room{number:02}@contoso.com" for number in range(12)]

Words = Callable[..., list[str]]


@pytest.fixture
def words(maker: Any, server: Any, says: Any) -> Words:
    """The command line of a run that is kept."""
    maker.rooms = list(ROOMS)
    server.answer = says.exchange(set(ROOMS), OTHERS)
    folder = maker.write()

    def spoken(*more: str) -> list[str]:
        return [
            sys.executable, "-m", "roomscope", "verify", str(folder), "--endpoint", server.endpoint, "--ca", str(server.ca),
            "--auth", "basic", "--password-env", "ROOM_PASSWORD", *more,
        ]

    return spoken


@pytest.fixture
def environment(password: str) -> dict[str, str]:
    return {**os.environ, "ROOM_PASSWORD": password}


@contextmanager
def hanging(server: Any, mailbox: str) -> Iterator[threading.Event]:
    """The server falls silent for this mailbox; the event says that it was asked."""
    reached, ended, usual = threading.Event(), threading.Event(), server.answer

    def answer(call: Any) -> Any:
        if call.mailbox == mailbox:
            reached.set()
            ended.wait(900)
        return usual(call)

    server.answer = answer
    yield reached
    ended.set()
    server.answer = usual


def run(command: list[str], environment: dict[str, str], **more: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, **more)


def test_a_killed_run_goes_on_and_asks_only_what_is_open(
    words: Words, environment: dict[str, str], server: Any, tmp_path: Path, password: str
) -> None:
    journal, report = tmp_path / "journal", tmp_path / "report.json"
    for number, mailbox in enumerate(("room05@contoso.com", "room09@contoso.com")):
        command = words("--workers", "1", "--resume" if number else "--journal", str(journal))
        with hanging(server, mailbox) as reached, subprocess.Popen(command, cwd=ROOT, env=environment) as process:
            assert reached.wait(900)
            process.send_signal(signal.SIGKILL)
    server.calls.clear()
    done = run(words("--resume", str(journal), "--report", str(report)), environment)
    assert done.returncode == 0, done.stderr
    asked = [call.mailbox for call in server.calls if call.mailbox in ROOMS]
    assert set(asked[:-8]) == {ROOMS[0], *ROOMS[9:]}
    assert sorted(asked[-8:]) == ROOMS[1:9]  # once more at the end: ten of the recalled rooms, or all
    said = json.loads(report.read_text())
    assert (said["extent"]["recalled"], said["rooms"]["kept"], said["extent"]["resumed"] is not None) == (8, 12, True)
    assert "Resumed" in done.stdout
    assert password not in journal.read_text()


def test_a_journal_of_another_endpoint_is_misuse_and_nothing_is_asked(words: Words, environment: dict[str, str], server: Any, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    assert run(words("--journal", str(journal)), environment).returncode == 0
    server.calls.clear()
    for more in (("--endpoint", server.endpoint.replace("127.0.0.1", "localhost")), ("--control", "cfo@contoso.com"), ("--user", "other")):
        refused = run(words("--resume", str(journal), *more), environment)
        assert (refused.returncode, server.calls, "does not fit this run" in refused.stderr) == (2, [], True)
    assert run(words("--journal", str(journal)), environment).returncode == 2
    assert run(words("--journal", str(tmp_path / "more"), "--resume", str(journal)), environment).returncode == 2


def test_a_disk_that_becomes_full_ends_the_run_and_is_no_success(words: Words, environment: dict[str, str], tmp_path: Path) -> None:
    def narrow() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))

    done = run(words("--journal", str(tmp_path / "journal"), "--workers", "1"), environment, preexec_fn=narrow)
    assert (done.returncode, "Journal could not be written (RS135)" in done.stdout) == (4, True), done.stdout + done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_within_two_seconds_with_a_report_of_what_was_learnt(
    words: Words, environment: dict[str, str], server: Any, tmp_path: Path, number: signal.Signals
) -> None:
    report = tmp_path / "report.json"
    command = words("--workers", "1", "--report", str(report))
    with hanging(server, "room05@contoso.com") as reached, subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        assert reached.wait(900)
        begun = time.monotonic()
        process.send_signal(number)
        time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=900)
        took = time.monotonic() - begun
    assert (process.returncode, "Interrupted (RS072); 5 of 12 rooms" in out, err) == (4, True, "")
    assert json.loads(report.read_text())["stopped"] == "RS072"
    assert took < 20  # two seconds on a machine that does nothing else


def test_signals_that_come_without_end_replace_no_verdict(words: Words, environment: dict[str, str], server: Any, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    with hanging(server, "room05@contoso.com") as reached, subprocess.Popen(
        words("--report", str(report)), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:
        assert reached.wait(900)
        while process.poll() is None:
            process.send_signal(signal.SIGINT)
            time.sleep(0.005)
        out, err = process.communicate(timeout=900)
    assert (process.returncode, "Traceback" in err) == (4, False)
    assert json.loads(report.read_text())["stopped"] == "RS072"
    assert "Verdict: UNASKED - Interrupted (RS072)" in out


def test_what_whoever_started_us_ignores_is_ignored(words: Words, environment: dict[str, str], server: Any) -> None:
    def detached() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with hanging(server, "room05@contoso.com") as reached, subprocess.Popen(
        words(), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=detached,  # noqa: PLW1509 - as nohup does
    ) as process:
        assert reached.wait(900)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        assert process.poll() is None
        process.kill()


@pytest.mark.parametrize("lost", ["terminal", "pipe"])
def test_a_lost_terminal_on_stderr_neither_stops_nor_loses_the_verdict(
    words: Words, environment: dict[str, str], server: Any, says: Any, lost: str
) -> None:
    usual, left = server.answer, [says.busy(300), says.busy(300)]
    ours, theirs = pty.openpty() if lost == "terminal" else os.pipe()
    if lost == "pipe":
        # A pipe that nobody reads, full already.
        os.set_blocking(theirs, False)
        with suppress(BlockingIOError):
            while os.write(theirs, b"x" * 4096):
                continue
        os.set_blocking(theirs, True)

    def answer(call: Any) -> Any:
        if call.mailbox == "room05@contoso.com" and left:
            if lost == "terminal" and len(left) == 2:
                os.close(ours)
            return left.pop()
        return usual(call)

    server.answer = answer
    with subprocess.Popen(
        words(), cwd=ROOT, env={**environment, "FORCE_COLOR": "1"}, stdout=subprocess.PIPE, stderr=theirs, text=True, start_new_session=True,
    ) as process:
        out, _ = process.communicate(timeout=900)
    assert (process.returncode, "KEPT" in out) == (0, True)
    os.close(theirs)
