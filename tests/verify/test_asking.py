"""A run that is killed again and again comes to what an undisturbed one comes to."""

import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits
from roomscope.verify.asking import Asking
from roomscope.verify.journal.header import Header, digest_of
from roomscope.verify.journal.journal import Journal
from roomscope.verify.judge.answer import Answer, Coded, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.decoys import NOBODY
from roomscope.verify.judge.proofs.impersonation import Depth, Impersonation
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.subject import Subject

ROOMS = 4000
KILLED_AFTER = 900
NOW = datetime.now(UTC)
FAULTS: tuple[Answer, ...] = (
    Coded("ErrorImpersonateUserDenied"), Coded("ErrorInternalServerError"), Coded("ErrorNonExistentMailbox"), Coded("ErrorMailboxMoveInProgress"),
    Wire(Trouble.CUT), Coded("ErrorNobodyKnows"),
)


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Served:
    """A server of which one room in twenty is sick, and a run that is killed after so many questions."""

    sick: dict[str, Answer]
    expected: Expected
    left: int = 10**9
    asked: list[Question] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    size: int = 1
    identity: bool = True

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> Impersonation:
        return Impersonation(promises, fresh=fresh, depth=Depth("svc@x.com", identity=self.identity and self.expected is Expected.ANSWER))

    @contextmanager
    def asker(self, _: Sequence[Asked] = ()) -> Iterator["Served"]:
        yield self

    def conclude(self, result: Result) -> Result:
        return result

    def subject(self) -> Subject:
        return Subject(gives="", endpoint="")

    def ask_many(self, questions: Sequence[Question]) -> list[Answer]:
        with self.lock:
            self.asked += questions
        return [self.answer(question) for question in questions]

    def doubted(self, *, idle: bool) -> tuple[Question, ...]:
        return ()

    def answer(self, question: Question) -> Answer:
        if question.mailbox.startswith(NOBODY):
            return Coded("ErrorCannotFindUser") if question.door is Door.IMPERSONATED else Coded("ErrorAccessDenied")
        if question.mailbox in self.sick and question.door is Door.IMPERSONATED:
            return self.sick[question.mailbox]
        if question.door is Door.IMPERSONATED and question.mailbox.startswith("room") and self.expected is Expected.ANSWER:
            return Opened(folder=question.mailbox if question.identity else "")
        return Coded("ErrorImpersonateUserDenied" if question.door is Door.IMPERSONATED else "ErrorAccessDenied")


def promises(expected: Expected) -> tuple[Promise, ...]:
    rooms = (Promise(f"room{n:04}@x.com", Role.ROOM, expected, f"list{n // 75}@x.com") for n in range(ROOMS))
    return (*rooms, Promise("ceo@x.com", Role.CONTROL, Expected.REFUSAL))


def header(wanted: tuple[Promise, ...]) -> Header:
    return Header(
        tool="roomscope", bundle="b", digest="a", endpoint="e", identity="i", expects="grant", options=(), mailboxes=len(wanted),
        questions=digest_of(wanted), started=datetime.now(UTC),
    )


def told(result: Result) -> list[tuple[str, str, str]]:
    return [(each.promise.mailbox, each.judgement.verdict, each.judgement.cause) for each in result.judged]


def pursue(served: Served, wanted: tuple[Promise, ...], journal: Journal | None, kill_after: int) -> Result:
    left = kill_after

    def keep_or_die(keep: Callable[..., None]) -> Callable[..., None]:
        def dying(asked: object) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            keep(asked)

        return dying

    if journal is not None:
        journal.keep = keep_or_die(journal.keep)  # type: ignore[method-assign]
    limits = Limits(workers=4, attempts=2, pause=0.001, failures=10**6)
    return Asking(served, wanted, limits, Halt(), journal, lambda _: False).pursue(None)


@pytest.mark.parametrize("expected", Expected)
def test_a_run_that_is_killed_three_times_comes_to_the_same_and_asks_hardly_anything_twice(tmp_path: Path, expected: Expected) -> None:
    draw = random.Random(7)  # noqa: S311 - the same each time
    names = [f"room{number:04}@x.com" for number in range(1, ROOMS)]
    sick = {name: draw.choice(FAULTS) for name in draw.sample(names, ROOMS // 20)}
    wanted, path = promises(expected), tmp_path / "journal"
    undisturbed = pursue(Served(sick, expected), wanted, None, 0)
    for number in range(3):
        made = Journal.resume(path, header(wanted), None) if number else Journal.create(path, header(wanted))
        with made as journal, pytest.raises(Killed):
            pursue(Served(sick, expected), wanted, journal, KILLED_AFTER)
        with path.open("ab") as file:
            file.write(b'{"question":{"mailb')  # what a killed process has begun to write
    last = Served(sick, expected)
    with Journal.resume(path, header(wanted), None) as journal:
        resumed = pursue(last, wanted, journal, 10**9)
    assert told(resumed) == told(undisturbed)
    assert (resumed.judgement, resumed.stopped) == (undisturbed.judgement, undisturbed.stopped)
    assert {each.judgement.cause for each in resumed.judged} >= {Cause.AS_PROMISED, Cause.SERVER_FAULT}
    if expected is Expected.REFUSAL:
        assert len(last.asked) == undisturbed.requests  # after the way back nothing is recalled
        return
    assert len(last.asked) < undisturbed.requests - 3 * KILLED_AFTER + ROOMS // 20 * 2 * 3 + 100


def test_rooms_that_opened_for_the_journal_only_are_not_kept(tmp_path: Path) -> None:
    wanted, path = promises(Expected.ANSWER), tmp_path / "journal"
    with Journal.create(path, header(wanted)) as journal, pytest.raises(Killed):
        pursue(Served({}, Expected.ANSWER, identity=False), wanted, journal, KILLED_AFTER)
    removed: dict[str, Answer] = {f"room{number:04}@x.com": Coded("ErrorImpersonateUserDenied") for number in range(1, KILLED_AFTER - 50)}
    with Journal.resume(path, header(wanted), None) as journal:
        resumed = pursue(Served(removed, Expected.ANSWER, identity=False), wanted, journal, 10**9)
    causes = [each.judgement.cause for each in resumed.judged if each.promise.mailbox in removed]
    assert causes.count(Cause.RECALLED_CHANGED) > KILLED_AFTER - 100
    # Workers do not end in order: a few of these may be no journal's, and were truly refused today.
    asked = set(causes) - {Cause.RECALLED_CHANGED}
    assert (resumed.judgement.verdict, Cause.AS_PROMISED in causes) == (Verdict.BROKEN if asked else Verdict.UNASKED, False)


def test_rooms_that_open_again_after_the_way_back_are_found(tmp_path: Path) -> None:
    wanted, path = promises(Expected.REFUSAL), tmp_path / "journal"
    with Journal.create(path, header(wanted)) as journal, pytest.raises(Killed):
        pursue(Served({}, Expected.REFUSAL), wanted, journal, KILLED_AFTER)
    with Journal.resume(path, header(wanted), None) as journal:
        resumed = pursue(Served({"room0007@x.com": Opened()}, Expected.REFUSAL), wanted, journal, 10**9)
    assert resumed.judgement.verdict is Verdict.BROKEN
