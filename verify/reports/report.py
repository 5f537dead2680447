"""One result of one verification, as it is kept: every view shows this, and nothing else."""

from collections.abc import Iterable, Iterator
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Result
from roomscope.verify.judge.promise import Role
from roomscope.verify.judge.verdict import EXIT_CODES, Verdict
from roomscope.verify.reports.extent import Extent
from roomscope.verify.reports.findings import CauseText, cause_texts
from roomscope.verify.reports.lines import Counts, Decoy, Line, attempt_of, count, line_of
from roomscope.verify.reports.maker import Maker
from roomscope.verify.reports.open_points import NOT_TESTED, is_recorded, open_points
from roomscope.verify.reports.subject import Part, Subject

GIVES = (
    "ApplicationImpersonation gives the whole mailbox, read and write, of every room in scope: "
    "not only the calendar, and not only reading."
)


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

    maker: Maker


class ListCounts(Part):
    """The verdicts on the rooms of one list."""

    address: str
    name: str
    rooms: Counts


class Report(Part):
    """Everything that was found out."""

    format: Literal["roomscope-report/1"]
    not_proven: tuple[str, ...]
    """What stays open after this run, the weightiest first."""

    not_tested: tuple[str, ...]
    """What no run tests."""

    verdict: Verdict
    exit_code: int
    cause: str
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


    @property
    def headline(self) -> str:
        """The sentence of the cause that decides."""
        return next(text.headline for text in self.causes if text.id == self.cause)

    @property
    def findings(self) -> tuple[CauseText, ...]:
        """The causes that say more than that all is as promised."""
        return tuple(text for text in self.causes if text.id != Cause.AS_PROMISED)


_LINE = TypeAdapter(Line)


def build(result: Result, bundle: Bundle, subject: Subject, about: About, extent: Extent) -> Report:
    """The report of this result."""
    lines = tuple(map(line_of, result.judged))
    rooms, controls = (count(each for each in lines if each.role is role) for role in (Role.ROOM, Role.CONTROL))
    verdict, decides = result.judgement.verdict, result.judgement.cause
    recorded = is_recorded(each.cause for each in lines)
    return Report(
        format="roomscope-report/1",
        not_proven=(*extent.left_out, *open_points(rooms, controls, subject, compared=about.digest_compared, recorded=recorded)),
        not_tested=NOT_TESTED,
        verdict=verdict,
        exit_code=EXIT_CODES[verdict],
        cause=decides.value,
        about=about,
        subject=subject,
        extent=extent,
        stopped=result.stopped.value if result.stopped else None,
        requests=result.requests,
        rooms=rooms,
        controls=controls,
        lists=tuple(_by_list(lines, bundle)),
        causes=cause_texts(lines, decides, verdict, subject),
        decoys=tuple(Decoy(found.question.mailbox, attempt_of(found)) for found in result.decoys),
        mailboxes=lines,
    )


def schema() -> dict[str, object]:
    """The JSON Schema that every report.json keeps."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "roomscope-report/1",
        **Report.model_json_schema(mode="serialization"),
    }


def _by_list(lines: Iterable[Line], bundle: Bundle) -> Iterator[ListCounts]:
    groups: dict[str, list[Line]] = {}
    for each in lines:
        groups.setdefault(each.room_list, []).append(each)
    for entry in bundle.manifest.plan.lists:
        yield ListCounts(address=entry.address, name=harmless(entry.name), rooms=count(groups.get(entry.address.lower(), [])))
