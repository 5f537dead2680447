"""The mailboxes of a report, one record each, and how they are counted."""

from collections import Counter
from collections.abc import Iterable

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass as record

from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import describe
from roomscope.verify.judge.ledger import Asked, Judged
from roomscope.verify.judge.promise import Expected, Role
from roomscope.verify.judge.question import Door
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.subject import Part

_STRICT = ConfigDict(extra="forbid", strict=True)


class Counts(Part):
    """How many promises of each verdict."""

    kept: int
    pending: int
    unasked: int
    broken: int

    @property
    def total(self) -> int:
        """How many promises there are."""
        return self.kept + self.pending + self.unasked + self.broken


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

    @property
    def told(self) -> str:
        """The same on one line."""
        return f"{self.door.value}: {self.seen or 'not asked'}{f' [{self.request_id}]' if self.request_id else ''}"


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


def count(lines: Iterable[Line]) -> Counts:
    """The verdicts on these."""
    found = Counter(line.verdict.value for line in lines)
    return Counts(**{verdict.value: found[verdict.value] for verdict in Verdict})


def line_of(judged: Judged) -> Line:
    """The record of one promise."""
    promise, judgement = judged.promise, judged.judgement
    return Line(
        mailbox=promise.mailbox,
        role=promise.role,
        room_list=promise.room_list,
        expected=promise.expected,
        verdict=judgement.verdict,
        cause=judgement.cause.value,
        doors=tuple(map(attempt_of, judged.asked)),
    )


def attempt_of(asked: Asked) -> Attempt:
    """What one question brought, fit to be shown."""
    answer = asked.answer
    return Attempt(
        door=asked.question.door,
        acting=asked.question.acting,
        seen="" if answer is None else harmless(describe(answer)),
        request_id="" if answer is None else harmless(answer.request_id),
        requests=asked.attempts,
    )
