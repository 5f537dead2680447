"""One run from a settled question to a report; the place where clock and network come in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.ask.ews.wire import Patience, trust
from roomscope.verify.ask.pace import Limits
from roomscope.verify.ask.progress import listening
from roomscope.verify.ask.run import Run
from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.freshness import last_change
from roomscope.verify.judge.verdict import Promise
from roomscope.verify.reports.report import About, Identity, Report, build
from roomscope.verify.sign_in.password import Credential

_SKEW = timedelta(minutes=5)
"""The administrator's clock may be ahead of ours by so much."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be asked, where and as whom."""

    bundle: Bundle
    promises: tuple[Promise, ...]
    endpoint: str
    credential: Credential
    authorities: Path | None
    limits: Limits
    patience: Patience
    expect_none: bool


def run(errand: Errand) -> Report:
    """Asks every mailbox and says what was found."""
    started = datetime.now(UTC)
    changed = last_change(errand.bundle)
    with _probe(errand) as probe, listening(errand.promises) as listener:
        fresh = is_fresh(changed, started, errand.limits.delay)
        result = Run(probe, errand.limits, listener).verify(errand.promises, fresh=fresh)
    return build(result, errand.bundle, _about(errand, started, changed))


def is_fresh(changed: datetime | None, now: datetime, delay: timedelta) -> bool:
    """Whether a change is so recent that servers may not know of it; one in the future is no record."""
    return changed is not None and -_SKEW <= now - changed < delay


def _probe(errand: Errand) -> Probe:
    context = trust(errand.authorities)
    return Probe(errand.endpoint, errand.credential, context, errand.patience, errand.limits.workers)


def _about(errand: Errand, started: datetime, changed: datetime | None) -> About:
    manifest = errand.bundle.manifest
    credential = errand.credential
    identity = Identity(
        address=manifest.identity.address, user=harmless(credential.user), auth=credential.scheme.value
    )
    return About(
        bundle=manifest.bundle,
        plan_id=manifest.plan_id,
        digest=errand.bundle.digest,
        digest_compared=errand.bundle.compared,
        ticket=None if manifest.ticket is None else harmless(manifest.ticket),
        profile=manifest.profile,
        endpoint=errand.endpoint,
        identity=identity,
        expects="none" if errand.expect_none else "grant",
        started=started,
        finished=datetime.now(UTC),
        last_change=changed,
    )
