"""The bytes of one answer, read once and strictly."""

from typing import Any

import pytest

from roomscope.verify.ask.ews.reader import read
from roomscope.verify.judge.answer import Coded, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Again, Answered, Refused, Unlearnt
from roomscope.verify.judge.meaning import learn

ITEM = '<t:CalendarItem><t:ItemId Id="AAA" ChangeKey="BBB"/></t:CalendarItem>'
CODE = "<m:ResponseCode>%s</m:ResponseCode>"


@pytest.fixture
def answers(says: Any) -> dict[str, str]:
    """Whole answers of each kind."""
    return {
        "NoError": says.items(ITEM).body,
        "ErrorAccessDenied": says.error("ErrorAccessDenied").body,
        "ErrorImpersonateUserDenied": says.fault("ErrorImpersonateUserDenied").body,
    }


def inner(answer: str, code: str, more: str = "") -> str:
    """The same with a reason inside."""
    values = f'<m:MessageXml><t:Value Name="InnerErrorResponseCode">{code}</t:Value>{more}</m:MessageXml>'
    return answer.replace("<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>", values)


def test_whole_answers_are_read(answers: dict[str, str]) -> None:
    assert read(answers["NoError"].encode(), 200, "77") == Opened("77")
    assert read(answers["ErrorAccessDenied"].encode(), 200, "77") == Coded("ErrorAccessDenied", "No.", request_id="77")
    fault = read(answers["ErrorImpersonateUserDenied"].encode(), 500)
    assert fault == Coded("ErrorImpersonateUserDenied", "No.")
    assert isinstance(fault, Coded)
    assert fault.fault


def test_a_fault_of_another_server_is_read_without_prefix_and_detail_and_with_200() -> None:
    said = (
        '<?xml version="1.0"?><SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/"><SOAP:Body><SOAP:Fault>'
        "<faultcode>ErrorCannotFindUser</faultcode><faultstring>E-3006</faultstring></SOAP:Fault></SOAP:Body></SOAP:Envelope>"
    )
    assert read(said.encode(), 200) == Coded("ErrorCannotFindUser", "E-3006")


@pytest.mark.parametrize("kind", ["NoError", "ErrorAccessDenied", "ErrorImpersonateUserDenied"])
def test_an_answer_that_lacks_its_end_is_none_wherever_it_is_cut(answers: dict[str, str], kind: str) -> None:
    data = answers[kind].encode()
    for end in range(len(data)):
        came = read(data[:end], 200)
        assert isinstance(came, Wire), data[:end]
        assert came.trouble in {Trouble.CUT, Trouble.NOT_EWS}


@pytest.mark.parametrize("kind", ["NoError", "ErrorAccessDenied", "ErrorImpersonateUserDenied"])
def test_whatever_stands_beside_an_answer_makes_it_none(answers: dict[str, str], kind: str) -> None:
    whole = answers[kind]
    for more in (
        answers["NoError"], "<a/>", "x", "\0", "\0<a/>", "<!-- a -->", "<?a b?>", "</s:Envelope>", "&amp;", "\x01", "<![CDATA[a]]>",
    ):
        came = read((whole + more).encode(), 200)
        assert learn(came) in (Unlearnt(Cause.NOT_ONE), Unlearnt(Cause.CUT, Again.ALONE)), more
    assert not isinstance(read((whole + "\r\n").encode(), 200), Wire)


