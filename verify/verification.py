"""One verification, from a settled question to a report; the place where clock and network come in."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from roomscope.verify.ask.engine import Engine
from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.ask.pace import Limits
from roomscope.verify.ask.progress import listening
from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.freshness import last_change
from roomscope.verify.judge.promise import Promise
from roomscope.verify.judge.proofs.impersonation import Impersonation
from roomscope.verify.net.wire import Patience, trust
from roomscope.verify.reports.report import About, Identity, Report, build
from roomscope.verify.sign_in.password import Credential

DELAY = timedelta(hours=2)
"""For Exchange Server no figure is published; this is the longest one that Microsoft gives for rights online."""

_SKEW = timedelta(minutes=5)
"""The administrator's clock may be ahead of ours by so much."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What is to be asked, where and as whom."""

    bundle: Bundle
    promises: tuple[Promise, ...]
    endpoint: str
    credential: Credential
    authorities: Path | None
    limits: Limits
    patience: Patience
    expect_none: bool


def carry_out(verification: Verification) -> Report:
    """Asks every mailbox and says what was found."""
    started = datetime.now(UTC)
    changed = last_change(verification.bundle)
    proof = Impersonation(verification.promises, fresh=is_fresh(changed, started))
    mailboxes = (promise.mailbox for promise in verification.promises)
    with _probe(verification) as probe, listening(mailboxes) as listener:
        result = Engine(probe, verification.limits, listener).pursue(proof)
    return build(result, verification.bundle, _about(verification, started, changed))


def is_fresh(changed: datetime | None, now: datetime) -> bool:
    """Whether a change is so recent that servers may not know of it; one in the future is no record."""
    return changed is not None and -_SKEW <= now - changed < DELAY


def _probe(verification: Verification) -> Probe:
    context = trust(verification.authorities)
    return Probe(verification.endpoint, verification.credential, context, verification.patience, verification.limits.workers)


def _about(verification: Verification, started: datetime, changed: datetime | None) -> About:
    manifest, credential = verification.bundle.manifest, verification.credential
    plan = manifest.plan
    identity = Identity(
        address=plan.account.address, user=harmless(credential.user), auth=credential.scheme.value
    )
    return About(
        bundle=plan.bundle,
        plan_id=manifest.plan_id,
        digest=verification.bundle.digest,
        digest_compared=verification.bundle.compared,
        ticket=None if plan.ticket is None else harmless(plan.ticket),
        profile=plan.product,
        endpoint=verification.endpoint,
        identity=identity,
        expects="none" if verification.expect_none else "grant",
        started=started,
        finished=datetime.now(UTC),
        last_change=changed,
    )
