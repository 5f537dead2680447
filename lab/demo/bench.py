"""Measures where people wait, each figure beside what it is compared to."""

import json
import os
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import click

from lab.demo import bench_online
from lab.demo.demo import CASE
from lab.demo.measure import LAB, TOOL, lines, measure, script, serving

ACCOUNT = "svc-rooms@contoso.com"
STARTS = 15
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


def run() -> None:
    """All measurements, printed as they come."""
    with tempfile.TemporaryDirectory(prefix="roomscope-bench-") as name:
        folder = Path(name)
        _start_up()
        for count in (1_000, 10_000, 100_000):
            _render(folder, count)
        _verify(folder)
        _scripts(folder)
        bench_online.run(folder)


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
    made = ["--inventory", str(case / "bundle"), "--service-account", ACCOUNT, "--password-env", "BENCH_PASSWORD"]
    measure([*LAB, "new", str(directory), *made], environment)
    measure([*LAB, "seed", str(case / "bundle"), str(directory)], environment)
    with serving(directory, environment):
        for delay in (20, 50):
            _compare_clients(case / "bundle", directory, delay, environment)


def _compare_clients(bundle: Path, directory: Path, delay: int, environment: Mapping[str, str]) -> None:
    (directory / "faults.json").write_text(json.dumps({"ews": {"delayMs": delay}}), encoding="utf-8")
    endpoint = (directory / "endpoint").read_text(encoding="utf-8").strip()
    before = lines(directory / "requests.jsonl")
    ours = measure(
        [
            *TOOL, "verify", str(bundle), "--endpoint", endpoint, "--ca", str(directory / "ca.pem"), "--auth", "basic",
            "--user", ACCOUNT, "--password-env", "BENCH_PASSWORD",
        ],
        environment,
    )
    asked = lines(directory / "requests.jsonl") - before
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
        measure([*LAB, "new", str(directory), *made], environment)
        lists = len(json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["plan"]["lists"])
        click.echo(f"scripts, {count} rooms in {lists} lists; reads may be {5 + 3 * lists} to plan, {5 + 4 * lists} to apply, writes {lists} to fill the lists: seconds, reads, writes")
        for stem in ("10-Test-Readiness", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access", "60-Confirm-Access", "90-Remove-Access"):
            script(pwsh, CASE.module, bundle, stem, environment)
