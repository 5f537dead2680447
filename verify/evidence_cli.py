"""The command `evidence`: parse, read, show one result."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from verify.errors import UnprovenError

if TYPE_CHECKING:
    from verify.statement import Statement


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
    from verify.bundle import open_bundle
    from verify.chain import manifest_digest, read_folder
    from verify.reading import build
    from verify.statement import EXIT_CODES

    with _no_crash_is_an_answer():
        bundle = open_bundle(folder, digest)
        statement = build(bundle, manifest_digest(folder), read_folder(folder))
        _show(statement, form)
    context.exit(EXIT_CODES[statement.conclusion])


def _show(statement: "Statement", form: str) -> None:
    if form == "json":
        click.echo(statement.model_dump_json(indent=2))
        return
    from rich.console import Console

    from verify.evidence_console import show

    show(statement, Console(highlight=False))


@contextmanager
def _no_crash_is_an_answer() -> Iterator[None]:
    """Python ends a crash with 1, which here would say that the records differ."""
    try:
        yield
    except (click.Abort, KeyboardInterrupt):
        raise UnprovenError("Interrupted before the records were read.") from None
    except (click.ClickException, click.exceptions.Exit):
        raise
    except Exception as error:  # noqa: BLE001 - the last resort
        place = traceback.extract_tb(error.__traceback__)[-1]
        raise UnprovenError(
            f"The records were not read: {type(error).__name__} in {Path(place.filename).name}, line {place.lineno}. "
            "Report it."
        ) from None
