"""Takes in what was delivered, folder, zip or loose script, as names and bytes; hostile ones are refused unread."""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

from roomscope.generator.bundle.bounds import LARGEST, MOST, too_much
from roomscope.generator.bundle.disk import EVIDENCE
from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.sums import SUMS
from roomscope.generator.common.errors import AuditError
from roomscope.generator.common.files import read_file
from roomscope.generator.common.names import is_plain
from roomscope.generator.common.text import named
from roomscope.generator.delivery.archive import Member, unpack

_RECORD = re.compile(r"\d\d-[A-Za-z-]+\.(?:plan|apply)\.\d{8}T\d{6}Z\.json")
"""What the scripts leave in the evidence folder, which is for `roomscope evidence`."""


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
    except (OSError, ValueError) as error:
        raise _refusal(path, _reason(error)) from None
    raise _refusal(path, "it is neither a folder nor a .zip nor a .ps1")


def read_plain(path: Path) -> bytes:
    """The bytes of a regular file of bearable size; links and devices are refused."""
    data = read_file(path, LARGEST, links=False)
    if len(data) > LARGEST:
        raise OSError(f"{named(path.name)} is larger than {LARGEST} bytes")
    return data


def _folder(path: Path) -> Delivery:
    files: dict[str, bytes] = {}
    strange: list[str] = []
    total = 0
    for entry in _entries(path):
        if entry.name == EVIDENCE and entry.is_dir(follow_symlinks=False):
            strange += [f"{EVIDENCE}/{one.name}" for one in _entries(path / EVIDENCE) if not _is_record(one)]
            continue
        if entry.is_symlink() or not entry.is_file(follow_symlinks=False) or not is_plain(entry.name):
            strange.append(entry.name)
            continue
        files[entry.name] = read_plain(path / entry.name)
        total += len(files[entry.name])
        if total > LARGEST:
            raise ValueError(f"it holds more than {LARGEST} bytes")
    return _bundle(path, files, strange)


def _is_record(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) and _RECORD.fullmatch(entry.name) is not None


def _entries(path: Path) -> list[os.DirEntry[str]]:
    with os.scandir(path) as found:
        entries = list(islice(found, MOST + 1))
    if len(entries) > MOST:
        raise ValueError(f"it holds more than {MOST} files")
    return entries


def _zip(path: Path) -> Delivery:
    members = unpack(read_plain(path), MOST, LARGEST)
    top = _top(members)
    files: dict[str, bytes] = {}
    strange: list[str] = []
    for name, member in _below(members, top):
        if member.data is not None and is_plain(name):
            files[name] = member.data
        elif not _is_evidence(name, member):
            strange.append(name)
    tops = sorted({one.parts[0] for one in members})
    if not top and len(tops) > 1 and not {SUMS, MANIFEST} & files.keys() and any(one.parts[-1] in {SUMS, MANIFEST} for one in members):
        raise ValueError(f"{SUMS} and {MANIFEST} must stand at its top, or all in one folder, and at its top stand {' and '.join(tops[:3])}")
    return _bundle(path, files, strange)


def _top(members: tuple[Member, ...]) -> int:
    """How many folders lead to the bundle: one if everything is in the same one, else none."""
    folders = {one.parts[0] for one in members}
    return int(len(folders) == 1 and folders != {EVIDENCE} and all(one.data is None or len(one.parts) > 1 for one in members))


def _below(members: tuple[Member, ...], top: int) -> Iterator[tuple[str, Member]]:
    return (("/".join(one.parts[top:]), one) for one in members if len(one.parts) > top)


def _is_evidence(name: str, member: Member) -> bool:
    if member.data is None:
        return name == EVIDENCE
    return name.startswith(f"{EVIDENCE}/") and _RECORD.fullmatch(name.removeprefix(f"{EVIDENCE}/")) is not None


def _bundle(path: Path, files: Mapping[str, bytes], strange: list[str]) -> Delivery:
    if SUMS not in files and MANIFEST not in files:
        raise ValueError(f"it holds neither {SUMS} nor {MANIFEST}")
    if reason := next(filter(None, map(too_much, files.keys(), files.values())), None):
        raise ValueError(reason)
    return Delivery(str(path), "bundle", dict(sorted(files.items())), tuple(sorted(strange)))


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def _refusal(path: Path, reason: str) -> AuditError:
    return AuditError(f"{named(path)} is not a bundle: {reason}. Name the folder or the zip that was delivered, or a script of it.")
