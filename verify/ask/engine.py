"""Puts questions, round by round, with several workers, and stops where going on would do harm."""

import queue
import threading
from collections.abc import Iterator
from typing import Protocol

from roomscope.verify.ask.pace import Limits, Pace
from roomscope.verify.judge.answer import Answer, Coded, Http, Odd, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import Again, Unlearnt, learn
from roomscope.verify.judge.proofs.proof import Proof, Round
from roomscope.verify.judge.question import Question

OUTSIDE = frozenset(
    {
        Cause.UNKNOWN_HOST,
        Cause.UNREACHABLE,
        Cause.TIMED_OUT,
        Cause.NOT_EWS,
        Cause.TOO_LARGE,
        Cause.THROTTLED,
        Cause.IN_FRONT,
        Cause.UNEXPECTED,
        Cause.CLIENT_FAULT,
    }
)
"""Causes that lie before the mailbox; a row of them ends the asking."""

_TICK = 0.5
"""Seconds; a wait without end could not be interrupted everywhere."""


class Asker(Protocol):
    """Whoever can put a question to the server."""

    def ask(self, question: Question) -> Answer:
        """What the server showed."""


class Listener(Protocol):
    """Whoever wants to know how the asking goes on."""

    def heard(self, asked: Asked) -> None:
        """One question is done."""

    def waits(self, seconds: float) -> None:
        """The server wants everybody to wait."""


class Engine:
    """Asks for one proof; what was learnt is judged even when it is interrupted."""

    def __init__(self, asker: Asker, limits: Limits, listener: Listener) -> None:
        self._asker = asker
        self._limits = limits
        self._listener = listener
        self._pace = Pace(limits)
        self._failures = 0
        self._begun = False
        self._stopped: Cause | None = None

    def pursue(self, proof: Proof) -> Result:
        """What the proof judges when all its rounds are asked, or the asking had to end."""
        try:
            for each in proof.rounds():
                for asked in self._ask_all(each):
                    proof.keep(asked)
                    self._begun = True
                    self._listener.heard(asked)
        except KeyboardInterrupt:
            self._end(Cause.INTERRUPTED)
        return proof.judge(self._stopped)

    def _ask_all(self, each: Round) -> Iterator[Asked]:
        waiting = iter(each.questions)
        lock = threading.Lock()
        answers: queue.SimpleQueue[Asked] = queue.SimpleQueue()

        def work() -> None:
            while True:
                with lock:
                    question = next(waiting, None)
                if question is None:
                    return
                answers.put(self._ask(question))

        # Daemons, because a worker may hang in the network when the asking is ended.
        for _ in range(min(1 if each.alone else self._limits.workers, len(each.questions))):
            threading.Thread(target=work, daemon=True).start()
        for _ in each.questions:
            yield _next(answers)

    def _ask(self, question: Question) -> Asked:
        asked = Asked(question, None, Unlearnt(Cause.STOPPED))
        for attempt in range(1, self._limits.attempts + 1):
            answer = self._put(question)
            if answer is None:
                break
            asked = Asked(question, answer, learn(answer), attempt)
            if not self._worth_another(asked):
                break
        self._count(asked)
        return asked

    def _put(self, question: Question) -> Answer | None:
        try:
            return self._heed(self._asker.ask(question)) if self._pace.enter() else None
        except Exception as error:  # noqa: BLE001 - a crash in a worker must not look like an answer
            return Odd(type(error).__name__, ours=True)
        finally:
            self._pace.leave()

    def _heed(self, answer: Answer) -> Answer:
        """Ends the asking before the place is free: no other sign-in may begin after a refused one."""
        match learn(answer):
            case Unlearnt(cause=cause, stops=True):
                self._end(cause)
        return answer

    def _worth_another(self, asked: Asked) -> bool:
        match asked:
            case Asked(
                answer=Coded() | Http() | Wire() as answer, learnt=Unlearnt(cause=cause, again=again), attempts=attempt
            ) if again is not Again.NO and attempt < self._limits.attempts:
                return self._wait(again, self._pace.seconds(answer, attempt), cause)
        return False

    def _wait(self, again: Again, seconds: float, cause: Cause) -> bool:
        if seconds > self._limits.longest_pause:
            self._end(cause)
            return False
        if again is Again.ALONE:
            self._pace.stopped.wait(seconds)
            return True
        if again is Again.FEWER:
            self._pace.shrink()
        self._pace.pause(seconds)
        self._listener.waits(seconds)
        return True

    def _count(self, asked: Asked) -> None:
        match asked.learnt:
            case Unlearnt(cause=Cause.STOPPED):
                return
            case Unlearnt(cause=cause, stops=stops) if stops or cause in OUTSIDE:
                self._failures += 1
                if stops or self._failures >= (self._limits.failures if self._begun else 1):
                    self._end(cause)
            case _:
                self._failures = 0

    def _end(self, cause: Cause) -> None:
        self._stopped = self._stopped or cause
        self._pace.stop()


def _next(answers: "queue.SimpleQueue[Asked]") -> Asked:
    while True:
        try:
            return answers.get(timeout=_TICK)
        except queue.Empty:
            continue
