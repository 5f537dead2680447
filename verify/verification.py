"""One verification, from a settled question to a report; the place where the clock comes in."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from roomscope.verify.ask.engine import Asker, Engine
from roomscope.verify.ask.pace import Limits
from roomscope.verify.ask.progress import listening
from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.freshness import last_change
from roomscope.verify.judge.ledger import Result
from roomscope.verify.judge.promise import Promise
from roomscope.verify.judge.proofs.proof import Proof
from roomscope.verify.net.wire import USER_AGENT
from roomscope.verify.reports.maker import maker
from roomscope.verify.reports.report import About, Report, build
from roomscope.verify.reports.subject import Subject

DELAY = timedelta(hours=2)
"""The longest that Microsoft gives for rights online; for Exchange Server no figure is published."""

_SKEW = timedelta(minutes=5)
"""The administrator's clock may be ahead of ours by so much."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What is to be proven, and within which bounds."""

    bundle: Bundle
    promises: tuple[Promise, ...]
    limits: Limits
    expect_none: bool
    granted_at: datetime | None = None
    """When the grant was made, on the operator's word."""


class Way(Protocol):
    """How the mailboxes of a product are reached, and as whom."""

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> Proof:
        """The rounds of questions."""

    def asker(self) -> AbstractContextManager[Asker]:
        """Who puts them."""

    def conclude(self, result: Result) -> Result:
        """The same result, with what this way shows besides the answers."""

    def subject(self) -> Subject:
        """As whom it was asked, and where."""


def carry_out(verification: Verification, way: Way, *, quiet: bool = False) -> Report:
    """Asks every mailbox and says what was found."""
    started = datetime.now(UTC)
    recorded = last_change(verification.bundle)
    changed = max(filter(None, (recorded, verification.granted_at)), default=None)
    proof = way.proof(verification.promises, fresh=is_fresh(changed, started))
    mailboxes = (promise.mailbox for promise in verification.promises)
    with way.asker() as asker, listening(mailboxes, quiet=quiet) as listener:
        result = Engine(asker, verification.limits, listener).pursue(proof)
    return build(way.conclude(result), verification.bundle, way.subject(), _about(verification, started, recorded))


def is_fresh(changed: datetime | None, now: datetime) -> bool:
    """Whether a change is so recent that servers may not know of it; one in the future is no record."""
    return changed is not None and -_SKEW <= now - changed < DELAY


def _about(verification: Verification, started: datetime, recorded: datetime | None) -> About:
    manifest = verification.bundle.manifest
    plan = manifest.plan
    return About(
        bundle=plan.bundle,
        plan_id=manifest.plan_id,
        digest=verification.bundle.digest,
        digest_compared=verification.bundle.compared,
        ticket=None if plan.ticket is None else harmless(plan.ticket),
        profile=plan.product,
        user_agent=USER_AGENT,
        expects="none" if verification.expect_none else "grant",
        started=started,
        finished=datetime.now(UTC),
        last_change=recorded,
        granted_at=verification.granted_at,
        maker=maker(),
    )
