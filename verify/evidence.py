"""Reads from the administrator's record when the grant was last changed; enough for pending, never for kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

from verify.bundle import EVIDENCE, read_plain

CHANGES = "[45]0-*.apply.*.json"
"""The steps that widen what the account reaches: members of lists, and scope with assignment."""

HARMLESS = frozenset({"unchanged", "stopped", "planned"})
"""Runs that say of themselves that they changed nothing."""


def last_change(folder: Path) -> datetime | None:
    """The newest end of a run that changed the grant, or nothing where no record says so."""
    ends = [end for path in sorted((folder / EVIDENCE).glob(CHANGES)) if (end := _end(path))]
    return max(ends, default=None)


def _end(path: Path) -> datetime | None:
    try:
        record = json.loads(read_plain(path).decode("utf-8-sig"))
        if record.get("Result") in HARMLESS:
            return None
        end = datetime.fromisoformat(record["End"])
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return end if end.tzinfo else end.replace(tzinfo=UTC)
