"""Waiting for a fresh grant: when it is asked again, and when it is enough."""

import itertools
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from roomscope.verify import verification
from roomscope.verify.cli import verify
from roomscope.verify.schedule import DELAY, STEPS, Schedule, duration

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
OTHERS = {"ceo@contoso.com", "svc@contoso.com"}
ROOMS = [f"room{number:02}@contoso.com" for number in range(8)]

Speak = Callable[..., Result]


@pytest.mark.parametrize(("text", "seconds"), [("2h", 7200), ("90m", 5400), ("1h30m", 5400), ("45s", 45), (" 1H ", 3600), ("24h", 86400)])
def test_a_duration_is_read(text: str, seconds: int) -> None:
    assert duration("--wait", text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "0s", "25h", "h", "2", "-1m", "1d", "1m2h", "\u0661h", "2h\n3m"])
def test_what_is_no_duration_is_misuse(text: str) -> None:
    with pytest.raises(click.ClickException) as refused:
        duration("--wait", text)
    assert refused.value.exit_code == 2


def askings(schedule: Schedule) -> Iterator[timedelta]:
    """When it is asked, if every time something is pending."""
    now, number = NOW, 0
    while (pause := schedule.pause(number, now)) is not None:
        now, number = now + pause, number + 1
        yield now - NOW


@pytest.mark.parametrize("product", STEPS)
def test_it_is_asked_at_the_documented_limit_and_at_the_end(product: str) -> None:
    schedule = Schedule(NOW + timedelta(hours=3), NOW + DELAY, STEPS[product])
    found = list(askings(schedule))
    assert DELAY + timedelta(seconds=10) in found
    assert found[-1] == timedelta(hours=3)
    assert len(found) < 20


def test_online_an_old_answer_has_time_to_go() -> None:
    found = [timedelta(0), *askings(Schedule(NOW + timedelta(hours=2), NOW + DELAY, STEPS["exchange-online"]))]
    assert all(later - earlier > timedelta(minutes=30) for earlier, later in itertools.pairwise(found[:-1]))


@pytest.fixture
def speak(maker: Any, server: Any, says: Any, password: str, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Runs the command with a schedule of tenths of seconds; nothing is granted yet."""
    maker.rooms = list(ROOMS)
    server.answer = says.exchange(set(), {*ROOMS, *OTHERS})
    monkeypatch.setenv("ROOM_PASSWORD", password)
    monkeypatch.setattr(verification, "STEPS", {"exchange-server": (timedelta(seconds=0.2),)})
    folder = maker.write()

    def run(*arguments: str) -> Result:
        usual = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD")
        return CliRunner().invoke(verify, [str(folder), *usual, *arguments])

    return run


def fresh(**ago: float) -> tuple[str, str]:
    return "--granted-at", (datetime.now(UTC) - timedelta(**ago)).isoformat()


def test_it_ends_early_when_all_is_kept_and_asks_only_what_is_pending(speak: Speak, server: Any, says: Any) -> None:
    some, usual = says.exchange(set(ROOMS[:4]), {*ROOMS, *OTHERS}), says.exchange(set(ROOMS), OTHERS)
    begun: list[float] = []

    def answer(call: Any) -> Any:
        begun.append(time.monotonic())
        return (some if sum(call.mailbox == ROOMS[5] for call in server.calls) < 5 else usual)(call)

    server.answer = answer
    result = speak("--wait", "1h", *fresh(minutes=10))
    assert (result.exit_code, "8 of 8 rooms and 1 of 1 control" in result.stdout) == (0, True), result.output
    assert "promises pending; asked again in 0:00 minutes, until" in result.stderr
    asked = [call.mailbox for call in server.calls]
    assert asked.count(ROOMS[2]) < asked.count(ROOMS[5])
    assert f"Requests  {len(asked)}\n" in result.stdout


def test_it_stays_pending_when_the_time_is_over_and_is_broken_past_the_limit(speak: Speak) -> None:
    assert speak("--wait", "1s", *fresh(minutes=10)).exit_code == 3
    result = speak("--wait", "1h", *fresh(hours=2, seconds=-1))
    assert (result.exit_code, "RS010" in result.stdout) == (1, True)


def test_what_is_broken_is_not_waited_for(speak: Speak, server: Any, says: Any) -> None:
    usual = server.answer
    server.answer = lambda call: says.items() if call.mailbox == "ceo@contoso.com" else usual(call)
    result = speak("--wait", "1h", *fresh(minutes=10))
    assert (result.exit_code, "pending; asked again" in result.stderr) == (1, False)


@pytest.mark.parametrize("words", [("--wait", "1h"), ("--wait", "1h", "--expect-none", *fresh(minutes=1)), ("--wait", "soon", *fresh(minutes=1))])
def test_waiting_for_nothing_is_misuse(speak: Speak, server: Any, words: tuple[str, ...]) -> None:
    assert (speak(*words).exit_code, server.calls) == (2, [])


def test_a_signal_ends_the_waiting_with_what_is_known(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "STEPS", STEPS)
    timer = threading.Timer(2, os.kill, (os.getpid(), signal.SIGTERM))
    timer.start()
    result = speak("--wait", "1h", *fresh(minutes=10))
    assert (result.exit_code, "Verdict: PENDING" in result.stdout) == (3, True), result.output