CHANGES = [
    ("</s:Body>", "</s:Body><s:Body/>"), ("</s:Body>", "</s:Body><s:Other/>"), ("</s:Body>", "<m:Other/></s:Body>"),
    ("<s:Body>", "<s:Body>text"), ("</s:Body>", "text</s:Body>"), ("<s:Body>", "<s:Body><!-- a -->"), ("<s:Body>", "<s:Body><?a b?>"),
    ("<s:Body>", "<s:Other/><s:Body>"), ("s:Body>", "s:Other>"),
]
IN_A_MESSAGE = [
    ("</m:ResponseMessages>", "<m:Other/></m:ResponseMessages>"), ("</m:FindItemResponse>", "<m:Other/></m:FindItemResponse>"),
    ("FindItemResponse>", "GetFolderResponse>"), ("FindItemResponseMessage", "GetFolderResponseMessage"),
    (CODE[:16], f"{CODE[:16]}<x/>"), ("</m:ResponseCode>", "<x/></m:ResponseCode>"), ("</m:ResponseCode>", "<!-- a --></m:ResponseCode>"),
    ("</m:ResponseCode>", "</m:ResponseCode><!-- a -->"), ("</m:ResponseCode>", "</m:ResponseCode><m:Other/>"),
    ("</m:ResponseCode>", "</m:ResponseCode><m:ResponseCode>NoError</m:ResponseCode>"),
    ("</m:ResponseCode>", "</m:ResponseCode>text"), ("ResponseClass=", "Response="), ("</m:ResponseCode>", " more</m:ResponseCode>"),
    ("</m:FindItemResponseMessage>", "<m:ResponseCode>ErrorAccessDenied</m:ResponseCode></m:FindItemResponseMessage>"),
    ("</m:FindItemResponseMessage>", '</m:FindItemResponseMessage><m:FindItemResponseMessage ResponseClass="Success"/>'),
    ('ResponseClass="', 'ResponseClass="Warning'),
]
IN_A_FAULT = [
    ("</s:Fault>", "<faultcode>a:ErrorAccessDenied</faultcode></s:Fault>"), ("</faultcode>", "<x/></faultcode>"),
    ("a:ErrorImpersonateUserDenied", "a:ErrorAccessDenied"), ("</detail>", "<a/></detail>"), ("</detail>", "</detail><m:Other/>"),
    ("<detail>", '<detail><e:ResponseCode xmlns:e="e">ErrorAccessDenied</e:ResponseCode>'), ("</faultcode>", "</faultcode><!-- a -->"),
    ("ErrorImpersonateUserDenied</e:ResponseCode>", "NoError</e:ResponseCode>"), ("</s:Fault>", "</s:Fault><s:Fault/>"),
]
CASES = [
    *((kind, *change) for kind in ("NoError", "ErrorAccessDenied", "ErrorImpersonateUserDenied") for change in CHANGES),
    *((kind, *change) for kind in ("NoError", "ErrorAccessDenied") for change in IN_A_MESSAGE),
    *(("ErrorImpersonateUserDenied", *change) for change in IN_A_FAULT),
]


@pytest.mark.parametrize(("kind", "old", "new"), CASES)
def test_two_codes_two_messages_and_anything_that_trails_are_no_answer(answers: dict[str, str], kind: str, old: str, new: str) -> None:
    assert old in answers[kind]
    came = read(answers[kind].replace(old, new).encode(), 200)
    assert learn(came) == Unlearnt(Cause.NOT_ONE), came


@pytest.mark.parametrize("kind", ["NoError", "ErrorAccessDenied", "ErrorImpersonateUserDenied"])
def test_a_document_type_makes_an_answer_none(answers: dict[str, str], kind: str) -> None:
    head, _, rest = answers[kind].partition("?>")
    typed = f'{head}?><!DOCTYPE a [<!ENTITY b "NoError">]>{rest}'
    assert learn(read(typed.encode(), 200)) == Unlearnt(Cause.NOT_ONE)
    assert not isinstance(learn(read(typed.replace("utf-8", "utf-16").encode("utf-16"), 200)), Answered | Refused | Absent)


def test_an_answer_nested_too_deeply_is_none(answers: dict[str, str]) -> None:
    deep = answers["NoError"].replace(ITEM, "<t:a>" * 5000 + "</t:a>" * 5000)
    assert learn(read(deep.encode(), 200)) == Unlearnt(Cause.CUT, Again.ALONE)


