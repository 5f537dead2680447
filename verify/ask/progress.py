"""Tells on stderr how the asking goes on: a bar on a terminal, pauses only elsewhere."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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


def _waiting(seconds: float) -> str:
    return f"The server wants a pause of {counted(round(seconds), 'second')}."
