"""The rounds of the proof for Exchange Online, and what their answers amount to."""

from collections.abc import Callable

import pytest

from roomscope.verify.judge.answer import Answer, Coded, Graph, Http, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.application import Application, for_scope_only, weigh
from roomscope.verify.judge.proofs.decoys import NOBODY
from roomscope.verify.judge.proofs.proof import Round
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import KEPT, Judgement, Verdict

CONTROL = Promise("ceo@y.com", Role.CONTROL, Expected.REFUSAL)
DECOY = f"{NOBODY}@y.com"
DENIED = Graph(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
UNKNOWN = Graph(404, "ErrorInvalidUser", "The requested user is invalid.")


def rooms(expected: Expected = Expected.ANSWER) -> list[Promise]:
    return [Promise(f"room{number}@x.com", Role.ROOM, expected, "list@x.com") for number in range(3)]


def graph(question: Question) -> Answer:
    if question.mailbox.startswith(NOBODY):
        return UNKNOWN
    return Opened() if question.mailbox.startswith("room") else DENIED


def pursue(
    answer: Callable[[Question], Answer] = graph, promises: list[Promise] | None = None, *, fresh: bool = False, acting: bool = False
) -> tuple[list[Round], Result]:
    proof, done = Application(promises or [*rooms(), CONTROL], fresh=fresh, acting=acting), []
    for each in proof.rounds():
        done.append(each)
        for question in each.questions:
            came = answer(question)
            proof.keep(Asked(question, came, learn(came), 1))
    return done, proof.judge(None)


def but(**answers: Answer) -> Callable[[Question], Answer]:
    """The usual answers but for these mailboxes, by the beginning of their address."""

    def answer(question: Question) -> Answer:
        name = "nobody" if question.mailbox.startswith(NOBODY) else question.mailbox.partition("@")[0]
        return answers.get(name) or graph(question)

    return answer


def test_the_first_room_and_an_address_that_cannot_exist_go_first_then_everybody_else() -> None:
    done, result = pursue()
    assert [each.alone for each in done] == [True, False, False]
    assert [[question.mailbox for question in each.questions] for each in done] == [
        ["room0@x.com", DECOY], ["room1@x.com", "room2@x.com", "ceo@y.com", f"{NOBODY}@x.com"],
        ["room0@x.com", DECOY, f"{NOBODY}@x.com"],
    ]
    assert {(q.door, q.acting) for each in done for q in each.questions} == {(Door.APPLICATION, None)}
    assert (result.judgement, result.requests) == (KEPT, 6 + 3)


def test_through_ews_the_application_acts_as_each_mailbox() -> None:
    done, _ = pursue(acting=True)
    assert all(question.acting == question.mailbox for each in done for question in each.questions)


@pytest.mark.parametrize(
    ("answers", "verdict", "cause"),
    [
        ({"room1": DENIED}, Verdict.BROKEN, Cause.OUTSIDE_APPLICATION),
        ({"ceo": Opened()}, Verdict.BROKEN, Cause.CONTROL_OPEN_TO_APPLICATION),
        ({"ceo": UNKNOWN}, Verdict.UNASKED, Cause.CONTROL_ABSENT),
        ({"room1": UNKNOWN}, Verdict.UNASKED, Cause.ROOM_ABSENT),
        ({"nobody": DENIED}, Verdict.UNASKED, Cause.CONTROL_UNCERTAIN),
        ({"nobody": Graph(404, "NewCode")}, Verdict.KEPT, Cause.AS_PROMISED),
        ({"nobody": Graph(429, "TooManyRequests")}, Verdict.UNASKED, Cause.THROTTLED),
        ({"nobody": Wire(Trouble.TIMED_OUT)}, Verdict.UNASKED, Cause.TIMED_OUT),
        ({"nobody": Opened()}, Verdict.UNASKED, Cause.EVERYTHING_OPENS),
        ({"nobody": Opened(), "ceo": Opened()}, Verdict.UNASKED, Cause.EVERYTHING_OPENS),
        ({"ceo": Graph(403, "ErrorAccessDenied", "Access to OData is disabled.")}, Verdict.UNASKED, Cause.USER_AGENT),
        ({"ceo": Graph(403, "ErrorAccessDenied", "Access to OData is disabled: [RAOP] : Blocked")}, Verdict.UNASKED, Cause.ACCESS_POLICY),
        ({"ceo": Graph(403, "Other")}, Verdict.UNASKED, Cause.UNCLASSIFIED),
        ({"ceo": Graph(401, "ErrorAccessDenied")}, Verdict.UNASKED, Cause.TOKEN_REFUSED),
        ({"ceo": Graph(404, "MailboxNotEnabledForRESTAPI")}, Verdict.UNASKED, Cause.NOT_ONLINE),
    ],
)
def test_graphs_answers(answers: dict[str, Answer], verdict: Verdict, cause: Cause) -> None:
    assert pursue(but(**answers))[1].judgement == Judgement(verdict, cause)


def test_a_fresh_refusal_of_a_room_is_pending_and_an_open_control_is_not() -> None:
    assert pursue(but(room1=DENIED), fresh=True)[1].judgement == Judgement(Verdict.PENDING, Cause.FRESH_CHANGE_ONLINE)
    assert pursue(but(room1=DENIED, ceo=Opened()), fresh=True)[1].judgement.verdict is Verdict.BROKEN


def test_when_nobody_is_reached_rooms_are_told_apart_like_controls() -> None:
    gone = [*rooms(Expected.REFUSAL), CONTROL]
    shut = but(room0=DENIED, room1=DENIED, room2=DENIED)
    assert pursue(shut, gone)[1].judgement == KEPT
    assert pursue(but(room0=DENIED, room2=DENIED), gone)[1].judgement == Judgement(Verdict.BROKEN, Cause.ROOM_STILL_OPEN_TO_APPLICATION)
    alike = but(room0=DENIED, room1=DENIED, room2=DENIED, nobody=DENIED)
    assert pursue(alike, gone)[1].judgement == Judgement(Verdict.UNASKED, Cause.CONTROL_UNCERTAIN)


EWS_DENIED = Coded("ErrorImpersonateUserDenied")
ACCESS_DENIED = Coded("ErrorAccessDenied", "Access is denied.")
EWS_UNKNOWN = Coded("ErrorNonExistentMailbox")
HEADER = Http(403, policy="EWS is disabled for this user or tenant", bearer=True)


@pytest.mark.parametrize(
    ("answers", "verdict", "cause"),
    [
        ({}, Verdict.KEPT, Cause.AS_PROMISED),
        ({"ceo": ACCESS_DENIED}, Verdict.KEPT, Cause.AS_PROMISED),
        ({"ceo": ACCESS_DENIED, "nobody": EWS_DENIED}, Verdict.KEPT, Cause.AS_PROMISED),
        ({"nobody": EWS_DENIED}, Verdict.UNASKED, Cause.CONTROL_UNCERTAIN),
        ({"room1": ACCESS_DENIED}, Verdict.BROKEN, Cause.OUTSIDE_APPLICATION),
        ({"ceo": Coded("ErrorFolderNotFound")}, Verdict.UNASKED, Cause.ROOM_SHUT),
        ({"ceo": HEADER}, Verdict.UNASKED, Cause.EWS_OFF),
        ({"ceo": Http(403, policy="EWS is blocked by policy for this user or tenant")}, Verdict.UNASKED, Cause.EWS_BLOCKED),
        ({"ceo": Http(403)}, Verdict.UNASKED, Cause.EWS_BARE),
        ({"ceo": Coded("ErrorAccessDenied", "EWS has been disabled for this tenant.")}, Verdict.UNASKED, Cause.EWS_OFF),
        ({"ceo": Coded("ErrorAccessDenied", "EWS is blocked by policy.")}, Verdict.UNASKED, Cause.EWS_BLOCKED),
        ({"ceo": Coded("ErrorAccessDenied", "Access to EWS is disabled: [RAOP] : Blocked")}, Verdict.UNASKED, Cause.ACCESS_POLICY),
        ({"room0": HEADER, "nobody": HEADER}, Verdict.UNASKED, Cause.EWS_OFF),
        ({"room0": Http(403), "nobody": Http(403)}, Verdict.UNASKED, Cause.EWS_GONE),
        ({"room0": Http(404), "nobody": Http(404)}, Verdict.UNASKED, Cause.EWS_GONE),
        ({"ceo": Http(401, diagnostics='2000008;reason="The token contains no permissions"', bearer=True)}, Verdict.UNASKED, Cause.NO_PERMISSIONS),
        ({"room0": Http(404), "nobody": EWS_UNKNOWN}, Verdict.UNASKED, Cause.NOT_EWS),
        ({"room0": Http(503), "nobody": Http(503)}, Verdict.UNASKED, Cause.IN_FRONT),
    ],
)
def test_ews_answers(answers: dict[str, Answer], verdict: Verdict, cause: Cause) -> None:
    usual: dict[str, Answer] = {"ceo": EWS_DENIED, "nobody": EWS_UNKNOWN}
    assert pursue(but(**{**usual, **answers}), acting=True)[1].judgement == Judgement(verdict, cause)


def test_nobody_else_is_asked_where_nobody_looks_at_the_mailbox() -> None:
    assert len(pursue(but(room0=HEADER, nobody=HEADER), acting=True)[0]) == 1


BROKEN = Judgement(Verdict.BROKEN, Cause.TOKEN_OPENS_MAILBOXES)
UNASKED = Judgement(Verdict.UNASKED, Cause.ROLE_UNKNOWN)


def test_the_worse_of_answers_and_token_decides() -> None:
    kept, pending, broken = pursue()[1], pursue(but(room1=DENIED), fresh=True)[1], pursue(but(ceo=Opened()))[1]
    assert [weigh(result, KEPT).judgement for result in (kept, pending, broken)] == [r.judgement for r in (kept, pending, broken)]
    assert [weigh(result, UNASKED).judgement for result in (kept, pending, broken)] == [UNASKED, UNASKED, broken.judgement]
    assert [weigh(result, BROKEN).judgement for result in (kept, pending, broken)] == [BROKEN, BROKEN, broken.judgement]


def test_a_twin_proves_the_scope_only() -> None:
    assert for_scope_only(pursue()[1]).judgement == Judgement(Verdict.KEPT, Cause.SCOPE_ONLY)
    broken = pursue(but(ceo=Opened()))[1]
    assert for_scope_only(broken) == broken
