"""What a command takes: time, memory, calls."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from lab.demo.stage import ROOT

TOOL = (sys.executable, "-m", "roomscope")
LAB = (sys.executable, "-m", "lab")


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


@contextmanager
def serving(directory: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """The lab's server, until the end of the block."""
    command = (*LAB, "serve", str(directory))
    server = subprocess.Popen(command, cwd=ROOT, env=dict(environment), stdout=subprocess.DEVNULL)  # noqa: S603
    try:
        wait_for(directory / "endpoint")
        yield
    finally:
        server.terminate()
        server.wait(timeout=10)


def script(pwsh: str, module: Path, bundle: Path, stem: str, environment: Mapping[str, str]) -> None:
    """Runs a script three times: to plan, to apply, to apply again."""
    log = Path(environment["EXCHANGE_LAB_STATE"]) / "calls.jsonl"
    found = []
    for apply in (False, True, True):
        before = lines(log)
        line = f"Import-Module '{module}'; & './{stem}.ps1'{' -Apply' if apply else ''}"
        cost = measure([pwsh, "-NoProfile", "-Command", line], environment, bundle)
        calls = [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()[before:]]
        writes = sum(call["writes"] for call in calls)
        found.append(f"{cost.seconds:5.1f} s {len(calls) - writes:4d} {writes:5d}")
    click.echo(f"  {stem:18}  plan {found[0]}   apply {found[1]}   again {found[2]}")


def lines(path: Path) -> int:
    """How many lines a file has; none where it is not there."""
    return path.read_bytes().count(b"\n") if path.exists() else 0


def wait_for(path: Path, patience: float = 30.0) -> None:
    """Waits until a file is there."""
    until = time.monotonic() + patience
    while not path.exists():
        if time.monotonic() > until:
            raise click.ClickException("The lab's server did not start.")
        time.sleep(0.05)
