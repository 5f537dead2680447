"""A world to run a bundle in: a lab's directory, a management shell, EWS over TLS, and the tool itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
MODULE = ROOT / "lab" / "Exchange" / "Exchange.psd1"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a lab that lives for one test
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
        command = f"Import-Module '{MODULE}'; {before}{line}"
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
            until = time.monotonic() + 30
            while not (self.directory / "endpoint").exists():
                assert server.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait(timeout=10)


def roomscope(*arguments: str, environment: dict[str, str] | None = None) -> Done:
    """Runs the tool from this checkout."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "roomscope.py"), *arguments],
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
