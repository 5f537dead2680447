"""Puts questions, round by round, with several workers, and stops where going on would do harm."""

import math
import queue
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Protocol

from roomscope.verify.ask.clean import clean
from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits, Pace
from roomscope.verify.ask.row import Row, is_outside, lies_outside
from roomscope.verify.ask.waiting import SPREAD, Waiting
from roomscope.verify.judge.answer import Answer, Coded, Graph, Http, NoToken, Odd, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Again, Learnt, Unlearnt
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.proofs.proof import Proof, Round
from roomscope.verify.judge.question import Question

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

    def doubted(self, *, idle: bool) -> Sequence[Question]:
        """Questions whose answers turned out to be nobody's since the last time; idle where nothing is under way."""


class Listener(Protocol):
    """Whoever wants to know how the asking goes on."""

    def heard(self, asked: Asked) -> None:
        """One question is done."""

    def waits(self, seconds: float) -> None:
        """The server wants everybody to wait."""


class _TimeUpError(Exception):
    """The run may not last longer."""


class Engine:
    """Asks for one proof; what was learnt is judged even when it is interrupted."""

    def __init__(self, asker: Asker, limits: Limits, listener: Listener, halt: Halt | None = None) -> None:
        self._halt = halt or Halt()
        self._asker = asker
        self._limits = limits
        self._listener = listener
        self._pace = Pace(limits)
        self._row = Row(limits)
        self._ends = math.inf if limits.ends is None else limits.ends
        self._stopped: Cause | None = None

    def pursue(self, proof: Proof) -> Result:
        """What the proof judges when all its rounds are asked, or the asking had to end."""
        quiet = False
        try:
            for each in proof.rounds():
                for asked in self._ask_all(each):
                    proof.keep(asked)
                    self._listener.heard(asked)
            quiet = True
        except (KeyboardInterrupt, _HaltedError):
            self._end(self._halt.cause or Cause.INTERRUPTED)
        except _TimeUpError:
            self._end(Cause.OUT_OF_TIME)
        # Last of all: what one answer shows of those before it is known when all of them are there.
        for asked in map(_taken_back, self._asker.doubted(idle=quiet)):
            proof.keep(asked)
            self._listener.heard(asked)
        return proof.judge(self._stopped)

    def _ask_all(self, each: Round) -> Iterator[Asked]:
        waiting = Waiting(each.questions, self._pace.stopped)
        answers: queue.SimpleQueue[Sequence[Asked]] = queue.SimpleQueue()

        def work(number: int) -> None:
            if number:
                self._pace.await_opening()
            while batch := waiting.take(self._asker.size):
                answers.put(self._ask(batch, waiting))

        # Daemons, because a worker may hang in the network when the asking is ended.
        for number in range(1 if each.alone else min(self._limits.workers, self._batches(each))):
            threading.Thread(target=work, args=(number,), daemon=True).start()
        left = len(each.questions)
        while left:
            found = self._next(answers)
            left -= len(found)
            yield from found

    def _next(self, answers: "queue.SimpleQueue[Sequence[Asked]]") -> Sequence[Asked]:
        while self._halt.cause is None:
            left = self._ends - time.monotonic()
            if left <= 0:
                raise _TimeUpError
            try:
                return answers.get(timeout=min(_TICK, left))
            except queue.Empty:
                continue
        raise _HaltedError

    def _batches(self, each: Round) -> int:
        return math.ceil(len(each.questions) / self._asker.size)

    def _ask(self, batch: Sequence[Asked], waiting: Waiting) -> Sequence[Asked]:
        """Puts these once; what is done comes back, what may help to be put again waits."""
        answers = self._put([asked.question for asked in batch])
        if answers is None:
            return batch
        found = [
            Asked(was.question, clean(answer), learn(answer), was.attempts + 1)
            for was, answer in zip(batch, answers, strict=True)
        ]
        again = [asked for asked in found if self._may_help(asked)]
        done = [asked for asked in found if asked not in again]
        if again and not self._wait(again):
            again, done = [], found
        for asked in again:
            waiting.again(asked, self._seconds(asked))
        outside = all(map(is_outside, found))
        if cause := self._row.take(found, done, outside=outside):
            self._end(cause)
        if again and outside:
            # Nothing came through, so this worker's next question would fare no better before that time.
            self._pace.stopped.wait(SPREAD * max(map(self._seconds, found)))
        return done

    def _put(self, questions: Sequence[Question]) -> Sequence[Answer] | None:
        place = self._pace.enter()
        if place is None:
            return None
        learnt: list[Learnt] = []
        try:
            answers = self._asker.ask_many(questions)
            learnt = [learn(answer) for answer in answers]
            self._heed(learnt)
        except Exception as error:  # noqa: BLE001 - a crash in a worker must not look like an answer
            answers = [Odd(type(error).__name__, ours=True)] * len(questions)
        finally:
            fewer = any(isinstance(each, Unlearnt) and each.again is Again.FEWER for each in learnt)
            self._pace.leave(place, through=not all(map(lies_outside, learnt)), fewer=fewer)
        return answers

    def _heed(self, learnt: Sequence[Learnt]) -> None:
        """Ends the asking before the place is free: no other sign-in may begin after a refused one."""
        for each in learnt:
            match each:
                case Unlearnt(cause=cause, stops=True):
                    self._end(cause)

    def _may_help(self, asked: Asked) -> bool:
        answered = isinstance(asked.answer, Coded | Http | Graph | NoToken | Wire)
        return answered and isinstance(asked.learnt, Unlearnt) and self._row.bears(asked.learnt, asked.attempts)

    def _seconds(self, asked: Asked) -> float:
        return self._pace.seconds(asked.answer, asked.attempts)

    def _wait(self, again: Sequence[Asked]) -> bool:
        """Has everybody wait where one of these asks for that; false where it asks for too much."""
        longest = max(again, key=self._seconds)
        if self._seconds(longest) > self._limits.longest_pause:
            self._end(_cause(longest))
            return False
        shared = [self._seconds(asked) for asked in again if _again(asked) is not Again.ALONE]
        if shared:
            self._pace.pause(max(shared))
            self._listener.waits(max(shared))
        return True

    def _end(self, cause: Cause) -> None:
        self._stopped = self._stopped or cause
        self._pace.stop()


def _again(asked: Asked) -> Again:
    return asked.learnt.again if isinstance(asked.learnt, Unlearnt) else Again.NO


def _cause(asked: Asked) -> Cause:
    return asked.learnt.cause if isinstance(asked.learnt, Unlearnt) else Cause.AS_PROMISED


def _taken_back(question: Question) -> Asked:
    answer = Wire(Trouble.NOT_ONE, "shown later to be no answer to this question")
    return Asked(question, answer, learn(answer), 1)
