"""One verification, from a settled question to a report; the place where the clock comes in."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from roomscope.verify.ask.engine import Asker, Engine
from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits
from roomscope.verify.ask.progress import listening
from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.draw import NOT_DRAWN, Drawn
from roomscope.verify.evidence.freshness import last_change
from roomscope.verify.journal.header import Header, digest_of, tool
from roomscope.verify.journal.journal import Journal
from roomscope.verify.journal.recall import Recalled
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Promise, Role
from roomscope.verify.judge.proofs.proof import Recallable
from roomscope.verify.judge.verdict import Judgement, Verdict
from roomscope.verify.net.wire import USER_AGENT
from roomscope.verify.reach import reach_of
from roomscope.verify.reports.extent import Extent
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

    journal: Path | None = None
    """Where to keep what every question brings."""

    resume: Path | None = None
    """A journal to go on with."""

    options: tuple[str, ...] = ()
    """Those that change what is asked."""

    chosen: str = ""
    """How the rooms were chosen; empty where they are all of the bundle."""

    drawn: Drawn = NOT_DRAWN


class Way(Protocol):
    """How the mailboxes of a product are reached, and as whom."""

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> Recallable:
        """The rounds of questions."""

    def asker(self) -> AbstractContextManager[Asker]:
        """Who puts them."""

    def conclude(self, result: Result) -> Result:
        """The same result, with what this way shows besides the answers."""

    def subject(self) -> Subject:
        """As whom it was asked, and where."""


def carry_out(verification: Verification, way: Way, halt: Halt) -> Report:
    """Asks every mailbox and says what was found."""
    started = datetime.now(UTC)
    recorded = last_change(verification.bundle)
    changed = max(filter(None, (recorded, verification.granted_at)), default=None)
    fresh = is_fresh(changed, started)
    with _journal(verification, way, started, changed) as journal:
        proof = Recalled(way.proof(verification.promises, fresh=fresh), journal.known if journal else (), _keeper(journal, halt))
        mailboxes = (promise.mailbox for promise in verification.promises if promise.mailbox not in proof.mailboxes)
        with way.asker() as asker, listening(mailboxes) as listener:
            result = _or_lost(Engine(asker, verification.limits, listener, halt).pursue(proof), halt)
            result = _of_part(result) if verification.chosen else result
    extent = _extent(verification, result, proof.recalled, journal.begun if journal else None)
    return build(way.conclude(result), verification.bundle, way.subject(), _about(verification, started, recorded), extent)


def _journal(verification: Verification, way: Way, started: datetime, changed: datetime | None) -> AbstractContextManager[Journal | None]:
    if verification.journal is not None:
        return Journal.create(verification.journal, _header(verification, way, started))
    if verification.resume is not None:
        return Journal.resume(verification.resume, _header(verification, way, started), changed)
    return nullcontext()


def _header(verification: Verification, way: Way, started: datetime) -> Header:
    subject = way.subject()
    return Header(
        tool=tool(),
        bundle=verification.bundle.manifest.plan.bundle,
        digest=verification.bundle.digest,
        endpoint=subject.endpoint,
        identity=subject.who,
        expects="none" if verification.expect_none else "grant",
        options=verification.options,
        mailboxes=len(verification.promises),
        questions=digest_of(verification.promises),
        started=started,
    )


def _keeper(journal: Journal | None, halt: Halt) -> Callable[[Asked], None]:
    def keep(asked: Asked) -> None:
        try:
            if journal is not None:
                journal.keep(asked)
        except OSError:
            halt.ask_for(Cause.JOURNAL_LOST)

    return keep


def _or_lost(result: Result, halt: Halt) -> Result:
    """What could not be kept as it was asked for is no success."""
    if halt.cause is not Cause.JOURNAL_LOST or result.judgement.verdict is Verdict.BROKEN:
        return result
    return replace(result, judgement=Judgement(Verdict.UNASKED, Cause.JOURNAL_LOST), stopped=Cause.JOURNAL_LOST)


def _of_part(result: Result) -> Result:
    """What was kept is kept by the rooms that were asked for."""
    kept = result.judgement.verdict is Verdict.KEPT
    return replace(result, judgement=Judgement(Verdict.KEPT, Cause.PART)) if kept else result


def _extent(verification: Verification, result: Result, recalled: int, begun: datetime | None) -> Extent:
    rooms = sum(promise.role is Role.ROOM for promise in verification.promises)
    return Extent(
        rooms=rooms, rooms_of_bundle=len(verification.bundle.rooms), chosen=verification.chosen,
        controls=reach_of(result, verification.drawn), third_door=result.third_door, identified=result.identified,
        recalled=recalled, resumed=begun,
    )


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
    )
