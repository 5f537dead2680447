"""The verb `audit`."""

import re
from collections.abc import Mapping
from pathlib import Path

import click

from roomscope.generator.common.collecting import without_collecting
from roomscope.generator.delivery.check import Result, audit_delivery
from roomscope.generator.delivery.intake import take
from roomscope.generator.reports.console import as_text
from roomscope.generator.reports.machine import as_json
from roomscope.generator.reports.record import report
from roomscope.generator.reports.sarif import as_sarif

_DIGEST = re.compile(r"[0-9A-Fa-f]{64}")
_VIEWS = {"console": as_text, "json": as_json, "sarif": as_sarif}


def _digest(_ctx: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not _DIGEST.fullmatch(value.strip()):
        raise click.BadParameter("a bundle digest is 64 hex digits; `roomscope render` printed it.")
    return value


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--digest", callback=_digest, help="The bundle digest on the ticket; for one bundle.")
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    help="A roomscope.toml: the bundle is rendered again and compared byte for byte; for one bundle.",
)
@click.option("--previous", type=click.Path(path_type=Path), help="With --against: the earlier bundle that was given to render.")
@click.option("--format", "view", type=click.Choice(list(_VIEWS)), default="console", show_default=True, help="How to say it.")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the report there instead.")
@click.pass_context
def audit(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ctx: click.Context,
    paths: tuple[Path, ...],
    digest: str | None,
    against: Path | None,
    previous: Path | None,
    view: str,
    output: Path | None,
) -> None:
    """Hold delivered bundles to the rules: folders, zips, or single scripts.

    Runs nothing of what it reads, and needs no network. Exit code 0: clean. 1: findings, an altered bundle among them.
    2: not a bundle, or bad options.
    """
    if len(paths) > 1 and (digest is not None or against is not None):
        raise click.UsageError("--digest and --against are about one bundle. Name one PATH.")
    with without_collecting():
        rendered = None if against is None else _render(against, previous)
        results = tuple(_audited(path, digest, rendered) for path in paths)
    text = _VIEWS[view](report(results))
    if output is None:
        click.echo(text, nl=False)
    else:
        _write(output, text)
    ctx.exit(0 if all(result.clean for result in results) else 1)


def _audited(path: Path, digest: str | None, rendered: Mapping[str, bytes] | None) -> Result:
    delivery = take(path)
    if digest is not None and delivery.kind == "scripts":
        raise click.UsageError("--digest is about a bundle, and this is a loose script.")
    return audit_delivery(delivery, digest, rendered)


def _render(config: Path, previous: Path | None) -> Mapping[str, bytes]:
    from roomscope.generator.bundle.compose import compose
    from roomscope.generator.bundle.previous import read_previous

    return compose(config, read_previous(previous) if previous else None).files


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise click.BadParameter(f"{output} cannot be written: {error.strerror}.", param_hint="--output") from None
