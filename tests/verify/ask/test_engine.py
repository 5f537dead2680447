"""In which order the questions are put, when they are put again, and when no more."""

import _thread
import ast
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from roomscope.verify.ask.engine import Engine
from roomscope.verify.ask.pace import Limits
from roomscope.verify.judge.answer import Answer, Coded, Http, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.decoys import NOBODY
from roomscope.verify.judge.proofs.impersonation import Impersonation
from roomscope.verify.judge.proofs.proof import Round
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import Judgement, Verdict

DENIED = Coded("ErrorImpersonateUserDenied")
SHUT = Coded("ErrorAccessDenied")
QUICK = Limits(workers=4, pause=0.01)


def exchange(question: Question) -> Answer:
    """A server with everything as it should be."""
    if question.mailbox.startswith(NOBODY):
        return Coded("ErrorNonExistentMailbox")
    if question.mailbox.startswith("room") and question.door is Door.IMPERSONATED:
        return Opened()
    return DENIED if question.door is Door.IMPERSONATED else SHUT


def nobody(question: Question) -> Answer:
    """A server that lets nobody in."""
    return DENIED if question.door is Door.IMPERSONATED else exchange(question)


@dataclass
class Fake:
    """Answers as told, and remembers when it was asked what."""

    answer: Callable[[Question], Answer] = exchange
    asked: list[Question] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    together: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    size: int = 1
    batches: list[int] = field(default_factory=list)
    doubts: list[Question] = field(default_factory=list)

    def ask_many(self, questions: Sequence[Question]) -> list[Answer]:
        self.batches.append(len(questions))
        return [self.ask(question) for question in questions]

    def doubted(self, *, idle: bool) -> list[Question]:
        found, self.doubts = self.doubts, []
        return found

    def ask(self, question: Question) -> Answer:
        with self.lock:
            self.asked.append(question)
            self.times.append(time.monotonic())
            self.together += 1
            self.most = max(self.most, self.together)
        try:
            return self.answer(question)
        finally:
            with self.lock:
                self.together -= 1

    def count(self, mailbox: str) -> int:
        return sum(question.mailbox == mailbox for question in self.asked)


@dataclass
class Heard:
    answers: list[Asked] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    def heard(self, asked: Asked) -> None:
        self.answers.append(asked)

    def waits(self, seconds: float) -> None:
        self.pauses.append(seconds)


def promises(rooms: int = 10, controls: int = 2, expected: Expected = Expected.ANSWER) -> list[Promise]:
    return [
        *(Promise(f"room{n}@x.com", Role.ROOM, expected, "list@x.com") for n in range(rooms)),
        *(Promise(f"control{n}@x.com", Role.CONTROL, Expected.REFUSAL) for n in range(controls)),
    ]


def once(first: Answer, mailbox: str = "room3@x.com") -> Callable[[Question], Answer]:
    """This answer the first time that the mailbox is asked for."""
    left = [first]

    def answer(question: Question) -> Answer:
        return left.pop() if question.mailbox == mailbox and left else exchange(question)

    return answer


def always(answer: Answer, *mailboxes: str) -> Callable[[Question], Answer]:
    return lambda question: answer if not mailboxes or question.mailbox in mailboxes else exchange(question)


def run(fake: Fake, asked: list[Promise] | None = None, limits: Limits = QUICK, *, fresh: bool = False) -> Result:
    return Engine(fake, limits, Heard()).pursue(Impersonation(asked or promises(), fresh=fresh))


def test_a_right_grant_is_kept_with_one_request_a_room_and_three_a_control() -> None:
    fake = Fake()
    result = run(fake)
    assert result.judgement.verdict is Verdict.KEPT
    assert (len(fake.asked), result.requests) == (10 + 2 * 3 + 3 + 6, 25)
    assert all(fake.count(f"room{n}@x.com") == 1 for n in range(1, 9))
    assert [(q.mailbox, q.identity) for q in fake.asked[-4:] if q.again and "room0" in q.mailbox] == [("room0@x.com", False)]


