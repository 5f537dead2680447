"""The command `verify`: parse, ask, show one result."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roomscope.verify.common.errors import UnprovenError
from roomscope.verify.common.guard import guarded, told

if TYPE_CHECKING:
    from roomscope.verify.reports.files import Place
    from roomscope.verify.reports.output import Output
    from roomscope.verify.reports.report import Report


@click.command("verify")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--digest", metavar="SHA256", help="Digest of the bundle, from the ticket.")
@click.option("--endpoint", metavar="URL", help="EWS address, https://host/EWS/Exchange.asmx.")
@click.option("--control", "controls", metavar="ADDRESS", multiple=True, help="One more mailbox that must be refused.")
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
    with guarded("No verdict was reached, and nothing was proven"):
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
        place = settle(wanted.report, wanted.formats, folder, (asked.ca, asked.password_file, Path(certificate) if certificate else None))
        bundle = open_bundle(folder, asked.digest)
        question = settled(bundle, asked, terminal=sys.stdin is not None and sys.stdin.isatty())
        if place is not None:
            _prepare(place)
        found = carry_out(*question, quiet=wanted.quiet)
        _hand_over(found, place, wanted)
    context.exit(EXIT_CODES[found.verdict])


def _prepare(place: "Place") -> None:
    place.prove()
    for line in place.clear():
        with suppress(OSError):
            click.echo(line, err=True)


def _hand_over(report: "Report", place: "Place | None", wanted: "Output") -> None:
    """Writes before it shows: a verdict that stands in a file holds, even where nobody takes what is shown."""
    try:
        if place is not None:
            place.write(report)
    finally:
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
