"""The front door: opens a room only when its verb is spoken."""

import signal

if __name__ == "__main__" and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    # Until everything is loaded, Ctrl-C ends the process by the signal: neither with 1 nor with a page of Python.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import errno
import importlib
import io
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import click

_VERBS = {
    "render": ("roomscope.generator.cli", "Render the bundle of a configuration, audited.", 2),
    "audit": ("roomscope.generator.audit_cli", "Hold a delivered bundle to the rules.", 2),
    "show": ("roomscope.generator.show_cli", "Print a step of a bundle for its reader.", 2),
    "explain": ("roomscope.explain", "Explain a rule, a cause of a verdict, or a finding in records.", 2),
    "evidence": ("roomscope.verify.evidence_cli", "Tell what the runs of a bundle recorded.", 4),
    "verify": ("roomscope.verify.cli", "Prove what the service account or the application can reach.", 4),
    "report": ("roomscope.verify.report_cli", "Hold a report that somebody sent to its bundle.", 2),
}
"""Where each verb lives, what it does, and its exit code where it gave no answer."""

_NO_ANSWER = 4


class _Closed(io.TextIOBase):
    """Stands in for a stdout that was closed: what is said there is not taken for said."""

    def write(self, _text: str) -> int:
        raise OSError(errno.EBADF, "stdout is closed")


def _code(answer: Callable[[], int | None], silent: Callable[[], int]) -> int:
    """The exit code; where there is no answer, the reason is said."""
    try:
        return answer() or 0
    except click.ClickException as error:
        _say(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        reason = "Interrupted. There is no result."
    except SystemExit:  # click ends so where nobody reads the pipe
        reason = "The result could not be shown: nobody reads it."
    except OSError as error:
        place = "" if error.filename is None else f"{error.filename}: "
        reason = f"The result could not be shown: {place}{error.strerror or error}."
    _say(click.ClickException(reason))
    return silent()


def _say(error: click.ClickException) -> None:
    with suppress(OSError, KeyboardInterrupt):
        error.show()


def _prepare() -> None:
    """A character that the console's encoding lacks, or half of one, is written out and ends no verb."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout is None:
        sys.stdout = _Closed()
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)


class _Verbs(click.Group):
    no_answer = _NO_ANSWER

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Ends with an answer's own code; click would end with 1 what was interrupted too."""
        run: Callable[..., Any] = super().main
        answer = partial(run, *args, standalone_mode=False, **extra)
        if not standalone_mode:
            return answer()
        _prepare()
        sys.exit(_code(answer, lambda: self.no_answer))

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(_VERBS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in _VERBS:
            return None
        module, _, self.no_answer = _VERBS[name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary, _) in _VERBS.items()])


@click.command(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="roomscope", prog_name="roomscope")
def main() -> None:
    """Render audited Exchange scripts for room calendars, and verify afterwards what they granted."""


if __name__ == "__main__":
    main(prog_name="roomscope")