def test_the_three_doors_of_a_control_name_it_and_act_as_it_as_nobody_and_as_a_room() -> None:
    fake = Fake()
    run(fake)
    doors = {(q.door, q.acting) for q in fake.asked if q.mailbox == "control1@x.com"}
    assert doors == {
        (Door.IMPERSONATED, "control1@x.com"), (Door.ACCOUNT, None), (Door.ROOM, "room0@x.com"),
    }


def test_the_third_door_is_opened_as_a_room_that_answered() -> None:
    fake = Fake(always(DENIED, "room0@x.com", "room1@x.com"))
    run(fake)
    assert {q.acting for q in fake.asked if q.door is Door.ROOM} == {"room2@x.com"}


def test_a_server_that_refuses_unknown_addresses_alike_proves_no_control() -> None:
    hiding = Fake(lambda q: nobody(Question("x", q.door, None)) if q.mailbox.startswith(NOBODY) else exchange(q))
    result = run(hiding)
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)
    assert {asked.question.door for asked in result.decoys} == {Door.IMPERSONATED, Door.ACCOUNT, Door.ROOM}


def test_one_address_that_cannot_exist_is_asked_for_in_each_domain_of_the_controls() -> None:
    fake = Fake()
    more = Promise("control9@other.com", Role.CONTROL, Expected.REFUSAL)
    run(fake, [*promises(), more])
    asked = [question.mailbox for question in fake.asked if question.mailbox.startswith(NOBODY)]
    assert sorted(asked) == [f"{NOBODY}@other.com"] * 6 + [f"{NOBODY}@x.com"] * 6


def test_the_first_request_goes_alone() -> None:
    finished: list[str] = []

    def slow_first(question: Question) -> Answer:
        if question.mailbox == "room0@x.com":
            time.sleep(0.1)
        finished.append(question.mailbox)
        return exchange(question)

    run(Fake(slow_first))
    assert finished[0] == "room0@x.com"


def test_a_refused_sign_in_is_tried_once_and_ends_the_run() -> None:
    fake = Fake(always(Http(401)))
    result = run(fake)
    assert len(fake.asked) == 1
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.SIGN_IN)
    assert {o.judgement.cause for o in result.judged[1:]} == {Cause.STOPPED}


def test_a_sign_in_that_fails_later_ends_the_run_within_the_requests_under_way() -> None:
    fake = Fake(lambda q: Http(401) if q.mailbox >= "room4" and q.mailbox < "s" else exchange(q))
    result = run(fake, promises(200))
    refused = sum(q.mailbox >= "room4" for q in fake.asked)
    assert refused <= QUICK.workers
    assert result.judgement.cause is Cause.SIGN_IN
    assert result.stopped is Cause.SIGN_IN


def test_after_a_refused_sign_in_no_other_one_begins() -> None:
    changed = threading.Barrier(QUICK.workers)

    def answer(question: Question) -> Answer:
        if question.mailbox == "room0@x.com":
            return exchange(question)
        changed.wait(900)
        return Http(401)

    fake = Fake(answer)
    result = run(fake, promises(200))
    assert len(fake.asked) == 1 + QUICK.workers
    assert result.stopped is Cause.SIGN_IN


@pytest.mark.parametrize("answer", [Http(302, location="https://x"), Wire(Trouble.UNTRUSTED), Http(401, locked=True)])
def test_what_ends_a_run_is_asked_once(answer: Answer) -> None:
    fake = Fake(always(answer))
    assert run(fake).judgement.verdict is Verdict.UNASKED
    assert len(fake.asked) == 1


@pytest.mark.parametrize("trouble", [Trouble.UNKNOWN_HOST, Trouble.NOT_EWS, Trouble.NO_CONNECTION, Trouble.OURS])
def test_an_endpoint_that_never_answers_is_given_up_after_a_few_rooms_by_one_worker(trouble: Trouble) -> None:
    fake = Fake(always(Wire(trouble)))
    result = run(fake, promises(50))
    assert (len(fake.asked), fake.most) == (QUICK.first * QUICK.attempts, 1)
    assert (result.judgement.verdict, result.stopped) == (Verdict.UNASKED, result.judgement.cause)


