"""The command `verify`: parse, ask, show one result."""

import os
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roomscope.verify.common.errors import ReportError, UnprovenError, VerifyError
from roomscope.verify.common.guard import guarded, told

if TYPE_CHECKING:
    from roomscope.verify.reports.report import Report


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
@click.option("--workers", type=click.IntRange(1, 4), default=4, show_default=True,
              help="Requests at once; a password that changes meanwhile may be tried so often.")
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

    With --report the exit code is that of the verdict even where nobody takes what is shown.

    Exit codes: 0 kept, 1 broken, 2 misuse, 3 pending, 4 could not ask.
    """
    with guarded("No verdict was reached, and nothing was proven"):
        from roomscope.verify.ask.pace import Limits
        from roomscope.verify.bundle.bundle import open_bundle
        from roomscope.verify.judge.verdict import EXIT_CODES
        from roomscope.verify.net.wire import Patience
        from roomscope.verify.promises import make_promises
        from roomscope.verify.sign_in.endpoint import settle
        from roomscope.verify.sign_in.password import Scheme, Source, obtain
        from roomscope.verify.verification import Verification, carry_out

        _check_place(report, folder, (ca, password_file))
        terminal = sys.stdin is not None and sys.stdin.isatty()
        bundle = open_bundle(folder, digest)
        promises = make_promises(bundle, controls, expect_none=expect_none)
        address = settle(bundle, endpoint, terminal=terminal)
        account = bundle.manifest.plan.account
        credential = obtain(user or account.user or account.address, Scheme(auth), Source(password_env, password_file), terminal=terminal)
        limits = Limits(workers=workers)
        found = carry_out(Verification(bundle, promises, address, credential, ca, limits, Patience(), expect_none))
        _hand_over(found, report)
    context.exit(EXIT_CODES[found.verdict])


def _hand_over(report: "Report", path: Path | None) -> None:
    """Writes before it shows: a verdict that stands in a file holds, even where nobody takes what is shown."""
    try:
        _write(report, path)
    finally:
        shown = told(lambda: _show(report))
    if not shown and path is None:
        raise UnprovenError("The verdict could not be shown. Give --report, or keep stdout open.")


def _show(report: "Report") -> None:
    from rich.console import Console

    from roomscope.verify.reports.console import show

    show(report, Console(highlight=False))


def _check_place(path: Path | None, folder: Path, inputs: Iterable[Path | None]) -> None:
    if path is None:
        return
    if not path.parent.is_dir() or (path.exists() and not path.is_file()):
        raise VerifyError(f"The report cannot be written to {path}. Name a file in an existing folder.")
    if path.parent.resolve() == folder.resolve():
        raise VerifyError(f"{path} would stand among the files of the bundle. Write it to its folder evidence.")
    if any(path.resolve() == given.resolve() for given in inputs if given):
        raise VerifyError(f"The report would replace {path}, which this run reads. Name another file.")


def _write(report: "Report", path: Path | None) -> None:
    if path is None:
        return
    try:
        _replace(path, report)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}. The report is not there.") from None


def _replace(path: Path, report: "Report") -> None:
    # A name that nobody can foresee, made anew, so that nothing is written through a link.
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(report.text())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
