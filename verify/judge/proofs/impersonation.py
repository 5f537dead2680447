"""The proof for Exchange Server: an account that may act as the rooms, and as nobody else."""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Answered
from roomscope.verify.judge.ledger import Asked, Judged, Ledger, Result
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.calibration import Calibration, questions, refused
from roomscope.verify.judge.proofs.decoys import decoys
from roomscope.verify.judge.proofs.difference import differs, speaks
from roomscope.verify.judge.proofs.doors import is_shut, judge_control, judge_removed, judge_room
from roomscope.verify.judge.proofs.identity import Identity, folder
from roomscope.verify.judge.proofs.proof import Round, unput_for
from roomscope.verify.judge.question import OF_AN_ACCOUNT, Door, Question
from roomscope.verify.judge.verdict import Judgement, Verdict, overall


@dataclass(frozen=True, slots=True)
class Depth:
    """How much is asked beyond one door of each room."""

    account: str = ""
    """The address of the account, whose own calendar no room may have; empty where it is not known."""

    every_room: bool = False
    """Whether the third door is tried from every room, and not from one of each list."""

    identity: bool = False
    """Whether every room says which folder its calendar is, and not two of them."""


class Impersonation:
    """Rooms must answer, controls must be refused by three doors; after the way back nobody is reached."""

    def __init__(self, promises: Sequence[Promise], *, fresh: bool, recorded: Container[str] = (), depth: Depth = Depth()) -> None:
        self._rooms = [promise for promise in promises if promise.role is Role.ROOM]
        self._controls = [promise for promise in promises if promise.role is Role.CONTROL]
        self._decoys = decoys(control.mailbox for control in self._controls)
        self._removed = frozenset(room.mailbox for room in self._rooms if room.expected is Expected.REFUSAL)
        self._fresh = fresh
        self._recorded = recorded
        self._depth = depth
        self._ledger = Ledger()

    def rounds(self) -> Iterator[Round]:
        """Four rounds.

        1. The first room alone: a wrong password must not be tried by several workers.
        2. The other rooms, and each control impersonated and as the account itself; when every room
           must refuse, each room as the account itself too.
        3. Each control as a room that answered, one of each list; there is none when every room must refuse.
           In 2 and 3 also an address that cannot exist, by each door, to know what an unknown one is told.
           Which folders opened, of two rooms and of the account itself.
        4. Again, what calibrates: a room and the addresses that cannot exist; and some of the refused rooms.
        """
        first, *others = (Question(room.mailbox, Door.IMPERSONATED, room.mailbox) for room in self._rooms)
        yield Round((first,), alone=True)
        yield Round((*others, *self._own_door(), *self._first_doors()))
        yield Round((*self._third_door(), *self._identities()))
        broken = () if self._fresh or self._removed else tuple(refused(map(self._acting, self._rooms)))
        yield Round(questions(self._calibrating(), broken))

    def keep(self, asked: Asked) -> None:
        """Takes in what a question brought."""
        self._ledger.keep(asked)

    def lasts(self, asked: Asked) -> bool:
        """An open door; what calibrates, and all after the way back, is asked in every run."""
        question = asked.question
        if question.again or question.mailbox == self._rooms[0].mailbox or question.mailbox in self._decoys:
            return False
        return isinstance(asked.learnt, Answered) and question.mailbox not in self._removed

    def judge(self, stopped: Cause | None) -> Result:
        """The verdict on every promise."""
        unput = unput_for(stopped)
        rooms = [self._judge_room(room, unput) for room in self._rooms]
        no_room = unput if stopped is not None else _no_room(rooms)
        controls = [self._judge_control(control, unput, no_room) for control in self._controls]
        calibration, identity = Calibration(tuple(self._calibrating()), self._ledger.again), self._identity()
        judged = tuple(identity.weigh(calibration.weigh(each)) for each in (*rooms, *controls))
        if any(asked.learnt == Answered() for asked in self._told_to_decoys()):
            stopped, judged = Cause.EVERYTHING_OPENS, tuple(map(_unjudged, judged))
        judgement = overall((each.promise, each.judgement) for each in judged)
        if stopped is not None and judgement.verdict is Verdict.UNASKED:
            judgement = Judgement(Verdict.UNASKED, stopped)
        told, beside = tuple(self._told_to_decoys()), tuple(self._beside(judged))
        return Result(judged, told, judgement, stopped, beside, len(self._stepping_stones()), len(identity.rooms))

    def _own_door(self) -> Iterator[Question]:
        for room in self._rooms:
            if room.expected is Expected.REFUSAL:
                yield Question(room.mailbox, Door.ACCOUNT, None)

    def _first_doors(self) -> Iterator[Question]:
        for control in self._controls:
            yield Question(control.mailbox, Door.IMPERSONATED, control.mailbox)
            yield Question(control.mailbox, Door.ACCOUNT, None)
        for decoy in self._decoys:
            yield Question(decoy, Door.IMPERSONATED, decoy)
            yield Question(decoy, Door.ACCOUNT, None)

    def _third_door(self) -> Iterator[Question]:
        stones = self._stepping_stones()
        for room, control in product(stones, self._controls):
            yield Question(control.mailbox, Door.ROOM, room.mailbox)
        for room, decoy in product(stones[:1], self._decoys):
            yield Question(decoy, Door.ROOM, room.mailbox)

    def _stepping_stones(self) -> list[Promise]:
        """The rooms from which the controls are tried."""
        answered = [room for room in self._rooms if self._has_answered(room)]
        if not self._controls or self._depth.every_room:
            return answered if self._controls else []
        return [*{room.room_list: room for room in reversed(answered)}.values()][::-1]

    def _identities(self) -> Iterator[Question]:
        answered = [room.mailbox for room in self._rooms if self._has_answered(room)]
        for mailbox in answered if self._depth.identity else dict.fromkeys((*answered[:1], *answered[-1:])):
            yield Question(mailbox, Door.IMPERSONATED, mailbox, identity=True)
        if answered and self._depth.account:
            yield Question(self._depth.account, Door.ACCOUNT, None, identity=True)

    def _identity(self) -> Identity:
        found = {mailbox: folder(asked) for mailbox, asked in self._ledger.identities.items() if folder(asked)}
        own = found.pop(self._depth.account, "")
        return Identity.of(found, own, every=self._depth.identity)

    def _calibrating(self) -> Iterator[Asked]:
        """The first room that answered, or else the first, and the addresses that cannot exist."""
        room = next(filter(self._has_answered, self._rooms), self._rooms[0])
        yield from filter(None, (self._acting(room), *self._told_to_decoys()))

    def _beside(self, judged: Iterable[Judged]) -> Iterator[Asked]:
        shown = {asked.question for each in judged for asked in each.asked} | {asked.question for asked in self._told_to_decoys()}
        third = chain.from_iterable(by_room.values() for by_room in self._ledger.third.values())
        yield from (asked for asked in third if asked.question not in shown)
        yield from chain(self._ledger.identities.values(), self._ledger.again.values())

    def _acting(self, room: Promise) -> Asked | None:
        return self._ledger.find(room.mailbox, Door.IMPERSONATED)

    def _has_answered(self, room: Promise) -> bool:
        asked = self._acting(room)
        return room.expected is Expected.ANSWER and asked is not None and asked.learnt == Answered()

    def _judge_room(self, room: Promise, unput: Cause) -> Judged:
        acting = self._ledger.get(room.mailbox, Door.IMPERSONATED, unput)
        if room.expected is Expected.ANSWER:
            return Judged(room, (acting,), judge_room(acting.learnt, fresh=self._fresh))
        account = self._ledger.get(room.mailbox, Door.ACCOUNT, unput)
        return Judged(room, (acting, account), judge_removed(acting.learnt, account.learnt))

    def _judge_control(self, control: Promise, unput: Cause, no_room: Cause) -> Judged:
        granted = any(room.expected is Expected.ANSWER for room in self._rooms)
        asked = tuple(self._ledger.get(control.mailbox, door, unput) for door in (Door.IMPERSONATED, Door.ACCOUNT))
        asked += self._third(control, no_room) if granted else ()
        learnt = [(each.question.door, each.learnt) for each in asked]
        telling = frozenset(each.question.door for each in asked if self._differs(each))
        recorded = control.mailbox in self._recorded and all(map(self._speaks, asked))
        return Judged(control, asked, judge_control(learnt, telling=telling, recorded=recorded))

    def _third(self, control: Promise, no_room: Cause) -> tuple[Asked, ...]:
        """The third door, from the rooms that say most: all that it opened to, else one that did not refuse, else any."""
        tried = [*self._ledger.third.get(control.mailbox, {}).values()]
        opened = tuple(asked for asked in tried if asked.learnt == Answered())
        unproven = [asked for asked in tried if not is_shut(Door.ROOM, asked.learnt)]
        return opened or tuple([*unproven, *tried][:1]) or (self._ledger.get(control.mailbox, Door.ROOM, no_room),)

    def _told(self, asked: Asked) -> Asked | None:
        """What an unknown address of the same domain was told by the same door."""
        (decoy,) = decoys([asked.question.mailbox])
        return self._ledger.find(decoy, asked.question.door)

    def _differs(self, asked: Asked) -> bool:
        told = self._told(asked)
        return told is not None and differs(told, asked)

    def _speaks(self, asked: Asked) -> bool:
        told = self._told(asked)
        return told is not None and speaks(told.learnt)

    def _told_to_decoys(self) -> Iterator[Asked]:
        for decoy, door in product(self._decoys, OF_AN_ACCOUNT):
            if asked := self._ledger.find(decoy, door):
                yield asked


def _unjudged(judged: Judged) -> Judged:
    """Where an address that cannot exist is opened, no answer says anything."""
    return replace(judged, judgement=Judgement(Verdict.UNASKED, Cause.EVERYTHING_OPENS))


def _no_room(rooms: Iterable[Judged]) -> Cause:
    """Why there was no room to open the third door from."""
    pending = any(room.judgement.verdict is Verdict.PENDING for room in rooms)
    return Cause.WAITS_FOR_ROOM if pending else Cause.NO_ROOM_ANSWERED
