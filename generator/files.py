"""Reads what people name as a file, and nothing that only looks like one."""

import os
import stat
from pathlib import Path


def read_file(path: Path, limit: int) -> bytes:
    """At most one byte more than the limit of a regular file.

    Raises:
        OSError: It cannot be read, or is a device or a pipe, which might never end.
    """
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle has no path
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(0, "it is no regular file")
        return file.read(limit + 1)
