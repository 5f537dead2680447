"""Puts the questions: the first alone, then several at once, and stops where going on would do harm."""

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from roomscope.verify.ask.pace import Limits, Pace
from roomscope.verify.judge.answer import Coded, Http, Odd, Seen, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Ledger, Observation, Result, decoys
from roomscope.verify.judge.meaning import Again, Unlearnt, learn
from roomscope.verify.judge.verdict import Door, Expected, Promise, Question, Role

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
"""Causes that lie before the mailbox; a row of them ends the run."""

_TICK = 0.5
"""Seconds; a wait without end could not be interrupted everywhere."""


class Asker(Protocol):
    """Whoever can put a question to the server."""

    def ask(self, question: Question) -> Seen:
        """What the server showed."""


class Listener(Protocol):
    """Whoever wants to know how the run goes on."""

    def heard(self, observation: Observation) -> None:
        """One question is done."""

    def waits(self, seconds: float) -> None:
        """The server wants everybody to wait."""


class Run:
    """One run over all promises; keeps what was learnt when it is interrupted."""

    def __init__(self, asker: Asker, limits: Limits, listener: Listener) -> None:
        self._asker = asker
        self._limits = limits
        self._listener = listener
        self._pace = Pace(limits)
        self._failures = 0
        self._ledger = Ledger()

    def verify(self, promises: Sequence[Promise], *, fresh: bool) -> Result:
        """The verdict on every promise.

        1. The first room alone: a wrong password must not be tried by several workers.
        2. The other rooms, and each control impersonated and as the account itself; when every room
           must refuse, each room as the account itself too.
        3. Each control as a room that answered; there is none when every room must refuse.
           In 2 and 3 also an address that cannot exist, to know what an unknown one is told.
        4. Judge.
        """
        rooms = [promise for promise in promises if promise.role is Role.ROOM]
        controls = [promise for promise in promises if promise.role is Role.CONTROL]
        first, *others = (Question(p.mailbox, Door.IMPERSONATED, p.mailbox) for p in rooms)
        try:
            self._ask_all([first], workers=1)
            self._ask_all([*others, *_own_door(rooms), *_first_doors(controls)], self._limits.workers)
            self._ask_all(self._third_door(rooms, controls), self._limits.workers)
        except KeyboardInterrupt:
            self._end(Cause.INTERRUPTED)
        return self._ledger.judge(promises, fresh=fresh)

    def _third_door(self, rooms: Iterable[Promise], controls: Iterable[Promise]) -> list[Question]:
        answered = next(filter(self._ledger.answered, rooms), None)
        if answered is None:
            return []
        mailboxes = [control.mailbox for control in controls]
        return [
            Question(mailbox, Door.ROOM, answered.mailbox)
            for mailbox in [*mailboxes, *decoys(mailboxes)]
        ]

    def _ask_all(self, questions: Sequence[Question], workers: int) -> None:
        waiting: Iterator[Question] = iter(questions)
        lock = threading.Lock()
        answers: queue.SimpleQueue[Observation] = queue.SimpleQueue()

        def work() -> None:
            while True:
                with lock:
                    question = next(waiting, None)
                if question is None:
                    return
                answers.put(self._ask(question))

        # Daemons, because a worker may hang in the network when the run is ended.
        for _ in range(min(workers, len(questions))):
            threading.Thread(target=work, daemon=True).start()
        for _ in questions:
            self._keep(_next(answers))

    def _keep(self, observation: Observation) -> None:
        self._ledger.keep(observation)
        self._listener.heard(observation)

    def _ask(self, question: Question) -> Observation:
        observation = Observation(question, None, Unlearnt(Cause.STOPPED))
        for attempt in range(1, self._limits.attempts + 1):
            seen = self._put(question)
            if seen is None:
                break
            observation = Observation(question, seen, learn(seen), attempt)
            if not self._worth_another(observation):
                break
        self._count(observation)
        return observation

    def _put(self, question: Question) -> Seen | None:
        try:
            return self._heed(self._asker.ask(question)) if self._pace.enter() else None
        except Exception as error:  # noqa: BLE001 - a crash in a worker must not look like an answer
            return Odd(type(error).__name__, ours=True)
        finally:
            self._pace.leave()

    def _heed(self, seen: Seen) -> Seen:
        """Ends the run before the place is free: no other sign-in may begin after a refused one."""
        match learn(seen):
            case Unlearnt(cause=cause, stops=True):
                self._end(cause)
        return seen

    def _worth_another(self, observation: Observation) -> bool:
        match observation:
            case Observation(
                seen=Coded() | Http() | Wire() as seen, learnt=Unlearnt(cause=cause, again=again), attempts=attempt
            ) if again is not Again.NO and attempt < self._limits.attempts:
                return self._wait(again, self._pace.seconds(seen, attempt), cause)
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

    def _count(self, observation: Observation) -> None:
        match observation.learnt:
            case Unlearnt(cause=Cause.STOPPED):
                return
            case Unlearnt(cause=cause, stops=stops) if stops or cause in OUTSIDE:
                self._failures += 1
                if stops or self._failures >= (1 if self._ledger.empty else self._limits.failures):
                    self._end(cause)
            case _:
                self._failures = 0

    def _end(self, cause: Cause) -> None:
        self._ledger.stopped = self._ledger.stopped or cause
        self._pace.stop()


def _own_door(rooms: Sequence[Promise]) -> Iterator[Question]:
    for room in rooms:
        if room.expected is Expected.REFUSAL:
            yield Question(room.mailbox, Door.ACCOUNT, None)


def _first_doors(controls: Sequence[Promise]) -> Iterator[Question]:
    for control in controls:
        yield Question(control.mailbox, Door.IMPERSONATED, control.mailbox)
        yield Question(control.mailbox, Door.ACCOUNT, None)
    for decoy in decoys(control.mailbox for control in controls):
        yield Question(decoy, Door.ACCOUNT, None)


def _next(answers: "queue.SimpleQueue[Observation]") -> Observation:
    while True:
        try:
            return answers.get(timeout=_TICK)
        except queue.Empty:
            continue
