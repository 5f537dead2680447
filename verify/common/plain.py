"""Opens files that somebody names on the command line: plain ones only, because a pipe may never end."""

import os
import stat
from pathlib import Path

from roomscope.verify.common.errors import VerifyError


def open_plain(path: Path, flags: int = os.O_RDONLY) -> int:
    """A descriptor of a regular file; raises OSError where it cannot be opened."""
    descriptor = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise VerifyError(f"{path} is not a plain file.")
    return descriptor


def read_bounded(path: Path, most: int) -> bytes:
    """The bytes of a regular file that is no larger than this."""
    with os.fdopen(open_plain(path), "rb") as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise VerifyError(f"{path} is larger than {most} bytes.")
    return data
