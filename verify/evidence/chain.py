"""Reads the folder of records and follows the chain: which record names which as the one before."""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roomscope.verify.bundle.bundle import EVIDENCE, read_plain
from roomscope.verify.common.errors import UnprovenError
from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding
from roomscope.verify.evidence.record import NAME, Record, RecordError, parse

MOST = 1000
"""More files than this are no folder of records."""

LARGEST_SUM = 512 * 1024 * 1024
"""All records of 100,000 rooms together are smaller."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that is named as a record."""

    name: str
    digest: str
    """SHA-256 of its bytes; empty where they could not be had."""

    record: Record | None
    reason: str = ""
    """Why there is no record in it."""

    @property
    def order(self) -> tuple[str, str]:
        """By the moment in the name, as the scripts order them."""
        return self.name.split(".")[2].upper(), self.name


@dataclass(frozen=True, slots=True)
class Folder:
    """What stands below evidence."""

    entries: tuple[Entry, ...]
    """Oldest first."""

    beside: tuple[str, ...]


def read_folder(bundle: Path) -> Folder:
    """The records of this bundle; a file that cannot be read as one is an entry all the same."""
    names = _names(bundle / EVIDENCE)
    named = [name for name in names if NAME.fullmatch(name)]
    entries = sorted(_entries(bundle / EVIDENCE, named), key=lambda entry: entry.order)
    return Folder(tuple(entries), tuple(name for name in names if not NAME.fullmatch(name)))


def follow(entries: tuple[Entry, ...]) -> Iterator[RecordFinding]:
    """Where the chain is not whole.

    1. Every file named as a record is one, and has the name that its content gives.
    2. The first names no record before it.
    3. Every other names the one before it, by name and by digest.
    """
    place = {entry.name: number for number, entry in enumerate(entries)}
    for number, entry in enumerate(entries):
        if entry.record is None:
            yield RecordFinding(FindingKind.UNREADABLE, entry.name, entry.reason)
            continue
        if entry.name != entry.record.name:
            yield RecordFinding(FindingKind.RENAMED, entry.name, f"its content belongs to the name {entry.record.name}")
        named = place.get(entry.record.previous or "")
        yield from _link(entry, entry.record, entries[number - 1] if number else None,
                         None if named is None else entries[named])


def _link(entry: Entry, record: Record, before: Entry | None, named: Entry | None) -> Iterator[RecordFinding]:
    if record.previous is None:
        if before is not None:
            yield RecordFinding(FindingKind.FORKED, entry.name, f"it says that it is the first, but {before.name} stands before it")
    elif named is None:
        yield RecordFinding(FindingKind.REMOVED, entry.name, f"it names {record.previous} as the one before it, which is not here")
    elif named.order >= entry.order:
        yield RecordFinding(FindingKind.REORDERED, entry.name, f"it names {named.name} as the one before it, which stands after it")
    else:
        if record.previous_sha256 is None:
            yield RecordFinding(FindingKind.UNPROVEN, entry.name, f"it could not read {named.name}, so it noted no digest of it")
        elif named.digest != record.previous_sha256:
            yield RecordFinding(FindingKind.ALTERED, named.name, _digests(entry, named, record))
        if named is not before and before is not None:
            yield RecordFinding(FindingKind.FORKED, entry.name, f"it follows {named.name}, but {before.name} stands between them")


def _digests(entry: Entry, named: Entry, record: Record) -> str:
    return f"got {named.digest or 'no bytes'}, expected {record.previous_sha256}, which {entry.name} noted"


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as found:
            names = sorted(entry.name for entry, _ in zip(found, range(MOST + 1), strict=False))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise UnprovenError(f"{folder}: {error.strerror}. No record was read.") from None
    if len(names) > MOST:
        raise UnprovenError(f"{folder} holds more than {MOST} files. Leave only the records in it, and ask again.")
    return names


def _entries(folder: Path, names: list[str]) -> Iterator[Entry]:
    left = LARGEST_SUM
    for name in names:
        entry, size = _entry(folder / name, left)
        left -= size
        yield entry


def _entry(path: Path, left: int) -> tuple[Entry, int]:
    try:
        data = b"" if path.lstat().st_size > left else read_plain(path)
    except OSError as error:
        return Entry(path.name, "", None, error.strerror or str(error)), 0
    digest = hashlib.sha256(data).hexdigest()
    if not data:
        return Entry(path.name, digest, None, f"it is empty, or all together are larger than {LARGEST_SUM} bytes"), 0
    try:
        return Entry(path.name, digest, parse(data)), len(data)
    except RecordError as error:
        return Entry(path.name, digest, None, str(error)), len(data)
