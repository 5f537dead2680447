"""Reads from the administrator's record when the grant was last changed; enough for pending, never for kept."""

import json
from datetime import UTC, datetime
from pathlib import Path

from verify.bundle import EVIDENCE, read_plain

GRANT = "50-*.apply.*.json"


def last_change(folder: Path) -> datetime | None:
    """The newest end of an applied grant, or nothing where no record says so."""
    ends = [end for path in sorted((folder / EVIDENCE).glob(GRANT)) if (end := _end(path))]
    return max(ends, default=None)


def _end(path: Path) -> datetime | None:
    try:
        record = json.loads(read_plain(path).decode("utf-8-sig"))
        end = datetime.fromisoformat(record["End"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return end if end.tzinfo else end.replace(tzinfo=UTC)
