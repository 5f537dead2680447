"""A refusal counts only between two good calibrations, and what opened must be the room's own."""

from collections.abc import Callable

import pytest

from roomscope.verify.judge.answer import Answer, Coded, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.application import Application
from roomscope.verify.judge.proofs.decoys import NOBODY
from roomscope.verify.judge.proofs.impersonation import Depth, Impersonation
from roomscope.verify.judge.proofs.proof import Recallable
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import Judgement, Verdict

DENIED, SHUT, UNKNOWN = Coded("ErrorImpersonateUserDenied", fault=True), Coded("ErrorAccessDenied"), Coded("ErrorCannotFindUser", fault=True)
KEPT = Judgement(Verdict.KEPT, Cause.AS_PROMISED)
CONTROL = Promise("ceo@x.com", Role.CONTROL, Expected.REFUSAL)

STOPPED = learn(Wire(Trouble.TIMED_OUT))

Answers = Callable[[Question], Answer]


def rooms(count: int = 6, expected: Expected = Expected.ANSWER) -> list[Promise]:
    return [Promise(f"room{n}@x.com", Role.ROOM, expected, f"list{n % 2}@x.com") for n in range(count)]


def is_room(question: Question) -> bool:
    return question.mailbox.startswith("room") and not question.mailbox.startswith(NOBODY)


def exchange(question: Question) -> Answer:
    if question.mailbox.startswith(NOBODY):
        return UNKNOWN if question.door is Door.IMPERSONATED else SHUT
    if question.door is Door.IMPERSONATED and is_room(question):
        return Opened(folder=f"of {question.mailbox}" if question.identity else "")
    return DENIED if question.door is Door.IMPERSONATED else SHUT


def pursue(proof: Recallable, answer: Answers, until: int = 99) -> Result:
    for number, each in enumerate(proof.rounds()):
        for question in each.questions:
            came = answer(question) if number < until else None
            proof.keep(Asked(question, came, learn(came) if came else STOPPED, 1))
    return proof.judge(None if until == 99 else Cause.INTERRUPTED)


def causes(result: Result) -> dict[str, str]:
    return {each.promise.mailbox.partition("@")[0]: each.judgement.cause.value for each in result.judged}


def down(question: Question) -> Answer:
    """A directory that is down at the end, and for one room before."""
    if question.again and is_room(question):
        return UNKNOWN
    return DENIED if question.mailbox == "room3@x.com" else exchange(question)


def test_a_refused_room_is_broken_between_two_good_calibrations_only() -> None:
    one = [*rooms(), CONTROL]
    assert pursue(Impersonation(one, fresh=False), lambda q: DENIED if q.mailbox == "room3@x.com" else exchange(q)).judgement == (
        Judgement(Verdict.BROKEN, Cause.ROOM_OUTSIDE)
    )
    result = pursue(Impersonation(one, fresh=False), down)
    assert (result.judgement.verdict, causes(result)["room3"], causes(result)["ceo"]) == (Verdict.UNASKED, "RS137", "RS136")


@pytest.mark.parametrize("told", [Coded("ErrorAccessDenied", fault=True), DENIED, Wire(Trouble.TIMED_OUT), Opened()])
def test_an_unknown_address_that_is_told_something_else_at_the_end_leaves_no_refusal(told: Answer) -> None:
    def answer(question: Question) -> Answer:
        if question.again and question.mailbox.startswith(NOBODY) and question.door is Door.IMPERSONATED:
            return told
        return DENIED if question.mailbox == "room3@x.com" and not question.again else exchange(question)

    result = pursue(Impersonation([*rooms(), CONTROL], fresh=False), answer)
    assert result.judgement.verdict is Verdict.UNASKED
    assert (causes(result)["room0"], causes(result)["ceo"]) == ("RS001", "RS136")


def test_a_room_that_is_refused_no_more_at_the_end_makes_all_refusals_doubtful() -> None:
    result = pursue(
        Impersonation([*rooms(), CONTROL], fresh=False),
        lambda q: DENIED if q.mailbox == "room3@x.com" and not q.again else exchange(q),
    )
    assert (result.judgement.verdict, causes(result)["room3"], causes(result)["ceo"]) == (Verdict.UNASKED, "RS137", "RS136")


def test_an_open_control_is_broken_whatever_the_calibration_says() -> None:
    result = pursue(Impersonation([*rooms(), CONTROL], fresh=False), lambda q: Opened() if q.mailbox == "ceo@x.com" else down(q))
    assert result.judgement == Judgement(Verdict.BROKEN, Cause.CONTROL_IMPERSONATED)


def test_a_run_that_was_interrupted_has_no_second_calibration() -> None:
    result = pursue(Impersonation([*rooms(), CONTROL], fresh=False), down, until=3)
    assert (result.judgement.verdict, causes(result)["room0"], causes(result)["room3"]) == (Verdict.UNASKED, "RS001", "RS136")


