"""What every test may ask for: PowerShell, the shared data, and no network but loopback."""

import gc
import json
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
SLOW = (
    "loop", "lab/", "test_front_door", "test_install", "verify/fire", "verify/online", "verify/reports", "verify/test_", "verify/ask",
    "generator/audit", "generator/bundle", "generator/delivery", "generator/statement", "generator/test_", "generator/script/test_growth",
)  # fmt: skip
"""Where tests play whole scripts, sessions, servers or deliveries: what begins so below `tests`."""

# How long an example takes says something about the machine, not about what is tested.
hypothesis.settings.register_profile("any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("any machine")

# The audit makes large trees and no cycles; collecting as often as usual would take a third of its time.
gc.set_threshold(100_000, 20, 100)

# A session of PowerShell plays a few hundred scripts at most: what the compiler measures for later is never used.
os.environ.setdefault("DOTNET_TieredPGO", "0")


def find_pwsh() -> str | None:
    """The PowerShell to test with: PWSH, then PATH, then the one beside the project."""
    beside = SHARED / "powershell" / "pwsh"
    return os.environ.get("PWSH") or shutil.which("pwsh") or (str(beside) if beside.exists() else None)


def missing(what: str) -> None:
    """Skips the test, or fails it where the run has promised to skip nothing."""
    if os.environ.get("ROOMSCOPE_NO_SKIP"):
        pytest.fail(f"{what} is missing, and this run may not skip a test.")
    pytest.skip(f"{what} is missing.")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file run in one process, which makes its fixtures once; `alone` lets each go where there is room.

    First, because pytest-xdist reads the groups at the same time.
    """
    for item in items:
        path = item.path.relative_to(ROOT / "tests").as_posix()
        if path.startswith(SLOW):
            item.add_marker(pytest.mark.slow)
        if item.get_closest_marker("alone") is None:
            item.add_marker(pytest.mark.xdist_group(path))


@pytest.fixture(scope="session", autouse=True)
def usual_signals() -> Iterator[None]:
    """Signals do what they usually do, here and in the processes that tests start; `nohup tests &` ignores some."""
    usual: dict[signal.Signals, Any] = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
    before = {number: signal.signal(number, handler) for number, handler in usual.items()}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def pwsh() -> str:
    """The path of a PowerShell."""
    found = find_pwsh()
    if found is None:
        missing("PowerShell (set PWSH, or put pwsh on PATH)")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the facts."""
    if not (SHARED / "facts").is_dir():
        missing("the folder ../shared")
    return SHARED


@pytest.fixture(scope="session")
def schemas() -> Path | None:
    """The folder with the schemas of EWS and SARIF, where it lies beside the project."""
    folder = SHARED / "data" / "schemas"
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def documented() -> dict[str, Any]:
    """What Microsoft documents of the cmdlets of Exchange Server: parameters, their values, which are always mandatory."""
    found: dict[str, Any] = json.loads((ROOT / "tests" / "documented.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="session")
def documented_online() -> dict[str, Any]:
    """The same of the cmdlets of Exchange Online."""
    found: dict[str, Any] = json.loads((ROOT / "tests" / "documented-online.json").read_text(encoding="utf-8"))
    return found


CAMPUS = SHARED / "data" / "campus-rooms.csv"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where the real inventory lies beside the project, the tests take it as well as the one that they make."""
    if "campus" in metafunc.fixturenames:
        metafunc.parametrize("campus", ["made", *(["real"] if CAMPUS.exists() else [])], indirect=True)


@pytest.fixture(scope="session")
def campus(request: pytest.FixtureRequest) -> bytes:
    """The inventory of a university: 518 rooms in 57 buildings, one of them with an apostrophe."""
    return CAMPUS.read_bytes() if request.param == "real" else _campus().encode()


def _campus() -> str:
    """Numbers are dealt so that the buildings differ in size, as in the real one."""
    buildings = [f"St George's {number}" if number == 1 else f"Building {number:02}" for number in range(57)]
    places = [buildings[min(number % 61, number % 57)] for number in range(518)]
    rows = (f"Room {number:03},room.{number:03}@contoso.com,{place}\n" for number, place in enumerate(places))
    return "DisplayName,PrimarySmtpAddress,Building\n" + "".join(rows)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network address other than loopback fails the test that asked for it."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in {"127.0.0.1", "::1", "localhost", "local"}:
            pytest.fail(f"The test tried to reach {host}.")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)

