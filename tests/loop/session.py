"""One PowerShell that plays cells, one after the other, and is started anew when it died or hangs."""

import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

RUNNER = Path(__file__).parent / "matrix.ps1"
PATIENCE = 900.0
"""Seconds without any sign of life; a busy machine is slow, but it moves."""

_GLANCE = 1.0


@dataclass(slots=True)
class Session:
    """A session in which the Exchange commands are loaded; starts when there is something to play."""

    pwsh: str
    module: Path
    log: Path
    process: "subprocess.Popen[bytes] | None" = None

    def ask(self, request: Path, answer: Path, folder: Path) -> bool:
        """Whether the session answered; it plays in the folder, and what it writes there is its sign of life."""
        stdin = self._alive().stdin
        assert stdin is not None
        with suppress(BrokenPipeError):
            stdin.write(f"{request}\n".encode())
            stdin.flush()
        looked, moved, last = 0.0, time.monotonic(), -1
        while not answer.exists():
            if self._ended():
                return answer.exists()
            if (now := time.monotonic()) - looked > _GLANCE:
                looked, size = now, _size(folder)
                last, moved = (size, now) if size != last else (last, moved)
            if now - moved > PATIENCE:
                self.end()
                return False
            time.sleep(0.004)
        return True

    def another(self) -> "Session":
        """One more, for what ends it: the warm one plays on."""
        return Session(self.pwsh, self.module, self.log.with_name(f"{self.log.name} of another"))

    def end(self) -> None:
        """Ends the session; the next question starts another one."""
        if self.process is not None:
            self.process.kill()
            with suppress(BrokenPipeError):
                self.process.communicate()
        self.process = None

    def said(self) -> str:
        """The last that it said outside of any cell."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:] if self.log.exists() else ""

    def _alive(self) -> "subprocess.Popen[bytes]":
        if self._ended():
            self.end()
            command = f". '{RUNNER}' -Module '{self.module}'; $input | ForEach-Object -Process {{ Write-Answer -Request $_ }}"
            with self.log.open("wb") as log:
                self.process = subprocess.Popen(
                    [self.pwsh, "-NoProfile", "-NonInteractive", "-Command", command],
                    cwd=self.log.parent, stdin=subprocess.PIPE, stdout=log, stderr=log,
                )
        assert self.process is not None
        return self.process

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def _size(folder: Path) -> int:
    """Grows with whatever is written below the folder."""
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.stat().st_size + 1
    return total