@pytest.mark.parametrize("count", [1, 9, 10, 11, 25, 300])
def test_of_many_refused_rooms_some_are_asked_again(count: int) -> None:
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        asked.append(question)
        return DENIED if is_room(question) and question.mailbox != "room0@x.com" else exchange(question)

    assert pursue(Impersonation([*rooms(count + 1), CONTROL], fresh=False), answer).judgement.verdict is Verdict.BROKEN
    again = [question for question in asked if question.again and is_room(question)]
    assert len(again) - 1 in range(min(count, 5), 11)


def test_after_the_way_back_a_refusal_needs_the_second_calibration_too() -> None:
    removed = [*rooms(expected=Expected.REFUSAL), CONTROL]

    def nobody(question: Question) -> Answer:
        return DENIED if is_room(question) and question.door is Door.IMPERSONATED else exchange(question)

    assert pursue(Impersonation(removed, fresh=False), nobody).judgement == KEPT
    result = pursue(Impersonation(removed, fresh=False), lambda q: UNKNOWN if q.again and "room0" in q.mailbox else nobody(q))
    assert (result.judgement.verdict, set(causes(result).values())) == (Verdict.UNASKED, {"RS136"})


def test_a_room_that_stops_answering_is_no_door_to_a_control() -> None:
    result = pursue(Impersonation([*rooms(), CONTROL], fresh=False), lambda q: DENIED if q.door is Door.ROOM else exchange(q))
    assert causes(result)["ceo"] == "RS141"


def test_an_application_is_held_to_the_same() -> None:
    def answer(question: Question) -> Answer:
        if question.mailbox.startswith(NOBODY):
            return Coded("ErrorNonExistentMailbox")
        return Opened() if is_room(question) and question.mailbox != "room3@x.com" else DENIED

    assert pursue(Application([*rooms(), CONTROL], fresh=False, acting=True), answer).judgement.verdict is Verdict.BROKEN
    result = pursue(Application([*rooms(), CONTROL], fresh=False, acting=True), lambda q: UNKNOWN if q.again and is_room(q) else answer(q))
    assert (result.judgement.verdict, causes(result)["room3"], causes(result)["ceo"]) == (Verdict.UNASKED, "RS137", "RS136")


def test_the_third_door_is_tried_from_one_room_of_each_list_or_from_all() -> None:
    def only(stone: str) -> Answers:
        return lambda q: Opened() if q.door is Door.ROOM and q.acting == stone and q.mailbox == "ceo@x.com" else exchange(q)

    def tried(stone: str, *, every: bool) -> tuple[str, int]:
        result = pursue(Impersonation([*rooms(), CONTROL], fresh=False, depth=Depth(every_room=every)), only(stone))
        return causes(result)["ceo"], result.third_door

    assert [tried(f"room{n}@x.com", every=False) for n in (0, 1, 2)] == [("RS022", 2), ("RS022", 2), ("RS001", 2)]
    assert [tried(f"room{n}@x.com", every=True) for n in (0, 2, 5)] == [("RS022", 6)] * 3


def test_every_request_is_counted_once() -> None:
    asked: list[Question] = []

    def answer(question: Question) -> Answer:
        asked.append(question)
        return exchange(question)

    for every in (False, True):
        asked.clear()
        result = pursue(Impersonation([*rooms(), CONTROL], fresh=False, depth=Depth("svc@x.com", every, every)), answer)
        assert result.requests == len(asked) == len(set(asked))


def folders(own: str, of: Callable[[str], str]) -> Answers:
    def answer(question: Question) -> Answer:
        if not question.identity:
            return exchange(question)
        return Opened(folder=own) if question.mailbox == "svc@x.com" else Opened(folder=of(question.mailbox))

    return answer


@pytest.mark.parametrize(
    ("of", "every", "rest"),
    [
        (lambda _: "own", False, {"RS138"}),
        (lambda _: "own", True, {"RS138"}),
        (lambda _: "one", False, {"RS139"}),
        (lambda _: "one", True, {"RS139"}),
        (lambda room: "own" if room == "room3@x.com" else room, False, {"RS001"}),
        (lambda room: "own" if room == "room3@x.com" else room, True, {"RS001", "RS138"}),
        (lambda room: "one" if room in {"room3@x.com", "room4@x.com"} else room, True, {"RS001", "RS139"}),
        (lambda _: "", False, {"RS001"}),
        (lambda _: "", True, {"RS140"}),
        (lambda room: room, True, {"RS001"}),
    ],
)
def test_a_room_is_kept_only_if_its_calendar_is_its_own(of: Callable[[str], str], *, every: bool, rest: set[str]) -> None:
    result = pursue(Impersonation([*rooms(), CONTROL], fresh=False, depth=Depth("svc@x.com", identity=every)), folders("own", of))
    found = causes(result)
    assert {cause for name, cause in found.items() if name != "ceo"} == rest
    assert (result.judgement == KEPT) == (rest == {"RS001"})
