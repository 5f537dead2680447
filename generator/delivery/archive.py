"""Unpacks a zip strictly: every byte belongs to an entry, and what stands at an entry says what the directory says.

A zip says everything twice, at each entry and in the directory at its end, and programs differ in which of the two they
believe. What could be unpacked in two ways is refused. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from roomscope.generator.common.names import is_plain
from roomscope.generator.delivery.headers import (
    STORED,
    ArchiveError,
    End,
    Facts,
    Listed,
    read_descriptor,
    read_end,
    read_listed,
    read_placed,
    shown,
)

_LONGEST = 300
"""No name of a bundle is longer, folders counted."""

_BACKSLASH = (
    r"with \ for /, as Compress-Archive of Windows PowerShell 5.1 packs a folder, it is a folder for some programs and for others part of a name. "
    "Unpack it and name the folder, or have it packed anew: by the Explorer, by PowerShell 7, by roomscope render --zip"
)


@dataclass(frozen=True, slots=True)
class Member:
    """A file or folder of a zip."""

    parts: tuple[str, ...]
    """The folders that lead to it, and its name."""

    data: bytes | None
    """None for a folder."""


def unpack(data: bytes, most: int, together: int) -> tuple[Member, ...]:
    """What a zip holds, if every program would unpack the same of it.

    1. The end record stands at the very end and says where the directory is.
    2. The directory fills its place; it holds no more than `most` entries, which unpack to no more than `together` bytes.
    3. Every name leads to a place of its own, on every system.
    4. From the first byte to the directory, its entries stand one behind the other, and say what it says.
    5. The bytes of each unpack to its end, its size and its digest.

    Raises:
        ArchiveError: Not so.
    """
    end = read_end(data)
    listed = tuple(_directory(data, end, most))
    if sum(one.facts.size for one in listed) > together:
        raise ArchiveError(f"it unpacks to more than {together} bytes")
    names = _names(listed)
    places = tuple(_places(data, listed, end))
    return tuple(_member(data, *one) for one in zip(names, listed, places, strict=True))


def _member(data: bytes, parts: tuple[str, ...], one: Listed, start: int) -> Member:
    content = _content(one.facts, data[start : start + one.facts.packed])
    return Member(parts, None if one.folder else content)


def _directory(data: bytes, end: End, most: int) -> Iterator[Listed]:
    if end.count > most:
        raise ArchiveError(f"it holds more than {most} files")
    at, limit = end.start, end.start + end.size
    for _ in range(end.count):
        one, at = read_listed(data, at, limit)
        yield one
    if at != limit:
        raise ArchiveError("its directory holds more than its entries")


def _places(data: bytes, listed: tuple[Listed, ...], end: End) -> Iterator[int]:
    """Where the bytes of each entry begin."""
    at = 0
    for one in listed:
        if one.offset != at:
            raise ArchiveError(f"before {shown(one.facts.name)} stands what belongs to no file, or it stands twice")
        facts, start = read_placed(data, at, end.start)
        _check_same(facts, one.facts)
        yield start
        at = start + one.facts.packed
        if one.facts.streamed:
            at = read_descriptor(data, at, one.facts)
    if at != end.start:
        raise ArchiveError("behind its last file stands what belongs to no file")


def _check_same(placed: Facts, listed: Facts) -> None:
    """A streamed entry may leave its sizes to the record behind it."""
    later = replace(listed, crc=0, packed=0, size=0) if listed.streamed else listed
    if placed not in {listed, later}:
        raise ArchiveError(f"{shown(listed.name)} is described otherwise at its place than in the directory")


def _names(listed: tuple[Listed, ...]) -> list[tuple[str, ...]]:
    places: dict[str, tuple[str, bool, bool]] = {}
    names = [_parts(one.facts.name) for one in listed]
    for one, parts in zip(listed, names, strict=True):
        for length in range(1, len(parts) + 1):
            _claim(places, "/".join(parts[:length]), folder=one.folder or length < len(parts), itself=length == len(parts))
    return names


def _claim(places: dict[str, tuple[str, bool, bool]], name: str, *, folder: bool, itself: bool) -> None:
    """Refuses a second entry of one name, and what is one name only where case does not count."""
    spelling, kind, taken = places.get(name.lower(), (name, folder, False))
    if (spelling, kind) != (name, folder) or (taken and itself):
        raise ArchiveError(f"it holds {name!r:.80} twice, or in two spellings")
    places[name.lower()] = (name, folder, taken or itself)


def _parts(name: bytes) -> tuple[str, ...]:
    parts = tuple(name.decode("ascii", "replace").removesuffix("/").split("/")) if len(name) <= _LONGEST else ("",)
    if b"\\" in name:
        raise ArchiveError(f"it holds the name {shown(name)}: {_BACKSLASH}")
    if not all(map(is_plain, parts)):
        raise ArchiveError(f"it holds the name {shown(name)}, which leads elsewhere or is no plain name on every system")
    return parts


def _content(facts: Facts, packed: bytes) -> bytes:
    data = packed if facts.method == STORED else _inflated(facts, packed)
    if len(data) != facts.size or zlib.crc32(data) != facts.crc:
        raise ArchiveError(f"{shown(facts.name)} does not unpack to what the zip says")
    return data


def _inflated(facts: Facts, packed: bytes) -> bytes:
    """One packed stream, which ends with its last byte."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = stream.decompress(packed, facts.size + 1)
    except zlib.error:
        raise ArchiveError(f"{shown(facts.name)} cannot be unpacked") from None
    if not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise ArchiveError(f"{shown(facts.name)} does not end where its packed bytes end")
    return data
