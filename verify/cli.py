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
from roomscope.verify.signals import Phase, Signals

if TYPE_CHECKING:
    from roomscope.verify.reports.report import Report


@click.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--digest", metavar="SHA256", help="Digest of the bundle, from the ticket.")
@click.option("--endpoint", metavar="URL", help="EWS address, https://host/EWS/Exchange.asmx.")
@click.option("--control", "controls", metavar="ADDRESS", multiple=True, help="One more mailbox that must be refused.")
@click.option("--controls-file", metavar="FILE", type=click.Path(path_type=Path),
              help="More of them: one address a line, or a table with PrimarySmtpAddress.")
@click.option("--draw-controls", metavar="N", type=click.IntRange(1), help="Draw so many from --controls-file, which is an export of all mailboxes.")
@click.option("--only", metavar="LIST|ADDRESS", multiple=True, help="Ask for these rooms only; the verdict says that it is a part.")
@click.option("--sample", metavar="N", type=click.IntRange(1), help="Ask for so many rooms only, drawn at random.")
@click.option("--seed", metavar="TEXT", help="What --sample and --draw-controls draw by, so that it can be repeated; a fresh one if not given.")
@click.option("--user", metavar="NAME", help="Sign-in name; otherwise the one in the bundle.")
@click.option("--auth", type=click.Choice(["ntlm", "basic", "oauth"]), help="Way to sign in at a server; ntlm if not given.")
@click.option("--password-env", metavar="NAME", help="Environment variable that holds the password.")
@click.option("--password-file", type=click.Path(path_type=Path), help="File that holds the password.")
@click.option("--authority", metavar="URL", help="With --auth oauth: who gives tokens. Online: a lab on this machine only.")
@click.option("--client-id", metavar="GUID", help="With --auth oauth: the application that the account signs in through.")
@click.option("--tenant", metavar="GUID", help="With --auth oauth: the tenant; not for AD FS.")
@click.option("--managed-identity", is_flag=True, help="Online: sign in as this machine.")
@click.option("--as-application", metavar="CLIENT_ID", help="Online: ask as the twin of a vendor's application, with the same scope.")
@click.option("--graph-root", metavar="URL", help="Online: a lab on this machine, in place of Graph.")
@click.option("--granted-at", metavar="TIME", help="When the grant was made, as 2026-11-22T10:11:12Z; the records may say it too.")
@click.option("--ca", type=click.Path(path_type=Path), help="Authorities to trust as well, in PEM form.")
@click.option("--workers", type=click.IntRange(1, 4), default=4, show_default=True,
              help="Requests at once; a password that changes meanwhile may be tried so often.")
@click.option("--expect-none", is_flag=True, help="After the way back: nobody is reached, no room by any door.")
@click.option("--every-room", is_flag=True, help="Server: try the controls as every room, not as one of each list.")
@click.option("--identity-check", is_flag=True, help="Server: prove that no two rooms share a calendar; one request a room more.")
@click.option("--room-lists", is_flag=True, help="Server: show what the lists show to a booking service, beside the bundle.")
@click.option("--wait", metavar="DURATION", help="While something is pending ask again, for so long: 2h, 90m. Ends early when all is kept.")
@click.option("--deadline", metavar="DURATION", help="End after so long, with what was learnt: 10m, 1h30m. The rest counts as not asked.")
@click.option("--journal", type=click.Path(path_type=Path), help="Keep each answer there as it comes; a new file. Without it none is kept.")
@click.option("--resume", type=click.Path(path_type=Path), help="Go on with this journal: ask only what is open in it.")
@click.option("--report", type=click.Path(path_type=Path), help="Write report.json there.")
@click.pass_context
def verify(context: click.Context, /, *, folder: Path, report: Path | None, **options: object) -> None:
    """Prove what the service account or the application reaches, and what it does not.

    Opens the calendar of every room in the bundle DIR once, and tries every control mailbox by every
    door. Reads no item and changes nothing.

    Online the application signs in by AZURE_CLIENT_SECRET, by AZURE_CLIENT_CERTIFICATE_PATH (PEM or PFX,
    AZURE_CLIENT_CERTIFICATE_PASSWORD), or with --managed-identity.

    With --report the exit code is that of the verdict even where nobody takes what is shown.

    Exit codes: 0 kept, 1 broken, 2 misuse, 3 pending, 4 could not ask.
    """
    with guarded("No verdict was reached, and nothing was proven"), Signals(last=context.parent is not None) as signals:
        from roomscope.verify.bundle.bundle import open_bundle
        from roomscope.verify.judge.verdict import EXIT_CODES
        from roomscope.verify.options import Options
        from roomscope.verify.settle import settled
        from roomscope.verify.sign_in.environment import CERTIFICATE
        from roomscope.verify.verification import carry_out

        asked = Options.model_validate(options)
        certificate = os.environ.get(CERTIFICATE)
        if asked.journal is not None:
            asked.refuse(("resume",), "goes on with a journal, and --journal begins one. Give one of them.")
        inputs = (asked.ca, asked.password_file, Path(certificate) if certificate else None)
        _check_place(report, folder, (*inputs, asked.resume, asked.controls_file), "report")
        _check_place(asked.journal, folder, (*inputs, report, asked.controls_file), "journal")
        bundle = open_bundle(folder, asked.digest)
        verification = settled(bundle, asked, terminal=sys.stdin is not None and sys.stdin.isatty())
        signals.phase = Phase.ASKING
        found = carry_out(*verification, signals.halt)
        signals.phase = Phase.WRITING
        _hand_over(found, report, signals)
    context.exit(EXIT_CODES[found.verdict])


def _hand_over(report: "Report", path: Path | None, signals: Signals) -> None:
    """Writes before it shows: a verdict that stands in a file holds, even where nobody takes what is shown."""
    from roomscope.verify.judge.verdict import EXIT_CODES

    try:
        _write(report, path)
        signals.exit_code = EXIT_CODES[report.verdict] if path is not None else signals.exit_code
    finally:
        signals.phase = Phase.SHOWING
        shown = told(lambda: _show(report))
    if not shown and path is None:
        raise UnprovenError("The verdict could not be shown. Give --report, or keep stdout open.")


def _show(report: "Report") -> None:
    from rich.console import Console

    from roomscope.verify.reports.console import show

    show(report, Console(highlight=False))


def _check_place(path: Path | None, folder: Path, inputs: Iterable[Path | None], what: str) -> None:
    if path is None:
        return
    if not path.parent.is_dir() or (path.exists() and not path.is_file()):
        raise VerifyError(f"The {what} cannot be written to {path}. Name a file in an existing folder.")
    if path.parent.resolve() == folder.resolve():
        raise VerifyError(f"{path} would stand among the files of the bundle. Write it to its folder evidence.")
    if any(path.resolve() == given.resolve() for given in inputs if given):
        raise VerifyError(f"The {what} would replace {path}, which this run reads. Name another file.")


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