def test_a_silent_endpoint_is_left_after_so_many_silences_as_it_takes_rooms_to_show_it() -> None:
    fake = Fake(always(Wire(Trouble.TIMED_OUT)))
    result = run(fake, promises(50))
    assert len({question.mailbox for question in fake.asked}) == QUICK.first
    assert len(fake.asked) <= QUICK.first + 2
    assert (result.judgement.verdict, result.stopped) == (Verdict.UNASKED, result.judgement.cause)


def test_an_endpoint_that_dies_later_is_given_up_too() -> None:
    fake = Fake(lambda q: exchange(q) if q.mailbox in {"room0@x.com", "room1@x.com"} else Wire(Trouble.NO_CONNECTION))
    result = run(fake, promises(500))
    assert len(fake.asked) < 60
    assert result.stopped is Cause.UNREACHABLE


def test_an_answer_that_is_in_doubt_later_proves_nothing() -> None:
    def answer(question: Question) -> Answer:
        if question.mailbox == "room4@x.com":
            fake.doubts.append(Question("room3@x.com", Door.IMPERSONATED, "room3@x.com"))
        return exchange(question)

    fake = Fake(answer)
    result = run(fake)
    assert {judged.promise.mailbox: judged.judgement.cause for judged in result.judged}["room3@x.com"] is Cause.NOT_ONE
    assert result.judgement == Judgement(Verdict.UNASKED, Cause.NOT_ONE)


def test_a_single_cut_is_asked_again_and_forgotten() -> None:
    fake = Fake(once(Wire(Trouble.NO_CONNECTION)))
    assert run(fake).judgement.verdict is Verdict.KEPT
    assert fake.count("room3@x.com") == 2


def test_a_moving_mailbox_is_unasked_and_delays_nobody_else() -> None:
    fake = Fake(always(Coded("ErrorMailboxMoveInProgress"), "room3@x.com"))
    result = run(fake, promises(20))
    assert fake.count("room3@x.com") == QUICK.attempts
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.TEMPORARY)
    assert sum(o.judgement.verdict is Verdict.KEPT for o in result.judged) == 21


def test_many_mailboxes_with_troubles_of_their_own_do_not_end_the_run() -> None:
    fake = Fake(lambda q: Coded("ErrorInternalServerError") if "room1" in q.mailbox else exchange(q))
    result = run(fake, promises(100))
    assert result.stopped is None
    assert sum(o.judgement.cause is Cause.SERVER_FAULT for o in result.judged) == 11


def test_a_throttled_answer_makes_everybody_wait_as_long_as_the_server_says() -> None:
    def longest_gap(back_off: float) -> float:
        fake = Fake(once(Coded("ErrorServerBusy", back_off=back_off)))
        assert run(fake, promises(40)).judgement.verdict is Verdict.KEPT
        return max(later - earlier for earlier, later in zip(fake.times, fake.times[1:], strict=False))

    # On a busy machine a question that was already on its way may come late, into the pause.
    assert any(longest_gap(back_off) > 0.85 * back_off for back_off in (0.4, 2, 10))


def test_a_pause_longer_than_we_wait_ends_the_run() -> None:
    fake = Fake(once(Http(503, back_off=3600)))
    result = run(fake)
    assert (result.judgement.verdict, result.stopped) == (Verdict.UNASKED, Cause.IN_FRONT)


def test_a_server_that_stays_busy_is_unasked_and_not_refused() -> None:
    fake = Fake(always(Coded("ErrorServerBusy", back_off=0.01)))
    result = run(fake)
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.THROTTLED)
    assert len(fake.asked) == QUICK.first * QUICK.waits
    assert fake.most == 1


@pytest.mark.parametrize("room", ["room0@x.com", "room7@x.com"])
@pytest.mark.parametrize(
    "answer", [Wire(Trouble.TIMED_OUT), Wire(Trouble.NO_CONNECTION), Wire(Trouble.CUT), Coded("ErrorServerBusy", back_off=0.001), Http(502)]
)
def test_one_sick_room_is_one_sick_room(room: str, answer: Answer) -> None:
    fake = Fake(always(answer, room))
    result = run(fake, promises(15))
    verdicts = {judged.promise.mailbox: judged.judgement.verdict for judged in result.judged}
    assert [mailbox for mailbox, verdict in verdicts.items() if verdict is not Verdict.KEPT] == [room]
    assert (result.stopped, result.judgement.verdict) == (None, Verdict.UNASKED)
    assert fake.count(room) <= QUICK.waits


