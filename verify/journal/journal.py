"""A file of results as they come: only appended to, on the disk every second, readable after a kill."""

import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import ValidationError

from roomscope.verify.common.errors import JournalError, VerifyError
from roomscope.verify.common.plain import open_plain
from roomscope.verify.journal.header import Header, differences
from roomscope.verify.journal.lines import LineError, line_of, read_line
from roomscope.verify.judge.answer import Coded, Opened
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.question import Question

with suppress(ImportError):
    import fcntl

INTERVAL = 1.0
"""Seconds, at most, for which a line may be lost with the machine's power."""

LARGEST = 64 * 1024 * 1024
"""Bytes; more than any bundle's questions bring."""

_PER_MAILBOX = 400
"""Bytes that must be free on the disk for each."""

_FLAGS = os.O_RDWR | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Journal:
    """One journal, open for more; what was in it before is `known`."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor
        self._forced = time.monotonic()
        self.known: tuple[Asked, ...] = ()
        self.begun: datetime | None = None
        """When the first of the runs in it began."""

    @classmethod
    def create(cls, path: Path, header: Header) -> Self:
        """A new one; that it can be written shows before the first question."""
        _check_space(path, header)
        try:
            made = cls(path, os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise VerifyError(f"{path} is there already. Go on with it by --resume, or name another file with --journal.") from None
        except OSError as error:
            raise JournalError(f"{path}: {error.strerror}. Nothing was asked, because no journal could be kept.") from None
        made._lock()
        made._begin(header)
        return made

    @classmethod
    def resume(cls, path: Path, header: Header, changed: datetime | None, is_ours: Callable[[Question], bool] = lambda _: True) -> Self:
        """One that is there, if it is of this run."""
        try:
            found = cls(path, open_plain(path, _FLAGS))
        except OSError as error:
            raise VerifyError(f"{path}: {error.strerror}. Name a journal of an earlier run.") from None
        try:
            found._take_up(header, changed, is_ours)
        except VerifyError:
            os.close(found._descriptor)
            raise
        return found

    def __enter__(self) -> Self:
        """The journal itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Closes the file; everything that was kept is on the disk then."""
        with suppress(OSError):
            os.fsync(self._descriptor)
        os.close(self._descriptor)

    def keep(self, asked: Asked) -> None:
        """Appends one line; raises what the system says where that cannot be."""
        self._append(line_of(asked))
        if time.monotonic() - self._forced >= INTERVAL:
            self.force()

    def force(self) -> None:
        """Has everything on the disk, and in a file that is still there."""
        os.fsync(self._descriptor)
        if not os.path.samestat(os.fstat(self._descriptor), self._path.stat()):
            raise OSError("another file stands in its place")
        self._forced = time.monotonic()

    def _append(self, line: bytes) -> None:
        if os.write(self._descriptor, line) != len(line):
            raise OSError("the disk is full")

    def _begin(self, header: Header) -> None:
        try:
            self._append((header.model_dump_json() + "\n").encode())
            self.force()
        except OSError as error:
            raise JournalError(f"{self._path}: {error.strerror or error}. Nothing was asked, because no journal could be kept.") from None

    def _take_up(self, header: Header, changed: datetime | None, is_ours: Callable[[Question], bool]) -> None:
        """Reads what is there; a torn line at the end is cut off only where all of it fits."""
        self._lock()
        whole, end = self._whole()
        got = _header(self._path, whole)
        wrong = list(differences(got, header, changed))
        if wrong:
            raise VerifyError(f"{self._path} does not fit this run: {'; '.join(wrong)}. Begin anew with --journal.")
        self.begun, self.known = got.started, _entries(self._path, whole[1:], is_ours)
        _check_space(self._path, header)
        with suppress(OSError):
            os.ftruncate(self._descriptor, end)
        self._begin(header)

    def _lock(self) -> None:
        if "fcntl" not in globals():
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise VerifyError(f"{self._path} is in use by another run.") from None

    def _whole(self) -> tuple[list[bytes], int]:
        """The whole lines, and where they end."""
        try:
            with os.fdopen(os.dup(self._descriptor), "rb") as file:
                data = file.read(LARGEST + 1)
        except OSError as error:
            raise VerifyError(f"{self._path}: {error.strerror}. Name a journal of an earlier run.") from None
        if len(data) > LARGEST:
            raise VerifyError(f"{self._path} is larger than {LARGEST} bytes, so it is no journal. Begin anew with --journal.")
        end = data.rfind(b"\n") + 1
        return data[:end].split(b"\n")[:-1], end


def _check_space(path: Path, header: Header) -> None:
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror}. Nothing was asked, because no journal could be kept.") from None
    if free < header.mailboxes * _PER_MAILBOX:
        raise JournalError(f"{path}: the disk has {free} bytes free, and a journal of this run may need {header.mailboxes * _PER_MAILBOX}.")


def _header(path: Path, lines: list[bytes]) -> Header:
    try:
        return Header.model_validate_json(lines[0])
    except (IndexError, ValidationError):
        raise VerifyError(f"{path} is no journal that this version can read. Begin anew with --journal.") from None


def _entries(path: Path, lines: list[bytes], is_ours: Callable[[Question], bool]) -> tuple[Asked, ...]:
    """What all runs in it brought; the heads of later runs are passed over."""
    found: list[Asked] = []
    ids: set[str] = set()
    for number, line in enumerate(lines, start=2):
        if line.startswith(b'{"format":'):
            _header(path, [line])
            continue
        try:
            asked = read_line(line)
        except LineError:
            raise VerifyError(f"{path}, line {number}, is damaged. Begin anew with --journal.") from None
        if not is_ours(asked.question):
            raise VerifyError(f"{path}, line {number}, is of a question that this run does not put. Begin anew with --journal.")
        if isinstance(asked.answer, Opened | Coded) and asked.answer.request_id:
            if asked.answer.request_id in ids:
                raise VerifyError(f"{path}, line {number}, has the request id of an earlier line. Begin anew with --journal.")
            ids.add(asked.answer.request_id)
        found.append(asked)
    return tuple(found)
