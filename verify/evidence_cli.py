"""The command `evidence`: parse, read, show one result."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from roomscope.verify.common.errors import UnprovenError
from roomscope.verify.common.guard import guarded, told

if TYPE_CHECKING:
    from roomscope.verify.evidence.report import EvidenceReport


@click.command("evidence")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--digest", metavar="SHA256", help="Digest of the bundle, from the ticket.")
@click.option(
    "--format", "form", type=click.Choice(["console", "json"]), default="console", show_default=True, help="Form of the result."
)
@click.pass_context
def evidence(context: click.Context, *, folder: Path, digest: str | None, form: str) -> None:
    """Read what the runs of the bundle DIR recorded below its folder evidence.

    Tells which steps ran, what was planned, done and seen, what is missing, and whether the chain of
    records is whole. It is the administrator's statement and no proof; that is the command verify.

    Exit codes: 0 complete, 1 differs, 2 misuse, 3 not finished, 4 nothing could be read.
    """
    with guarded("The records were not read"):
        from roomscope.verify.bundle.bundle import open_bundle
        from roomscope.verify.evidence.chain import read_folder
        from roomscope.verify.evidence.conclude import build
        from roomscope.verify.evidence.report import EXIT_CODES

        bundle = open_bundle(folder, digest)
        report = build(bundle, read_folder(folder))
        if not told(lambda: _show(report, form)):
            raise UnprovenError("The result could not be shown. Keep stdout open.")
    context.exit(EXIT_CODES[report.conclusion])


def _show(report: "EvidenceReport", form: str) -> None:
    if form == "json":
        # Escaped, because not every console's encoding holds every name, and what stands in for it would be no JSON.
        click.echo(json.dumps(report.model_dump(mode="json"), indent=2))
        return
    from rich.console import Console

    from roomscope.verify.reports.evidence_console import show

    show(report, Console(highlight=False))
