"""An answer counts only to the question that it was given to, and in the name of somebody who had to sign in."""

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from roomscope.verify.ask.engine import Engine
from roomscope.verify.ask.pace import Limits
from roomscope.verify.judge.answer import Coded, Http, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Unlearnt
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.impersonation import Impersonation
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import Judgement, Verdict
from roomscope.verify.net.wire import LARGEST_ANSWER
from roomscope.verify.sign_in.password import Scheme

ROOMS = [Question(f"room{n}@contoso.com", Door.IMPERSONATED, f"room{n}@contoso.com") for n in range(4)]
PROMISES = (
    *(Promise(room.mailbox, Role.ROOM, Expected.ANSWER, "list@contoso.com") for room in ROOMS),
    Promise("ceo@contoso.com", Role.CONTROL, Expected.REFUSAL),
)


class Silent:
    def heard(self, asked: Asked) -> None:
        return

    def waits(self, seconds: float) -> None:
        return


@pytest.fixture
def exchange(wire: Any, says: Any, framing: Callable[..., bytes]) -> Callable[[Any], bytes]:
    """Answers as an Exchange should for these rooms, to whoever signed in."""

    def answer(request: Any) -> bytes:
        body = request.body.decode()
        acting = body.partition("<t:PrimarySmtpAddress>")[2].partition("<")[0]
        mailbox = body.partition("<t:EmailAddress>")[2].partition("<")[0]
        if "authorization" not in request.headers:
            return bytes(wire.answer(request))
        if not mailbox.startswith(("room", "ceo")) or "asks-for-nobody" in mailbox:
            said = says.error("ErrorNonExistentMailbox")
        elif acting == mailbox and mailbox.startswith("room"):
            said = says.items()
        else:
            said = says.fault("ErrorImpersonateUserDenied") if acting == mailbox else says.error("ErrorAccessDenied")
        return framing(said.body, f"{said.status} OK")

    return answer


@pytest.fixture
def run(wire: Any, exchange: Callable[[Any], bytes]) -> Callable[..., Result]:
    """A whole run against a server with this fault."""

    def whole(fault: str = "", turn: Callable[[int], bool] = lambda number: False, **more: Any) -> Result:
        hostile = wire.hostile(fault, turn, answer=more.pop("answer", exchange))
        with wire.probe(hostile, **more) as probe:
            return Engine(probe, Limits(workers=1, pause=0.01), Silent()).pursue(Impersonation(PROMISES, fresh=False))

    return whole


def test_a_server_as_it_should_be_is_kept(run: Callable[..., Result]) -> None:
    assert run().judgement.verdict is Verdict.KEPT


@pytest.mark.parametrize("fault", ["twice in one record", "twice, late"])
@pytest.mark.parametrize("number", range(1, 11))
def test_an_answer_that_comes_twice_is_in_doubt_and_never_that_to_the_next_question(
    run: Callable[..., Result], fault: str, number: int
) -> None:
    result = run(fault, lambda count: count == number)
    assert result.judgement == Judgement(Verdict.UNASKED, Cause.NOT_ONE)


def test_what_comes_late_is_found_at_the_next_question_or_at_the_end(wire: Any) -> None:
    for questions in (ROOMS[:2], ROOMS[:1]):
        with wire.probe(wire.hostile("twice, late", lambda number: number == 1)) as probe:
            assert probe.ask(questions[0]) == Opened()
            time.sleep(0.5)
            assert [probe.ask(each) for each in questions[1:]] == [Opened()] * len(questions[1:])
            assert probe.doubted(idle=True) == [ROOMS[0]]
            assert probe.doubted(idle=True) == []


def test_a_goodbye_of_a_balancer_is_no_answer_and_no_doubt(wire: Any) -> None:
    hostile = wire.hostile("a goodbye, late", lambda number: number == 1)
    with wire.probe(hostile) as probe:
        assert probe.ask(ROOMS[0]) == Opened()
        time.sleep(0.5)
        assert probe.ask(ROOMS[1]) == Opened()
        assert (probe.doubted(idle=True), hostile.connections) == ([], 3)


