"""The rounds of the proof for Exchange Server, asked one after the other by nobody in particular."""

from collections.abc import Callable

import pytest

from roomscope.verify.judge.answer import Answer, Coded, Http, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.decoys import NOBODY, decoys
from roomscope.verify.judge.proofs.impersonation import Impersonation
from roomscope.verify.judge.proofs.proof import Round
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import ON_RECORD, Judgement, Verdict

CONTROL = Promise("ceo@y.com", Role.CONTROL, Expected.REFUSAL)
DECOY = f"{NOBODY}@y.com"
KEPT = Judgement(Verdict.KEPT, Cause.AS_PROMISED)


def rooms(expected: Expected = Expected.ANSWER) -> list[Promise]:
    return [Promise(f"room{number}@x.com", Role.ROOM, expected, "list@x.com") for number in range(3)]


def exchange(question: Question) -> Answer:
    if question.mailbox == DECOY:
        return Coded("ErrorNonExistentMailbox")
    if question.door is Door.IMPERSONATED:
        return Opened() if question.mailbox.startswith("room") else Coded("ErrorImpersonateUserDenied")
    return Coded("ErrorAccessDenied")


def pursue(
    promises: list[Promise], answer: Callable[[Question], Answer] = exchange, stop_before: int = 9, stopped: Cause | None = None,
    recorded: tuple[str, ...] = (),
) -> tuple[list[Round], Result]:
    """Each round in its order, until one of them."""
    proof, done = Impersonation(promises, fresh=False, recorded=recorded), []
    for number, each in enumerate(proof.rounds()):
        if number == stop_before:
            break
        done.append(each)
        for question in each.questions:
            came = answer(question)
            proof.keep(Asked(question, came, learn(came), 1))
    return done, proof.judge(stopped)


def test_the_first_room_goes_alone_then_rooms_and_two_doors_then_the_third_door_as_a_room() -> None:
    done, result = pursue([*rooms(), CONTROL])
    assert [each.alone for each in done] == [True, False, False, False]
    assert [[(q.mailbox, q.door, q.acting) for q in each.questions] for each in done] == [
        [("room0@x.com", Door.IMPERSONATED, "room0@x.com")],
        [
            ("room1@x.com", Door.IMPERSONATED, "room1@x.com"),
            ("room2@x.com", Door.IMPERSONATED, "room2@x.com"),
            ("ceo@y.com", Door.IMPERSONATED, "ceo@y.com"),
            ("ceo@y.com", Door.ACCOUNT, None),
            (DECOY, Door.IMPERSONATED, DECOY),
            (DECOY, Door.ACCOUNT, None),
        ],
        [
            ("ceo@y.com", Door.ROOM, "room0@x.com"), (DECOY, Door.ROOM, "room0@x.com"),
            ("room0@x.com", Door.IMPERSONATED, "room0@x.com"), ("room2@x.com", Door.IMPERSONATED, "room2@x.com"),
        ],
        [
            ("room0@x.com", Door.IMPERSONATED, "room0@x.com"),
            (DECOY, Door.IMPERSONATED, DECOY), (DECOY, Door.ACCOUNT, None), (DECOY, Door.ROOM, "room0@x.com"),
        ],
    ]
    assert [q.identity for q in done[2].questions] == [False, False, True, True]
    assert (result.judgement, result.requests, result.stopped) == (KEPT, 9 + 2 + 4, None)


def test_after_the_way_back_each_room_is_asked_by_both_doors_and_there_is_no_third() -> None:
    def nobody(question: Question) -> Answer:
        return Coded("ErrorImpersonateUserDenied") if question.door is Door.IMPERSONATED else exchange(question)

    done, result = pursue([*rooms(Expected.REFUSAL), CONTROL], nobody)
    assert [len(each.questions) for each in done] == [1, 2 + 3 + 2 + 2, 0, 1 + 2]
    assert result.judgement == KEPT
    assert [asked.question.door for asked in result.judged[-1].asked] == [Door.IMPERSONATED, Door.ACCOUNT]


@pytest.mark.parametrize("stopped", [Cause.SIGN_IN, Cause.INTERRUPTED])
def test_what_was_not_asked_is_judged_by_why_it_was_not(stopped: Cause) -> None:
    done, result = pursue([*rooms(), CONTROL], stop_before=1, stopped=stopped)
    assert len(done) == 1
    assert result.judged[0].judgement == KEPT
    assert (result.judgement, result.stopped) == (Judgement(Verdict.UNASKED, stopped), stopped)
    left = Cause.INTERRUPTED if stopped is Cause.INTERRUPTED else Cause.STOPPED
    assert {judged.judgement.cause for judged in result.judged[1:]} == {left}


def test_there_is_one_address_that_cannot_exist_for_each_domain() -> None:
    assert decoys(["a@x.com", "b@y.com", "c@x.com"]) == (f"{NOBODY}@x.com", f"{NOBODY}@y.com")


def alike(door: Door | None = None, told: Answer | None = None) -> Callable[[Question], Answer]:
    """A server that tells an address that cannot exist what it tells every control, but for one door."""

    def answer(question: Question) -> Answer:
        if question.mailbox != DECOY:
            return exchange(question)
        if question.door is door and told is not None:
            return told
        return Coded("ErrorImpersonateUserDenied" if question.door is Door.IMPERSONATED else "ErrorAccessDenied")

    return answer


@pytest.mark.parametrize("door", [Door.IMPERSONATED, Door.ACCOUNT, Door.ROOM])
@pytest.mark.parametrize(
    "told", [Coded("ErrorCannotFindUser"), Coded("ErrorNobodyHasEverHeardOf"), Coded("ErrorAccessDenied", fault=True), Coded("ErrorItemNotFound")]
)
def test_a_control_exists_if_by_one_door_an_unknown_address_was_told_something_else(door: Door, told: Answer) -> None:
    assert pursue([*rooms(), CONTROL], alike(door, told))[1].judgement == KEPT


@pytest.mark.parametrize("door", [Door.IMPERSONATED, Door.ACCOUNT, Door.ROOM])
@pytest.mark.parametrize("told", [Coded("ErrorServerBusy"), Coded("ErrorInternalServerError"), Http(503), Wire(Trouble.TIMED_OUT), None])
def test_trouble_at_the_server_or_on_the_way_is_no_difference(door: Door, told: Answer | None) -> None:
    judgement = Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)
    assert pursue([*rooms(), CONTROL], alike(door, told))[1].judgement == judgement
    recorded = pursue([*rooms(), CONTROL], alike(door, told), recorded=("ceo@y.com",))[1].judgement
    assert recorded == (ON_RECORD if told is None else judgement)


def test_a_record_speaks_for_its_own_controls_only() -> None:
    result = pursue([*rooms(), CONTROL, Promise("cfo@y.com", Role.CONTROL, Expected.REFUSAL)], alike(), recorded=("ceo@y.com",))[1]
    assert [judged.judgement for judged in result.judged[3:]] == [ON_RECORD, Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)]


@pytest.mark.parametrize("door", [Door.IMPERSONATED, Door.ACCOUNT, Door.ROOM])
def test_success_for_an_address_that_cannot_exist_leaves_nothing_judged(door: Door) -> None:
    _, result = pursue([*rooms(), CONTROL], alike(door, Opened()), recorded=("ceo@y.com",))
    assert {judged.judgement for judged in result.judged} == {Judgement(Verdict.UNASKED, Cause.EVERYTHING_OPENS)}
    assert (result.judgement.verdict, result.stopped) == (Verdict.UNASKED, Cause.EVERYTHING_OPENS)
