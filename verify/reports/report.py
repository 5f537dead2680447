"""One result of one verification, as it is kept: every view shows this, and nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from pydantic import AwareDatetime, ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as record

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import describe
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Judged, Result
from roomscope.verify.judge.promise import Expected, Role
from roomscope.verify.judge.question import Door
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.extent import Extent
from roomscope.verify.reports.subject import Part, Subject

GIVES = (
    "ApplicationImpersonation gives the whole mailbox, read and write, of every room in scope: "
    "not only the calendar, and not only reading."
)

NOT_TESTED = (
    "free/busy times, which a server may show to anybody",
    "other protocols: MAPI, ActiveSync, REST, OWA, IMAP, POP",
    "rights that the directory gives outside Exchange, and whoever can change lists, scope or assignment",
    "mailboxes that are neither rooms nor controls of this run",
    "anything but opening the calendar folder: no item was read, nothing was written",
)

_STRICT = ConfigDict(extra="forbid", strict=True)


class About(Part):
    """Which bundle, where, when and as whom."""

    bundle: str
    plan_id: str
    digest: str
    digest_compared: bool
    ticket: str | None
    profile: Literal["exchange-server", "exchange-online"]
    user_agent: str
    """How every request signed itself."""

    expects: Literal["grant", "none"]
    started: AwareDatetime
    finished: AwareDatetime
    last_change: AwareDatetime | None
    """The end of the newest applied grant in the administrator's record."""

    granted_at: AwareDatetime | None
    """The same on the word of whoever asked."""


class Counts(Part):
    """How many promises of each verdict."""

    kept: int
    pending: int
    unasked: int
    broken: int


class ListCounts(Part):
    """The verdicts on the rooms of one list."""

    address: str
    name: str
    rooms: Counts


class CauseText(Part):
    """A cause that occurs in this report."""

    id: str
    headline: str
    meaning: str
    action: str
    who: str
    promises: int
    """How many promises it was given for."""


# Records without a dict of their own, because a report holds one for every room.
@record(frozen=True, slots=True, config=_STRICT)
class Attempt:
    """What one door showed."""

    door: Door
    acting: str | None
    seen: str
    """What the server said, made harmless; empty where it was not asked."""

    request_id: str
    requests: int


@record(frozen=True, slots=True, config=_STRICT)
class Line:
    """One mailbox with its verdict."""

    mailbox: str
    role: Role
    room_list: str
    expected: Expected
    verdict: Verdict
    cause: str
    doors: tuple[Attempt, ...]


@record(frozen=True, slots=True, config=_STRICT)
class Decoy:
    """What an address that cannot exist was told; a control must have been told something else."""

    mailbox: str
    door: Attempt


class Report(Part):
    """Everything that was found out."""

    format: Literal["roomscope-report/1"]
    verdict: Verdict
    cause: str
    not_tested: tuple[str, ...]
    about: About
    subject: Subject
    extent: Extent
    stopped: str | None
    """The cause that ended the asking early."""

    requests: int
    rooms: Counts
    controls: Counts
    lists: tuple[ListCounts, ...]
    causes: tuple[CauseText, ...]
    decoys: tuple[Decoy, ...]
    mailboxes: tuple[Line, ...]

    def text(self) -> Iterator[str]:
        """The report as JSON, one mailbox a line; in pieces, because there may be 100,000."""
        yield self.model_dump_json(indent=2, exclude={"mailboxes"}).removesuffix("\n}")
        yield ',\n  "mailboxes": ['
        for number, line in enumerate(self.mailboxes):
            yield f"{',' if number else ''}\n    {_LINE.dump_json(line).decode()}"
        yield "\n  ]\n}\n"


_LINE = TypeAdapter(Line)


def build(result: Result, bundle: Bundle, subject: Subject, about: About, extent: Extent) -> Report:
    """The report of this result."""
    rooms = [judged for judged in result.judged if judged.promise.role is Role.ROOM]
    controls = [judged for judged in result.judged if judged.promise.role is Role.CONTROL]
    return Report(
        format="roomscope-report/1",
        verdict=result.judgement.verdict,
        cause=result.judgement.cause.value,
        not_tested=(*subject.not_proven, *NOT_TESTED),
        about=about,
        subject=subject,
        extent=extent,
        stopped=result.stopped.value if result.stopped else None,
        requests=result.requests,
        rooms=_count(rooms),
        controls=_count(controls),
        lists=tuple(_by_list(rooms, bundle)),
        causes=cause_texts([judged.judgement.cause for judged in result.judged], result.judgement.cause, subject),
        decoys=tuple(Decoy(found.question.mailbox, _attempt(found)) for found in result.decoys),
        mailboxes=tuple(map(_line, result.judged)),
    )


def schema() -> dict[str, object]:
    """The JSON Schema that every report.json keeps."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "roomscope-report/1",
        **Report.model_json_schema(mode="serialization"),
    }


def _count(judged: Iterable[Judged]) -> Counts:
    found = [each.judgement.verdict for each in judged]
    return Counts(
        kept=found.count(Verdict.KEPT),
        pending=found.count(Verdict.PENDING),
        unasked=found.count(Verdict.UNASKED),
        broken=found.count(Verdict.BROKEN),
    )


def _by_list(rooms: Iterable[Judged], bundle: Bundle) -> Iterator[ListCounts]:
    groups: dict[str, list[Judged]] = {}
    for judged in rooms:
        groups.setdefault(judged.promise.room_list, []).append(judged)
    for entry in bundle.manifest.plan.lists:
        members = groups.get(entry.address.lower(), [])
        yield ListCounts(address=entry.address, name=harmless(entry.name), rooms=_count(members))


def cause_texts(found: Sequence[Cause], decides: Cause, subject: Subject) -> tuple[CauseText, ...]:
    """The pages of the causes that occur, in the order of the catalogue."""
    by_token = {cause for cause in Cause if cause.value == subject.token_cause} - {Cause.AS_PROMISED}
    return tuple(_cause_text(cause, found.count(cause)) for cause in Cause if cause in {*found, decides, *by_token})


def _cause_text(cause: Cause, promises: int) -> CauseText:
    return CauseText(
        id=cause.value, headline=cause.headline, meaning=cause.meaning, action=cause.action, who=cause.who.value, promises=promises
    )


def _line(judged: Judged) -> Line:
    promise, judgement = judged.promise, judged.judgement
    return Line(
        mailbox=promise.mailbox,
        role=promise.role,
        room_list=promise.room_list,
        expected=promise.expected,
        verdict=judgement.verdict,
        cause=judgement.cause.value,
        doors=tuple(map(_attempt, judged.asked)),
    )


def _attempt(asked: Asked) -> Attempt:
    answer = asked.answer
    return Attempt(
        door=asked.question.door,
        acting=asked.question.acting,
        seen="" if answer is None else harmless(describe(answer)),
        request_id="" if answer is None else harmless(answer.request_id),
        requests=asked.attempts,
    )
