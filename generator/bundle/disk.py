"""Puts a bundle on the disk, whole or not at all."""

import contextlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from roomscope.generator.bundle.compose import Bundle
from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.sums import SUMS
from roomscope.generator.common.errors import BundleError

EVIDENCE = "evidence"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def deliver(bundle: Bundle, folder: Path) -> None:
    """Writes a bundle as a folder; an earlier render of the same bundle is replaced, anything else is not.

    Raises:
        BundleError: Something else is there, or it cannot be written. Then nothing has changed.
    """
    with _refusing(folder):
        _check_place(bundle, folder)
    with _refusing(folder), _beside(folder) as fresh:
        for name, data in bundle.files.items():
            (fresh / name).write_bytes(data)
        _replace(fresh, folder)


def deliver_zip(bundle: Bundle, path: Path) -> None:
    """Writes a bundle as one zip, the same bytes for the same content.

    Raises:
        BundleError: It cannot be written. Then nothing has changed.
    """
    with _refusing(path), _beside(path) as fresh:
        packed = fresh / path.name
        with zipfile.ZipFile(packed, "w") as archive:
            for name, data in sorted(bundle.files.items()):
                entry = zipfile.ZipInfo(f"{bundle.plan.bundle}/{name}", _EPOCH)
                entry.create_system = 3
                entry.external_attr = 0o100644 << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, data)
        packed.replace(path)


def _check_place(bundle: Bundle, folder: Path) -> None:
    if not folder.exists() and not folder.is_symlink():
        return
    if folder.is_symlink() or not folder.is_dir():
        raise BundleError(f"{folder} is no folder. Choose another --output. Nothing was written.")
    if not any(folder.iterdir()):
        return
    name = bundle.plan.bundle
    if _bundle_in(folder) != name:
        raise BundleError(f"{folder} holds something else than bundle {name}. Choose another --output. Nothing was written.")
    if (folder / EVIDENCE).exists():
        raise BundleError(
            f"{folder} holds evidence: this bundle has been run. Choose another --output, and keep that folder. Nothing was written."
        )
    known = {*bundle.files, *_files_of(folder), MANIFEST, SUMS}
    if strangers := sorted(path.name for path in folder.iterdir() if path.name not in known):
        raise BundleError(f"{folder} holds {strangers[0]!r}, which is no file of the bundle. Move it away. Nothing was written.")


def _manifest_of(folder: Path) -> dict[str, object]:
    """The manifest as far as it is one; an earlier release may have written other keys."""
    try:
        manifest = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return manifest if isinstance(manifest, dict) else {}


def _bundle_in(folder: Path) -> object:
    plan = _manifest_of(folder).get("plan")
    return plan.get("bundle") if isinstance(plan, dict) else None


def _files_of(folder: Path) -> frozenset[str]:
    files = _manifest_of(folder).get("files")
    return frozenset(files) if isinstance(files, dict) else frozenset()


def _replace(fresh: Path, folder: Path) -> None:
    if not folder.exists():
        fresh.rename(folder)
        return
    with _beside(folder) as old:
        folder.rename(old / "old")
        try:
            fresh.rename(folder)
        except OSError:
            (old / "old").rename(folder)
            raise


@contextlib.contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """An empty folder on the same disk, gone afterwards unless it was moved."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{path.name}-", dir=path.parent))
    fresh.chmod(0o777 & ~_umask())
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BundleError(f"{path} cannot be written: {error.strerror}. Nothing was written.") from None
