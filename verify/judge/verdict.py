"""From what was learnt to a verdict; nothing here asks, reads or waits."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.meaning import Absent, Answered, Homeless, Learnt, Refused, Unlearnt


class Expected(StrEnum):
    """What the bundle says a mailbox will do."""

    ANSWER = "answer"
    REFUSAL = "refusal"


class Role(StrEnum):
    """Which side of the proof a mailbox is on."""

    ROOM = "room"
    CONTROL = "control"


class Door(StrEnum):
    """The ways an account can try to reach a mailbox."""

    IMPERSONATED = "impersonated"
    ACCOUNT = "as the account itself"
    ROOM = "as a room"


class Verdict(StrEnum):
    """The kinds of result, the worst first."""

    BROKEN = "broken"
    UNASKED = "unasked"
    PENDING = "pending"
    KEPT = "kept"


EXIT_CODES = {Verdict.KEPT: 0, Verdict.BROKEN: 1, Verdict.PENDING: 3, Verdict.UNASKED: 4}


@dataclass(frozen=True, slots=True)
class Promise:
    """What the bundle says a mailbox will answer."""

    mailbox: str
    """The primary SMTP address, in lower case."""

    role: Role
    expected: Expected
    room_list: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One mailbox, tried by one door."""

    mailbox: str
    door: Door
    acting: str | None
    """Whom the account acts as; nobody where it asks as itself."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and why."""

    verdict: Verdict
    cause: Cause


KEPT = Judgement(Verdict.KEPT, Cause.AS_PROMISED)

_OPENED = {
    Door.IMPERSONATED: Cause.CONTROL_IMPERSONATED,
    Door.ACCOUNT: Cause.CONTROL_OPEN_TO_ACCOUNT,
    Door.ROOM: Cause.CONTROL_OPEN_TO_ROOM,
}


def judge_room(learnt: Learnt, *, fresh: bool) -> Judgement:
    """The verdict on a room that must answer, asked impersonated."""
    match learnt:
        case Answered():
            return KEPT
        case Refused(cause=cause):
            return Judgement(Verdict.PENDING, Cause.FRESH_CHANGE) if fresh else Judgement(Verdict.BROKEN, cause)
    return _judge_unproven(learnt, Cause.ROOM_ABSENT)


def judge_removed(impersonated: Learnt, account: Learnt) -> Judgement:
    """The verdict on a room that must be reached no more.

    1. One open door is enough to break the promise.
    2. The acting itself must have been denied; a folder that stayed shut shows nothing of it.
    3. The account itself must have been refused.
    """
    if isinstance(impersonated, Answered):
        return Judgement(Verdict.BROKEN, Cause.ROOM_STILL_OPEN)
    if isinstance(account, Answered):
        return Judgement(Verdict.BROKEN, Cause.ROOM_OPEN_TO_ACCOUNT)
    for door, found in ((Door.IMPERSONATED, impersonated), (Door.ACCOUNT, account)):
        if not _shut(door, found):
            return _judge_open(found, Cause.ROOM_ABSENT, Cause.ROOM_SHUT)
    return KEPT


def judge_control(doors: Iterable[tuple[Door, Learnt]], *, telling: Container[Door]) -> Judgement:
    """The verdict on a control.

    1. One open door is enough to break the promise.
    2. A mailbox that does not exist proves nothing.
    3. Every door must have been refused; impersonated, the acting itself.
    4. One refusal at least must be of the kind that an unknown address does not get: its code says so,
       and by that door (it is in `telling`) an address that cannot exist got another answer.
    """
    learnt = dict(doors)
    for door, cause in _OPENED.items():
        if isinstance(learnt.get(door), Answered):
            return Judgement(Verdict.BROKEN, cause)
    if any(isinstance(found, Absent) for found in learnt.values()):
        return Judgement(Verdict.UNASKED, Cause.CONTROL_ABSENT)
    for door, found in learnt.items():
        if not _shut(door, found):
            return _judge_open(found, Cause.CONTROL_ABSENT, Cause.CONTROL_UNDENIED)
    shown = (door for door, found in learnt.items() if isinstance(found, Refused) and found.exists)
    if not any(door is not Door.IMPERSONATED and door in telling for door in shown):
        return Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)
    return KEPT


def _shut(door: Door, learnt: Learnt) -> bool:
    match learnt:
        case Refused(denied=denied):
            return denied or door is not Door.IMPERSONATED
        case Homeless():
            return door is Door.ACCOUNT
    return False


def _judge_open(learnt: Learnt, absent: Cause, undenied: Cause) -> Judgement:
    if isinstance(learnt, Refused):
        return Judgement(Verdict.UNASKED, undenied)
    return _judge_unproven(learnt, absent)


def _judge_unproven(learnt: Learnt, absent: Cause) -> Judgement:
    match learnt:
        case Absent():
            return Judgement(Verdict.UNASKED, absent)
        case Homeless():
            return Judgement(Verdict.UNASKED, Cause.NO_MAILBOX)
        case Unlearnt(cause=Cause.WAITS_FOR_ROOM):
            return Judgement(Verdict.PENDING, Cause.WAITS_FOR_ROOM)
        case Unlearnt(cause=cause):
            return Judgement(Verdict.UNASKED, cause)
        case Answered() | Refused():
            raise AssertionError("An answer and a refusal are judged before.")
        case _:
            assert_never(learnt)


def overall(judged: Iterable[tuple[Promise, Judgement]]) -> Judgement:
    """The worst of all promises decides; without both sides of the proof the best is unasked."""
    pairs = list(judged)
    if not any(promise.role is Role.CONTROL for promise, _ in pairs):
        pairs.append((_NOBODY, Judgement(Verdict.UNASKED, Cause.NO_CONTROLS)))
    order = list(Verdict)
    worst = min((judgement for _, judgement in pairs), key=lambda found: order.index(found.verdict))
    sides = {promise.role for promise, judgement in pairs if judgement.verdict is Verdict.KEPT}
    if worst.verdict is Verdict.KEPT and sides != set(Role):
        return Judgement(Verdict.UNASKED, Cause.NOTHING_PROVEN)
    return worst


_NOBODY = Promise("", Role.CONTROL, Expected.REFUSAL)
