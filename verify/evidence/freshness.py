"""Reads from the administrator's record when the grant was last changed; enough for pending, never for kept."""

from collections.abc import Iterator
from datetime import datetime

from roomscope.verify.bundle.bundle import EVIDENCE, Bundle, read_plain
from roomscope.verify.evidence.chain import MOST
from roomscope.verify.evidence.record import Record, RecordError, parse
from roomscope.verify.evidence.values import Mode, Step

CHANGES = (Step.ROOMS, Step.GRANT)
"""The steps that widen what the account reaches: members of lists, and scope with assignment."""


def last_change(bundle: Bundle) -> datetime | None:
    """The newest end of a run of this bundle that may have changed the grant, or nothing where no record says so."""
    manifest = bundle.manifest
    ours = manifest.plan.bundle, manifest.plan_id, bundle.manifest_sha256
    ends = [
        record.end for record in _records(bundle)
        if (record.bundle, record.plan_id, record.manifest_sha256) == ours and record.touched
    ]
    return max(ends, default=None)


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
