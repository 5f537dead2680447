"""Puts the questions: the first alone, then several at once, and stops where going on would do harm."""

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Protocol

from verify.answer import (
    Absent,
    Again,
    Answered,
    Coded,
    Http,
    Learnt,
    Odd,
    Seen,
    Unlearnt,
    Wire,
    learn,
)
from verify.causes import Cause
from verify.pace import Limits, Pace
from verify.verdict import (
    Door,
    Expected,
    Judgement,
    Promise,
    Question,
    Role,
    Verdict,
    judge_control,
    judge_room,
    overall,
)

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

NOBODY = "roomscope-asks-for-nobody-7d1f0c52"
"""The local part of an address that nobody has."""

_TICK = 0.5
"""Seconds; a wait without end could not be interrupted everywhere."""


class Asker(Protocol):
    """Whoever can put a question to the server."""

    def ask(self, question: Question) -> Seen:
        """What the server showed."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one question brought."""

    question: Question
    seen: Seen | None
    """Nothing where it was never put."""

    learnt: Learnt
    attempts: int = 0


class Listener(Protocol):
    """Whoever wants to know how the run goes on."""

    def heard(self, observation: Observation) -> None:
        """One question is done."""

    def waits(self, seconds: float) -> None:
        """The server wants everybody to wait."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A promise, what was observed, and the verdict."""

    promise: Promise
    observations: tuple[Observation, ...]
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Result:
    """All outcomes of a run."""

    outcomes: tuple[Outcome, ...]
    decoys: tuple[Observation, ...]
    """What addresses that cannot exist were told."""

    judgement: Judgement
    stopped: Cause | None
    """Why the run ended early."""

    @property
    def requests(self) -> int:
        """How many requests were sent, sign-in apart."""
        found = chain(self.decoys, *(outcome.observations for outcome in self.outcomes))
        return sum(observation.attempts for observation in found)