@pytest.mark.parametrize("connections", [(0,), (1,), (0, 1, 2, 3, 4, 5)])
def test_a_server_that_speaks_before_it_is_asked_proves_nothing(run: Callable[..., Result], connections: tuple[int, ...]) -> None:
    result = run("speaks first", lambda number: number in connections)
    assert result.judgement.verdict is Verdict.UNASKED
    assert result.judgement.cause in {Cause.NOT_ONE, Cause.NOBODY_ASKED}


def test_the_same_request_id_twice_is_no_proof_of_either(wire: Any, framing: Callable[..., bytes], says: Any) -> None:
    def answer(request: Any) -> bytes:
        return framing(says.items().body, "200 OK", "request-id: 4f8c") if "authorization" in request.headers else wire.answer(request)

    with wire.probe(wire.hostile(answer=answer)) as probe:
        first, second = (probe.ask(each) for each in ROOMS[:2])
        assert (first, second) == (Opened("4f8c"), Wire(Trouble.NOT_ONE, "the request id of an earlier answer", "4f8c"))
        assert probe.doubted(idle=True) == [ROOMS[0]]


@pytest.mark.parametrize("headers", [(), ("request-id: {}",)])
def test_the_same_items_in_two_mailboxes_are_a_copy(wire: Any, framing: Callable[..., bytes], says: Any, headers: tuple[str, ...]) -> None:
    body = says.items('<t:CalendarItem><t:ItemId Id="AAA" ChangeKey="B"/></t:CalendarItem>').body
    number = iter(range(99))

    def answer(request: Any) -> bytes:
        named = [header.format(next(number)) for header in headers]
        return framing(body, "200 OK", *named) if "authorization" in request.headers else wire.answer(request)

    with wire.probe(wire.hostile(answer=answer)) as probe:
        assert isinstance(probe.ask(ROOMS[0]), Opened)
        assert isinstance(probe.ask(ROOMS[0]), Opened)
        assert learn(probe.ask(ROOMS[1])) == Unlearnt(Cause.NOT_ONE)
        assert probe.doubted(idle=True) == [ROOMS[0]]


def test_an_answer_that_a_cache_kept_is_none(wire: Any, framing: Callable[..., bytes], says: Any) -> None:
    def answer(request: Any) -> bytes:
        return framing(says.items().body, "200 OK", "Age: 7") if "authorization" in request.headers else wire.answer(request)

    with wire.probe(wire.hostile(answer=answer)) as probe:
        assert learn(probe.ask(ROOMS[0])) == Unlearnt(Cause.NOT_ONE)


@pytest.mark.parametrize("scheme", [Scheme.BASIC, Scheme.NTLM])
def test_a_server_at_which_nobody_has_to_sign_in_proves_nothing(run: Callable[..., Result], wire: Any, scheme: Scheme) -> None:
    result = run(answer=lambda _: wire.good, scheme=scheme)
    assert result.judgement == Judgement(Verdict.UNASKED, Cause.NOBODY_ASKED)
    assert result.stopped is Cause.NOBODY_ASKED
    assert result.requests == 1


def test_the_password_does_not_go_where_it_is_not_wanted(wire: Any, framing: Callable[..., bytes]) -> None:
    hostile = wire.hostile(answer=lambda _: framing("", "401 No", "WWW-Authenticate: Negotiate", "WWW-Authenticate: NTLM"))
    with wire.probe(hostile) as probe:
        assert learn(probe.ask(ROOMS[0])) == Unlearnt(Cause.SCHEME, stops=True)
    assert [request.headers.get("authorization") for request in hostile.requests] == [None]


def test_one_question_without_a_credential_is_asked_once(wire: Any) -> None:
    hostile = wire.hostile(keeps=False)
    with wire.probe(hostile) as probe:
        assert [probe.ask(each) for each in ROOMS] == [Opened()] * 4
    assert ["authorization" in request.headers for request in hostile.requests] == [False, *[True] * 4]


