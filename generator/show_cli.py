"""The verb `show`."""

import os
import sys
from pathlib import Path

import click

from roomscope.generator.common.collecting import without_collecting
from roomscope.generator.common.errors import BundleError
from roomscope.generator.common.text import named
from roomscope.generator.delivery.intake import take
from roomscope.generator.delivery.lay_out import lay_out
from roomscope.generator.delivery.outline import BundleOutline, Outline
from roomscope.generator.reports.outline import Paint, coloured, overview, plain, region, script


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.argument("step", required=False)
@click.option("--region", "whole", is_flag=True, help="Print the region that all scripts share, instead of a step.")
@click.pass_context
def show(ctx: click.Context, bundle: Path, step: str | None, whole: bool) -> None:  # noqa: FBT001 - click gives a flag so
    """Print a step of a bundle for its reader.

    BUNDLE is a folder or a zip, STEP a number such as 50, or a file's name; without it: an overview. The step's own part is printed in
    full, the region that all scripts share is folded to one line, and what changes Exchange is marked with >>. Runs and audits nothing.
    Exit code 1: what is shown could not be read, or is not what SHA256SUMS says. 2: not a bundle, or no such step.
    """
    with without_collecting():
        outline = lay_out(take(bundle))
    click.echo(_view(outline, step, _paint(), whole=whole), nl=False)
    ctx.exit(int(outline.doubtful(None if step is None else outline.script(step))))


def _view(outline: BundleOutline, step: str | None, paint: Paint, *, whole: bool) -> str:
    if whole:
        one = _shared(outline) if step is None else outline.script(step)
        if one.fold is None:
            raise BundleError(f"{one.file} has no shared region that could be told from the rest. Print the script.")
        return region(outline, one, one.fold, paint)
    return overview(outline, paint) if step is None else script(outline, outline.script(step), paint)


def _shared(outline: BundleOutline) -> Outline:
    """The first step, if its region is that of all."""
    if len(outline.regions) != 1:
        raise BundleError(f"The region is not the same in every script of {named(outline.path)}. Name a STEP besides, and read each.")
    return outline.steps[0]


def _paint() -> Paint:
    """Colours only for eyes: https://no-color.org."""
    seen = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return coloured if seen else plain
