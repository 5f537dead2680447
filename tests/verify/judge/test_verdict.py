"""From what was learnt to a verdict."""

import itertools

import pytest

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Answered, Homeless, Learnt, Refused, Unlearnt
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.doors import judge_control, judge_removed, judge_room
from roomscope.verify.judge.question import OF_AN_ACCOUNT, Door
from roomscope.verify.judge.verdict import KEPT, ON_RECORD, Judgement, Verdict, overall

HIDDEN = Refused(Cause.ROOM_OUTSIDE)
NO_RIGHT = Refused(Cause.NO_IMPERSONATION)
SHUT = Refused(Cause.ROOM_SHUT)
TIMED_OUT = Unlearnt(Cause.TIMED_OUT)
ANYTHING: tuple[Learnt, ...] = (Answered(), HIDDEN, SHUT, Absent(), Homeless(), TIMED_OUT)


def control(
    impersonated: Learnt, account: Learnt, room: Learnt, *, telling: tuple[Door, ...] = (Door.ROOM,), recorded: bool = False
) -> Judgement:
    doors = zip(OF_AN_ACCOUNT, (impersonated, account, room), strict=True)
    return judge_control(doors, telling=telling, recorded=recorded)


@pytest.mark.parametrize(
    ("learnt", "fresh", "judgement"),
    [
        (Answered(), False, KEPT),
        (HIDDEN, False, Judgement(Verdict.BROKEN, Cause.ROOM_OUTSIDE)),
        (SHUT, False, Judgement(Verdict.BROKEN, Cause.ROOM_SHUT)),
        (HIDDEN, True, Judgement(Verdict.PENDING, Cause.FRESH_CHANGE)),
        (Absent(), True, Judgement(Verdict.UNASKED, Cause.ROOM_ABSENT)),
        (TIMED_OUT, True, Judgement(Verdict.UNASKED, Cause.TIMED_OUT)),
        (Homeless(), False, Judgement(Verdict.UNASKED, Cause.NO_MAILBOX)),
    ],
)
def test_a_room_is_judged_by_what_was_learnt_only(learnt: Learnt, fresh: object, judgement: Judgement) -> None:
    assert judge_room(learnt, fresh=bool(fresh)) == judgement


@pytest.mark.parametrize(
    ("impersonated", "account", "judgement"),
    [
        (HIDDEN, SHUT, KEPT),
        (HIDDEN, Homeless(), KEPT),
        (NO_RIGHT, SHUT, KEPT),
        (Answered(), SHUT, Judgement(Verdict.BROKEN, Cause.ROOM_STILL_OPEN)),
        (HIDDEN, Answered(), Judgement(Verdict.BROKEN, Cause.ROOM_OPEN_TO_ACCOUNT)),
        (TIMED_OUT, Answered(), Judgement(Verdict.BROKEN, Cause.ROOM_OPEN_TO_ACCOUNT)),
        (SHUT, SHUT, Judgement(Verdict.UNASKED, Cause.ROOM_SHUT)),
        (Absent(), SHUT, Judgement(Verdict.UNASKED, Cause.ROOM_ABSENT)),
        (HIDDEN, Absent(), Judgement(Verdict.UNASKED, Cause.ROOM_ABSENT)),
        (Homeless(), SHUT, Judgement(Verdict.UNASKED, Cause.NO_MAILBOX)),
        (TIMED_OUT, SHUT, Judgement(Verdict.UNASKED, Cause.TIMED_OUT)),
        (HIDDEN, TIMED_OUT, Judgement(Verdict.UNASKED, Cause.TIMED_OUT)),
    ],
)
def test_a_room_is_out_of_reach_only_if_the_acting_was_denied_and_the_account_refused(
    impersonated: Learnt, account: Learnt, judgement: Judgement
) -> None:
    assert judge_removed(impersonated, account) == judgement


def test_a_control_whose_folder_was_shut_when_impersonated_may_have_been_acted_as() -> None:
    assert control(SHUT, SHUT, SHUT) == Judgement(Verdict.UNASKED, Cause.CONTROL_UNDENIED)


def test_a_control_refused_at_every_door_is_kept() -> None:
    assert control(HIDDEN, SHUT, SHUT) == KEPT


@pytest.mark.parametrize(
    ("door", "cause"),
    [
        (Door.IMPERSONATED, Cause.CONTROL_IMPERSONATED),
        (Door.ACCOUNT, Cause.CONTROL_OPEN_TO_ACCOUNT),
        (Door.ROOM, Cause.CONTROL_OPEN_TO_ROOM),
    ],
)
def test_one_open_door_breaks_the_promise_whatever_the_others_show(door: Door, cause: Cause) -> None:
    for others in itertools.product(ANYTHING[1:], repeat=2):
        rest = iter(others)
        doors = [(each, Answered() if each is door else next(rest)) for each in OF_AN_ACCOUNT]
        assert judge_control(doors, telling=list(Door), recorded=True) == Judgement(Verdict.BROKEN, cause)


