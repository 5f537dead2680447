"""A world to run a bundle in: a lab's directory, a management shell, EWS over TLS, and the tool itself."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.loop.session import PATIENCE, Session

ROOT = Path(__file__).parent.parent.parent
MODULE = ROOT / "lab" / "Exchange" / "Exchange.psd1"
MATRIX = """
[bundle]
name = "m-rooms"
profile = "exchange-server"
[rooms]
file = "rooms.csv"
domains = ["contoso.com", "emea.contoso.com"]
list-column = "Building"
[room-lists]
domain = "contoso.com"
name = "Rooms"
owner = "it.admin@contoso.com"
[names]
lists-per-scope = 2
[service-account]
address = "svc-rooms@contoso.com"
[verify]
controls = ["ceo@contoso.com", "jane@contoso.com"]
"""
MATRIX_ROOMS = """PrimarySmtpAddress,DisplayName,Building
a1@contoso.com,A1,Salle d'Attente
a2@contoso.com,A2,Salle d'Attente
b1@contoso.com,B1,O\u2019Brien
b2@contoso.com,B2,O\u2019Brien
c1@contoso.com,C1,Haus C
d1@emea.contoso.com,D1,Haus C
"""
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a lab that lives for one test
ALONE = "$env:PATH = ''; "
"""The scripts start no programs; each look for a command would read every folder that has some."""

CONSTRAINED = '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"; '


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    output: str


@dataclass(frozen=True, slots=True)
class World:
    """A bundle beside the directory that it is made for."""

    pwsh: str
    directory: Path
    bundle: Path
    account: str

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "EXCHANGE_LAB_STATE": str(self.directory),
            "ROOMSCOPE_TEST_PASSWORD": PASSWORD,
            "NO_COLOR": "1",
            "COLUMNS": "200",
            "PYTHONUTF8": "1",
        }

    def shell(self, line: str, before: str = "") -> Done:
        """Types a line into a session in the bundle's folder, where the Exchange commands are loaded."""
        command = f"{ALONE}Import-Module '{MODULE}'; {before}{line}"
        done = subprocess.run(
            [self.pwsh, "-NoProfile", "-NonInteractive", "-Command", command],
            cwd=self.bundle, env=self.environment(), capture_output=True, text=True, encoding="utf-8", check=False,
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def script(self, stem: str, *, apply: bool = False, before: str = "") -> Done:
        """Runs a script as an administrator does, from the prompt."""
        return self.shell(f"& './{stem}.ps1'{' -Apply' if apply else ''}", before)

    def grant(self, before: str = "") -> None:
        """Runs all scripts of the way there, each planned and applied."""
        for stem in ("30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access"):
            for apply in (False, True):
                done = self.script(stem, apply=apply, before=before)
                assert done.code == 0, done.output

    def take_back(self, before: str = "") -> None:
        """Runs the way back, planned and applied."""
        for apply in (False, True):
            done = self.script("90-Remove-Access", apply=apply, before=before)
            assert done.code == 0, done.output

    def verify(self, bundle: Path, *options: str) -> Done:
        """Verifies as the operator, against the lab's EWS, with a copy of the bundle."""
        endpoint = (self.directory / "endpoint").read_text(encoding="utf-8").strip()
        return roomscope(
            "verify", str(bundle), "--endpoint", endpoint, "--ca", str(self.directory / "ca.pem"), "--auth", "basic",
            "--user", self.account, "--password-env", "ROOMSCOPE_TEST_PASSWORD", *options, environment=self.environment(),
        )

    def calls(self) -> list[dict[str, Any]]:
        """Every call of an Exchange command so far."""
        text = (self.directory / "calls.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def records(self, stem: str, mode: str) -> list[dict[str, Any]]:
        """The records of a step, oldest first."""
        files = sorted((self.bundle / "evidence").glob(f"{stem}.{mode}.*.json"))
        return [json.loads(path.read_text(encoding="utf-8-sig")) for path in files]

    @contextmanager
    def serving(self) -> Iterator[None]:
        """EWS of this directory, while the block runs."""
        server = subprocess.Popen(
            [sys.executable, "-m", "lab", "serve", str(self.directory)],
            cwd=ROOT, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + PATIENCE
            while not (self.directory / "endpoint").exists():
                assert server.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


def roomscope(*arguments: str, environment: dict[str, str] | None = None) -> Done:
    """Runs the tool from this checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "roomscope", *arguments],
        env=environment or dict(os.environ), capture_output=True, text=True, encoding="utf-8", check=False,
    )
    return Done(done.returncode, done.stdout + done.stderr)


@pytest.fixture
def tool() -> Callable[..., Done]:
    """The tool, from the command line."""
    return roomscope


@pytest.fixture
def world(pwsh: str, tmp_path: Path) -> Callable[..., World]:
    """Makes a world from a configuration."""

    def make(config: Path, domain: str, account: str, *options: str) -> World:
        bundle = tmp_path / "bundle"
        rendered = roomscope("render", str(config), "--output", str(bundle), "--zip")
        assert rendered.code == 0, rendered.output
        made = World(pwsh, tmp_path / "directory", bundle, account)
        done = subprocess.run(
            [
                sys.executable, "-m", "lab", "new", str(made.directory), "--inventory", str(bundle), "--domain", domain,
                "--service-account", account, "--password-env", "ROOMSCOPE_TEST_PASSWORD", *options,
            ],
            cwd=ROOT, env=made.environment(), capture_output=True, text=True, check=False,
        )
        assert done.returncode == 0, done.stderr
        return made

    return make


def state(folder: Path) -> dict[str, Any]:
    """The directory of a lab without what differs from run to run: GUIDs are addresses, members are sorted."""
    found: dict[str, Any] = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    for change in lines(folder / "changes.jsonl"):
        _change(found, change)
    address = {guid: one["primarySmtpAddress"] for guid, one in found["recipients"].items()}
    return {
        "recipients": {one["primarySmtpAddress"]: _plain(one, address) for one in found["recipients"].values()},
        "scopes": {one["name"]: one["recipientFilter"] for one in found["managementScopes"].values()},
        "assignments": {
            one["name"]: (one["role"], address.get(one["roleAssignee"], one["roleAssignee"]), one["customRecipientWriteScope"], one["enabled"])
            for one in found["roleAssignments"].values()
        },
    }


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of JSON lines; none if there is no file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _change(found: dict[str, Any], change: dict[str, Any]) -> None:
    kind = str(change.get("kind"))
    match change["op"]:
        case "put" if kind in {"session", "organization"}:
            found[kind] = change["value"]
        case "put":
            found[kind][change["key"]] = change["value"]
        case "remove":
            found[kind].pop(change["key"], None)
        case "addMember":
            found["recipients"][change["group"]]["group"]["members"].append(change["member"])
        case _:
            found["recipients"][change["group"]]["group"]["members"].remove(change["member"])


def _plain(one: dict[str, Any], address: dict[str, str]) -> dict[str, Any]:
    plain = {key: value for key, value in one.items() if key not in {"guid", "samAccountName"}}
    if one["group"]:
        group = one["group"]
        plain["group"] = group | {key: sorted(address.get(guid, guid) for guid in group[key]) for key in ("managedBy", "members")}
    return plain


@dataclass(frozen=True, slots=True)
class Played:
    """How one run of a cell went."""

    error: str
    output: str
    calls: list[dict[str, Any]]
    changes: list[dict[str, Any]]
    records: int
    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Game:
    """Where cells are played: a bundle, prepared directories, sessions."""

    pwsh: str
    folder: Path
    session: Session

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle"

    def start(self, name: str) -> Path:
        return self.folder / "starts" / name

    def state(self, folder: Path) -> dict[str, Any]:
        return state(folder)

    def cell(self, name: str) -> Path:
        return self.folder / "cells" / re.sub(r"[^A-Za-z0-9]+", "-", name)

    def shell(self, line: str, at: Path) -> subprocess.Popen[str]:
        """Starts a session in a bundle's folder, where the Exchange commands are loaded, and types a line."""
        return subprocess.Popen(
            [self.pwsh, "-NoProfile", "-NonInteractive", "-Command", f"{ALONE}Import-Module '{MODULE}'; {line}"],
            cwd=at, env=os.environ | {"EXCHANGE_LAB_STATE": str(self.folder / "directory"), "NO_COLOR": "1"},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8",
        )

    def place(self, start: str, at: str = "bundle") -> Path:
        """A fresh copy of the bundle beside a fresh copy of a prepared directory, with its records."""
        shutil.rmtree(self.folder / "directory", ignore_errors=True)
        shutil.copytree(self.start(start), self.folder / "directory")
        bundle = self.folder / "places" / at
        shutil.rmtree(bundle, ignore_errors=True)
        shutil.copytree(self.bundle, bundle)
        if (self.folder / "directory" / "evidence").exists():
            shutil.move(self.folder / "directory" / "evidence", bundle / "evidence")
        return bundle

    def play(self, cell: Any) -> list[Played]:
        """Plays a cell; nothing if the session died of it."""
        folder = self.cell(cell.name)
        for left in (folder, answer := folder.with_suffix(".json.answer")):
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
        folder.mkdir(parents=True)
        asked = folder.with_suffix(".json")
        asked.write_text(json.dumps(self._asked(cell)), encoding="utf-8")
        if not self.session.ask(asked, answer, folder):
            return []
        found = json.loads(answer.read_text(encoding="utf-8"))
        if found["failure"]:
            self.session.end()
            pytest.fail(f"{cell.name}: {found['failure']}")
        return list(self._played(folder, found["runs"]))

    def _asked(self, cell: Any) -> dict[str, Any]:
        runs = [asdict(run) | {"script": str(self.folder / run.bundle / f"{run.script}.ps1"), "keep": run.keep and str(self.start(run.keep))} for run in cell.runs]
        return {"start": str(self.start(cell.start)), "folder": str(self.cell(cell.name)), "runs": runs}

    def _played(self, folder: Path, runs: list[dict[str, Any]]) -> Iterator[Played]:
        calls, changes = lines(folder / "calls.jsonl"), lines(folder / "changes.jsonl")
        for run in runs:
            record = json.loads(run["record"].lstrip("\ufeff") or "{}")
            yield Played(
                run["error"], run["output"], calls[slice(*run["calls"])], changes[slice(*run["changes"])], run["records"], record
            )


def play_at(pwsh: str, session: Session, folder: Path, configuration: str, inventory: str) -> Game:
    """A bundle and the directory that it is made for, in a folder."""
    made = Game(pwsh, folder, session)
    (folder / "rooms.csv").write_text(inventory, encoding="utf-8")
    (folder / "roomscope.toml").write_text(configuration, encoding="utf-8")
    rendered = roomscope("render", str(folder / "roomscope.toml"), "--output", str(made.bundle))
    assert rendered.code == 0, rendered.output
    subprocess.run(
        [
            sys.executable, "-m", "lab", "new", str(made.start("fresh")), "--inventory", str(made.bundle),
            "--domain", "contoso.com", "--domain", "emea.contoso.com", "--control", "jane@contoso.com",
        ],
        cwd=ROOT, check=True, capture_output=True,
    )
    return made


@pytest.fixture(scope="session")
def session(pwsh: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The session of this process."""
    made = Session(pwsh, MODULE, tmp_path_factory.mktemp("session") / "said")
    yield made
    made.end()


@pytest.fixture(scope="session")
def game(pwsh: str, session: Session, tmp_path_factory: pytest.TempPathFactory) -> Game:
    """Six rooms in three lists with two grants, in two domains."""
    made = play_at(pwsh, session, tmp_path_factory.mktemp("matrix"), MATRIX, MATRIX_ROOMS)
    altered = shutil.copytree(made.bundle, made.folder / "altered")
    with (altered / "rooms.csv").open("ab") as file:
        file.write(b"x@contoso.com,m-rooms.haus-c@contoso.com,X\r\n")
    (made.folder / "ownerless.toml").write_text(MATRIX.replace('owner = "it.admin@contoso.com"\n', ""), encoding="utf-8")
    rendered = roomscope("render", str(made.folder / "ownerless.toml"), "--output", str(made.folder / "ownerless"))
    assert rendered.code == 0, rendered.output
    return made


@pytest.fixture(scope="session")
def big_game(pwsh: str, session: Session, tmp_path_factory: pytest.TempPathFactory) -> Game:
    """1,060 rooms in 15 lists with one grant."""
    rooms = "".join(f"r{number}@contoso.com\n" for number in range(1060))
    configuration = MATRIX.replace('list-column = "Building"\n', "").replace("lists-per-scope = 2", "")
    return play_at(pwsh, session, tmp_path_factory.mktemp("big"), configuration, f"PrimarySmtpAddress\n{rooms}")
