"""What a bundle holds at most; beyond that a reader would be kept waiting, so it is refused unread."""

from collections.abc import Mapping
from dataclasses import dataclass

from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.rooms import ROOMS

LARGEST = 64 * 1024 * 1024
"""No bundle is larger, all files together; 100,000 rooms are about 10 MB."""

MOST = 5_000
"""No bundle has more files, evidence counted."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What one file may hold at most."""

    size: int
    marks: bytes
    """The bytes between its values; counting them bounds what a reader makes of them."""

    most: int
    """So many of them."""


BOUNDS: Mapping[str, Bound] = {
    MANIFEST: Bound(8 * 1024 * 1024, b",[{", 100_000),
    ROOMS: Bound(32 * 1024 * 1024, b",\r\n", 1_500_000),
}


def too_much(name: str, data: bytes) -> str | None:
    """Says what a file holds more than any bundle does, or None."""
    bound = BOUNDS.get(name)
    if bound is None:
        return None
    if len(data) > bound.size:
        return f"{name} has {len(data)} bytes; no bundle has more than {bound.size} there"
    values = sum(map(data.count, bound.marks))
    if values > bound.most:
        return f"{name} holds {values} values; no bundle has more than {bound.most} there"
    return None
