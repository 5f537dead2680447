"""Reads from the administrator's record that the controls were found in the directory; enough to say on whose word."""

from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.verify.bundle.bundle import EVIDENCE, Bundle, read_plain
from roomscope.verify.evidence.chain import MOST
from roomscope.verify.evidence.record import Record, RecordError, parse
from roomscope.verify.evidence.values import Step


@dataclass(frozen=True, slots=True)
class Found:
    """Controls that a run of step 10 found, each as exactly one mailbox."""

    mailboxes: frozenset[str]
    word: str
    """Whose record says so, and which; foreign text."""


def controls_found(bundle: Bundle) -> Found | None:
    """What the newest such run of this bundle found; nothing where it did not come to its own end, which it does only if all were there."""
    manifest = bundle.manifest
    ours = manifest.plan.bundle, manifest.plan_id, bundle.manifest_sha256
    runs = [record for record in _records(bundle) if (record.bundle, record.plan_id, record.manifest_sha256) == ours]
    newest = max(runs, key=lambda record: record.end, default=None)
    if newest is None or not newest.well:
        return None
    return Found(frozenset(address.lower() for address in manifest.plan.controls), f"{newest.who} in {newest.name}")


def _records(bundle: Bundle) -> Iterator[Record]:
    paths = sorted((bundle.folder / EVIDENCE).glob(f"{Step.READINESS.value}.*.json"))
    for path in paths[-MOST:]:
        try:
            record = parse(read_plain(path))
        except (OSError, RecordError):
            continue
        if record.step is Step.READINESS:
            yield record
