"""What a run brought so far, and the verdicts that follow from it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, product

from roomscope.verify.judge.answer import Seen
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.meaning import Absent, Answered, Learnt, Unlearnt
from roomscope.verify.judge.verdict import (
    Door,
    Expected,
    Judgement,
    Promise,
    Question,
    Role,
    Verdict,
    judge_control,
    judge_removed,
    judge_room,
    overall,
)

NOBODY = "roomscope-asks-for-nobody-7d1f0c52"
"""The local part of an address that nobody has."""


@dataclass(frozen=True, slots=True)
class Observation:
    """What one question brought."""

    question: Question
    seen: Seen | None
    """Nothing where it was never put."""

    learnt: Learnt
    attempts: int = 0


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


def _no_observations() -> dict[Door, dict[str, Observation]]:
    return {door: {} for door in Door}


@dataclass(slots=True)
class Ledger:
    """Every observation of a run, by door and mailbox."""

    stopped: Cause | None = None
    _found: dict[Door, dict[str, Observation]] = field(default_factory=_no_observations)

    @property
    def empty(self) -> bool:
        """Whether nothing was observed yet."""
        return not any(self._found.values())

    def keep(self, observation: Observation) -> None:
        """Takes an observation in."""
        self._found[observation.question.door][observation.question.mailbox] = observation

    def answered(self, room: Promise) -> bool:
        """Whether this room answered as it should."""
        found = self._found[Door.IMPERSONATED].get(room.mailbox)
        return room.expected is Expected.ANSWER and found is not None and found.learnt == Answered()

    def judge(self, promises: Sequence[Promise], *, fresh: bool) -> Result:
        """The verdict on every promise."""
        rooms = [self._judge_room(p, fresh=fresh) for p in promises if p.role is Role.ROOM]
        none = self._missing(rooms)
        expects = {outcome.promise.expected for outcome in rooms}
        doors = list(Door) if Expected.ANSWER in expects else [Door.IMPERSONATED, Door.ACCOUNT]
        controls = [self._judge_control(p, doors, none) for p in promises if p.role is Role.CONTROL]
        outcomes = (*rooms, *controls)
        judgement = overall((outcome.promise, outcome.judgement) for outcome in outcomes)
        if self.stopped is not None and judgement.verdict is Verdict.UNASKED:
            judgement = Judgement(Verdict.UNASKED, self.stopped)
        return Result(outcomes, tuple(self._decoys(promises)), judgement, self.stopped)

    def _judge_room(self, promise: Promise, *, fresh: bool) -> Outcome:
        unput = Unlearnt(self._unput())
        acting = self._observed(promise.mailbox, Door.IMPERSONATED, unput)
        if promise.expected is Expected.ANSWER:
            return Outcome(promise, (acting,), judge_room(acting.learnt, fresh=fresh))
        account = self._observed(promise.mailbox, Door.ACCOUNT, unput)
        return Outcome(promise, (acting, account), judge_removed(acting.learnt, account.learnt))

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
        if self.stopped is not None:
            return Unlearnt(self._unput())
        pending = any(outcome.judgement.verdict is Verdict.PENDING for outcome in rooms)
        return Unlearnt(Cause.WAITS_FOR_ROOM if pending else Cause.NO_ROOM_ANSWERED)

    def _unput(self) -> Cause:
        return Cause.INTERRUPTED if self.stopped is Cause.INTERRUPTED else Cause.STOPPED

    def _observed(self, mailbox: str, door: Door, otherwise: Unlearnt) -> Observation:
        found = self._found[door].get(mailbox)
        return found or Observation(Question(mailbox, door, None), None, otherwise)


def decoys(mailboxes: Iterable[str]) -> tuple[str, ...]:
    """An address that cannot exist in each domain of these mailboxes."""
    domains = dict.fromkeys(mailbox.rpartition("@")[2] for mailbox in mailboxes)
    return tuple(f"{NOBODY}@{domain}" for domain in domains)