def test_a_control_is_kept_only_if_every_door_was_shut_and_the_mailbox_is_known_to_exist() -> None:
    for doors in itertools.product(ANYTHING, repeat=3):
        shut = doors[0] == HIDDEN and isinstance(doors[2], Refused) and not doors[2].denied
        own = isinstance(doors[1], Refused | Homeless)
        assert (control(*doors) == KEPT) == (shut and own)
        assert control(*doors, telling=()).verdict is not Verdict.KEPT
        assert (control(*doors, telling=(), recorded=True) == ON_RECORD) == (shut and own)


@pytest.mark.parametrize("place", range(3))
def test_a_control_that_does_not_exist_at_some_door_proves_nothing(place: int) -> None:
    doors: list[Learnt] = [HIDDEN, SHUT, SHUT]
    doors[place] = Absent()
    assert control(*doors) == Judgement(Verdict.UNASKED, Cause.CONTROL_ABSENT)


def test_absence_is_told_before_a_trouble_at_another_door() -> None:
    assert control(TIMED_OUT, Absent(), SHUT) == Judgement(Verdict.UNASKED, Cause.CONTROL_ABSENT)


def test_refusals_that_an_unknown_address_gets_too_prove_nothing() -> None:
    assert control(HIDDEN, SHUT, SHUT, telling=()) == Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)


@pytest.mark.parametrize("door", OF_AN_ACCOUNT)
def test_one_door_that_tells_an_unknown_address_something_else_is_enough(door: Door) -> None:
    assert control(HIDDEN, SHUT, SHUT, telling=(door,)) == KEPT


def test_what_is_kept_on_the_word_of_a_record_is_said_to_be() -> None:
    room, word = room_with(Verdict.KEPT), (control_with(Verdict.KEPT)[0], ON_RECORD)
    assert overall([room, control_with(Verdict.KEPT)]) == KEPT
    assert overall([room, control_with(Verdict.KEPT), word]) == ON_RECORD
    assert overall([room_with(Verdict.PENDING), word]).verdict is Verdict.PENDING


def test_an_account_without_a_mailbox_of_its_own_is_no_failure() -> None:
    assert control(HIDDEN, Homeless(), SHUT) == KEPT


def test_the_third_door_waits_while_the_rooms_are_pending() -> None:
    waiting = control(HIDDEN, SHUT, Unlearnt(Cause.WAITS_FOR_ROOM))
    assert waiting == Judgement(Verdict.PENDING, Cause.WAITS_FOR_ROOM)


def room_with(verdict: Verdict) -> tuple[Promise, Judgement]:
    return Promise("r@x", Role.ROOM, Expected.ANSWER), Judgement(verdict, Cause.AS_PROMISED)


def control_with(verdict: Verdict) -> tuple[Promise, Judgement]:
    return Promise("c@x", Role.CONTROL, Expected.REFUSAL), Judgement(verdict, Cause.AS_PROMISED)


def test_nothing_at_all_is_no_success() -> None:
    assert overall([]) == Judgement(Verdict.UNASKED, Cause.NO_CONTROLS)


def test_rooms_without_controls_leave_the_scope_unproven() -> None:
    assert overall([room_with(Verdict.KEPT)]) == Judgement(Verdict.UNASKED, Cause.NO_CONTROLS)


def test_controls_without_rooms_leave_the_scope_unproven() -> None:
    assert overall([control_with(Verdict.KEPT)]) == Judgement(Verdict.UNASKED, Cause.NOTHING_PROVEN)


@pytest.mark.parametrize("pair", list(itertools.product(Verdict, repeat=2)))
def test_the_worst_promise_decides_in_the_order_broken_unasked_pending_kept(pair: tuple[Verdict, Verdict]) -> None:
    order = [Verdict.BROKEN, Verdict.UNASKED, Verdict.PENDING, Verdict.KEPT]
    found = overall([room_with(pair[0]), control_with(pair[1])])
    assert found.verdict is min(pair, key=order.index)


def test_a_broken_room_is_told_even_without_controls() -> None:
    assert overall([room_with(Verdict.BROKEN)]).verdict is Verdict.BROKEN


def test_an_open_control_says_more_than_a_room_out_of_scope() -> None:
    room = Promise("a@x", Role.ROOM, Expected.ANSWER), Judgement(Verdict.BROKEN, Cause.ROOM_OUTSIDE)
    control = Promise("c@x", Role.CONTROL, Expected.REFUSAL), Judgement(Verdict.BROKEN, Cause.CONTROL_IMPERSONATED)
    assert overall([room, control]).cause is Cause.CONTROL_IMPERSONATED
