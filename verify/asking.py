"""Asks what a proof wants to know: once, or again while something is pending and there is time."""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

from roomscope.verify.ask.engine import Asker, Engine
from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits
from roomscope.verify.ask.progress import counting, listening
from roomscope.verify.journal.journal import Journal
from roomscope.verify.journal.recall import Recalled
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Promise, Role
from roomscope.verify.judge.proofs.proof import Recallable
from roomscope.verify.judge.verdict import Judgement, Verdict
from roomscope.verify.reports.subject import Subject
from roomscope.verify.schedule import Schedule


class Way(Protocol):
    """How the mailboxes of a product are reached, and as whom."""

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> Recallable:
        """The rounds of questions."""

    def asker(self, known: Sequence[Asked] = ()) -> AbstractContextManager[Asker]:
        """Who puts them; an answer like one of these known ones is a copy."""

    def conclude(self, result: Result) -> Result:
        """The same result, with what this way shows besides the answers."""

    def subject(self) -> Subject:
        """As whom it was asked, and where."""


@dataclass(slots=True)
class Asking:
    """One verification while it is carried out."""

    way: Way
    promises: tuple[Promise, ...]
    limits: Limits
    halt: Halt
    journal: Journal | None
    is_fresh: Callable[[datetime], bool]
    """Whether a refusal may still be one of before the change."""

    quiet: bool = False
    recalled: int = 0
    """How many questions were not put, because an earlier run had."""

    _kept: list[Asked] = field(default_factory=list)

    def pursue(self, schedule: Schedule | None) -> Result:
        """What is known when nothing is pending any more, or the time is over."""
        earlier = () if self.journal is None else self.journal.known
        with self.way.asker(earlier) as asker:
            result = self._ask(asker, earlier)
            number = 0
            while schedule is not None and self._may_change(result) and self._wait(schedule, number, result):
                number += 1
                result = self._ask(asker, (*earlier, *self._kept))
        return result

    def _ask(self, asker: Asker, known: tuple[Asked, ...]) -> Result:
        rooms = frozenset(promise.mailbox for promise in self.promises if promise.role is Role.ROOM)
        fresh = {asked.question for asked in self._kept}
        doubtful = {asked.question for asked in known if asked.question not in fresh and asked.question.mailbox in rooms}
        proof = Recalled(self.way.proof(self.promises, fresh=self.is_fresh(datetime.now(UTC))), known, self._keep, frozenset(doubtful))
        mailboxes = (promise.mailbox for promise in self.promises if promise.mailbox not in proof.mailboxes)
        with listening(mailboxes, quiet=self.quiet) as listener:
            result = Engine(asker, self.limits, listener, self.halt).pursue(proof)
        self.recalled = self.recalled or proof.recalled
        return self._or_lost(replace(result, earlier=proof.superseded))

    def _keep(self, asked: Asked) -> None:
        self._kept.append(asked)
        try:
            if self.journal is not None:
                self.journal.keep(asked)
        except OSError:
            self.halt.ask_for(Cause.JOURNAL_LOST)

    def _or_lost(self, result: Result) -> Result:
        """What could not be kept as it was asked for is no success."""
        if self.halt.cause is not Cause.JOURNAL_LOST or result.judgement.verdict is Verdict.BROKEN:
            return result
        return replace(result, judgement=Judgement(Verdict.UNASKED, Cause.JOURNAL_LOST), stopped=Cause.JOURNAL_LOST)

    def _may_change(self, result: Result) -> bool:
        """Whether waiting can help: something is pending, nothing is broken, and the asking came to its end."""
        found = {each.judgement.verdict for each in result.judged}
        return result.stopped is None and self.halt.cause is None and Verdict.PENDING in found and Verdict.BROKEN not in found

    def _wait(self, schedule: Schedule, number: int, result: Result) -> bool:
        pause = schedule.pause(number, datetime.now(UTC))
        ends = self.limits.ends
        if pause is None or (ends is not None and time.monotonic() + pause.total_seconds() >= ends):
            return False
        pending = sum(each.judgement.verdict is Verdict.PENDING for each in result.judged)
        return not counting(pending, pause, schedule.until, self.halt, quiet=self.quiet)