def test_nobody_asks_beside_the_first_until_an_answer_has_come_through() -> None:
    def answer(question: Question) -> Answer:
        if fake.count("room1@x.com") == 0:
            return Wire(Trouble.TIMED_OUT)
        together.append(fake.together) if question.mailbox == "room1@x.com" else None
        time.sleep(0.003)
        return exchange(question)

    together: list[int] = []
    fake = Fake(answer)
    run(fake, promises(60))
    assert together[0] == 1
    assert fake.most > 1


def test_a_server_that_allows_two_at_once_is_kept_and_asked_by_two_for_most_of_the_time() -> None:
    at_once: list[int] = []
    inside = [0]
    lock = threading.Lock()

    def answer(question: Question) -> Answer:
        with lock:
            inside[0] += 1
            mine = inside[0]
        time.sleep(0.004)
        with lock:
            inside[0] -= 1
            at_once.append(mine)
        return Coded("ErrorExceededConnectionCount", back_off=0.001) if mine > 2 else exchange(question)

    result = run(Fake(answer), promises(400))
    assert (result.judgement.verdict, result.stopped) == (Verdict.KEPT, None)
    assert at_once.count(2) > 100
    assert sum(mine > 2 for mine in at_once) < 60


@pytest.mark.parametrize("answer", [Coded("ErrorServerBusy", back_off=0.01), Http(429, back_off=0.01), Coded("ErrorExceededConnectionCount")])
def test_a_server_that_is_busy_for_a_while_is_waited_for_and_everything_is_kept(answer: Answer) -> None:
    end: list[float] = []

    def busy(question: Question) -> Answer:
        if question.mailbox == "room9@x.com" and not end:
            end.append(time.monotonic() + 0.8)
        return answer if end and time.monotonic() < end[0] else exchange(question)

    assert run(Fake(busy), promises(60), Limits(workers=4, pause=0.05)).judgement.verdict is Verdict.KEPT


def test_a_server_that_does_nothing_but_tell_everybody_to_wait_is_given_up_in_time() -> None:
    fake = Fake(lambda q: exchange(q) if q.mailbox in {"room0@x.com", "room1@x.com"} else Coded("ErrorServerBusy", back_off=0.02))
    started = time.monotonic()
    result = run(fake, promises(500), Limits(workers=4, pause=0.02, busy=0.5))
    assert (result.stopped, result.judgement.cause) == (Cause.THROTTLED, Cause.THROTTLED)
    assert time.monotonic() - started < 20
    assert len(fake.asked) < 150


def test_a_run_ends_when_its_time_is_up_with_what_was_learnt() -> None:
    release = threading.Event()

    def answer(question: Question) -> Answer:
        if question.mailbox == "room5@x.com":
            release.wait(900)
        return exchange(question)

    started = time.monotonic()
    result = run(Fake(answer), promises(40), Limits(workers=1, ends=started + 1.5))
    release.set()
    assert time.monotonic() - started < 60
    causes = {judged.promise.mailbox: judged.judgement.cause for judged in result.judged}
    assert (result.judgement, result.stopped) == (Judgement(Verdict.UNASKED, Cause.OUT_OF_TIME), Cause.OUT_OF_TIME)
    assert [causes[f"room{number}@x.com"] for number in (0, 4, 5, 39)] == [Cause.AS_PROMISED] * 2 + [Cause.OUT_OF_TIME] * 2
    assert causes["control1@x.com"] is Cause.OUT_OF_TIME


def test_a_run_that_is_done_in_time_knows_no_end() -> None:
    assert run(Fake(), limits=Limits(ends=time.monotonic() + 900)).judgement.verdict is Verdict.KEPT


