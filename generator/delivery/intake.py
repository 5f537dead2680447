"""Takes in what was delivered, folder, zip or loose script, as names and bytes; hostile ones are refused unread."""

import os
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.sums import SUMS
from roomscope.generator.common.errors import AuditError
from roomscope.generator.common.files import read_file

EVIDENCE = "evidence"
LARGEST = 64 * 1024 * 1024
"""No file of a bundle is larger; 100,000 rooms are about 10 MB."""

TOGETHER = 256 * 1024 * 1024
"""Nor are all of them together."""

MOST = 5_000
"""No bundle has more files, evidence counted."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED = 0x1
_UTF8 = 0x800
_LOCAL = struct.Struct("<4s5H3L2H")
"""The header before the bytes of an entry; APPNOTE 4.3.7."""

_FIELD = struct.Struct("<HH")
_DESCRIPTORS = frozenset({12, 16, 20, 24})
"""What may stand behind the bytes of an entry; APPNOTE 4.3.9."""

_HARMLESS = frozenset({0x0001, 0x000A, 0x5455, 0x7875})
"""Large sizes, times and owners; not a second name (0x7075). APPNOTE 4.5 and 4.6."""

_RECORD = re.compile(r"\d\d-[A-Za-z-]+\.(?:plan|apply)\.\d{8}T\d{6}Z\.json")
"""What the scripts leave in the evidence folder, which is for `roomscope evidence`."""
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    IndexError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was delivered, without what lies below evidence/."""

    path: str
    kind: Literal["bundle", "scripts"]
    files: Mapping[str, bytes]
    strange: tuple[str, ...]
    """Names that no bundle has: links, folders, odd characters. They were not read."""


def take(path: Path) -> Delivery:
    """Reads what is at a path.

    Raises:
        AuditError: It is no bundle and no script, or it is made to hurt its reader.
    """
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            return _folder(path)
        if path.suffix.lower() == ".zip":
            return _zip(path)
        if path.suffix == ".ps1":
            return Delivery(str(path), "scripts", {path.name: read_plain(path)}, ())
    except OSError as error:
        raise _refusal(path, error.strerror or str(error)) from None
    raise _refusal(path, "it is neither a folder nor a .zip nor a .ps1")


def read_plain(path: Path) -> bytes:
    """The bytes of a regular file of bearable size; links and devices are refused."""
    data = read_file(path, LARGEST, links=False)
    if len(data) > LARGEST:
        raise OSError(f"{path.name} is larger than {LARGEST} bytes")
    return data


def _folder(path: Path) -> Delivery:
    files: dict[str, bytes] = {}
    strange: list[str] = []
    total = 0
    for entry in _entries(path):
        if entry.name == EVIDENCE and entry.is_dir(follow_symlinks=False):
            strange += [f"{EVIDENCE}/{one.name}" for one in _entries(path / EVIDENCE) if not _is_record(one)]
            continue
        if entry.is_symlink() or not entry.is_file(follow_symlinks=False) or not _NAME.fullmatch(entry.name):
            strange.append(entry.name)
            continue
        files[entry.name] = read_plain(path / entry.name)
        total += len(files[entry.name])
        if total > TOGETHER:
            raise _refusal(path, f"it holds more than {TOGETHER} bytes")
    return _bundle(path, files, strange)


