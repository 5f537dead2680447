"""Plays the table and prints it as Markdown: `python -m tests.verify.fire`."""

import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.verify.fire.ground import prepare
from tests.verify.fire.play import SLOW, Outcome, play
from tests.verify.fire.row import Row
from tests.verify.fire.table import FAMILIES

_HEAD = "| Misbehaviour | Where | Verdict | Cause | Exit code | Requests | Refused sign-ins |\n|---|---|---|---|---|---|---|\n"


def lines() -> Iterator[str]:
    """A table for each family."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(6) as players:
        ground = prepare(Path(folder))
        for family, rows in FAMILIES.items():
            yield f"\n## {family}\n\n{_HEAD}"
            for row in rows():
                played = players.map(lambda place, row=row: play(ground, row, place, SLOW if row.slow else 20), row.causes)
                for place, outcome in zip(row.causes, played, strict=True):
                    yield _line(row, place.value, outcome)


def _line(row: Row, place: str, outcome: Outcome) -> str:
    name = row.name.replace("|", "\\|").replace("\n", " ")
    cells = (name, place, outcome.verdict, outcome.cause, outcome.exit_code, outcome.requests, outcome.refused)
    return f"| {' | '.join(map(str, cells))} |\n"


if __name__ == "__main__":
    for line in lines():
        sys.stdout.write(line)
