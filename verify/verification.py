"""One verification, from a settled question to a report; the place where the clock comes in."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits
from roomscope.verify.asking import Asking, Way
from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.errors import VerifyError
from roomscope.verify.common.text import harmless
from roomscope.verify.draw import NOT_DRAWN, Drawn
from roomscope.verify.evidence.freshness import last_change
from roomscope.verify.journal.belonging import Belonging
from roomscope.verify.journal.header import Header, digest_of, tool
from roomscope.verify.journal.journal import Journal
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Result
from roomscope.verify.judge.promise import Promise, Role
from roomscope.verify.judge.verdict import Judgement, Verdict
from roomscope.verify.net.wire import USER_AGENT
from roomscope.verify.reach import reach_of
from roomscope.verify.reports.extent import Extent
from roomscope.verify.reports.maker import maker
from roomscope.verify.reports.report import About, Report, build
from roomscope.verify.schedule import DELAY, STEPS, Schedule

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
    wait: timedelta | None = None
    """How long to go on asking while something is pending."""


def carry_out(verification: Verification, way: Way, halt: Halt, *, quiet: bool = False) -> Report:
    """Asks every mailbox and says what was found."""
    started = datetime.now(UTC)
    recorded = last_change(verification.bundle)
    changed = max(filter(None, (recorded, verification.granted_at)), default=None)
    schedule = _schedule(verification, started, changed)
    with _journal(verification, way, started, changed) as journal:
        asking = Asking(way, verification.promises, verification.limits, halt, journal, partial(is_fresh, changed), quiet)
        result = asking.pursue(schedule)
        result = _of_part(result) if verification.chosen else result
    extent = _extent(verification, result, asking.recalled, journal.begun if journal else None)
    return build(way.conclude(result), verification.bundle, way.subject(), _about(verification, started, recorded), extent)


def _schedule(verification: Verification, started: datetime, changed: datetime | None) -> Schedule | None:
    if verification.wait is None:
        return None
    if changed is None:
        raise VerifyError("--wait is for a fresh grant, and nothing says when it was made. Give --granted-at, or the records of the runs.")
    return Schedule(started + verification.wait, changed + DELAY, STEPS[verification.bundle.manifest.plan.product])


def _journal(verification: Verification, way: Way, started: datetime, changed: datetime | None) -> AbstractContextManager[Journal | None]:
    if verification.journal is not None:
        return Journal.create(verification.journal, _header(verification, way, started))
    if verification.resume is not None:
        return Journal.resume(verification.resume, _header(verification, way, started), changed, _belonging(verification).holds)
    return nullcontext()


def _belonging(verification: Verification) -> Belonging:
    account = verification.bundle.manifest.plan.account
    return Belonging.of(verification.promises, account.address.lower() if account else None)


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
        maker=maker(),
    )
