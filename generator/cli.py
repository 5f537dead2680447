"""The verb `render`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from roomscope.generator.bundle.compose import compose
from roomscope.generator.bundle.disk import deliver, deliver_zip
from roomscope.generator.bundle.previous import read_previous
from roomscope.generator.common.text import named
from roomscope.generator.plan.lasting import check_lasting
from roomscope.generator.products.catalogue import PRODUCTS


@click.command()
@click.argument("config", type=click.Path(path_type=Path))
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder that becomes the bundle. An earlier render of the same bundle in it is replaced, unless it was run.",
)
@click.option("--zip", "zipped", is_flag=True, help="Write OUTPUT.zip too; ticket systems refuse .ps1 files.")
@click.option(
    "--previous",
    type=click.Path(path_type=Path),
    help="An earlier bundle: every room stays in the list that it had there.",
)
def render(config: Path, output: Path, zipped: bool, previous: Path | None) -> None:  # noqa: FBT001 - click's flag
    """Render the bundle of CONFIG, a roomscope.toml, and audit it.

    Needs no network and no credentials. Prints the bundle digest, which belongs on the change ticket.
    """
    bundle = compose(config, read_previous(previous) if previous else None)
    lasting = [*check_lasting(PRODUCTS[bundle.plan.kind], datetime.now(UTC).date())]
    deliver(bundle, output)
    if zipped:
        deliver_zip(bundle, output.with_name(f"{output.name}.zip"))
    for note in (*bundle.notes, *lasting):
        click.echo(note, err=True)
    click.echo(
        f"Bundle {bundle.plan.bundle} in {named(output)}: rooms {bundle.plan.rooms}, "
        f"room lists {len(bundle.plan.lists)}, files {len(bundle.files)}, audited.",
        err=True,
    )
    click.echo("Next: put this digest on the ticket, and give the folder to the reviewer, who starts with AUDIT.md.", err=True)
    click.echo(f"bundle digest: {bundle.digest}")
