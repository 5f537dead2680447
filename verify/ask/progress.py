"""Tells on stderr how the asking goes on: a bar on a terminal, pauses only elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO, cast

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from roomscope.verify.ask.engine import Listener
from roomscope.verify.ask.halt import Halt
from roomscope.verify.common.outlet import Outlet
from roomscope.verify.common.text import counted
from roomscope.verify.judge.ledger import Asked


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


class _Lines:
    """Where there is no terminal only a pause is worth a line."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet

    def heard(self, asked: Asked) -> None:
        return

    def waits(self, seconds: float) -> None:
        self._outlet.write(f"{_waiting(seconds)}\n")


@contextmanager
def listening(mailboxes: Iterable[str]) -> Iterator[Listener]:
    """A listener while these mailboxes are asked for."""
    with Outlet(sys.stderr) as outlet:
        console = Console(file=cast("IO[str]", outlet))
        if not console.is_terminal:
            yield _Lines(outlet)
            return
        columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=console, transient=True) as progress:
            waiting = set(mailboxes)
            yield _Bar(progress, progress.add_task("", total=len(waiting)), waiting)


def counting(pending: int, pause: timedelta, until: datetime, halt: Halt) -> bool:
    """Waits so long and says so, on a terminal as a countdown; true where an end was asked for meanwhile."""
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
