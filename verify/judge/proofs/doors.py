"""From what was learnt by each door to the verdict on one mailbox."""

from collections.abc import Container, Iterable
from typing import assert_never

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Answered, Homeless, Learnt, Refused, Unlearnt
from roomscope.verify.judge.question import Door
from roomscope.verify.judge.verdict import KEPT, ON_RECORD, Judgement, Verdict

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
        if not is_shut(door, found):
            return _judge_open(found, Cause.ROOM_ABSENT, Cause.ROOM_SHUT)
    return KEPT


def judge_control(doors: Iterable[tuple[Door, Learnt]], *, telling: Container[Door], recorded: bool) -> Judgement:
    """The verdict on a control.

    1. One open door is enough to break the promise.
    2. A mailbox that does not exist proves nothing.
    3. Every door must have been refused; impersonated, the acting itself.
    4. By one door at least (it is in `telling`) an address that cannot exist was told something else; where every door
       told both the same, it counts whether the administrator's record found this mailbox.
    """
    learnt = list(doors)
    for door, cause in _OPENED.items():
        if any(each is door and isinstance(found, Answered) for each, found in learnt):
            return Judgement(Verdict.BROKEN, cause)
    if any(isinstance(found, Absent) for _, found in learnt):
        return Judgement(Verdict.UNASKED, Cause.CONTROL_ABSENT)
    for door, found in learnt:
        if not is_shut(door, found):
            return _judge_open(found, Cause.CONTROL_ABSENT, Cause.ROOM_STOPPED if door is Door.ROOM else Cause.CONTROL_UNDENIED)
    if any(door in telling for door, _ in learnt):
        return KEPT
    return ON_RECORD if recorded else Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)


def is_shut(door: Door, learnt: Learnt) -> bool:
    """Whether the mailbox was refused by this door; as a room, a denied acting is about the room."""
    match learnt:
        case Refused(denied=denied):
            return door is Door.ACCOUNT or denied is (door is Door.IMPERSONATED)
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
