"""Opens a delivered bundle: every byte is the listed one, and nothing stands beside it."""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from roomscope.verify.bundle import manifest as manifests
from roomscope.verify.bundle import rooms as inventory
from roomscope.verify.bundle.manifest import Manifest
from roomscope.verify.bundle.rooms import Room
from roomscope.verify.common.errors import BundleError
from roomscope.verify.common.text import harmless

SUMS = "SHA256SUMS"
EVIDENCE = "evidence"
LARGEST = 64 * 1024 * 1024
"""No file of a bundle is larger; 100,000 rooms are about 10 MB."""

_LINE = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9][A-Za-z0-9._-]{0,99})")
_SIGNATURE = re.compile(
    rb"\r?\n# SIG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)++"
    rb"# SIG # End signature block(?:\r?\n)?\Z"
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose files agree with each other."""

    folder: Path
    manifest: Manifest
    rooms: tuple[Room, ...]
    manifest_sha256: str
    """As each record of a run notes it."""

    digest: str
    """SHA-256 of SHA256SUMS, as it stands on the ticket."""

    compared: bool
    """Whether the digest was held against one that came from elsewhere."""


def open_bundle(folder: Path, ticket_digest: str | None = None) -> Bundle:
    """The bundle in this folder, or a refusal.

    1. The folder holds plain files, and the folder evidence.
    2. SHA256SUMS is in its one form, and the one on the ticket if a digest was given.
    3. Every listed file is there, no other.
    4. Every file has its digest; a signed script has it without its signature block.
    5. manifest.json lists the same files.
    6. rooms.csv is the inventory that the manifest counts.
    """
    names = _names(folder)
    sums = _read(folder, SUMS)
    digest = hashlib.sha256(sums).hexdigest()
    _compare_ticket(digest, ticket_digest)
    listed = _listed(sums)
    _compare_names(names, listed)
    files = {name: _checked(folder, name, listed[name]) for name in listed}
    manifest = manifests.parse(files["manifest.json"])
    if manifest.files != {name: found for name, found in listed.items() if name != "manifest.json"}:
        raise BundleError(f"manifest.json and {SUMS} list different files or digests.")
    rooms = inventory.parse(files["rooms.csv"], manifest.plan)
    return Bundle(folder, manifest, rooms, listed["manifest.json"], digest, compared=ticket_digest is not None)


def unsigned(data: bytes) -> bytes:
    """A script without one signature block at its very end and the line break before it."""
    return _SIGNATURE.sub(b"", data)


def read_plain(path: Path) -> bytes:
    """The bytes of a regular file of bearable size; links and devices are refused."""
    flags = (getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
    descriptor = os.open(path, os.O_RDONLY | sum(flags))
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or path.is_symlink():
            raise OSError(f"{path.name} is not a plain file")
        if found.st_size > LARGEST:
            raise OSError(f"{path.name} is larger than {LARGEST} bytes")
        return file.read(LARGEST)


def _names(folder: Path) -> set[str]:
    if folder.is_file() and folder.suffix.lower() == ".zip":
        raise BundleError(f"{folder} is an archive. Unpack it first, and name the folder.")
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise BundleError(f"{folder}: {error.strerror}. Name the folder of a bundle.") from None
    for entry in entries:
        wanted = entry.is_dir if entry.name == EVIDENCE else entry.is_file
        if not wanted(follow_symlinks=False):
            raise BundleError(
                f"{folder}: '{harmless(entry.name)}' is not a plain file. A bundle holds files only, and the "
                f"folder {EVIDENCE}; unpack it again."
            )
    return {entry.name for entry in entries if entry.name != EVIDENCE}


def _read(folder: Path, name: str) -> bytes:
    try:
        return read_plain(folder / name)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BundleError(f"{folder}: {name}: {reason}. Is this the folder of a bundle?") from None


def _compare_ticket(got: str, expected: str | None) -> None:
    if expected is not None and expected.strip().lower() != got:
        raise BundleError(
            f"This is not the bundle of the ticket: got digest {got}, expected {harmless(expected.strip())}. "
            "Do not use it; ask the author for the bundle that was approved."
        )


def _listed(sums: bytes) -> dict[str, str]:
    matches = [_LINE.fullmatch(line) for line in sums.decode("ascii", "replace").split("\n")[:-1]]
    pairs = [(match[2], match[1]) for match in matches if match]
    names = [name for name, _ in pairs]
    whole = len(pairs) == len(matches) and sums.endswith(b"\n") and names == sorted(names)
    if not whole or len({name.lower() for name in names}) != len(names) or SUMS in names:
        raise BundleError(f"{SUMS} is not in the form that a bundle writes.")
    for name in ("manifest.json", "rooms.csv"):
        if name not in names:
            raise BundleError(f"{SUMS} does not list {name}.")
    return dict(pairs)


def _compare_names(names: set[str], listed: dict[str, str]) -> None:
    missing = sorted(listed.keys() - names)
    beside = sorted(names - listed.keys() - {SUMS})
    if missing:
        raise BundleError(f"The bundle is not whole: {', '.join(missing)} missing.")
    if beside:
        raise BundleError(
            f"The bundle holds files that are not its own: {harmless(', '.join(beside))}. "
            f"Move them away; only {EVIDENCE} may hold more."
        )


def _checked(folder: Path, name: str, expected: str) -> bytes:
    data = _read(folder, name)
    candidates = [data, unsigned(data)] if name.endswith(".ps1") else [data]
    if not any(hashlib.sha256(candidate).hexdigest() == expected for candidate in candidates):
        raise BundleError(
            f"{name} was altered: got {hashlib.sha256(data).hexdigest()}, expected {expected}. Nothing was asked."
        )
    return data