@pytest.mark.parametrize(
    ("outer", "within", "learnt"),
    [
        ("ErrorInternalServerError", "ErrorAccessDenied", Unlearnt(Cause.NOT_ONE)),
        ("ErrorTimeoutExpired", "ErrorImpersonateUserDenied", Unlearnt(Cause.TEMPORARY, Again.ALONE)),
        ("ErrorAccessDenied", "ErrorInternalServerError", Unlearnt(Cause.NOT_ONE)),
        ("ErrorAccessDenied", "ErrorNonExistentMailbox", Unlearnt(Cause.NOT_ONE)),
        ("ErrorAccessDenied", "NoError", Unlearnt(Cause.NOT_ONE)),
        ("ErrorAccessDenied", "ErrorServerBusy", Unlearnt(Cause.THROTTLED, Again.FEWER)),
        ("ErrorInternalServerError", "ErrorTimeoutExpired", Unlearnt(Cause.TEMPORARY, Again.ALONE)),
        ("ErrorImpersonateUserDenied", "ErrorMailboxStoreUnavailable", Unlearnt(Cause.TEMPORARY, Again.ALONE)),
        ("ErrorImpersonateUserDenied", "ErrorPasswordExpired", Unlearnt(Cause.SIGN_IN, stops=True)),
        ("ErrorTimeoutExpired", "ErrorAccountDisabled", Unlearnt(Cause.SIGN_IN, stops=True)),
        ("ErrorImpersonateUserDenied", "ErrorBrandNew", Unlearnt(Cause.NOT_ONE)),
        ("ErrorInternalServerError", "ErrorBrandNew", Unlearnt(Cause.SERVER_FAULT)),
        ("ErrorAccessDenied", "ErrorAccessDenied", Refused(Cause.ROOM_SHUT)),
    ],
)
def test_a_code_inside_that_says_otherwise_leaves_nothing_learnt(says: Any, outer: str, within: str, learnt: object) -> None:
    assert learn(read(inner(says.error(outer).body, within).encode(), 200)) == learnt


@pytest.mark.parametrize(
    ("hint", "seconds"),
    [("3000", 3.0), ("3000.5", 3.0005), ("1e3", None), ("NaN", None), ("abc", None), ("-1", None), ("9" * 40, None), ("", None)],
)
def test_a_hint_is_read_or_left_aside(says: Any, hint: str, seconds: float | None) -> None:
    more = f'<t:Value Name="BackOffMilliseconds">{hint}</t:Value>'
    came = read(inner(says.error("ErrorInternalServerError").body, "ErrorServerBusy", more).encode(), 200)
    assert isinstance(came, Coded)
    assert (came.code, came.back_off) == ("ErrorServerBusy", seconds)


PLACES = "<t:LineNumber>2</t:LineNumber><t:LinePosition>7</t:LinePosition><t:Violation>No.</t:Violation>"


@pytest.mark.parametrize("more", [PLACES, '<t:Value Name="Other">x</t:Value>', '<t:FieldURI FieldURI="item:Subject"/>', ""])
def test_places_in_the_request_and_other_values_beside_a_hint_are_left_aside(says: Any, more: str) -> None:
    hint = '<t:Value Name="BackOffMilliseconds">250</t:Value>'
    for said in (more + hint, hint + more):
        text = says.fault("ErrorServerBusy", "Busy.", f"<t:MessageXml>{said}</t:MessageXml>").body
        assert read(text.encode(), 500) == Coded("ErrorServerBusy", "Busy.", 0.25)
        plain = says.error("ErrorServerBusy", "Busy.").body
        within = plain.replace("</m:DescriptiveLinkKey>", f"</m:DescriptiveLinkKey><m:MessageXml>{said}</m:MessageXml>")
        assert read(within.encode(), 200) == Coded("ErrorServerBusy", "Busy.", 0.25)


def test_a_second_declaration_is_a_second_document_and_no_cut(answers: dict[str, str]) -> None:
    for whole in answers.values():
        assert learn(read((whole + whole).encode(), 200)) == Unlearnt(Cause.NOT_ONE)
