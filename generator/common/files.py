"""Reads what people name as a file, and nothing that only looks like one."""

import os
import stat
from pathlib import Path
from typing import Final

TEMPLATES: Final = Path(__file__).parents[2] / "templates"
"""The texts that bundles are made of."""


def read_file(path: Path, limit: int, *, links: bool = True) -> bytes:
    """At most one byte more than the limit of a regular file; without links, of the file itself only.

    Raises:
        OSError: It cannot be read, or is a device or a pipe, which might never end.
    """
    flags = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0)
    handle = os.open(path, flags | (0 if links else getattr(os, "O_NOFOLLOW", 0)))
    with open(handle, "rb") as file:  # noqa: PTH123 - a handle has no path
        if not stat.S_ISREG(os.fstat(handle).st_mode) or (path.is_symlink() and not links):
            raise OSError(0, "it is no regular file")
        return file.read(limit + 1)
