"""The command `verify`: parse, ask, show one result."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roomscope.verify.common.errors import UnprovenError, VerifyError
from roomscope.verify.common.guard import guarded, told
from roomscope.verify.signals import Phase, Signals

if TYPE_CHECKING:
    from roomscope.verify.reports.files import Place
    from roomscope.verify.reports.output import Output
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
@click.option("--report", metavar="DIR", type=click.Path(path_type=Path),
              help="Write the report to this folder; a name that ends with .json, .html, .csv, .xml or .txt is one file.")
@click.option("--format", "formats", multiple=True, type=click.Choice(["html", "json", "csv", "junit", "txt"]),
              help="With --report: this format only; may be given several times. All of them if not given.")
@click.option("--json", "as_json", is_flag=True, help="Print report.json, and nothing else, to stdout.")
@click.option("--quiet", is_flag=True, help="Show the verdict alone, and no progress.")
@click.pass_context
def verify(context: click.Context, /, *, folder: Path, **options: object) -> None:
    """Prove what the service account or the application reaches, and what it does not.

    Opens the calendar of every room in the bundle DIR once, and tries every control mailbox by every
    door. Reads no item and changes nothing.

    Online the application signs in by AZURE_CLIENT_SECRET, by AZURE_CLIENT_CERTIFICATE_PATH (PEM or PFX,
    AZURE_CLIENT_CERTIFICATE_PASSWORD), or with --managed-identity.

    With --report the exit code is that of the verdict even where nobody takes what is shown. An earlier
    report there is kept under the time when it was made.

    Exit codes: 0 kept, 1 broken, 2 misuse, 3 pending, 4 could not ask.
    """
    with guarded("No verdict was reached, and nothing was proven"), Signals(last=context.parent is not None) as signals:
        from roomscope.verify.bundle.bundle import open_bundle
        from roomscope.verify.judge.verdict import EXIT_CODES
        from roomscope.verify.options import Options
        from roomscope.verify.reports.files import settle
        from roomscope.verify.reports.output import Output
        from roomscope.verify.settle import settled
        from roomscope.verify.sign_in.environment import CERTIFICATE
        from roomscope.verify.verification import carry_out

        wanted = Output.model_validate({name: options.pop(name) for name in Output.model_fields})
        asked = Options.model_validate(options)
        certificate = os.environ.get(CERTIFICATE)
        if asked.journal is not None:
            asked.refuse(("resume",), "goes on with a journal, and --journal begins one. Give one of them.")
        inputs = (asked.ca, asked.password_file, asked.controls_file, Path(certificate) if certificate else None)
        place = settle(wanted.report, wanted.formats, folder, (*inputs, asked.journal, asked.resume))
        _check_journal(asked.journal, folder)
        bundle = open_bundle(folder, asked.digest)
        question = settled(bundle, asked, terminal=sys.stdin is not None and sys.stdin.isatty())
        if place is not None:
            _prepare(place)
        signals.phase = Phase.ASKING
        found = carry_out(*question, signals.halt, quiet=wanted.quiet)
        signals.phase = Phase.WRITING
        _hand_over(found, place, wanted, signals)
    context.exit(EXIT_CODES[found.verdict])


def _check_journal(path: Path | None, folder: Path) -> None:
    if path is not None and path.parent.resolve() == folder.resolve():
        raise VerifyError(f"{path} would stand among the files of the bundle. Write it to its folder evidence.")


def _prepare(place: "Place") -> None:
    place.prove()
    for line in place.clear():
        with suppress(OSError):
            click.echo(line, err=True)


def _hand_over(report: "Report", place: "Place | None", wanted: "Output", signals: Signals) -> None:
    """Writes before it shows: a verdict that stands in a file holds, even where nobody takes what is shown."""
    try:
        if place is not None:
            place.write(report)
            signals.exit_code = report.exit_code
    finally:
        signals.phase = Phase.SHOWING
        shown = told(lambda: _show(report, wanted))
    if not shown and place is None:
        raise UnprovenError("The verdict could not be shown. Give --report, or keep stdout open.")


def _show(report: "Report", wanted: "Output") -> None:
    if wanted.as_json:
        from roomscope.verify.reports.machine import ascii_pieces

        for piece in ascii_pieces(report.text()):
            click.echo(piece, nl=False)
        return
    from rich.console import Console

    from roomscope.verify.reports.console import show, show_verdict

    (show_verdict if wanted.quiet else show)(report, Console(highlight=False))
