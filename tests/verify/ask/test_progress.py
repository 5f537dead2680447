"""How the asking goes on, as it is told on stderr; nothing that happens there harms the asking."""

import io
import sys

import pytest

from roomscope.verify.ask.progress import FIRST, NEXT, Lines, listening
from roomscope.verify.judge.answer import Opened
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Answered, Unlearnt
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.question import Door, Question


def asked(number: int, *, silent: bool = False) -> Asked:
    question = Question(f"room{number}@contoso.com", Door.IMPERSONATED, None)
    return Asked(question, None, Unlearnt(Cause.STOPPED)) if silent else Asked(question, Opened(), Answered(), 1)


class Terminal(io.StringIO):
    """A terminal that goes away."""

    gone = False

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self.gone:
            raise OSError(5, "Input/output error")
        return super().write(text)

    def flush(self) -> None:
        if self.gone:
            raise OSError(5, "Input/output error")


def test_without_a_terminal_a_short_run_is_silent_and_a_long_one_says_how_far_it_has_come() -> None:
    said: list[str] = []
    now = [0.0]
    lines = Lines({f"room{n}@contoso.com" for n in range(1000)}, said.append, lambda: now[0])
    lines.heard(asked(0))
    assert said == []
    for n in range(1, 100):
        lines.heard(asked(n))
    now[0] = FIRST
    lines.heard(asked(100, silent=True))
    lines.heard(asked(99))
    assert said == ["Asked: 100 of 1000, 10.0 a second, about 1 min 30 s left."]
    now[0] = FIRST + NEXT
    lines.heard(asked(100))
    lines.waits(3.2)
    assert said[1:] == ["Asked: 101 of 1000, 2.5 a second, about 5 min 56 s left.", "The server wants a pause of 3 seconds."]


def test_before_anything_was_answered_nothing_is_foretold() -> None:
    said: list[str] = []
    now = [0.0]
    lines = Lines({"room0@contoso.com"}, said.append, lambda: now[0])
    now[0] = FIRST
    lines.heard(asked(0, silent=True))
    assert said == ["Asked: 0 of 1, 0.0 a second."]


def test_a_terminal_shows_how_many_how_fast_and_how_long_still(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("TERM", "xterm")
    with listening(f"room{n}@contoso.com" for n in range(3)) as listener:
        for n in range(3):
            listener.heard(asked(n))
    assert "3/3" in terminal.getvalue()
    assert " a second" in terminal.getvalue()


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_terminal_that_goes_away_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with listening(["room0@contoso.com", "room1@contoso.com"]) as listener:
        listener.heard(asked(0))
        terminal.gone = True
        listener.waits(1)
        listener.heard(asked(1))


@pytest.mark.parametrize("gone", [True, False])
def test_where_there_is_no_stderr_or_nobody_listens_nothing_is_said(monkeypatch: pytest.MonkeyPatch, gone: object) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", None if gone else stream)
    with listening(["room0@contoso.com"], quiet=not gone) as listener:
        listener.waits(1)
        listener.heard(asked(0))
    assert stream.getvalue() == ""
