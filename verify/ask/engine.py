"""Puts questions, round by round, with several workers, and stops where going on would do harm."""

import math
import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits, Pace
from roomscope.verify.ask.waiting import Waiting
from roomscope.verify.judge.answer import Answer, Coded, Graph, Http, NoToken, Odd, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Again, Unlearnt
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.proofs.proof import Proof, Round
from roomscope.verify.judge.question import Question

OUTSIDE = frozenset(
    {
        Cause.UNKNOWN_HOST,
        Cause.UNREACHABLE,
        Cause.TIMED_OUT,
        Cause.NOT_EWS,
        Cause.CUT,
        Cause.NOT_ONE,
        Cause.NOT_GRAPH,
        Cause.SIGN_IN_BUSY,
        Cause.TOO_LARGE,
        Cause.THROTTLED,
        Cause.IN_FRONT,
        Cause.UNEXPECTED,
        Cause.CLIENT_FAULT,
    }
)
"""Causes that lie before the mailbox; a row of them ends the asking."""

_TICK = 0.1
"""Seconds; a wait without end could not be interrupted everywhere."""


class _HaltedError(Exception):
    """The end was asked for from outside."""


class Asker(Protocol):
    """Whoever can put a question to the server."""

    @property
    def size(self) -> int:
        """How many questions it puts at once, at most."""

    def ask_many(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """What the server showed for each of them, in their order."""


class Listener(Protocol):
    """Whoever wants to know how the asking goes on."""

    def heard(self, asked: Asked) -> None:
        """One question is done."""

    def waits(self, seconds: float) -> None:
        """The server wants everybody to wait."""


class Engine:
    """Asks for one proof; what was learnt is judged even when it is interrupted."""

    def __init__(self, asker: Asker, limits: Limits, listener: Listener, halt: Halt | None = None) -> None:
        self._halt = halt or Halt()
        self._asker = asker
        self._limits = limits
        self._listener = listener
        self._pace = Pace(limits)
        self._failures = 0
        self._begun = False
        self._bearable = limits.failures
        self._stopped: Cause | None = None

    def pursue(self, proof: Proof) -> Result:
        """What the proof judges when all its rounds are asked, or the asking had to end."""
        try:
            for each in proof.rounds():
                self._bearable = self._limits.failures if self._begun else self._batches(each)
                for asked in self._ask_all(each):
                    proof.keep(asked)
                    self._listener.heard(asked)
                self._begun = True
        except (KeyboardInterrupt, _HaltedError):
            self._end(self._halt.cause or Cause.INTERRUPTED)
        return proof.judge(self._stopped)

    def _ask_all(self, each: Round) -> Iterator[Asked]:
        waiting = Waiting(each.questions, self._pace.stopped)
        answers: queue.SimpleQueue[Asked] = queue.SimpleQueue()

        def work() -> None:
            while batch := waiting.take(self._asker.size):
                for asked in self._ask(batch, waiting):
                    answers.put(asked)

        # Daemons, because a worker may hang in the network when the asking is ended.
        for _ in range(1 if each.alone else min(self._limits.workers, self._batches(each))):
            threading.Thread(target=work, daemon=True).start()
        for _ in each.questions:
            yield self._next(answers)

    def _batches(self, each: Round) -> int:
        return math.ceil(len(each.questions) / self._asker.size)

    def _ask(self, batch: Sequence[Asked], waiting: Waiting) -> Sequence[Asked]:
        """Puts these once; what is done comes back, what may help to be put again waits."""
        answers = self._put([asked.question for asked in batch])
        if answers is None:
            return batch
        found = [
            Asked(was.question, answer, learn(answer), was.attempts + 1)
            for was, answer in zip(batch, answers, strict=True)
        ]
        again = [asked for asked in found if self._may_help(asked)]
        if again and self._wait(again):
            for asked in again:
                waiting.again(asked, self._seconds(asked))
            if all(map(_is_outside, found)):
                # Nothing came through, so this worker's next question would fare no better before that time.
                self._pace.stopped.wait(max(map(self._seconds, found)))
            found = [asked for asked in found if not self._may_help(asked)]
        self._count(found)
        return found

    def _put(self, questions: Sequence[Question]) -> Sequence[Answer] | None:
        try:
            return self._heed(self._asker.ask_many(questions)) if self._pace.enter() else None
        except Exception as error:  # noqa: BLE001 - a crash in a worker must not look like an answer
            return [Odd(type(error).__name__, ours=True)] * len(questions)
        finally:
            self._pace.leave()

    def _heed(self, answers: Sequence[Answer]) -> Sequence[Answer]:
        """Ends the asking before the place is free: no other sign-in may begin after a refused one."""
        for answer in answers:
            match learn(answer):
                case Unlearnt(cause=cause, stops=True):
                    self._end(cause)
        return answers

    def _may_help(self, asked: Asked) -> bool:
        answered = isinstance(asked.answer, Coded | Http | Graph | NoToken | Wire)
        return answered and _again(asked) is not Again.NO and asked.attempts < self._limits.attempts

    def _seconds(self, asked: Asked) -> float:
        return self._pace.seconds(asked.answer, asked.attempts)

    def _wait(self, again: Sequence[Asked]) -> bool:
        """Has everybody wait where one of these asks for that; false where it asks for too much."""
        longest = max(again, key=self._seconds)
        if self._seconds(longest) > self._limits.longest_pause:
            self._end(_cause(longest))
            return False
        shared = [self._seconds(asked) for asked in again if _again(asked) is not Again.ALONE]
        if any(_again(asked) is Again.FEWER for asked in again):
            self._pace.shrink()
        if shared:
            self._pace.pause(max(shared))
            self._listener.waits(max(shared))
        return True

    def _count(self, found: Sequence[Asked]) -> None:
        """One exchange more that did not reach the service, or the end of such a row."""
        put = [asked for asked in found if asked.learnt != Unlearnt(Cause.STOPPED)]
        if not put:
            return
        if not all(map(_is_outside, put)):
            self._failures, self._bearable = 0, self._limits.failures
            return
        self._failures += 1
        if self._failures >= self._bearable:
            self._end(_cause(put[-1]))

    def _next(self, answers: "queue.SimpleQueue[Asked]") -> Asked:
        while self._halt.cause is None:
            try:
                return answers.get(timeout=_TICK)
            except queue.Empty:
                continue
        raise _HaltedError

    def _end(self, cause: Cause) -> None:
        self._stopped = self._stopped or cause
        self._pace.stop()


def _again(asked: Asked) -> Again:
    return asked.learnt.again if isinstance(asked.learnt, Unlearnt) else Again.NO


def _cause(asked: Asked) -> Cause:
    return asked.learnt.cause if isinstance(asked.learnt, Unlearnt) else Cause.AS_PROMISED


def _is_outside(asked: Asked) -> bool:
    return isinstance(asked.learnt, Unlearnt) and (asked.learnt.stops or asked.learnt.cause in OUTSIDE)
