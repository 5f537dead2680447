"""A bundle beside the directory that it is made for: its scripts from a prompt, EWS over TLS, and the tool itself."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.loop.directory import lines
from tests.loop.session import PATIENCE

ROOT = Path(__file__).parent.parent.parent
MODULE = ROOT / "lab" / "Exchange" / "Exchange.psd1"
PASSWORD = "correct horse battery staple"  # noqa: S105 - of a lab that lives for one test
ALONE = "$env:PATH = ''; "
"""The scripts start no programs; each look for a command would read every folder that has some."""

CONSTRAINED = '$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"; '
FORTH = ("10-Test-Readiness", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access", "60-Confirm-Access")
BACK = "90-Remove-Access"


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    output: str


def roomscope(*arguments: str, environment: dict[str, str] | None = None) -> Done:
    """Runs the tool from this checkout."""
    done = subprocess.run(
        [sys.executable, "-m", "roomscope", *arguments],
        env=environment or dict(os.environ), capture_output=True, text=True, encoding="utf-8", check=False,
    )
    return Done(done.returncode, done.stdout + done.stderr)


def lab(*arguments: str, environment: dict[str, str] | None = None) -> None:
    """Tells the lab to do something."""
    done = subprocess.run(
        [sys.executable, "-m", "lab", *arguments],
        cwd=ROOT, env=environment or dict(os.environ), capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr


@dataclass(frozen=True, slots=True)
class World:
    """A bundle, its directory, and who works in them."""

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
        """Runs all scripts of the way there that change something, each planned and applied."""
        for stem in FORTH[1:4]:
            self._both(stem, before)

    def take_back(self, before: str = "") -> None:
        """Runs the way back, planned and applied."""
        self._both(BACK, before)

    def _both(self, stem: str, before: str) -> None:
        for apply in (False, True):
            done = self.script(stem, apply=apply, before=before)
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
        return lines(self.directory / "calls.jsonl")

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


def make_world(pwsh: str, folder: Path, config: Path, domain: str, account: str, *options: str) -> World:
    """A world from a configuration."""
    made = World(pwsh, folder / "directory", folder / "bundle", account)
    rendered = roomscope("render", str(config), "--output", str(made.bundle), "--zip")
    assert rendered.code == 0, rendered.output
    lab(
        "new", str(made.directory), "--inventory", str(made.bundle), "--domain", domain, "--service-account", account,
        "--password-env", "ROOMSCOPE_TEST_PASSWORD", *options, environment=made.environment(),
    )
    return made
