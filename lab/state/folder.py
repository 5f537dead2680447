"""The folder of the state: reads it, keeps up with it, and adds changes to it."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from lab.errors import StateError
from lab.state.changes import CHANGE, Change
from lab.state.directory import Directory
from lab.state.model import Snapshot

SNAPSHOT = "state.json"
CHANGES = "changes.jsonl"


def read(folder: Path) -> Directory:
    """The directory in that folder as it is now."""
    return Store(folder).current()


def write_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Starts a folder with this snapshot and no changes."""
    folder.mkdir(parents=True, exist_ok=True)
    replace_snapshot(folder, snapshot)
    (folder / CHANGES).write_bytes(b"")


def replace_snapshot(folder: Path, snapshot: Snapshot) -> None:
    """Puts another snapshot in its place at once; the changes stay, and apply to it."""
    fresh = folder / f"{SNAPSHOT}.new"
    text = snapshot.model_dump_json(indent=1) + "\n"
    fresh.write_text(text, encoding="utf-8", newline="\n")
    fresh.replace(folder / SNAPSHOT)


def append(folder: Path, changes: Iterable[Change]) -> None:
    """Adds change lines, one flushed line each, after cutting a line that a killed writer left torn."""
    with (folder / CHANGES).open("ab+") as lines:
        lines.truncate(whole_lines(folder / CHANGES))
        for change in changes:
            lines.write(change.model_dump_json().encode() + b"\n")
            lines.flush()


def whole_lines(path: Path) -> int:
    """How many bytes the complete lines of a file have."""
    return path.read_bytes().rfind(b"\n") + 1


def stamp(path: Path) -> tuple[int, int, int]:
    """What tells one content of a file from another without reading it."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0, 0)
    return (found.st_ino, found.st_mtime_ns, found.st_size)


@dataclass(slots=True)
class Store:
    """A folder that is read once and then only where it grew."""

    folder: Path
    directory: Directory | None = None
    seen_snapshot: tuple[int, int, int] = (0, 0, 0)
    seen_changes: tuple[int, int, int] = (0, 0, 0)
    offset: int = 0
    generation: int = 0
    """Changes whenever the directory does."""

    delayed: Directory | None = None
    waiting: deque[tuple[float, Change]] = field(default_factory=deque)
    """The changes that do not count yet where permissions are cached, and when they were made."""

    def current(self) -> Directory:
        """The directory with every complete line that stands in the folder by now."""
        snapshot, changes = stamp(self.folder / SNAPSHOT), stamp(self.folder / CHANGES)
        if self.directory is None or snapshot != self.seen_snapshot or changes[2] < self.offset:
            self.seen_snapshot, self.seen_changes, self.offset = snapshot, (0, 0, 0), 0
            loaded = self.load()
            self.directory = Directory.of(loaded)
            self.delayed = Directory.of(loaded) if loaded.permission_delay else None
            self.waiting.clear()
            self.generation += 1
        if changes != self.seen_changes:
            self.follow(self.directory)
            self.seen_changes = changes
        return self.directory

    def effective(self, now: float) -> Directory:
        """The directory as it counts where permissions are cached: without the latest changes."""
        directory = self.current()
        if self.delayed is None:
            return directory
        until = now - directory.snapshot.permission_delay
        while self.waiting and self.waiting[0][0] <= until:
            self.delayed.apply(self.waiting.popleft()[1])
        return self.delayed

    def load(self) -> Snapshot:
        """The snapshot, checked."""
        path = self.folder / SNAPSHOT
        if not path.exists():
            raise StateError(path, "it is not there. Make it with: python -m lab new")
        try:
            return Snapshot.model_validate_json(path.read_bytes())
        except ValidationError as error:
            raise StateError(path, f"it does not agree with state.schema.json. {error}") from None

    def follow(self, directory: Directory) -> None:
        """Applies the complete lines behind the last one that was read."""
        path = self.folder / CHANGES
        with path.open("rb") as lines:
            lines.seek(self.offset)
            fresh = lines.read()
        made_at = path.stat().st_mtime
        for line in fresh[: fresh.rfind(b"\n") + 1].splitlines(keepends=True):
            change = parse(line, path)
            directory.apply(change)
            if self.delayed is not None:
                self.waiting.append((made_at, change))
            self.offset += len(line)
            self.generation += 1


def parse(line: bytes, path: Path) -> Change:
    """One change, checked."""
    try:
        return CHANGE.validate_json(line)
    except ValidationError as error:
        raise StateError(path, f"it does not agree with state.schema.json. {error}") from None
