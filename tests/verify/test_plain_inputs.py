"""Files that the command line names: pipes and devices, which never end, are refused at once."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("option", ["--resume", "--controls-file", "--password-file", "--ca"])
@pytest.mark.parametrize("kind", ["pipe", "/dev/zero", "/dev/full", "folder"])
def test_what_is_no_plain_file_is_misuse(  # noqa: PLR0917 - fixtures
    maker: Any, server: Any, tmp_path: Path, password: str, option: str, kind: str
) -> None:
    path = tmp_path / "given"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path = Path(kind)
    words = ["--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic"]
    words += [] if option == "--password-file" else ["--password-env", "ROOM_PASSWORD"]
    command = [sys.executable, "-m", "roomscope", "verify", str(maker.write()), *words, option, str(path)]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "ROOM_PASSWORD": password}, capture_output=True, text=True, check=False, timeout=60,
    )
    assert (done.returncode, server.calls) == (2, []), done.stderr
    assert "is not a plain file" in done.stderr or "Is a directory" in done.stderr or "Permission denied" in done.stderr
