"""The proof for Exchange Online: an application that opens the rooms, and nobody else."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import assert_never

from roomscope.verify.judge.answer import Answer, Coded, Http
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Answered, Homeless, Learnt, Refused, Unlearnt
from roomscope.verify.judge.ledger import Asked, Judged, Ledger, Result
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.calibration import Calibration, questions, refused
from roomscope.verify.judge.proofs.decoys import decoys
from roomscope.verify.judge.proofs.difference import differs, speaks
from roomscope.verify.judge.proofs.proof import Round, unput_for
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import KEPT, Judgement, Verdict, overall

_DOOR = Door.APPLICATION


class Application:
    """Rooms must open and controls be refused, as the application; after the way back nobody is reached."""

    def __init__(self, promises: Sequence[Promise], *, fresh: bool, acting: bool) -> None:
        self._rooms = [promise for promise in promises if promise.role is Role.ROOM]
        self._controls = [promise for promise in promises if promise.role is Role.CONTROL]
        self._decoys = decoys(promise.mailbox for promise in (*self._controls, *self._rooms))
        self._removed = frozenset(room.mailbox for room in self._rooms if room.expected is Expected.REFUSAL)
        self._fresh = fresh
        self._acting = acting
        self._ledger = Ledger()

    def rounds(self) -> Iterator[Round]:
        """Three rounds.

        1. The first room and an address that cannot exist, by one worker: what is wrong for every
           address shows here, and a sign-in that is refused is tried once.
        2. Everybody else, unless nobody looks at the mailbox.
        3. Again, what calibrates: a room and the addresses that cannot exist; and some of the refused rooms.
        """
        first, *others = self._rooms
        yield Round((self._question(first.mailbox), self._question(self._decoys[0])), alone=True)
        if self._common() is None:
            mailboxes = [*(each.mailbox for each in (*others, *self._controls)), *self._decoys[1:]]
            yield Round(tuple(map(self._question, mailboxes)))
            shut = refused(self._ledger.find(room.mailbox, _DOOR) for room in self._rooms if room.expected is Expected.ANSWER)
            yield Round(questions(self._calibrating(), () if self._fresh else tuple(shut)))

    def keep(self, asked: Asked) -> None:
        """Takes in what a question brought."""
        self._ledger.keep(replace(asked, learnt=_refine(asked.learnt, asked.answer)))

    def lasts(self, asked: Asked) -> bool:
        """An open calendar; what calibrates, and all after the way back, is asked in every run."""
        mailbox = asked.question.mailbox
        if asked.question.again or mailbox == self._rooms[0].mailbox or mailbox in self._decoys:
            return False
        return isinstance(asked.learnt, Answered) and mailbox not in self._removed

    def judge(self, stopped: Cause | None) -> Result:
        """The verdict on every promise."""
        stopped = self._common() or stopped
        unput = unput_for(stopped)
        calibration = Calibration(tuple(self._calibrating()), self._ledger.again)
        judged = tuple(calibration.weigh(self._judge(promise, unput)) for promise in (*self._rooms, *self._controls))
        judgement = overall((each.promise, each.judgement) for each in judged)
        if stopped is not None and judgement.verdict is Verdict.UNASKED:
            judgement = Judgement(Verdict.UNASKED, stopped)
        told = tuple(filter(None, (self._ledger.find(decoy, _DOOR) for decoy in self._decoys)))
        return Result(judged, told, judgement, stopped, tuple(self._ledger.again.values()))

    def _calibrating(self) -> Iterator[Asked]:
        """The first room that answered, or else the first, and the addresses that cannot exist."""
        asked = [found for found in (self._ledger.find(room.mailbox, _DOOR) for room in self._rooms) if found is not None]
        yield from ([each for each in asked if isinstance(each.learnt, Answered)] or asked)[:1]
        yield from filter(None, (self._ledger.find(decoy, _DOOR) for decoy in self._decoys))

    def _question(self, mailbox: str) -> Question:
        return Question(mailbox, _DOOR, mailbox if self._acting else None)

    def _common(self) -> Cause | None:
        """What stands before every mailbox alike: nothing that was said then is about one of them."""
        told = self._ledger.find(self._decoys[0], _DOOR)
        first = self._ledger.find(self._rooms[0].mailbox, _DOOR)
        if told is None or first is None:
            return None
        if isinstance(told.learnt, Answered):
            return Cause.EVERYTHING_OPENS
        gates = {Cause.EWS_OFF, Cause.EWS_BLOCKED, Cause.POLICY, Cause.USER_AGENT}
        match first.answer, first.learnt:
            case _, Unlearnt(cause=cause) if cause in gates and first.learnt == told.learnt:
                return cause
            case Http(status=status), Unlearnt(stops=False) if isinstance(told.answer, Http) and status == told.answer.status:
                return None if status in _PASSING else Cause.EWS_GONE
        return None

    def _judge(self, promise: Promise, unput: Cause) -> Judged:
        asked = self._ledger.get(promise.mailbox, _DOOR, unput)
        judgement = self._judge_learnt(promise, asked)
        if self._common() is Cause.EVERYTHING_OPENS:
            judgement = Judgement(Verdict.UNASKED, Cause.EVERYTHING_OPENS)
        elif asked.answer is not None and (common := self._common()):
            judgement = Judgement(Verdict.UNASKED, common)
        return Judged(promise, (asked,), judgement)

    def _judge_learnt(self, promise: Promise, asked: Asked) -> Judgement:
        is_room, must_open = promise.role is Role.ROOM, promise.expected is Expected.ANSWER
        match asked.learnt:
            case Answered():
                open_cause = Cause.ROOM_STILL_OPEN_TO_APPLICATION if is_room else Cause.CONTROL_OPEN_TO_APPLICATION
                return KEPT if must_open else Judgement(Verdict.BROKEN, open_cause)
            case Refused(denied=True):
                return self._judge_shut() if must_open else self._judge_refusal(asked)
        return _judge_unproven(asked.learnt, is_room=is_room)

    def _judge_shut(self) -> Judgement:
        if self._fresh:
            return Judgement(Verdict.PENDING, Cause.FRESH_CHANGE_ONLINE)
        return Judgement(Verdict.BROKEN, Cause.OUTSIDE_APPLICATION)

    def _judge_refusal(self, asked: Asked) -> Judgement:
        """Kept if an address of the same domain that cannot exist was told something else."""
        (decoy,) = decoys([asked.question.mailbox])
        told = self._ledger.get(decoy, _DOOR, Cause.CONTROL_UNCERTAIN)
        match told.learnt:
            case learnt if speaks(learnt):
                return KEPT if differs(told, asked) else Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)
            case Unlearnt(cause=cause):
                return Judgement(Verdict.UNASKED, cause)
        return Judgement(Verdict.UNASKED, Cause.EVERYTHING_OPENS)


_PASSING = frozenset({429, 500, 502, 503, 504})
"""What comes to everybody for a while."""


def weigh(result: Result, token: Judgement) -> Result:
    """The same result, with what the token itself grants: the worse of both decides."""
    order = list(Verdict)
    worse = order.index(token.verdict) < order.index(result.judgement.verdict)
    return replace(result, judgement=token) if worse else result


def for_scope_only(result: Result) -> Result:
    """The same result of a twin registration: what was kept is the scope, not the application."""
    kept = result.judgement.verdict is Verdict.KEPT
    return replace(result, judgement=Judgement(Verdict.KEPT, Cause.SCOPE_ONLY)) if kept else result


def _refine(learnt: Learnt, answer: Answer | None) -> Learnt:
    """The same in the words of Exchange Online: a closed gate has kinds, and acting as a mailbox is its only door."""
    match learnt, answer:
        case Unlearnt(cause=Cause.POLICY), Http(policy=text) | Coded(text=text):
            return Unlearnt(_gate(text.lower()))
        case Unlearnt(cause=Cause.FORBIDDEN), _:
            return Unlearnt(Cause.EWS_BARE)
        case Refused(), Coded(code="ErrorAccessDenied" | "ErrorImpersonateUserDenied" | "ErrorImpersonationDenied"):
            return Refused(Cause.OUTSIDE_APPLICATION)
    return learnt


def _gate(text: str) -> Cause:
    if "[raop]" in text:
        return Cause.ACCESS_POLICY
    if "disabled" in text:
        return Cause.EWS_OFF
    return Cause.EWS_BLOCKED if "blocked" in text else Cause.POLICY


def _judge_unproven(learnt: Learnt, *, is_room: bool) -> Judgement:
    match learnt:
        case Absent():
            return Judgement(Verdict.UNASKED, Cause.ROOM_ABSENT if is_room else Cause.CONTROL_ABSENT)
        case Homeless():
            return Judgement(Verdict.UNASKED, Cause.NO_MAILBOX)
        case Refused(cause=cause) | Unlearnt(cause=cause):
            return Judgement(Verdict.UNASKED, cause)
        case Answered():
            raise AssertionError("An answer is judged before.")
        case _:
            assert_never(learnt)
