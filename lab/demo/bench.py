"""Measures where people wait, each figure beside what it is compared to."""

import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click

from lab.demo.demo import CASE
from lab.demo.stage import ROOT

ACCOUNT = "svc-rooms@contoso.com"
STARTS = 15
TOOL = [sys.executable, "-m", "roomscope"]
CONFIG = """
[bundle]
name = "bench-rooms"
profile = "exchange-server"
[rooms]
file = "rooms.csv"
domains = ["contoso.com"]
[room-lists]
domain = "contoso.com"
[service-account]
address = "svc-rooms@contoso.com"
[verify]
controls = ["ceo@contoso.com"]
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took."""

    seconds: float
    megabytes: float
    output: str


def measure(command: Sequence[str], environment: Mapping[str, str] | None = None, where: Path = ROOT) -> Cost:
    """Runs a command to its end; stops the bench if it fails."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - commands of this module
            command, cwd=where, env=dict(environment or os.environ), stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - started
        output.seek(0)
        text = output.read().decode()
    if process.returncode:
        raise click.ClickException(f"{' '.join(command)} ended with {process.returncode}:\n{text}")
    return Cost(seconds, usage.ru_maxrss / 1024, text)


def run() -> None:
    """All measurements, printed as they come."""
    with tempfile.TemporaryDirectory(prefix="roomscope-bench-") as name:
        folder = Path(name)
        _start_up()
        for count in (1_000, 10_000, 100_000):
            _render(folder, count)
        _verify(folder)
        _scripts(folder)


def _start_up() -> None:
    click.echo("start-up (median of 15)")
    commands = {"import click": [sys.executable, "-c", "import click"], "roomscope --help": [*TOOL, "--help"]}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(STARTS):
        for name, command in commands.items():
            times[name].append(measure(command).seconds)
    ideal, ours = (statistics.median(found) for found in times.values())
    click.echo(f"  import click {ideal * 1000:.0f} ms, roomscope --help {ours * 1000:.0f} ms: {ours / ideal:.2f} times; may be 1.3")


def _render(folder: Path, count: int) -> None:
    case = folder / str(count)
    _write_case(case, count)
    render = measure([*TOOL, "render", str(case / "roomscope.toml"), "--output", str(case / "bundle")])
    audit = measure([*TOOL, "audit", str(case / "bundle")])
    click.echo(f"{count} rooms")
    click.echo(f"  render {render.seconds:.1f} s, {render.megabytes:.0f} MB; at 100000 may be 15 s, 300 MB")
    click.echo(f"  audit  {audit.seconds:.1f} s, {audit.megabytes:.0f} MB; at 100000 may be 10 s, 300 MB")


def _write_case(case: Path, count: int) -> None:
    case.mkdir()
    rows = (f"r{number:06d}@contoso.com,Room {number}\n" for number in range(count))
    (case / "rooms.csv").write_text("PrimarySmtpAddress,DisplayName\n" + "".join(rows), encoding="utf-8")
    (case / "roomscope.toml").write_text(CONFIG, encoding="utf-8")


def _verify(folder: Path) -> None:
    case, directory = folder / "1000", folder / "directory"
    environment = {**os.environ, "BENCH_PASSWORD": secrets.token_urlsafe(16)}
    lab = [sys.executable, "-m", "lab"]
    made = ["--inventory", str(case / "bundle"), "--service-account", ACCOUNT, "--password-env", "BENCH_PASSWORD"]
    measure([*lab, "new", str(directory), *made], environment)
    measure([*lab, "seed", str(case / "bundle"), str(directory)], environment)
    server = subprocess.Popen([*lab, "serve", str(directory)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        _wait_for(directory / "endpoint")
        for delay in (20, 50):
            _compare_clients(case / "bundle", directory, delay, environment)
    finally:
        server.terminate()
        server.wait(timeout=10)


def _compare_clients(bundle: Path, directory: Path, delay: int, environment: Mapping[str, str]) -> None:
    (directory / "faults.json").write_text(json.dumps({"ews": {"delayMs": delay}}), encoding="utf-8")
    endpoint = (directory / "endpoint").read_text(encoding="utf-8").strip()
    before = _lines(directory / "requests.jsonl")
    ours = measure(
        [
            *TOOL, "verify", str(bundle), "--endpoint", endpoint, "--ca", str(directory / "ca.pem"), "--auth", "basic",
            "--user", ACCOUNT, "--password-env", "BENCH_PASSWORD",
        ],
        environment,
    )
    asked = _lines(directory / "requests.jsonl") - before
    plain = _plain_loop(endpoint, str(directory / "ca.pem"), environment["BENCH_PASSWORD"], 60)
    rate = 1000 / ours.seconds
    click.echo(f"verify, 1000 rooms, round trip {delay} ms")
    click.echo(
        f"  {rate:.0f} rooms/s, {ours.seconds:.1f} s with start-up, {ours.megabytes:.0f} MB, {asked} requests; "
        f"plain exchangelib loop {plain:.1f} rooms/s: {rate / plain:.1f} times; must be 6 at 20 ms"
    )


def _plain_loop(endpoint: str, ca: str, password: str, count: int) -> float:
    """Rooms a second of the loop that everybody writes first."""
    import exchangelib
    import requests.adapters

    class Trusting(requests.adapters.HTTPAdapter):
        def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
            super().cert_verify(conn, url, ca, cert)  # type: ignore[no-untyped-call]

    exchangelib.protocol.BaseProtocol.HTTP_ADAPTER_CLS = Trusting
    configuration = exchangelib.Configuration(
        service_endpoint=endpoint, credentials=exchangelib.Credentials(ACCOUNT, password), auth_type="basic"
    )
    start = exchangelib.EWSDateTime.now(tz=exchangelib.UTC)
    window = start, start + timedelta(days=1)
    began = time.perf_counter()
    for number in range(count):
        account = exchangelib.Account(
            f"r{number:06d}@contoso.com", config=configuration, autodiscover=False, access_type=exchangelib.IMPERSONATION
        )
        list(account.calendar.view(*window))
    return count / (time.perf_counter() - began)


def _scripts(folder: Path) -> None:
    pwsh = os.environ.get("PWSH") or shutil.which("pwsh")
    if pwsh is None:
        click.echo("scripts: not measured, there is no PowerShell")
        return
    for count in (1_000, 10_000):
        bundle, directory = folder / str(count) / "bundle", folder / f"directory-{count}"
        environment = {**os.environ, "EXCHANGE_LAB_STATE": str(directory), "BENCH_PASSWORD": "x", "NO_COLOR": "1"}
        made = ["--inventory", str(bundle), "--service-account", ACCOUNT, "--password-env", "BENCH_PASSWORD"]
        measure([sys.executable, "-m", "lab", "new", str(directory), *made], environment)
        lists = len(json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["plan"]["lists"])
        click.echo(f"scripts, {count} rooms in {lists} lists; reads may be {5 + 3 * lists} to plan, {5 + 4 * lists} to apply, writes {lists} to fill the lists: seconds, reads, writes")
        for stem in ("10-Test-Readiness", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access", "60-Confirm-Access", "90-Remove-Access"):
            _script(pwsh, bundle, stem, environment)


def _script(pwsh: str, bundle: Path, stem: str, environment: Mapping[str, str]) -> None:
    log = Path(environment["EXCHANGE_LAB_STATE"]) / "calls.jsonl"
    found = []
    for apply in (False, True, True):
        before = _lines(log)
        line = f"Import-Module '{CASE.module}'; & './{stem}.ps1'{' -Apply' if apply else ''}"
        cost = measure([pwsh, "-NoProfile", "-Command", line], environment, bundle)
        calls = [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()[before:]]
        writes = sum(call["writes"] for call in calls)
        found.append(f"{cost.seconds:5.1f} s {len(calls) - writes:4d} {writes:5d}")
    click.echo(f"  {stem:18}  plan {found[0]}   apply {found[1]}   again {found[2]}")


def _lines(path: Path) -> int:
    return path.read_bytes().count(b"\n") if path.exists() else 0


def _wait_for(path: Path, patience: float = 30.0) -> None:
    until = time.monotonic() + patience
    while not path.exists():
        if time.monotonic() > until:
            raise click.ClickException("The lab's server did not start.")
        time.sleep(0.05)
