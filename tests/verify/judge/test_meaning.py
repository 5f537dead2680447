"""The table from what a server showed to what was learnt."""

import pytest

from roomscope.verify.judge.answer import Coded, Http, Odd, Opened, Trouble, Wire, describe
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Again, Answered, Homeless, Refused, Unlearnt
from roomscope.verify.judge.meaning import CODES, learn

REFUSALS = {
    "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorAccessDenied", "ErrorFolderNotFound",
    "ErrorItemNotFound",
}


def test_an_opened_calendar_is_an_answer() -> None:
    assert learn(Opened()) == Answered()


@pytest.mark.parametrize("code", sorted(CODES))
def test_only_five_codes_are_the_servers_own_no(code: str) -> None:
    assert isinstance(learn(Coded(code)), Refused) == (code in REFUSALS)


@pytest.mark.parametrize("code", ["", "NoError", "ErrorSomethingNew", "erroraccessdenied"])
def test_a_code_without_a_known_meaning_teaches_nothing(code: str) -> None:
    assert learn(Coded(code)) == Unlearnt(Cause.UNCLASSIFIED)


def test_no_status_of_http_is_an_answer_or_a_refusal() -> None:
    assert all(isinstance(learn(Http(status)), Unlearnt) for status in range(1000))


@pytest.mark.parametrize("trouble", Trouble)
def test_no_trouble_on_the_way_is_a_refusal(trouble: Trouble) -> None:
    assert isinstance(learn(Wire(trouble)), Unlearnt)


@pytest.mark.parametrize("code", ["ErrorNonExistentMailbox", "ErrorCannotFindUser", "ErrorInvalidUserPrincipalName"])
def test_absent_is_not_refused(code: str) -> None:
    assert learn(Coded(code)) == Absent()


def test_an_account_without_a_mailbox_is_neither_answered_nor_refused() -> None:
    assert learn(Coded("ErrorMissingEmailAddress")) == Homeless()


@pytest.mark.parametrize(
    ("came", "cause", "ends"),
    [
        (Http(401), Cause.SIGN_IN, True),
        (Http(401, offers=("ntlm",), scheme_offered=False), Cause.SCHEME, True),
        (Http(401, locked=True), Cause.LOCKED, True),
        (Http(500, locked=True), Cause.LOCKED, True),
        (Http(403), Cause.FORBIDDEN, True),
        (Http(403, bearer=True), Cause.FORBIDDEN, False),
        (Coded("ErrorPasswordExpired"), Cause.SIGN_IN, True),
        (Coded("ErrorPasswordChangeRequired"), Cause.SIGN_IN, True),
        (Coded("ErrorAccountDisabled"), Cause.SIGN_IN, True),
        (Http(403, policy="EWS is disabled"), Cause.POLICY, False),
        (Http(404), Cause.NOT_EWS, False),
        (Http(302, location="https://elsewhere/"), Cause.REDIRECTED, True),
        (Http(302, location="/EWS/GenericErrorPage.htm?aspxerrorpath=/ews/exchange.asmx"), Cause.IN_FRONT, False),
        (Http(502), Cause.IN_FRONT, False),
        (Wire(Trouble.UNTRUSTED), Cause.UNTRUSTED, True),
        (Odd("SOAPError"), Cause.UNCLASSIFIED, False),
        (Odd("ValueError", ours=True), Cause.UNEXPECTED, False),
    ],
)
def test_each_trouble_has_its_cause_and_some_end_the_run(came: Coded | Http | Wire | Odd, cause: Cause, ends: object) -> None:
    learnt = learn(came)
    assert isinstance(learnt, Unlearnt)
    assert (learnt.cause, learnt.stops) == (cause, ends)


@pytest.mark.parametrize("came", [Http(429), Http(503), Coded("ErrorServerBusy"), Coded("ErrorExceededConnectionCount")])
def test_a_busy_server_makes_everybody_wait(came: Http | Coded) -> None:
    learnt = learn(came)
    assert isinstance(learnt, Unlearnt)
    assert learnt.again in {Again.EVERYBODY, Again.FEWER}


@pytest.mark.parametrize("came", [Http(401), Http(403), Http(302), Wire(Trouble.UNTRUSTED), Wire(Trouble.TOO_LARGE)])
def test_what_stays_as_it_is_is_not_asked_again(came: Http | Wire) -> None:
    learnt = learn(came)
    assert isinstance(learnt, Unlearnt)
    assert learnt.again is Again.NO


def test_what_was_seen_is_told_with_status_and_policy() -> None:
    came = Http(403, policy="Blocked by policy", diagnostics="2000008", location="/x")
    assert describe(came) == "HTTP 403, X-EWS-Policy-Reason: Blocked by policy, 2000008, to /x"


def test_every_cause_says_what_it_means_what_to_do_and_who_can() -> None:
    numbers = [cause.value for cause in Cause]
    assert len(set(numbers)) == len(numbers)
    for cause in Cause:
        assert cause.value[:2] == "RS"
        assert cause.value[2:].isdigit()
        assert cause.headline
        assert cause.meaning.endswith(".")
        assert cause.action.endswith(".")
        assert cause.who.value
