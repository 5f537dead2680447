"""Tells on stderr how a run goes on: a bar on a terminal, pauses only elsewhere."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from roomscope.verify.ask.run import Listener
from roomscope.verify.judge.ledger import Observation
from roomscope.verify.judge.verdict import Door, Promise


class _Bar:
    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def heard(self, observation: Observation) -> None:
        if observation.seen is not None and observation.question.door is Door.IMPERSONATED:
            self._progress.advance(self._task)

    def waits(self, seconds: float) -> None:
        self._progress.console.print(_waiting(seconds))


class _Lines:
    """Where there is no terminal only a pause is worth a line."""

    def heard(self, observation: Observation) -> None:
        return

    def waits(self, seconds: float) -> None:
        _say(_waiting(seconds))


@contextmanager
def listening(promises: Sequence[Promise]) -> Iterator[Listener]:
    """A listener for a run over these promises."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    columns = (TextColumn("Asking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bar(progress, progress.add_task("", total=len(promises)))


def _say(text: str) -> None:
    with suppress(OSError):
        click.echo(text, err=True)


def _waiting(seconds: float) -> str:
    return f"The server wants a pause of {seconds:.0f} seconds."
