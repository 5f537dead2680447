"""Where a demo takes place: a folder, a shell, a server, and commands as a person types them."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0
_DIGEST = re.compile(r"bundle digest: ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Case:
    """Which sample is played, in which shell."""

    name: str
    """The bundle's."""

    config: Path
    module: Path
    """What has the Exchange commands."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo takes place."""

    case: Case
    folder: Path
    pwsh: str | None
    environment: Mapping[str, str] = field(repr=False)

    @property
    def bundle(self) -> Path:
        """The bundle as the author hands it over."""
        return self.folder / self.case.name

    @property
    def copy(self) -> Path:
        """The bundle as the operator takes it from the ticket, without the administrator's records."""
        return self.folder / "operator" / self.case.name

    @property
    def directory(self) -> Path:
        """The state of the organisation."""
        return self.folder / "directory"

    @property
    def endpoint(self) -> str:
        """Where EWS answers."""
        return (self.directory / "endpoint").read_text(encoding="utf-8").strip()

    def run(
        self, command: Sequence[str], shown: str, *, expected: int = 0, where: Path = ROOT
    ) -> str:
        """Runs a command as a person would, shows it, and stops the demo if it ends otherwise than expected."""
        click.secho(f"\n> {shown}", bold=True)
        done = subprocess.run(  # noqa: S603 - commands of this module
            command,
            cwd=where,
            env=self.environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        click.echo((done.stdout + done.stderr).rstrip())
        if done.returncode != expected:
            raise click.ClickException(
                f"This ended with {done.returncode}, not with {expected}: the demo has failed."
            )
        return done.stdout

    def roomscope(self, *arguments: str, shown: str, expected: int = 0) -> str:
        """Runs the tool from this checkout."""
        return self.run(
            [sys.executable, "-m", "roomscope", *arguments],
            f"roomscope {shown}",
            expected=expected,
        )

    def lab(self, verb: str, *arguments: str, shown: str) -> None:
        """Runs a verb of the lab."""
        command = [sys.executable, "-m", "lab", verb, *arguments]
        self.run(command, f"python -m lab {verb} {shown}")

    def script(
        self, name: str, *, apply: bool = False, expected: int = 0, module: Path | None = None
    ) -> None:
        """Runs a script of the bundle from the prompt of a management shell."""
        self.shell(f"& './{name}.ps1'{' -Apply' if apply else ''}", expected=expected, module=module)

    def shell(self, line: str, *, expected: int = 0, module: Path | None = None) -> None:
        """Types a line into a management shell, where the Exchange commands are loaded."""
        path = str(module or self.case.module).replace("'", "''")
        self.run(
            [self.pwsh or "pwsh", "-NoProfile", "-Command", f"Import-Module '{path}'; {line}"],
            f"PS> {line}",
            expected=expected,
            where=self.bundle,
        )

    @contextmanager
    def serving(self) -> Iterator[None]:
        """The lab's server, until the end of the block."""
        server = subprocess.Popen(  # noqa: S603 - a command of this module
            [sys.executable, "-m", "lab", "serve", str(self.directory)],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            until = time.monotonic() + PATIENCE
            while not (self.directory / "endpoint").exists():
                if server.poll() is not None or time.monotonic() > until:
                    raise click.ClickException("The lab's server did not start.")
                time.sleep(0.05)
            yield
        finally:
            server.terminate()
            server.wait(timeout=10)

    def render(self) -> str:
        """Renders the bundle, and gives the operator the copy of the ticket; answers the digest."""
        config = self.case.config
        printed = self.roomscope(
            "render",
            str(config),
            "--output",
            str(self.bundle),
            "--zip",
            shown=f"render {config.relative_to(ROOT)} --output {self.case.name} --zip",
        )
        for path in sorted(self.bundle.iterdir()):
            click.echo(f"  {path.stat().st_size:>7}  {path.name}")
        with zipfile.ZipFile(self.bundle.with_name(f"{self.case.name}.zip")) as archive:
            archive.extractall(self.copy.parent)
        found = _DIGEST.search(printed)
        if found is None:
            raise click.ClickException("render printed no bundle digest.")
        return found.group(1)

    def audit(self, digest: str) -> None:
        """Holds the bundle to the rules and to its digest."""
        shown = f"audit {self.case.name} --digest …"
        self.roomscope("audit", str(self.bundle), "--digest", digest, shown=shown)

    def seed(self) -> None:
        """Makes the state that the scripts describe, and says that they were not run."""
        click.secho("\nThere is no PowerShell here (PWSH, PATH): the scripts were NOT run.", bold=True)
        shown = f"{self.case.name} directory   # the state that the scripts describe"
        self.lab("seed", str(self.bundle), str(self.directory), shown=shown)


@contextmanager
def stage(case: Case, credential: str) -> Iterator[Stage]:
    """A stage in a folder that goes afterwards; a fresh credential stands in that environment variable."""
    with tempfile.TemporaryDirectory(prefix="roomscope-demo-") as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "EXCHANGE_LAB_STATE": str(folder / "directory"),
            credential: secrets.token_urlsafe(24),
            "NO_COLOR": "1",
            "COLUMNS": "110",
            "PYTHONUTF8": "1",
        }
        yield Stage(case, folder, os.environ.get("PWSH") or shutil.which("pwsh"), environment)


def act(number: str, text: str) -> None:
    """The heading of an act."""
    click.secho(f"\n=== {number}. {text}", bold=True)


def close(where: Stage) -> None:
    """What is said at the end."""
    if where.pwsh is None:
        click.secho("\nThat was the half that needs no PowerShell; with it, the scripts are run, broken and taken back.", bold=True)
        return
    click.secho(
        "\nThe loop is closed: what was asked for was granted, proven, broken, caught and taken back.",
        bold=True,
    )
