"""Everything that faults.json can ask of the server."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from lxml import etree

Ask = Callable[..., str]


def code(answer: requests.Response) -> str:
    found = etree.fromstring(answer.content).xpath("string((//*[local-name()='ResponseCode'])[1])")
    return str(found)


def test_a_delay_is_kept(lab: Any, find_item: Ask) -> None:
    lab.misbehave(delayMs=150)
    start = time.monotonic()
    lab.post(find_item())
    assert time.monotonic() - start >= 0.15


def test_every_third_request_is_throttled_and_told_how_long_to_wait(
    lab: Any, find_item: Ask
) -> None:
    lab.misbehave(throttle={"every": 3, "backOffMs": 297749})
    answers = [lab.post(find_item()) for _ in range(6)]
    assert [one.status_code for one in answers] == [200, 200, 500] * 2
    assert code(answers[2]) == "ErrorServerBusy"
    value = etree.fromstring(answers[2].content).find(
        ".//{http://schemas.microsoft.com/exchange/services/2006/types}Value"
    )
    assert value is not None
    assert (value.get("Name"), value.text) == ("BackOffMilliseconds", "297749")


def test_an_answer_breaks_off_in_the_middle(lab: Any, find_item: Ask) -> None:
    lab.misbehave(cut={"every": 2})
    assert code(lab.post(find_item())) == "NoError"
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        lab.post(find_item())
    assert code(lab.post(find_item())) == "NoError"


def test_a_sign_in_page_comes_instead(lab: Any, find_item: Ask) -> None:
    lab.misbehave(html=True)
    answer = lab.post(find_item())
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_request_is_sent_elsewhere(lab: Any, find_item: Ask) -> None:
    lab.misbehave(redirect="http://127.0.0.1:9/elsewhere")
    answer = lab.post(find_item())
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://127.0.0.1:9/elsewhere")


def test_a_plain_status_comes_instead(lab: Any, find_item: Ask) -> None:
    lab.misbehave(status=503)
    assert lab.post(find_item()).status_code == 503


def test_a_policy_blocks_and_gives_its_reason(lab: Any, find_item: Ask) -> None:
    reason = "EWS is blocked by policy for this user or tenant"
    lab.misbehave(status=403, policyReason=reason)
    answer = lab.post(find_item())
    assert (answer.status_code, answer.headers["X-EWS-Policy-Reason"]) == (403, reason)


def test_sign_in_fails_with_a_diagnosis(lab: Any, find_item: Ask) -> None:
    lab.misbehave(status=401, diagnostics='2000008;reason="x"')
    answer = lab.post(find_item())
    assert answer.status_code == 401
    assert answer.headers["x-ms-diagnostics"] == '2000008;reason="x"'
    assert "WWW-Authenticate" in answer.headers


def test_the_impersonation_header_is_ignored(lab: Any, find_item: Ask) -> None:
    lab.misbehave(ignoreImpersonation=True)
    assert code(lab.post(find_item(), "ceo@contoso.com")) == "NoError"
    assert code(lab.post(find_item("ceo@contoso.com"), "ceo@contoso.com")) == "ErrorAccessDenied"


def test_a_huge_body_is_as_long_as_was_asked_for(lab: Any, find_item: Ask) -> None:
    lab.misbehave(hugeBody=300_000)
    assert len(lab.post(find_item()).content) >= 300_000


def test_an_unknown_address_is_denied_like_any_other(lab: Any, find_item: Ask) -> None:
    lab.misbehave(unknownIs="denied")
    assert code(lab.post(find_item(), "x@contoso.com")) == "ErrorImpersonateUserDenied"
    assert code(lab.post(find_item("x@contoso.com"))) == "ErrorAccessDenied"


def test_a_delegate_is_refused_as_if_there_were_no_folder(lab: Any, find_item: Ask) -> None:
    lab.misbehave(delegateIs="ErrorFolderNotFound")
    assert code(lab.post(find_item("ceo@contoso.com"))) == "ErrorFolderNotFound"


def test_one_mailbox_is_in_trouble_and_the_others_are_not(granted: Any, find_item: Ask) -> None:
    granted.misbehave(mailboxes={"aspen@contoso.com": {"code": "ErrorMailboxStoreUnavailable"}})
    answer = granted.post(find_item("aspen@contoso.com"), "aspen@contoso.com")
    assert (answer.status_code, code(answer)) == (200, "ErrorMailboxStoreUnavailable")
    assert code(granted.post(find_item(), "birch@contoso.com")) == "NoError"


def test_trouble_can_come_as_a_fault_and_pass(granted: Any, find_item: Ask) -> None:
    trouble = {"code": "ErrorServerBusy", "times": 2}
    granted.misbehave(mailboxes={"aspen@contoso.com": trouble})
    answers = [granted.post(find_item(), "aspen@contoso.com") for _ in range(3)]
    assert [one.status_code for one in answers] == [500, 500, 200]
    assert [code(one) for one in answers] == ["ErrorServerBusy", "ErrorServerBusy", "NoError"]


def test_the_server_can_lie_and_let_everybody_in(lab: Any, find_item: Ask) -> None:
    lab.misbehave(mailboxes={"ceo@contoso.com": {"code": "NoError"}})
    assert code(lab.post(find_item(), "ceo@contoso.com")) == "NoError"
    assert code(lab.post(find_item("ceo@contoso.com"))) == "NoError"


def test_an_unknown_fault_is_a_loud_error(lab: Any, find_item: Ask) -> None:
    lab.misbehave(explode=True)
    answer = lab.post(find_item())
    assert answer.status_code == 500
    assert "explode" in answer.text


def test_the_part_for_the_shell_is_left_alone(lab: Any, find_item: Ask) -> None:
    both = {"shell": [{"cmdlet": "*", "nth": 1, "kind": "kill"}], "ews": {"delayMs": 1}}
    (lab.folder / "faults.json").write_text(json.dumps(both), "utf-8")
    assert code(lab.post(find_item())) == "NoError"


def test_without_the_file_the_server_behaves_again(lab: Any, find_item: Ask) -> None:
    lab.misbehave(status=503)
    assert lab.post(find_item()).status_code == 503
    (lab.folder / "faults.json").unlink()
    assert lab.post(find_item()).status_code == 200