def test_too_many_connections_make_the_workers_fewer() -> None:
    left = [3]
    at_once: list[int] = []

    def answer(question: Question) -> Answer:
        at_once.append(fake.together)
        if question.mailbox == "room3@x.com" and left[0]:
            left[0] -= 1
            return Coded("ErrorExceededConnectionCount")
        time.sleep(0.002)
        return exchange(question)

    fake = Fake(answer)
    assert run(fake, promises(60)).judgement.verdict is Verdict.KEPT
    assert fake.most > 1
    assert at_once[-1] == 1


def test_no_more_requests_run_at_once_than_there_are_workers() -> None:
    meeting = threading.Barrier(3)

    def slowly(question: Question) -> Answer:
        if question.mailbox in {"room1@x.com", "room2@x.com", "room3@x.com"}:
            meeting.wait(900)
        time.sleep(0.003)
        return exchange(question)

    fake = Fake(slowly)
    run(fake, promises(60), Limits(workers=3))
    assert fake.most == 3


def test_refused_rooms_of_a_fresh_change_are_pending_and_so_are_the_controls() -> None:
    fake = Fake(nobody)
    result = run(fake, fresh=True)
    assert result.judgement.verdict is Verdict.PENDING
    assert {o.judgement.cause for o in result.judged} == {Cause.FRESH_CHANGE, Cause.WAITS_FOR_ROOM}


def test_refused_rooms_are_broken_later() -> None:
    fake = Fake(nobody)
    result = run(fake)
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.BROKEN, Cause.ROOM_OUTSIDE)
    assert result.judged[-1].judgement.cause is Cause.NO_ROOM_ANSWERED


def test_after_the_way_back_every_refusal_is_kept_and_there_is_no_third_door() -> None:
    fake = Fake(nobody)
    result = run(fake, promises(expected=Expected.REFUSAL))
    assert result.judgement.verdict is Verdict.KEPT
    assert {q.door for q in fake.asked} == {Door.IMPERSONATED, Door.ACCOUNT}
    assert [fake.count(f"room{n}@x.com") for n in range(10)] == [3] + [2] * 9


def test_after_the_way_back_a_room_that_the_account_itself_opens_is_broken() -> None:
    fake = Fake(lambda q: Opened() if q.mailbox == "room3@x.com" and q.door is Door.ACCOUNT else nobody(q))
    result = run(fake, promises(expected=Expected.REFUSAL))
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.BROKEN, Cause.ROOM_OPEN_TO_ACCOUNT)


def test_after_the_way_back_a_dropped_impersonation_header_proves_nothing() -> None:
    dropping = Fake(lambda q: Coded("ErrorNonExistentMailbox") if q.mailbox.startswith(NOBODY) else SHUT)
    result = run(dropping, promises(expected=Expected.REFUSAL))
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.ROOM_SHUT)


def test_after_the_way_back_a_room_that_answers_is_broken() -> None:
    result = run(Fake(), promises(expected=Expected.REFUSAL))
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.BROKEN, Cause.ROOM_STILL_OPEN)


def test_after_the_way_back_controls_are_needed_too() -> None:
    fake = Fake(lambda q: DENIED)
    result = run(fake, promises(controls=0, expected=Expected.REFUSAL))
    assert result.judgement.cause is Cause.NO_CONTROLS


def test_a_crash_in_the_question_is_unasked_and_names_only_its_kind() -> None:
    def crash(_: Question) -> Answer:
        raise ValueError("a secret")

    result = run(Fake(crash))
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.UNEXPECTED)
    assert "a secret" not in repr(result)


def test_an_interrupted_run_keeps_what_it_learnt_and_is_no_pass() -> None:
    ended = threading.Event()

    def interrupt(question: Question) -> Answer:
        if question.mailbox == "room5@x.com":
            _thread.interrupt_main()
            ended.wait(900)
        return exchange(question)

    result = run(Fake(interrupt), promises(50))
    ended.set()
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.UNASKED, Cause.INTERRUPTED)
    assert result.judged[0].judgement.verdict is Verdict.KEPT
    assert result.judged[49].judgement.cause is Cause.INTERRUPTED