def _is_record(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and _RECORD.fullmatch(entry.name) is not None


def _entries(path: Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as found:
        entries = list(islice(found, MOST + 1))
    if len(entries) > MOST:
        raise _refusal(path, f"it holds more than {MOST} files")
    return entries


def _zip(path: Path) -> Delivery:
    read_plain(path)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            _check_size(path, entries)
            _check_layout(path, archive, entries)
            return _bundle(path, *_unpacked(path, archive, entries))
    except _DAMAGED as error:
        raise _refusal(path, f"it is not a zip that can be read ({error})") from None


def _check_size(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MOST:
        raise _refusal(path, f"it holds more than {MOST} files")
    if sum(entry.file_size for entry in entries) > TOGETHER or any(one.file_size > LARGEST for one in entries):
        raise _refusal(path, f"it unpacks to more than {TOGETHER} bytes")


def _check_layout(path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Refuses what one program would unpack and another would not: hidden entries, second names."""
    file = archive.fp
    end = 0
    for entry in sorted(entries, key=lambda one: one.header_offset):
        if file is None or (gap := entry.header_offset - end) not in {0, *_DESCRIPTORS}:
            raise _refusal(path, f"something is hidden before {entry.orig_filename!r:.80}")
        if gap and not end:
            raise _refusal(path, "something stands before its first file")
        file.seek(entry.header_offset)
        header = file.read(_LOCAL.size)
        name_size, extra_size = _LOCAL.unpack(header)[-2:]
        name, extra = file.read(name_size), file.read(extra_size)
        if name != entry.orig_filename.encode("utf-8" if entry.flag_bits & _UTF8 else "cp437"):
            raise _refusal(path, f"{entry.orig_filename!r:.80} has another name at its place")
        if not {*_fields(extra), *_fields(entry.extra)} <= _HARMLESS:
            raise _refusal(path, f"{entry.orig_filename!r:.80} carries fields that could give it another name")
        if entry.is_dir() and (entry.file_size or entry.compress_size):
            raise _refusal(path, f"the folder {entry.orig_filename!r:.80} holds bytes of its own")
        end = entry.header_offset + _LOCAL.size + name_size + extra_size + entry.compress_size
    if archive.start_dir - end not in {0, *_DESCRIPTORS}:
        raise _refusal(path, "something is hidden after its last file")


def _fields(extra: bytes) -> Iterator[int]:
    """The kinds of the extra fields."""
    while len(extra) >= _FIELD.size:
        kind, size = _FIELD.unpack(extra[: _FIELD.size])
        yield kind
        extra = extra[_FIELD.size + size :]


def _unpacked(
    path: Path, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]
) -> tuple[dict[str, bytes], list[str]]:
    files: dict[str, bytes] = {}
    strange: list[str] = []
    plain = [entry for entry in entries if not entry.orig_filename.endswith("/")]
    top = _top([_parts(path, entry) for entry in plain])
    for entry in plain:
        name = "/".join(_parts(path, entry)[top:])
        if name.startswith(f"{EVIDENCE}/") and _RECORD.fullmatch(name.removeprefix(f"{EVIDENCE}/")):
            continue
        if not _NAME.fullmatch(name):
            strange.append(name)
        elif name in files:
            raise _refusal(path, f"it holds {name} twice")
        else:
            files[name] = _content(path, archive, entry)
    return files, strange


def _parts(path: Path, entry: zipfile.ZipInfo) -> tuple[str, ...]:
    """The folders and the name of an entry, if they stay inside."""
    # What zipfile makes of a name is not always what another program would make of it.
    raw = entry.orig_filename
    parts = tuple(raw.split("/"))
    if "\\" in raw or ":" in raw or "\0" in raw or any(part in {"", ".", ".."} for part in parts):
        raise _refusal(path, f"it holds the name {raw!r:.80}, which leads out of the folder")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refusal(path, f"{raw!r:.80} is a link")
    if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
        raise _refusal(path, f"{raw!r:.80} is encrypted or packed in an unknown way")
    return parts


def _top(names: list[tuple[str, ...]]) -> int:
    """How many folders lead to the bundle: one if everything is in the same one, else none."""
    folders = {parts[0] for parts in names}
    return int(len(folders) == 1 and folders != {EVIDENCE} and all(len(parts) > 1 for parts in names))


def _content(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    with archive.open(entry) as file:
        data = file.read(entry.file_size + 1)
    if len(data) != entry.file_size:
        raise _refusal(path, f"{entry.filename!r:.80} is not as long as the zip says")
    return data


def _bundle(path: Path, files: dict[str, bytes], strange: list[str]) -> Delivery:
    if SUMS not in files and MANIFEST not in files:
        raise _refusal(path, f"it holds neither {SUMS} nor {MANIFEST}")
    return Delivery(str(path), "bundle", dict(_sorted(files)), tuple(sorted(strange)))


def _sorted(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    return iter(sorted(files.items()))


def _refusal(path: Path, reason: str) -> AuditError:
    return AuditError(f"{path} is not a bundle: {reason}. Name the folder or the zip that was delivered, or a script of it.")
