"""Where a report goes: proven writable before anything is asked, each file whole or not there, an earlier one kept aside."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from roomscope.verify.bundle.bundle import EVIDENCE
from roomscope.verify.common.errors import ReportError, VerifyError
from roomscope.verify.reports.report import Report

NAMES: Mapping[str, str] = MappingProxyType({
    "html": "report.html", "json": "report.json", "csv": "report.csv", "junit": "junit.xml", "txt": "summary.txt",
})
"""The formats, and their files in a folder."""

_SUFFIXES = {Path(name).suffix: form for form, name in NAMES.items()}
_PROBE = 1024 * 1024
"""So many bytes must find room before anything is asked."""


@dataclass(frozen=True, slots=True)
class Place:
    """The files of one report."""

    files: Mapping[Path, str]
    """Each with its format."""

    earlier: tuple[Path, ...]
    """Where files of an earlier report may stand."""

    def prove(self) -> None:
        """Shows that it can be written there, or refuses."""
        for folder in {path.parent for path in self.files}:
            try:
                folder.mkdir(exist_ok=True)
                _replace(folder / "report", lambda file: file.write(bytes(_PROBE)), keep=False)
            except OSError as error:
                raise VerifyError(f"The report cannot be written to {folder}: {error.strerror}. Nothing was asked.") from None

    def clear(self) -> Iterator[str]:
        """Keeps an earlier report aside, so that none is taken for this run's; says so."""
        for path in self.earlier:
            try:
                kept = _keep_aside(path)
            except OSError as error:
                raise VerifyError(f"An earlier report is in the way: {path}: {error.strerror}. Nothing was asked.") from None
            if kept is not None:
                yield f"Earlier report: {path.name} is now {kept.name}."

    def write(self, report: Report) -> None:
        """Writes every file that can be written; whatever could not is named."""
        lost = []
        for path, form in self.files.items():
            try:
                _replace(path, partial(_view(form), report))
            except OSError as error:
                lost.append(f"{path}: {error.strerror}. The report is not there.")
        if lost:
            raise ReportError(" ".join(lost))


def settle(path: Path | None, formats: tuple[str, ...], bundle: Path, inputs: Iterable[Path | None]) -> Place | None:
    """The files that were asked for, or a refusal."""
    if path is None:
        if formats:
            raise VerifyError("--format goes with --report. Name a folder.")
        return None
    place = _file(path, formats) if path.suffix.lower() in _SUFFIXES and not path.is_dir() else _folder(path, formats)
    home = next(iter(place.files)).parent
    _refuse_bundle(home.resolve(), path, bundle.resolve())
    for file in (*place.files, *place.earlier):
        if any(file.resolve() == given.resolve() for given in inputs if given):
            raise VerifyError(f"The report would replace {file}, which this run reads. Name another place.")
        if file.exists() and not file.is_file():
            raise VerifyError(f"The report cannot be written to {file}. Name a file in an existing folder.")
    return place


def _file(path: Path, formats: tuple[str, ...]) -> Place:
    form = _SUFFIXES[path.suffix.lower()]
    if set(formats) - {form}:
        raise VerifyError(f"{path} is one file, of the format {form}. Name a folder, or leave --format out.")
    if not path.parent.is_dir():
        raise VerifyError(f"The report cannot be written to {path}. Name a file in an existing folder.")
    return Place({path: form}, (path,))


def _folder(path: Path, formats: tuple[str, ...]) -> Place:
    if not path.parent.is_dir() or (path.exists() and not path.is_dir()):
        endings = ", ".join(_SUFFIXES)
        raise VerifyError(f"The report cannot be written to {path}. Name a folder, or a file in one that ends with {endings}.")
    wanted = [form for form in NAMES if form in formats] if formats else NAMES
    return Place({path / NAMES[form]: form for form in wanted}, tuple(path / name for name in NAMES.values()))


def _refuse_bundle(home: Path, path: Path, bundle: Path) -> None:
    if home.is_relative_to(bundle) and not home.is_relative_to(bundle / EVIDENCE):
        raise VerifyError(f"{path} would stand among the files of the bundle. Write it to its folder evidence.")


def _keep_aside(path: Path) -> Path | None:
    """The name that an earlier report has now; a link is only taken away."""
    if path.is_symlink():
        path.unlink()
    if not path.exists():
        return None
    made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    names = (path.with_name(f"{path.stem}.{made:%Y%m%dT%H%M%SZ}{more}{path.suffix}") for more in ("", *map("-{}".format, range(2, 1000))))
    kept = next(name for name in names if not os.path.lexists(name))
    path.rename(kept)
    return kept


def _replace(path: Path, write: Callable[[BinaryIO], object], *, keep: bool = True) -> None:
    # A name that nobody can foresee, made anew, so that nothing is written through a link.
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if keep:
            _keep_aside(path)
            Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _view(form: str) -> Callable[[Report, BinaryIO], None]:
    """How a format is written; only what is wanted is imported."""
    if form == "junit":
        from roomscope.verify.reports.junit import write_junit

        return write_junit
    return lambda report, file: file.writelines(piece.encode() for piece in _pieces(form, report))


def _pieces(form: str, report: Report) -> Iterator[str]:
    if form == "html":
        from roomscope.verify.reports.page import page

        return page(report)
    if form == "csv":
        from roomscope.verify.reports.table import rows

        return rows(report)
    if form == "txt":
        from roomscope.verify.reports.summary import five_lines

        return five_lines(report)
    return report.text()
