"""Measures Exchange Online: batches of Graph, requests of EWS, calls of the scripts."""

import json
import math
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from lab.demo.measure import LAB, TOOL, measure, script, serving
from lab.demo.online import CASE, ENTRA

SECRET = "AZURE_CLIENT_SECRET"  # noqa: S105 - a name
ROUND_TRIP = 20
PART = 20
BATCH = 20
AT_A_TIME = 4
IN_FLIGHT = 4
CONTROLS = 1
CONFIG = """
[bundle]
name = "bench-rooms"
profile = "exchange-online"
[rooms]
file = "rooms.csv"
domains = ["contoso.com"]
[room-lists]
domain = "contoso.com"
[application]
tenant-id = "4a7f0b86-1c2d-4e3f-9a5b-6c7d8e9f0a1b"
client-id = "9d3c52a1-77e8-4b0f-8f16-2a4c6e8b0d12"
object-id = "c0ffee12-3456-4789-abcd-ef0123456789"
access = "{access}"
[verify]
controls = ["ceo@contoso.com"]
"""
STEPS = (
    "10-Test-Readiness",
    "15-Test-Gates",
    "30-New-RoomLists",
    "40-Add-Rooms",
    "50-Grant-Access",
    "60-Confirm-Access",
    "90-Remove-Access",
)


def run(folder: Path) -> None:
    """All measurements of Exchange Online, printed as they come."""
    environment = {**os.environ, SECRET: secrets.token_urlsafe(16), "NO_COLOR": "1"}
    for count in (1_000, 20_000):
        _graph(_case(folder, "calendars-read", count), count, environment)
    _ews(_case(folder, "ews", 1_000), 1_000, environment)
    # Exactly as many as the default page holds would look like an answer that was cut short.
    _scripts(_case(folder, "calendars-readwrite", 1_001), environment)


def _case(folder: Path, access: str, count: int) -> Path:
    """A rendered bundle, and the folder of a tenant beside it."""
    case = folder / f"online-{access}-{count}"
    case.mkdir()
    rows = (f"r{number:06d}@contoso.com,Room {number}\n" for number in range(count))
    (case / "rooms.csv").write_text("PrimarySmtpAddress,DisplayName\n" + "".join(rows), encoding="utf-8")
    (case / "roomscope.toml").write_text(CONFIG.format(access=access), encoding="utf-8")
    measure([*TOOL, "render", str(case / "roomscope.toml"), "--output", str(case / "bundle")])
    return case


def _tenant(case: Path, environment: Mapping[str, str]) -> Path:
    """A tenant that has what the scripts of the bundle make."""
    directory, bundle = case / "directory", case / "bundle"
    measure([*LAB, "new", str(directory), "--product", "exchange-online", "--inventory", str(bundle)])
    measure([*LAB, "tenant", str(directory), "--secret-env", SECRET], environment)
    measure([*LAB, "seed", str(bundle), str(directory)])
    return directory


def _verify(case: Path, directory: Path, environment: Mapping[str, str], place: str) -> tuple[float, float, Counter[str]]:
    """Seconds, megabytes, and how often each operation was asked for."""
    root = (directory / "endpoint").read_text(encoding="utf-8").strip().removesuffix("/EWS/Exchange.asmx")
    named = root if place == "--graph-root" else f"{root}/EWS/Exchange.asmx"
    places = ("--authority", root, place, named, "--ca", str(directory / "ca.pem"))
    cost = measure([*TOOL, "verify", str(case / "bundle"), *places], environment)
    log = (directory / "requests.jsonl").read_text(encoding="utf-8").splitlines()
    return cost.seconds, cost.megabytes, Counter(json.loads(line)["operation"] for line in log)


def _graph(case: Path, count: int, environment: Mapping[str, str]) -> None:
    directory = _tenant(case, environment)
    faults = {"graph": {"delayMs": ROUND_TRIP, "partDelayMs": PART}}
    (directory / "faults.json").write_text(json.dumps(faults), encoding="utf-8")
    with serving(directory, environment):
        seconds, megabytes, asked = _verify(case, directory, environment, "--graph-root")
    least = math.ceil((count + CONTROLS) / BATCH)
    batch = (ROUND_TRIP + math.ceil(BATCH / AT_A_TIME) * PART) / 1000
    ideal = math.ceil(least / IN_FLIGHT) * batch
    click.echo(f"verify through Graph, {count} rooms, round trip {ROUND_TRIP} ms, each part {PART} ms")
    click.echo(
        f"  {asked['$batch']} batches, at least {least}; {seconds:.1f} s with start-up, ideal {ideal:.1f} s with "
        f"{IN_FLIGHT} in flight: {seconds / ideal:.2f} times; may be 1.25; {megabytes:.0f} MB"
    )


def _ews(case: Path, count: int, environment: Mapping[str, str]) -> None:
    directory = _tenant(case, environment)
    with serving(directory, environment):
        seconds, _, asked = _verify(case, directory, environment, "--endpoint")
    each = sum(asked[name] for name in asked.keys() - {"token", "metadata"}) / (count + CONTROLS)
    click.echo(f"verify through EWS online, {count} rooms: {each:.2f} requests a mailbox; must be 1.0 and a few; {seconds:.1f} s")


def _scripts(case: Path, environment: Mapping[str, str]) -> None:
    pwsh = os.environ.get("PWSH") or shutil.which("pwsh")
    if pwsh is None:
        click.echo("scripts online: not measured, there is no PowerShell")
        return
    directory, bundle = case / "directory", case / "bundle"
    measure([*LAB, "new", str(directory), "--product", "exchange-online", "--inventory", str(bundle)])
    lists = len(json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))["plan"]["lists"])
    click.echo(f"scripts online, 1001 rooms in {lists} lists; reads may be {5 + 3 * lists} to plan, {5 + 4 * lists} to apply: seconds, reads, writes")
    shell = {**environment, "EXCHANGE_LAB_STATE": str(directory)}
    for stem in STEPS:
        script(pwsh, CASE.module, bundle, stem, shell)
    script(pwsh, ENTRA, bundle, "70-Test-Entra", shell)