class Run:
    """One run over all promises; keeps what was learnt when it is interrupted."""

    def __init__(self, asker: Asker, limits: Limits, listener: Listener) -> None:
        self._asker = asker
        self._limits = limits
        self._listener = listener
        self._pace = Pace(limits)
        self._failures = 0
        self._stop: Cause | None = None
        self._found: dict[Door, dict[str, Observation]] = {door: {} for door in Door}

    def verify(self, promises: Sequence[Promise], *, fresh: bool) -> Result:
        """The verdict on every promise.

        1. The first room alone: a wrong password must not be tried by several workers.
        2. The other rooms, and each control impersonated and as the account itself.
        3. Each control as a room that answered; there is none when every room must refuse.
           In 2 and 3 also an address that cannot exist, to know what an unknown one is told.
        4. Judge.
        """
        rooms = [promise for promise in promises if promise.role is Role.ROOM]
        controls = [promise for promise in promises if promise.role is Role.CONTROL]
        first, *others = (Question(p.mailbox, Door.IMPERSONATED, p.mailbox) for p in rooms)
        try:
            self._ask_all([first], workers=1)
            self._ask_all([*others, *_first_doors(controls)], self._limits.workers)
            self._ask_all(self._third_door(rooms, controls), self._limits.workers)
        except KeyboardInterrupt:
            self._end(Cause.INTERRUPTED)
        return self._judge(promises, fresh=fresh)

    def _third_door(self, rooms: Iterable[Promise], controls: Iterable[Promise]) -> list[Question]:
        answered = next(filter(self._answered_as_promised, rooms), None)
        if answered is None:
            return []
        mailboxes = [control.mailbox for control in controls]
        return [
            Question(mailbox, Door.ROOM, answered.mailbox)
            for mailbox in [*mailboxes, *decoys(mailboxes)]
        ]

    def _answered_as_promised(self, room: Promise) -> bool:
        found = self._found[Door.IMPERSONATED].get(room.mailbox)
        return room.expected is Expected.ANSWER and found is not None and found.learnt == Answered()

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
        self._found[observation.question.door][observation.question.mailbox] = observation
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
            return self._asker.ask(question) if self._pace.enter() else None
        except Exception as error:  # noqa: BLE001 - a crash in a worker must not look like an answer
            return Odd(type(error).__name__, ours=True)
        finally:
            self._pace.leave()

    def _worth_another(self, observation: Observation) -> bool:
        match observation:
            case Observation(seen=Coded() | Http() | Wire() as seen, learnt=Unlearnt(cause=cause, again=again), attempts=attempt):
                if again is Again.NO or attempt == self._limits.attempts:
                    return False
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
                if stops or self._failures >= (self._limits.failures if self._found[Door.IMPERSONATED] else 1):
                    self._end(cause)
            case _:
                self._failures = 0

    def _end(self, cause: Cause) -> None:
        self._stop = self._stop or cause
        self._pace.stop()

    def _judge(self, promises: Sequence[Promise], *, fresh: bool) -> Result:
        rooms = [self._judge_room(p, fresh=fresh) for p in promises if p.role is Role.ROOM]
        none = self._missing(rooms)
        expects = {outcome.promise.expected for outcome in rooms}
        doors = list(Door) if Expected.ANSWER in expects else [Door.IMPERSONATED, Door.ACCOUNT]
        controls = [self._judge_control(p, doors, none) for p in promises if p.role is Role.CONTROL]
        outcomes = (*rooms, *controls)
        judgement = overall((outcome.promise, outcome.judgement) for outcome in outcomes)
        if self._stop is not None and judgement.verdict is Verdict.UNASKED:
            judgement = Judgement(Verdict.UNASKED, self._stop)
        return Result(outcomes, tuple(self._decoys(promises)), judgement, self._stop)

    def _judge_room(self, promise: Promise, *, fresh: bool) -> Outcome:
        observation = self._observed(promise.mailbox, Door.IMPERSONATED, Unlearnt(self._unput()))
        judgement = judge_room(observation.learnt, promise.expected, fresh=fresh)
        return Outcome(promise, (observation,), judgement)

    def _judge_control(self, promise: Promise, doors: Sequence[Door], none: Unlearnt) -> Outcome:
        observations = tuple(
            self._observed(promise.mailbox, door, none if door is Door.ROOM else Unlearnt(self._unput()))
            for door in doors
        )
        learnt = [(observation.question.door, observation.learnt) for observation in observations]
        return Outcome(promise, observations, judge_control(learnt, telling=self._telling(promise)))

    def _telling(self, control: Promise) -> frozenset[Door]:
        """The doors by which an unknown address of the control's domain is told apart."""
        (decoy,) = decoys([control.mailbox])
        found = {door: self._found[door].get(decoy) for door in (Door.ACCOUNT, Door.ROOM)}
        return frozenset(door for door, seen in found.items() if seen and seen.learnt == Absent())

    def _decoys(self, promises: Iterable[Promise]) -> Iterator[Observation]:
        mailboxes = [promise.mailbox for promise in promises if promise.role is Role.CONTROL]
        for decoy, door in product(decoys(mailboxes), (Door.ACCOUNT, Door.ROOM)):
            if decoy in self._found[door]:
                yield self._found[door][decoy]

    def _missing(self, rooms: Iterable[Outcome]) -> Unlearnt:
        """Why there was no room to open the third door from."""
        if self._stop is not None:
            return Unlearnt(self._unput())
        pending = any(outcome.judgement.verdict is Verdict.PENDING for outcome in rooms)
        return Unlearnt(Cause.WAITS_FOR_ROOM if pending else Cause.NO_ROOM_ANSWERED)

    def _unput(self) -> Cause:
        return Cause.INTERRUPTED if self._stop is Cause.INTERRUPTED else Cause.STOPPED

    def _observed(self, mailbox: str, door: Door, otherwise: Unlearnt) -> Observation:
        found = self._found[door].get(mailbox)
        return found or Observation(Question(mailbox, door, None), None, otherwise)


def decoys(mailboxes: Iterable[str]) -> tuple[str, ...]:
    """An address that cannot exist in each domain of these mailboxes."""
    domains = dict.fromkeys(mailbox.rpartition("@")[2] for mailbox in mailboxes)
    return tuple(f"{NOBODY}@{domain}" for domain in domains)


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
