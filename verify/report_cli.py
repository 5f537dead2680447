"""The command `report`: holds a report that somebody sent to its bundle, and shows it."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from roomscope.verify.common.errors import BundleError, UnprovenError
from roomscope.verify.common.guard import guarded, told

if TYPE_CHECKING:
    from roomscope.verify.reports.report import Report


@click.command("report")
@click.argument("folder", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.argument("path", metavar="REPORT", type=click.Path(path_type=Path))
@click.option("--digest", metavar="SHA256", help="Digest of the bundle, from the ticket.")
@click.pass_context
def report(context: click.Context, *, folder: Path, path: Path, digest: str | None) -> None:
    """Hold REPORT, a report.json of verify that somebody sent, to the bundle BUNDLE.

    Digest, plan, application, every room and every control must be the bundle's, and the verdict must be
    what the mailboxes amount to. The report stays the word of whoever sent it: nothing is asked anew.

    Exit codes: that of the verdict (0 kept, 1 broken, 3 pending, 4 could not ask), or 2 where the report
    does not belong to the bundle, is not whole, or was made in a lab.
    """
    with guarded("The report was not held to the bundle"):
        from roomscope.verify.bundle.bundle import open_bundle
        from roomscope.verify.judge.verdict import EXIT_CODES
        from roomscope.verify.reports.received import differences, in_our_words, read

        bundle = open_bundle(folder, digest)
        found = read(path)
        wrong = differences(found, bundle)
        if wrong:
            raise BundleError(f"{path} is not a report on this bundle: {'; '.join(wrong)}.")
        if not told(lambda: _show(in_our_words(found, bundle))):
            raise UnprovenError("The report could not be shown. Keep stdout open.")
    context.exit(EXIT_CODES[found.verdict])


def _show(found: "Report") -> None:
    from rich.console import Console

    from roomscope.verify.reports.console import show

    click.echo(
        f"Received: made on {found.about.started:%Y-%m-%d at %H:%M %Z}; it belongs to this bundle, whose every room and control it "
        "names. What it says is the word of whoever sent it.\n"
    )
    show(found, Console(highlight=False))
