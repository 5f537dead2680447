"""Where cells are played: a bundle, starting points, a session that runs the scripts."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.loop import variations
from tests.loop.cells import CHAIN, Cell
from tests.loop.directory import lines
from tests.loop.session import Session
from tests.loop.world import ALONE, lab, roomscope

_ATTEMPTS = 3


class StageError(Exception):
    """A cell could not be played to its end."""


@dataclass(frozen=True, slots=True)
class Played:
    """How one run of a cell went."""

    error: str
    output: str
    calls: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    records: int
    """How many records it left."""

    text: str
    """Its record, as it stands in the file."""

    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stage:
    """A bundle, the folder of its cells, and the session that plays them."""

    folder: Path
    session: Session
    whole: Cell = CHAIN
    """The cell that makes the starting points of the others."""

    chain: list[Played] = field(default_factory=list)
    """How that cell went."""

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    def start(self, name: str) -> Path:
        """A starting point: the folder of a directory, with the records so far."""
        folder = self.folder / "starts" / name
        if not folder.exists() and name != "fresh" and not self.chain:
            self._make_starts()
        for word, vary in variations.VARIATIONS.items():
            if name.startswith(word) and not folder.exists():
                vary(shutil.copytree(self.start(name.removeprefix(word)), folder) / "state.json")
        return folder

    def _make_starts(self) -> None:
        for _ in range(_ATTEMPTS):
            if not self.chain:
                self.chain.extend(self.attempt(self.whole))

    def cell(self, name: str) -> Path:
        """The folder in which a cell is played."""
        return self.folder / "cells" / re.sub(r"[^A-Za-z0-9]+", "-", name)

    def play(self, cell: Cell) -> list[Played]:
        """How the runs of a cell went.

        Raises:
            StageError: The session ended in between.
        """
        if cell.died is not None:
            self.start(cell.died.start)
            mortal = self.session.another()
            self.attempt(cell.died, mortal)
            mortal.end()
            shutil.rmtree(self.start(cell.start), ignore_errors=True)
            shutil.move(self.cell(cell.died.name), self.start(cell.start))
        if cell is self.whole and not self.chain:
            self._make_starts()
        played = self.chain if cell is self.whole else self.attempt(cell)
        if not played:
            raise StageError(f"The session ended over {cell.name}. {self.session.said()}")
        return played

    def attempt(self, cell: Cell, session: Session | None = None) -> list[Played]:
        """The same for a cell in which the session may end: then nothing."""
        session = session or self.session
        folder = self.cell(cell.name)
        shutil.rmtree(folder, ignore_errors=True)
        asked, answer = folder.with_suffix(".json"), folder.with_suffix(".json.answer")
        answer.unlink(missing_ok=True)
        folder.mkdir(parents=True)
        asked.write_text(json.dumps(self._asked(cell)), encoding="utf-8")
        if not session.ask(asked, answer, folder):
            return []
        found = json.loads(answer.read_text(encoding="utf-8"))
        if found["failure"]:
            session.end()
            raise StageError(found["failure"])
        return list(_played(folder, found["runs"]))

    def _asked(self, cell: Cell) -> dict[str, Any]:
        runs = [
            asdict(run) | {
                "script": str(self.folder / run.bundle / f"{run.script}.ps1"),
                "keep": run.keep and str(self.folder / "starts" / run.keep),
                "arguments": {name: value.format(bundle=self.folder / run.bundle) for name, value in run.arguments.items()},
            }
            for run in cell.runs
        ]
        return {"start": str(self.start(cell.start)), "folder": str(self.cell(cell.name)), "runs": runs}

    def place(self, start: str, at: str = "bundle") -> Path:
        """A fresh copy of the bundle beside a fresh copy of a starting point, with its records."""
        shutil.rmtree(self.folder / "directory", ignore_errors=True)
        shutil.copytree(self.start(start), self.folder / "directory")
        bundle = self.folder / "places" / at
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.copytree(self.bundle, bundle)
        if (self.folder / "directory" / "evidence").exists():
            shutil.move(self.folder / "directory" / "evidence", bundle / "evidence")
        return bundle

    def shell(self, line: str, at: Path) -> "subprocess.Popen[str]":
        """Starts a session of its own in a bundle's folder, where the Exchange commands are loaded, and types a line."""
        return subprocess.Popen(
            [self.session.pwsh, "-NoProfile", "-NonInteractive", "-Command", f"{ALONE}Import-Module '{self.session.module}'; {line}"],
            cwd=at, env=os.environ | {"EXCHANGE_LAB_STATE": str(self.folder / "directory"), "NO_COLOR": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )


def _played(folder: Path, runs: list[dict[str, Any]]) -> Iterator[Played]:
    calls, changes = lines(folder / "calls.jsonl"), lines(folder / "changes.jsonl")
    for run in runs:
        text = run["record"].lstrip("\ufeff")
        yield Played(
            run["error"], run["output"], calls[slice(*run["calls"])], changes[slice(*run["changes"])], run["records"], text, json.loads(text or "{}")
        )


SERVER = ("--domain", "contoso.com", "--domain", "emea.contoso.com", "--control", "jane@contoso.com")
"""How the lab is told of a server to play on."""


def set_stage(  # noqa: PLR0917 - what a stage is made of
    session: Session, folder: Path, configuration: str, inventory: str, whole: Cell = CHAIN, told: tuple[str, ...] = SERVER
) -> Stage:
    """A bundle and the directory that it is made for, in a folder."""
    made = Stage(folder, session, whole)
    (folder / "rooms.csv").write_text(inventory, encoding="utf-8")
    render_at(made, "bundle", configuration)
    lab("new", str(made.start("fresh")), "--inventory", str(made.bundle), *told)
    return made


def render_at(stage: Stage, name: str, configuration: str) -> Path:
    """The bundle of a configuration, on that stage."""
    path = stage.folder / f"{name}.toml"
    path.write_text(configuration, encoding="utf-8")
    rendered = roomscope("render", str(path), "--output", str(stage.folder / name))
    assert rendered.code == 0, rendered.output
    return stage.folder / name


def alter(stage: Stage, name: str, change: Callable[[Path], object]) -> None:
    """Another copy of the bundle, changed."""
    change(shutil.copytree(stage.bundle, stage.folder / name))
