"""An earlier bundle, taken from the disk so that every room stays in its list."""

from pathlib import Path

from roomscope.generator.bundle.bounds import LARGEST, too_much
from roomscope.generator.bundle.manifest import MANIFEST, Manifest, read_manifest
from roomscope.generator.bundle.rooms import ROOMS, as_previous, read_rooms
from roomscope.generator.bundle.sums import digest
from roomscope.generator.common.errors import BundleError
from roomscope.generator.common.files import read_file
from roomscope.generator.plan.filling import Previous


def read_previous(folder: Path) -> Previous:
    """The lists of an earlier bundle and the rooms in them, read as a delivered one is.

    Raises:
        BundleError: It is no bundle, or one that was altered.
    """
    manifest, rooms = _read(folder / MANIFEST), _read(folder / ROOMS)
    try:
        return _previous(read_manifest(manifest), rooms)
    except BundleError as error:
        message = f"{folder} cannot be continued. {error.message} Give the bundle as this release rendered it."
        raise BundleError(message) from None


def _previous(manifest: Manifest, rooms: bytes) -> Previous:
    if digest(rooms) != manifest.files.get(ROOMS):
        message = f"{ROOMS} is not what its manifest says."
        raise BundleError(message)
    return as_previous(manifest.plan.lists, read_rooms(rooms))


def _read(path: Path) -> bytes:
    try:
        data = read_file(path, LARGEST)
    except OSError as error:
        message = f"{path.parent} is not a bundle that can be continued: {path}: {error.strerror}."
        raise BundleError(message) from None
    if reason := too_much(path.name, data):
        message = f"{path.parent} is not a bundle that can be continued: {reason}."
        raise BundleError(message)
    return data
