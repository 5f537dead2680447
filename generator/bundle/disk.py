"""Puts a bundle on the disk, whole or not at all."""

import contextlib
import json
import os
import shutil
import signal
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from roomscope.generator.bundle.compose import Bundle
from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.sums import SUMS, digest
from roomscope.generator.common.errors import BundleError
from roomscope.generator.common.text import named

EVIDENCE = "evidence"
_EPOCH = (1980, 1, 1, 0, 0, 0)


@contextlib.contextmanager
def delivered(bundle: Bundle, folder: Path, packed: Path | None = None) -> Iterator[tuple[str, ...]]:
    """Writes a bundle as a folder, and as a zip if one is named; gives what was replaced by it.

    An earlier render of the same bundle is replaced, anything else is not. If what is done with it fails, all is again as it was.

    Raises:
        BundleError: Something else is there, or it cannot be written. Then nothing has changed.
    """
    with contextlib.ExitStack() as stack:
        with _refusing(folder):
            replaced = _check_place(bundle, folder)
            stack.enter_context(_placed(folder, lambda fresh: _write_folder(bundle, fresh)))
        if packed is not None:
            with _refusing(packed):
                replaced += _check_zip(bundle, packed)
                stack.enter_context(_placed(packed, lambda fresh: _write_zip(bundle, fresh)))
        yield replaced


def _write_folder(bundle: Bundle, folder: Path) -> None:
    folder.mkdir()
    for name, data in bundle.files.items():
        (folder / name).write_bytes(data)


def _write_zip(bundle: Bundle, path: Path) -> None:
    """One zip, the same bytes for the same content."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in sorted(bundle.files.items()):
            entry = zipfile.ZipInfo(f"{bundle.plan.bundle}/{name}", _EPOCH)
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)


def _check_place(bundle: Bundle, folder: Path) -> tuple[str, ...]:
    """What is going to be replaced, in a sentence."""
    if not os.path.lexists(folder):
        return ()
    if folder.is_symlink() or not folder.is_dir():
        raise BundleError(f"{folder} is no folder. Choose another --output. Nothing was written.")
    if not any(folder.iterdir()):
        return ()
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
    return _difference(bundle, folder)


def _difference(bundle: Bundle, folder: Path) -> tuple[str, ...]:
    there = {path.name: path.read_bytes() for path in folder.iterdir()}
    if there == bundle.files:
        return ()
    old = digest(there[SUMS]) if SUMS in there else "none"
    said = f"bundle digest {old} -> {bundle.digest}" if old != bundle.digest else "files in it were not those of this bundle digest"
    return (f"Replaced the bundle {bundle.plan.bundle} that was in {named(folder)}, and is gone: {said}.",)


def _check_zip(bundle: Bundle, path: Path) -> tuple[str, ...]:
    """What is going to be replaced, in a sentence."""
    if not os.path.lexists(path):
        return ()
    if path.is_symlink() or not path.is_file():
        raise BundleError(f"{path} is no file, so no zip can take its place. Choose another --output. Nothing was written.")
    old = _sums_in(bundle, path)
    if old is None:
        raise BundleError(f"{path} holds something else than bundle {bundle.plan.bundle}. Move it away. Nothing was written.")
    return () if old == bundle.digest else (f"Replaced the zip that was in {named(path)}, and is gone: bundle digest {old} -> {bundle.digest}.",)


def _sums_in(bundle: Bundle, path: Path) -> str | None:
    """The bundle digest of the zip that is there, if it is one of this bundle."""
    try:
        with zipfile.ZipFile(path) as archive:
            return digest(archive.read(f"{bundle.plan.bundle}/{SUMS}"))
    except (KeyError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return None


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


@contextlib.contextmanager
def _placed(place: Path, make: Callable[[Path], None]) -> Iterator[None]:
    """Makes something beside its place and moves it there; if anything fails, what was there is there again."""
    missing = [folder for folder in place.parents if not folder.exists()]
    place.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    beside.chmod(0o777 & ~_umask())
    fresh, old = beside / "new", beside / "old"
    try:
        make(fresh)
        with _uninterrupted():
            _swap(fresh, place, old)
            yield
            shutil.rmtree(beside, ignore_errors=True)
    except BaseException:
        with _uninterrupted():
            _undo(fresh, place, old)
            shutil.rmtree(beside, ignore_errors=True)
            _remove_empty(missing)
        raise


def _swap(fresh: Path, place: Path, old: Path) -> None:
    if os.path.lexists(place):
        place.rename(old)
    fresh.rename(place)


def _undo(fresh: Path, place: Path, old: Path) -> None:
    """Goes by what is there, because a move may have failed half way."""
    try:
        if not os.path.lexists(fresh) and os.path.lexists(place):
            place.rename(fresh)
        if os.path.lexists(old):
            old.rename(place)
    except OSError as error:
        raise BundleError(f"{place} could not be put back: {error.strerror}. Move it there from {old.parent}, by hand.") from None


def _remove_empty(folders: list[Path]) -> None:
    with contextlib.suppress(OSError):
        for folder in folders:
            folder.rmdir()


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C comes too late in here; elsewhere than in the main thread it never comes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if before is None else before)


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
