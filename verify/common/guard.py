"""Keeps exit code 1 for an answer: what crashes, is interrupted or cannot be told ends with 4."""

import io
import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import click

from roomscope.verify.common.errors import UnprovenError


@contextmanager
def guarded(failed: str) -> Iterator[None]:
    """Turns everything that is no answer into a refusal that begins with this sentence."""
    try:
        for stream in (sys.stdout, sys.stderr):
            _spell_out(stream)
        yield
    except (click.Abort, KeyboardInterrupt):
        raise UnprovenError(f"Interrupted. {failed}.") from None
    except (click.ClickException, click.exceptions.Exit):
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - the last resort
        # The text of an unexpected exception may hold anything, so only its kind and place are told.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise UnprovenError(
            f"{failed}: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}. Report it."
        ) from None


def told(show: Callable[[], None]) -> bool:
    """Shows an answer; false where nobody takes it, because stdout is closed or full."""
    if sys.stdout is None:
        return False
    try:
        show()
        sys.stdout.flush()
    except (OSError, SystemExit):  # rich ends the process with 1 where a pipe is closed
        _discard(sys.stdout)
        return False
    return True


def _spell_out(stream: TextIO | None) -> None:
    """A character that the stream's encoding lacks is no reason to end."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def _discard(stream: TextIO) -> None:
    """What is still buffered would fail once more at the end of the process."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
