"""The records of a zip: what the end, the directory and the place of an entry say, each held to the few forms that are plain."""

import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

STORED: Final = 0
DEFLATED: Final = 8
STREAMED: Final = 0x0008
"""The flag of an entry whose sizes follow its bytes."""

_LEVEL = 0x0006
_UTF8 = 0x0800
_VERSIONS = frozenset({10, 20})
"""A program that knows less than 2.0 unpacks nothing of today; one that is asked for more may skip the entry."""

_SYSTEMS = frozenset({0, 3, 10, 11, 14, 19})
"""FAT, Unix, NTFS by two numbers, VFAT, macOS."""

_END = struct.Struct("<4s4H2LH")
_LISTED = struct.Struct("<4s6H3L5H2L")
_PLACED = struct.Struct("<4s5H3L2H")
_DESCRIPTOR = struct.Struct("<4s3L")
_FIELD = struct.Struct("<HH")

_FIELDS = {
    0x5455: frozenset({5, 9, 13}),
    0x000A: frozenset({32}),
    0x5855: frozenset({8, 12}),
    0x7855: frozenset({0, 4}),
    0x7875: frozenset({11}),
}
"""Times and owners in the forms of Info-ZIP and NTFS, with their sizes; none gives a name, a size or a kind. APPNOTE 4.5, 4.6."""

_FOLDER = 0x10
_ATTRIBUTES = 0x01 | _FOLDER | 0x20 | 0x80 | 0x2000 | 0x8000
"""Read-only, archive, not indexed; that a mode follows: nothing that hides an entry or makes it a link."""


class ArchiveError(ValueError):
    """A zip that cannot be read, or not in one way only."""


@dataclass(frozen=True, slots=True)
class End:
    """The last record: where the directory is."""

    count: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the directory and the place of an entry both say."""

    version: int
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    name: bytes

    @property
    def streamed(self) -> bool:
        """Whether its sizes follow its bytes."""
        return bool(self.flags & STREAMED)


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the directory."""

    facts: Facts
    offset: int
    folder: bool


def read_end(data: bytes) -> End:
    """The end record, which stands at the very end, with nothing behind or before it that it does not own."""
    start = len(data) - _END.size
    if start < 0 or data[start : start + 4] != b"PK\5\6":
        raise ArchiveError("it does not end with the end record of a zip")
    _, disk, first, here, count, size, at, comment = _END.unpack_from(data, start)
    if disk or first or comment or here != count or at + size != start:
        raise ArchiveError("its end record does not fit: parts, a comment, or bytes that belong to nothing")
    return End(count, at, size)


def read_listed(data: bytes, at: int, limit: int) -> tuple[Listed, int]:
    """The entry of the directory at a place, and where the next one begins."""
    _, made, *numbers = _fixed(_LISTED, b"PK\1\2", data, at, limit)
    version, flags, method, time, date, crc, packed, size, names, extras, comments, disk, kind, outside, offset = numbers
    name, extra, after = _texts(data, at + _LISTED.size, (names, extras), limit)
    facts = Facts(version, flags, method, time, date, crc, packed, size, name)
    _check_facts(facts)
    _check_extra(name, extra)
    if comments or disk or kind > 1 or made >> 8 not in _SYSTEMS:
        raise ArchiveError(f"{shown(name)} has a comment, stands in another part, or comes from a system that names files otherwise")
    return Listed(facts, offset, _is_folder(facts, outside)), after


def read_placed(data: bytes, at: int, limit: int) -> tuple[Facts, int]:
    """What an entry says at its place, and where its bytes begin."""
    _, version, flags, method, time, date, crc, packed, size, names, extras = _fixed(_PLACED, b"PK\3\4", data, at, limit)
    name, extra, after = _texts(data, at + _PLACED.size, (names, extras), limit)
    _check_extra(name, extra)
    return Facts(version, flags, method, time, date, crc, packed, size, name), after


def read_descriptor(data: bytes, at: int, facts: Facts) -> int:
    """Where a streamed entry ends, behind the record that repeats its sizes."""
    if data[at : at + _DESCRIPTOR.size] != _DESCRIPTOR.pack(b"PK\7\x08", facts.crc, facts.packed, facts.size):
        raise ArchiveError(f"behind {shown(facts.name)} stands something else than its sizes")
    return at + _DESCRIPTOR.size


def shown(name: bytes) -> str:
    """A name of a zip as it may stand in a message."""
    return repr(name.decode("ascii", "backslashreplace"))[:80]


def _fixed(form: struct.Struct, mark: bytes, data: bytes, at: int, limit: int) -> tuple[int, ...]:
    if at + form.size > limit or data[at : at + 4] != mark:
        raise ArchiveError(f"at byte {at} no entry begins, so something is hidden there or it is cut")
    numbers: tuple[int, ...] = form.unpack_from(data, at)
    return numbers


def _texts(data: bytes, at: int, sizes: tuple[int, int], limit: int) -> tuple[bytes, bytes, int]:
    middle = at + sizes[0]
    end = middle + sizes[1]
    if end > limit:
        raise ArchiveError(f"the entry before byte {end} reaches into what follows")
    return data[at:middle], data[middle:end], end


def _check_facts(facts: Facts) -> None:
    if facts.version not in _VERSIONS or facts.flags & ~(STREAMED | _LEVEL | _UTF8):
        raise ArchiveError(f"{shown(facts.name)} is encrypted, or asks for more than every program can")
    if facts.method not in {STORED, DEFLATED}:
        raise ArchiveError(f"{shown(facts.name)} is packed in a way that not every program knows")
    if facts.method == STORED and (facts.streamed or facts.packed != facts.size):
        raise ArchiveError(f"{shown(facts.name)} is not packed, and still does not say how long it is")


def _check_extra(name: bytes, extra: bytes) -> None:
    kinds: set[int] = set()
    for kind, body in _fields(name, extra):
        if len(body) not in _FIELDS.get(kind, ()):
            raise ArchiveError(f"{shown(name)} carries a field 0x{kind:04X}, which could give it another name, size or kind")
        if kind in kinds:
            raise ArchiveError(f"{shown(name)} carries a field twice")
        kinds.add(kind)


def _fields(name: bytes, extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(extra):
        kind, size = _FIELD.unpack_from(extra, at) if at + _FIELD.size <= len(extra) else (0, len(extra))
        at += _FIELD.size + size
        if at > len(extra):
            raise ArchiveError(f"{shown(name)} carries fields that do not fit")
        yield kind, extra[at - size : at]


def _is_folder(facts: Facts, outside: int) -> bool:
    """Whether an entry is a folder; its name, its attributes and its mode agree about that, and it is nothing third."""
    folder = facts.name.endswith(b"/")
    kind = stat.S_IFMT(outside >> 16)
    if outside & 0xFFFF & ~_ATTRIBUTES or kind not in {0, stat.S_IFDIR if folder else stat.S_IFREG}:
        raise ArchiveError(f"{shown(facts.name)} is a link, a device or hidden")
    if outside & _FOLDER and not folder:
        raise ArchiveError(f"{shown(facts.name)} is a folder by its attributes and a file by its name")
    if folder and facts.size:
        raise ArchiveError(f"the folder {shown(facts.name)} holds bytes of its own")
    return folder