def test_an_over_grant_seen_before_an_interruption_is_still_broken() -> None:
    ended = threading.Event()

    def interrupt(question: Question) -> Answer:
        if question.door is Door.ROOM:
            _thread.interrupt_main()
            ended.wait(900)
        opens = question.door is Door.IMPERSONATED and not question.mailbox.startswith(NOBODY)
        return Opened() if opens else exchange(question)

    result = run(Fake(interrupt))
    ended.set()
    assert (result.judgement.verdict, result.judgement.cause) == (Verdict.BROKEN, Cause.CONTROL_IMPERSONATED)


@dataclass
class Pairs:
    """A proof of another kind: asks for two mailboxes at a time, and judges by how many were learnt."""

    kept: list[Asked] = field(default_factory=list)
    given: list[int] = field(default_factory=list)

    def rounds(self) -> Iterator[Round]:
        for number in range(3):
            self.given.append(len(self.kept))
            yield Round(tuple(Question(f"room{number}{letter}@x.com", Door.IMPERSONATED, None) for letter in "ab"))

    def keep(self, asked: Asked) -> None:
        self.kept.append(asked)

    def judge(self, stopped: Cause | None) -> Result:
        verdict = Verdict.KEPT if all(asked.answer for asked in self.kept) else Verdict.UNASKED
        return Result((), (), Judgement(verdict, stopped or Cause.AS_PROMISED), stopped)


def test_any_proof_gets_its_rounds_asked_one_after_the_other() -> None:
    proof = Pairs()
    result = Engine(Fake(), QUICK, Heard()).pursue(proof)
    assert (result.judgement.verdict, proof.given) == (Verdict.KEPT, [0, 2, 4])


def test_a_proof_that_is_stopped_keeps_every_question_and_judges() -> None:
    proof, fake = Pairs(), Fake(always(Http(401), "room1a@x.com", "room1b@x.com"))
    result = Engine(fake, Limits(workers=1), Heard()).pursue(proof)
    assert (result.judgement, len(fake.asked)) == (Judgement(Verdict.UNASKED, Cause.SIGN_IN), 3)
    assert [asked.answer is None for asked in proof.kept] == [False, False, False, True, True, True]


ENGINE = sorted((Path(__file__).parents[3] / "verify" / "ask").glob("*.py"))


@pytest.mark.parametrize("module", ENGINE, ids=lambda path: path.stem)
def test_the_engine_knows_no_door_no_promise_and_no_proof_of_a_product(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    asked = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & {"Door", "Role", "Expected", "Promise", "Impersonation", "decoys", "NOBODY"}
    assert not asked & {"door", "acting", "role", "expected"}


def test_a_batch_is_never_larger_than_the_asker_takes_and_only_troubled_parts_are_put_again() -> None:
    troubled = {f"room{number}@x.com": [Coded("ErrorTimeoutExpired")] * 2 for number in range(10, 200, 3)}

    def answer(question: Question) -> Answer:
        left = troubled.get(question.mailbox)
        return left.pop() if left else exchange(question)

    fake = Fake(answer, size=7)
    result = run(fake, promises(200))
    assert result.judgement.verdict is Verdict.KEPT
    assert max(fake.batches) == 7
    assert [fake.count(f"room{number}@x.com") for number in (9, 10, 11, 13)] == [1, 3, 1, 3]
    assert len(fake.asked) == 200 + 2 * 3 + 3 + 2 * 64 + 2 + 4


def test_a_stop_in_the_middle_leaves_what_waits_with_what_it_learnt() -> None:
    def answer(question: Question) -> Answer:
        if question.mailbox == "room5@x.com":
            return Coded("ErrorTimeoutExpired")
        return Http(401) if question.mailbox == "room50@x.com" else exchange(question)

    fake = Fake(answer, size=7)
    result = run(fake, promises(60), Limits(workers=1, pause=30))
    causes = {judged.promise.mailbox: judged.judgement.cause for judged in result.judged}
    assert (result.stopped, causes["room5@x.com"], causes["room59@x.com"]) == (Cause.SIGN_IN, Cause.TEMPORARY, Cause.STOPPED)
