"""What every test may ask for: PowerShell, the shared data, and no network but loopback."""

import os
import shutil
import socket
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


def find_pwsh() -> str | None:
    """The PowerShell to test with: PWSH, then PATH, then the one beside the project."""
    beside = SHARED / "powershell" / "pwsh"
    return os.environ.get("PWSH") or shutil.which("pwsh") or (str(beside) if beside.exists() else None)


def missing(what: str) -> None:
    """Skips the test, or fails it where the run has promised to skip nothing."""
    if os.environ.get("ROOMSCOPE_NO_SKIP"):
        pytest.fail(f"{what} is missing, and this run may not skip a test.")
    pytest.skip(f"{what} is missing.")


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
    """The folder with the real inventory and Microsoft's schemas."""
    if not (SHARED / "data").is_dir():
        missing("the folder ../shared")
    return SHARED


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

