"""Reads from the administrator's record when the grant was last changed; enough for pending, never for kept."""

from collections.abc import Iterator
from datetime import datetime

from roomscope.verify.bundle.bundle import EVIDENCE, Bundle, read_plain
from roomscope.verify.evidence.chain import manifest_digest
from roomscope.verify.evidence.record import Mode, Record, RecordError, Step, parse

CHANGES = (Step.ROOMS, Step.GRANT)
"""The steps that widen what the account reaches: members of lists, and scope with assignment."""

MOST = 1000
"""More files than this are no folder of records."""


def last_change(bundle: Bundle) -> datetime | None:
    """The newest end of a run of this bundle that may have changed the grant, or nothing where no record says so."""
    digest = manifest_digest(bundle.folder)
    ends = [
        record.end for record in _records(bundle)
        if (record.bundle, record.plan_id, record.manifest_sha256) == (*_name(bundle), digest) and record.touched
    ]
    return max(ends, default=None)


def _name(bundle: Bundle) -> tuple[str, str]:
    return bundle.manifest.bundle, bundle.manifest.plan_id


def _records(bundle: Bundle) -> Iterator[Record]:
    for step in CHANGES:
        paths = sorted((bundle.folder / EVIDENCE).glob(f"{step.value}.{Mode.APPLY}.*.json"))
        for path in paths[-MOST:]:
            try:
                record = parse(read_plain(path))
            except (OSError, RecordError):
                continue
            if (record.step, record.mode) == (step, Mode.APPLY):
                yield record