def test_trouble_before_anybody_signed_in_is_asked_again(wire: Any, says: Any, framing: Callable[..., bytes]) -> None:
    left = [framing(says.fault("ErrorServerBusy").body, "500 No"), framing("", "503 No")]
    with wire.probe(wire.hostile(answer=lambda request: left.pop(0) if left else wire.answer(request))) as probe:
        came = [probe.ask(ROOMS[0]) for _ in range(3)]
    assert [type(each) for each in came] == [Coded, Http, Opened]


@pytest.mark.parametrize(
    ("offers", "cause"),
    [(["Negotiate"], Cause.SCHEME), (["Basic"], Cause.SCHEME), ([], Cause.SCHEME), (["Negotiate", "NTLM"], Cause.NO_CHALLENGE)],
)
def test_ntlm_that_never_came_to_a_password_is_no_wrong_password(
    wire: Any, framing: Callable[..., bytes], offers: list[str], cause: Cause
) -> None:
    answer = framing("", "401 No", *(f"WWW-Authenticate: {offer}" for offer in offers))
    with wire.probe(wire.hostile(answer=lambda _: answer), scheme=Scheme.NTLM) as probe:
        came = probe.ask(ROOMS[0])
    assert learn(came) == Unlearnt(cause, stops=True)
    assert came.offers == tuple(sorted(offer.lower() for offer in offers))


def test_a_server_that_plays_a_proxy_gets_no_second_proof(wire: Any, framing: Callable[..., bytes]) -> None:
    hostile = wire.hostile(answer=lambda _: framing("", "407 No", "Proxy-Authenticate: NTLM"))
    with wire.probe(hostile, scheme=Scheme.NTLM) as probe:
        probe.ask(ROOMS[0])
    assert len(hostile.requests) == 1
    assert not any(name.endswith("authorization") for request in hostile.requests for name in request.headers)


def test_a_throttle_that_allows_two_at_once_ends_kept_over_the_wire(
    wire: Any, exchange: Callable[[Any], bytes], says: Any, framing: Callable[..., bytes]
) -> None:
    inside, lock, refused = [0], threading.Lock(), [0]

    def answer(request: Any) -> bytes:
        with lock:
            inside[0] += 1
            too_many = inside[0] > 2
            refused[0] += too_many
        time.sleep(0.01)
        with lock:
            inside[0] -= 1
        busy = says.fault("ErrorServerBusy", "Busy.", '<t:MessageXml><t:Value Name="BackOffMilliseconds">20</t:Value></t:MessageXml>')
        return framing(busy.body, "500 No") if too_many else exchange(request)

    rooms = [Promise(f"room{n}@contoso.com", Role.ROOM, Expected.ANSWER, "list@contoso.com") for n in range(120)]
    with wire.probe(wire.hostile(answer=answer), workers=4) as probe:
        result = Engine(probe, Limits(workers=4, pause=0.05), Silent()).pursue(Impersonation((*rooms, PROMISES[-1]), fresh=False))
    assert (result.judgement.verdict, result.stopped) == (Verdict.KEPT, None)
    assert 0 < refused[0] < 60


def test_the_rest_of_an_answer_that_is_given_up_is_no_doubt_about_those_before(wire: Any, framing: Callable[..., bytes]) -> None:
    large, left = framing("x" * (LARGEST_ANSWER + 200_000)), [wire.good]
    answer = lambda request: wire.answer(request) if "authorization" not in request.headers else left.pop() if left else large  # noqa: E731 - one line
    with wire.probe(wire.hostile(answer=answer)) as probe:
        assert probe.ask(ROOMS[0]) == Opened()
        assert learn(probe.ask(ROOMS[1])) == Unlearnt(Cause.TOO_LARGE)
        assert probe.doubted(idle=True) == []
