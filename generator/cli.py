"""The verb `render`."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from roomscope.generator.bundle.compose import Bundle, compose
from roomscope.generator.bundle.disk import delivered
from roomscope.generator.bundle.previous import read_previous
from roomscope.generator.common.collecting import without_collecting
from roomscope.generator.common.errors import BundleError
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
    Exit code 2: it could not be carried out, or told; nothing was written, and what was there is as it was.
    """
    try:
        _render(config, output, _zip_of(output) if zipped else None, previous)
    except KeyboardInterrupt:
        raise BundleError("Interrupted. Nothing was written.") from None
    except OSError as error:
        raise BundleError(f"What belongs on the ticket could not be printed: {error.strerror}. Nothing was written.") from None


def _render(config: Path, output: Path, packed: Path | None, previous: Path | None) -> None:
    with without_collecting():
        bundle = compose(config, read_previous(previous) if previous else None)
    lasting = check_lasting(PRODUCTS[bundle.plan.kind], datetime.now(UTC).date())
    for note in (*bundle.notes, *lasting):
        click.echo(note, err=True)
    with delivered(bundle, output, packed) as replaced:
        click.echo(f"bundle digest: {bundle.digest}")
    with contextlib.suppress(OSError):
        for line in (*replaced, *_beside(output, packed), *_summary(bundle, output)):
            click.echo(line, err=True)


def _zip_of(output: Path) -> Path:
    return output.with_name(f"{output.name}.zip")


def _beside(output: Path, packed: Path | None) -> Iterator[str]:
    old = _zip_of(output)
    if packed is None and old.exists():
        yield f"WARNING: {named(old)} was not written anew and may be of an earlier render. Remove it, or render with --zip."


def _summary(bundle: Bundle, output: Path) -> Iterator[str]:
    yield (
        f"Bundle {bundle.plan.bundle} in {named(output)}: rooms {bundle.plan.rooms}, "
        f"room lists {len(bundle.plan.lists)}, files {len(bundle.files)}, audited."
    )
    yield "Next: put this digest on the ticket, and give the folder to the reviewer, who starts with AUDIT.md."
