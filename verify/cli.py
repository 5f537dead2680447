"""The command `verify`: parse, ask, show one result."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.errors import ReportError, UnprovenError, VerifyError

if TYPE_CHECKING:
    from verify.report import Report


@click.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--digest", metavar="SHA256", help="Digest of the bundle, from the ticket.")
@click.option("--endpoint", metavar="URL", help="EWS address, https://host/EWS/Exchange.asmx.")
@click.option("--control", "controls", metavar="ADDRESS", multiple=True, help="One more mailbox that must be refused.")
@click.option("--user", metavar="NAME", help="Sign-in name; otherwise the one in the bundle.")
@click.option("--auth", type=click.Choice(["ntlm", "basic"]), default="ntlm", show_default=True, help="Way to sign in.")
@click.option("--password-env", metavar="NAME", help="Environment variable that holds the password.")
@click.option("--password-file", type=click.Path(path_type=Path), help="File that holds the password.")
@click.option("--ca", type=click.Path(path_type=Path), help="Authorities to trust as well, in PEM form.")
@click.option("--workers", type=click.IntRange(1, 10), default=4, show_default=True, help="Requests at once.")
@click.option("--expect-none", is_flag=True, help="After the way back: nobody is reached, no room by either door.")
@click.option("--report", type=click.Path(path_type=Path), help="Write report.json there.")
@click.pass_context
def verify(  # noqa: PLR0913 - one parameter an option
    context: click.Context,
    *,
    folder: Path,
    digest: str | None,
    endpoint: str | None,
    controls: tuple[str, ...],
    user: str | None,
    auth: str,
    password_env: str | None,
    password_file: Path | None,
    ca: Path | None,
    workers: int,
    report: Path | None,
    expect_none: bool,
) -> None:
    """Prove what the service account reaches, and what it does not.

    Opens the calendar of every room in the bundle DIR once, and tries every control mailbox by three
    doors. Reads no item and changes nothing.

    Exit codes: 0 kept, 1 broken, 2 misuse, 3 pending, 4 could not ask.
    """
    from verify.bundle import open_bundle
    from verify.credentials import Scheme, Source, obtain
    from verify.endpoint import settle
    from verify.errand import Errand, run
    from verify.pace import Limits
    from verify.promises import promises
    from verify.verdict import EXIT_CODES
    from verify.wire import Patience

    with _no_crash_is_a_verdict():
        _check_place(report, folder)
        terminal = sys.stdin.isatty()
        bundle = open_bundle(folder, digest)
        asked = promises(bundle, controls, expect_none=expect_none)
        address = settle(bundle, endpoint, terminal=terminal)
        name = user or bundle.manifest.identity.user or bundle.manifest.identity.address
        credential = obtain(name, Scheme(auth), Source(password_env, password_file), terminal=terminal)
        limits = Limits(workers=workers)
        found = run(Errand(bundle, asked, address, credential, ca, limits, Patience(), expect_none))
        _show(found)
        _write(found, report)
    context.exit(EXIT_CODES[found.verdict])


def _show(report: "Report") -> None:
    from rich.console import Console

    from verify.console import show

    show(report, Console(highlight=False))


def _check_place(path: Path | None, folder: Path) -> None:
    if path is None:
        return
    if not path.parent.is_dir() or path.is_dir():
        raise VerifyError(f"The report cannot be written to {path}. Name a file in an existing folder.")
    if path.parent.resolve() == folder.resolve():
        raise VerifyError(f"{path} would stand among the files of the bundle. Write it to its folder evidence.")


def _write(report: "Report", path: Path | None) -> None:
    if path is None:
        return
    beside = path.with_name(f"{path.name}.part")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(report.text())
        beside.replace(path)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}. The report is not there.") from None


@contextmanager
def _no_crash_is_a_verdict() -> Iterator[None]:
    """Python ends a crash with 1, which here would say broken."""
    try:
        yield
    except (click.Abort, KeyboardInterrupt):
        raise UnprovenError("Interrupted before there was a verdict.") from None
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:  # noqa: BLE001 - the last resort
        # The text of an unexpected exception may hold anything, so only its kind and place are told.
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise UnprovenError(
            f"No verdict was reached: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}. "
            "Nothing was proven; report it."
        ) from None
