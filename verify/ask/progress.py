"""Tells on stderr how the asking goes on: a bar on a terminal, now and then a line elsewhere."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from roomscope.verify.ask.engine import Listener
from roomscope.verify.ask.halt import Halt
from roomscope.verify.common.outlet import Outlet
from roomscope.verify.common.text import counted
from roomscope.verify.judge.ledger import Asked

FIRST = 10.0
"""Seconds until the first line, where there is no terminal; what is done before that needs none."""

NEXT = 30.0


class _Silent:
    """Where nobody wants to hear anything."""

    def heard(self, asked: Asked) -> None:
        return

    def waits(self, seconds: float) -> None:
        return


class _Bar:
    """One piece for each mailbox that the server has answered for."""

    def __init__(self, progress: Progress, task: TaskID, mailboxes: set[str]) -> None:
        self._progress = progress
        self._task = task
        self._open = mailboxes

    def heard(self, asked: Asked) -> None:
        if asked.answer is not None and asked.question.mailbox in self._open:
            self._open.remove(asked.question.mailbox)
            self._progress.advance(self._task)

    def waits(self, seconds: float) -> None:
        self._progress.console.print(_waiting(seconds))


class Lines:
    """Where there is no terminal: pauses, and how far it has come, not more often than somebody would ask."""

    def __init__(self, mailboxes: set[str], say: Callable[[str], object], clock: Callable[[], float] = time.monotonic) -> None:
        self._open = mailboxes
        self._total = len(mailboxes)
        self._say = say
        self._clock = clock
        self._began = clock()
        self._next = self._began + FIRST

    def heard(self, asked: Asked) -> None:
        """One question is done."""
        if asked.answer is not None:
            self._open.discard(asked.question.mailbox)
        now = self._clock()
        if now >= self._next:
            self._next = now + NEXT
            self._say(self._line(now - self._began))

    def waits(self, seconds: float) -> None:
        """The server wants everybody to wait."""
        self._say(_waiting(seconds))

    def _line(self, seconds: float) -> str:
        done = self._total - len(self._open)
        rate = done / seconds
        left = f", about {_duration(len(self._open) / rate)} left" if rate else ""
        return f"Asked: {done} of {self._total}, {rate:.1f} a second{left}."


class _Rate(ProgressColumn):
    """How many mailboxes a second."""

    def render(self, task: Task) -> Text:
        """Nothing while that is not known."""
        return Text("" if task.speed is None else f"{task.speed:.1f} a second")


@contextmanager
def listening(mailboxes: Iterable[str], *, quiet: bool = False) -> Iterator[Listener]:
    """A listener while these mailboxes are asked for."""
    if quiet:
        yield _Silent()
        return
    with Outlet(sys.stderr) as outlet:
        console = Console(file=cast("IO[str]", outlet))
        waiting = set(mailboxes)
        if not console.is_terminal:
            yield Lines(waiting, lambda text: outlet.write(f"{text}\n"))
            return
        columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            yield _Bar(progress, progress.add_task("", total=len(waiting)), waiting)


def counting(pending: int, pause: timedelta, until: datetime, halt: Halt, *, quiet: bool = False) -> bool:
    """Waits so long and says so, on a terminal as a countdown; true where an end was asked for meanwhile."""
    if quiet:
        return halt.wait(pause.total_seconds())
    said = f"{counted(pending, 'promise')} pending; asked again in {{}}, until {until:%H:%M:%S %Z} at the latest."
    with Outlet(sys.stderr) as outlet:
        if not Console(file=cast("IO[str]", outlet)).is_terminal:
            outlet.write(f"{said.format(_span(pause))}\n")
            return halt.wait(pause.total_seconds())
        left = pause.total_seconds()
        while left > 0 and halt.cause is None:
            outlet.write(f"\r{said.format(_span(timedelta(seconds=left)))}\x1b[K")
            halt.wait(min(1.0, left))
            left -= 1
        outlet.write("\r\x1b[K")
        return halt.cause is not None


def _span(time: timedelta) -> str:
    minutes, seconds = divmod(round(time.total_seconds()), 60)
    return f"{minutes}:{seconds:02} minutes"


def _waiting(seconds: float) -> str:
    return f"The server wants a pause of {counted(round(seconds), 'second')}."


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
