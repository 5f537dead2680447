"""The whole way on one machine: render, run by hand, verify, break, catch, take back."""

import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "lab" / "Exchange" / "Exchange.psd1"
LIST = "cronofy.resource.list@example.com"
ACCOUNT = "cronofy.service.account@example.com"
SLIPPED = "jane.doe@example.com"
TAKEN_OUT = "boardroom@example.com"
PATIENCE = 30.0
_DIGEST = re.compile(r"bundle digest: ([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo takes place."""

    folder: Path
    pwsh: str | None
    environment: Mapping[str, str]

    @property
    def bundle(self) -> Path:
        """The bundle as the author hands it over."""
        return self.folder / "cronofy-rooms"

    @property
    def copy(self) -> Path:
        """The bundle as the operator takes it from the ticket, without the administrator's records."""
        return self.folder / "operator" / "cronofy-rooms"

    @property
    def directory(self) -> Path:
        """The state of the organisation."""
        return self.folder / "directory"

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

    def script(self, name: str, *, apply: bool = False, expected: int = 0) -> None:
        """Runs a script of the bundle from the prompt of a management shell."""
        self.shell(f"& './{name}.ps1'{' -Apply' if apply else ''}", expected=expected)

    def shell(self, line: str, *, expected: int = 0) -> None:
        """Types a line into a management shell, where the Exchange commands are loaded."""
        command = f"Import-Module '{str(MODULE).replace(chr(39), chr(39) * 2)}'; {line}"
        self.run(
            [self.pwsh or "pwsh", "-NoProfile", "-Command", command],
            f"PS> {line}",
            expected=expected,
            where=self.bundle,
        )


def run() -> None:
    """Plays all acts; about a minute."""
    with tempfile.TemporaryDirectory(prefix="roomscope-demo-") as name:
        folder = Path(name)
        environment = {
            **os.environ,
            "EXCHANGE_LAB_STATE": str(folder / "directory"),
            "ROOMSCOPE_PASSWORD": secrets.token_urlsafe(24),
            "NO_COLOR": "1",
            "COLUMNS": "110",
            "PYTHONUTF8": "1",
        }
        stage = Stage(folder, os.environ.get("PWSH") or shutil.which("pwsh"), environment)
        _act(
            "1",
            "An organisation with 12 rooms, two people and a service account; its EWS answers on this machine.",
        )
        _make_directory(stage)
        server = _serve(stage)
        try:
            _play(stage)
        finally:
            server.terminate()
            server.wait(timeout=10)
    if stage.pwsh is None:
        click.secho("\nThat was the half that needs no PowerShell; with it, the scripts are run, broken and taken back.", bold=True)
        return
    click.secho(
        "\nThe loop is closed: what was asked for was granted, proven, broken, caught and taken back.",
        bold=True,
    )


def _play(stage: Stage) -> None:
    _act("2", "The author renders the bundle of samples/article; the digest goes on the ticket.")
    digest = _render(stage)
    _act("3", "The reviewer holds what was delivered to the rules, and to the digest.")
    stage.roomscope(
        "audit", str(stage.bundle), "--digest", digest, shown="audit cronofy-rooms --digest …"
    )
    verify = _verifier(stage, digest)
    _act("4", "Before anything is granted: every room and every control must be refused.")
    verify("--expect-none")
    if stage.pwsh is None:
        _without_powershell(stage)
        verify()
        return
    _act("5", "The Exchange administrator runs the scripts by hand: the plan first, then -Apply.")
    stage.script("10-Test-Readiness")
    for name in ("30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access"):
        stage.script(name)
        stage.script(name, apply=True)
    stage.script("60-Confirm-Access")
    stage.roomscope("evidence", str(stage.bundle), "--digest", digest, shown="evidence cronofy-rooms --digest …")
    _act("6", "The operator, with the zip of the ticket, proves it as the service account: rooms answer, controls are refused.")
    verify()
    _act(
        "7",
        "Somebody changes the list: a user mailbox slips in, a room is taken out. Script and verification see it.",
    )
    bypass = "-BypassSecurityGroupManagerCheck"
    stage.shell(f"Add-DistributionGroupMember -Identity {LIST} -Member {SLIPPED} {bypass}")
    stage.shell(
        f"Remove-DistributionGroupMember -Identity {LIST} -Member {TAKEN_OUT} {bypass} -Confirm:$false"
    )
    stage.script("60-Confirm-Access", expected=1)
    verify(expected=1)
    _act(
        "8",
        "Somebody lifts the second lock of the scope, the recipient type: now the user mailbox answers too.",
    )
    stage.shell(
        "Set-ManagementScope -Identity CronofyImpersonationScope -RecipientRestrictionFilter "
        f"\"MemberOfGroup -eq '$((Get-DistributionGroup -Identity {LIST}).DistinguishedName)'\""
    )
    verify(expected=1)
    _act(
        "9",
        "The way back: the right goes whatever its scope became; what somebody changed stays, and is named.",
    )
    stage.script("90-Remove-Access")
    stage.script("90-Remove-Access", apply=True)
    verify("--expect-none")


class _Verifier:
    def __init__(self, stage: Stage, digest: str) -> None:
        self.stage, self.digest = stage, digest

    def __call__(self, *options: str, expected: int = 0) -> None:
        directory = self.stage.directory
        endpoint = (directory / "endpoint").read_text(encoding="utf-8").strip()
        self.stage.roomscope(
            "verify",
            str(self.stage.copy),
            "--digest",
            self.digest,
            "--endpoint",
            endpoint,
            "--ca",
            str(directory / "ca.pem"),
            "--auth",
            "basic",
            "--user",
            ACCOUNT,
            "--password-env",
            "ROOMSCOPE_PASSWORD",
            *options,
            shown=" ".join(("verify cronofy-rooms --digest … --endpoint", endpoint, *options)),
            expected=expected,
        )


def _verifier(stage: Stage, digest: str) -> _Verifier:
    return _Verifier(stage, digest)


def _make_directory(stage: Stage) -> None:
    inventory = ROOT / "samples" / "article" / "ResourceCalendars.csv"
    arguments = [
        "new",
        str(stage.directory),
        "--inventory",
        str(inventory),
        "--domain",
        "example.com",
        "--service-account",
        ACCOUNT,
        "--control",
        SLIPPED,
        "--password-env",
        "ROOMSCOPE_PASSWORD",
    ]
    stage.run([sys.executable, "-m", "lab", *arguments], "python -m lab new directory …")


def _serve(stage: Stage) -> subprocess.Popen[bytes]:
    server = subprocess.Popen(  # noqa: S603 - a command of this module
        [sys.executable, "-m", "lab", "serve", str(stage.directory)],
        cwd=ROOT,
        env=stage.environment,
        stdout=subprocess.DEVNULL,
    )
    until = time.monotonic() + PATIENCE
    while not (stage.directory / "endpoint").exists():
        if server.poll() is not None or time.monotonic() > until:
            server.kill()
            raise click.ClickException("The lab's server did not start.")
        time.sleep(0.05)
    return server


def _render(stage: Stage) -> str:
    config = ROOT / "samples" / "article" / "roomscope.toml"
    printed = stage.roomscope(
        "render",
        str(config),
        "--output",
        str(stage.bundle),
        "--zip",
        shown="render samples/article/roomscope.toml --output cronofy-rooms --zip",
    )
    for path in sorted(stage.bundle.iterdir()):
        click.echo(f"  {path.stat().st_size:>7}  {path.name}")
    with zipfile.ZipFile(stage.bundle.with_name(f"{stage.bundle.name}.zip")) as archive:
        archive.extractall(stage.copy.parent)
    found = _DIGEST.search(printed)
    if found is None:
        raise click.ClickException("render printed no bundle digest.")
    return found.group(1)


def _without_powershell(stage: Stage) -> None:
    click.secho("\nThere is no PowerShell here (PWSH, PATH): the scripts were NOT run.", bold=True)
    stage.run(
        [sys.executable, "-m", "lab", "seed", str(stage.bundle), str(stage.directory)],
        "python -m lab seed cronofy-rooms directory   # the state that the scripts describe",
    )


def _act(number: str, text: str) -> None:
    click.secho(f"\n=== {number}. {text}", bold=True)
