"""The server, spoken to in plain HTTP: words, refusals, and what it never writes down."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import requests
from lxml import etree

from lab.ews.access import Access
from lab.ews.diary import meetings, of_day
from lab.ews.folders import item_id
from lab.ews.rooms import rooms
from lab.make.inventory import Row
from lab.make.new import Wishes, snapshot
from lab.make.people import Person, Population, room_list
from lab.state.changes import PutOrganization, PutRecipient
from lab.state.directory import Directory
from lab.state.folder import append, read, write_snapshot
from lab.state.model import FolderPermission

# Section 7.2 of the collected facts, word for word.
DENIED = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>
  <faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:ErrorImpersonateUserDenied</faultcode>
  <faultstring xml:lang="en-US">The account does not have permission to impersonate the requested user.</faultstring>
  <detail>
    <e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">ErrorImpersonateUserDenied</e:ResponseCode>
    <e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">The account does not have permission to impersonate the requested user.</e:Message>
  </detail>
</s:Fault></s:Body></s:Envelope>"""


def canonical(text: bytes) -> bytes:
    parser = etree.XMLParser(remove_blank_text=True)
    return etree.tostring(etree.fromstring(text, parser), method="c14n")


def code(answer: requests.Response) -> str:
    found = etree.fromstring(answer.content).xpath("string((//*[local-name()='ResponseCode'])[1])")
    return str(found)


def test_before_anything_is_granted_a_room_is_refused_word_for_word(
    lab: Any, find_item: Callable[..., str]
) -> None:
    answer = lab.post(find_item(), "aspen@contoso.com")
    assert answer.status_code == 500
    assert canonical(answer.content) == canonical(DENIED.encode())


def test_a_room_in_scope_answers_and_the_others_do_not(
    granted: Any, find_item: Callable[..., str]
) -> None:
    answers = {
        name: code(granted.post(find_item(), f"{name}@contoso.com"))
        for name in ("aspen", "birch", "cedar", "ceo", "svc-rooms")
    }
    denied = "ErrorImpersonateUserDenied"
    assert answers == {
        "aspen": "NoError",
        "birch": "NoError",
        "cedar": denied,
        "ceo": denied,
        "svc-rooms": denied,
    }


def test_the_log_says_who_asked_for_what(granted: Any, find_item: Callable[..., str]) -> None:
    granted.post(find_item("ceo@contoso.com"), "aspen@contoso.com", user="CONTOSO\\svc-rooms")
    assert granted.lines() == [
        {
            "operation": "FindItem",
            "impersonated": "aspen@contoso.com",
            "mailbox": "ceo@contoso.com",
            "user": "svc-rooms@contoso.com",
            "status": 200,
            "code": "ErrorAccessDenied",
        }
    ]


def test_the_account_reads_its_own_calendar_only(lab: Any, find_item: Callable[..., str]) -> None:
    assert code(lab.post(find_item())) == "NoError"
    assert code(lab.post(find_item("svc-rooms@contoso.com"))) == "NoError"
    assert code(lab.post(find_item("aspen@contoso.com"))) == "ErrorAccessDenied"
    assert code(lab.post(find_item("nobody@contoso.com"))) == "ErrorNonExistentMailbox"


def test_a_folder_permission_opens_a_calendar_to_a_delegate(
    lab: Any, find_item: Callable[..., str]
) -> None:
    directory = read(lab.folder)
    boss, service = (directory.by_address(f"{name}@contoso.com") for name in ("ceo", "svc-rooms"))
    assert boss is not None
    assert service is not None
    shared = FolderPermission(mailbox=boss.guid, user=service.guid, rights="Reviewer")
    before = directory.snapshot
    try:
        write_snapshot(lab.folder, before.model_copy(update={"folder_permissions": (shared,)}))
        assert code(lab.post(find_item("ceo@contoso.com"))) == "NoError"
        assert code(lab.post(find_item("reception@contoso.com"))) == "ErrorAccessDenied"
    finally:
        write_snapshot(lab.folder, before)
    assert code(lab.post(find_item("ceo@contoso.com"))) == "ErrorAccessDenied"


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        pytest.param("SmtpAddress", "ASPEN@contoso.com", "NoError", id="an address in capitals"),
        pytest.param("PrincipalName", "aspen@contoso.com", "NoError", id="a principal name"),
        pytest.param("PrincipalName", "x@y", "ErrorInvalidUserPrincipalName", id="a wrong one"),
        pytest.param("SID", "S-1-5-21-1", "ErrorInvalidSid", id="a SID"),
        pytest.param("PrimarySmtpAddress", "x@contoso.com", "ErrorNonExistentMailbox", id="nobody"),
        pytest.param("PrimarySmtpAddress", "trees@contoso.com", "ErrorNonExistentMailbox", id="a list"),
        pytest.param("PrimarySmtpAddress", " ", "ErrorInvalidExchangeImpersonationHeaderData", id="blank"),
    ],
)  # fmt: skip
def test_whom_to_impersonate_can_be_said_in_several_ways(
    granted: Any, find_item: Callable[..., str], kind: str, value: str, expected: str
) -> None:
    assert code(granted.post(find_item(), value, kind=kind)) == expected


def test_two_kinds_of_impersonation_at_once_are_refused(
    granted: Any, find_item: Callable[..., str]
) -> None:
    two = "aspen@contoso.com</t:PrimarySmtpAddress><t:PrimarySmtpAddress>birch@contoso.com"
    assert code(granted.post(find_item(), two)) == "ErrorMoreThanOneAccessModeSpecified"


def test_an_identifier_from_one_mailbox_does_not_open_it_to_another(
    granted: Any, find_item: Callable[..., str]
) -> None:
    body = "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>{}</m:FolderIds></m:GetFolder>"
    first = granted.post(
        body.format('<t:DistinguishedFolderId Id="calendar"/>'), "aspen@contoso.com"
    )
    key = str(etree.fromstring(first.content).xpath("string(//@Id)"))
    asked = body.format(f'<t:FolderId Id="{key}"/>')
    assert code(granted.post(asked, "aspen@contoso.com")) == "NoError"
    assert code(granted.post(asked, "birch@contoso.com")) == "ErrorAccessDenied"
    assert code(granted.post(body.format('<t:FolderId Id="????"/>'))) == "ErrorInvalidIdMalformed"


def test_a_view_over_more_than_two_years_is_refused(
    lab: Any, find_item: Callable[..., str]
) -> None:
    answer = lab.post(find_item(end="2029-01-01T00:00:00Z"))
    assert (answer.status_code, code(answer)) == (200, "ErrorCalendarViewRangeTooBig")


def test_only_identifiers_come_back_when_only_they_were_asked_for(
    granted: Any, find_item: Callable[..., str]
) -> None:
    text = "".join(
        granted.post(find_item(), f"{name}@contoso.com").text for name in ("aspen", "birch")
    )
    assert "ItemId" in text
    assert "Subject" not in text


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="none"),
        pytest.param("Basic c3ZjLXJvb21zQGNvbnRvc28uY29tOndyb25n", id="wrong password"),
        pytest.param("Basic !!!", id="not base64"),
        pytest.param("Basic bm9jb2xvbg==", id="no colon"),
        pytest.param("Bearer x", id="another scheme"),
    ],
)
def test_whoever_is_not_known_gets_401_and_is_told_how_to_sign_in(lab: Any, header: str) -> None:
    sent = {"Authorization": header} if header else {}
    answer = requests.post(lab.url, data=b"<x/>", headers=sent, verify=lab.ca, timeout=900)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_no_credential_is_ever_written_down(lab: Any, find_item: Callable[..., str]) -> None:
    lab.post(find_item())
    requests.post(
        lab.url, data=b"", auth=("svc-rooms@contoso.com", "wrong"), verify=lab.ca, timeout=10
    )
    written = b"".join(path.read_bytes() for path in lab.folder.iterdir() if path.is_file())
    for secret in (lab.password, "wrong", "d3Jvbmc", "Basic"):
        assert secret.encode() not in written


BAD = [
    pytest.param("", "ErrorSchemaValidation", id="nothing"),
    pytest.param("no xml", "ErrorSchemaValidation", id="no XML"),
    pytest.param(
        '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "ErrorSchemaValidation", id="an entity"
    ),
    pytest.param("<x/>", "ErrorSchemaValidation", id="no envelope"),
]


@pytest.mark.parametrize(("body", "expected"), BAD)
def test_what_is_no_request_is_refused(lab: Any, body: str, expected: str) -> None:
    answer = lab.send(body)
    assert (answer.status_code, code(answer)) == (500, expected)


def test_an_entity_in_a_good_envelope_is_refused_and_not_expanded(
    lab: Any, find_item: Callable[..., str]
) -> None:
    good = lab.post(find_item()).request.body.decode()
    answer = lab.send('<!DOCTYPE s [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + good)
    assert code(answer) == "ErrorSchemaValidation"
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    ("body", "named"),
    [
        pytest.param("<m:DeleteItem/>", "DeleteItem", id="an operation"),
        pytest.param(
            '<m:FindItem Traversal="Shallow"><m:Restriction/></m:FindItem>',
            "FindItem/Restriction",
            id="a part of one",
        ),
    ],
)
def test_what_the_lab_does_not_play_is_a_loud_error(lab: Any, body: str, named: str) -> None:
    answer = lab.post(body)
    assert (answer.status_code, code(answer)) == (500, "ErrorInvalidRequest")
    assert f"The lab does not know {named}." in answer.text


def test_an_unknown_server_version_is_refused(lab: Any, find_item: Callable[..., str]) -> None:
    good = lab.post(find_item()).request.body.decode()
    assert (
        code(lab.send(good.replace("Exchange2016", "Exchange2061"))) == "ErrorInvalidServerVersion"
    )


def test_other_paths_methods_and_sizes_are_refused(lab: Any) -> None:
    assert requests.get(lab.url, verify=lab.ca, timeout=900).status_code == 405
    other = lab.url.replace("/EWS/", "/OAB/")
    assert requests.post(other, verify=lab.ca, timeout=900).status_code == 404
    assert lab.send("<x>" + " " * 1_000_000 + "</x>").status_code == 413


def test_the_version_in_the_answer_is_the_one_of_the_organisation(
    lab: Any, find_item: Callable[..., str]
) -> None:
    changed = read(lab.folder).organization.model_copy(
        update={"version": "Version 15.1 (Build 2507.6)"}
    )
    change = PutOrganization(n=1, op="put", kind="organization", key="", value=changed)
    append(lab.folder, [change])
    text = lab.post(find_item()).text
    assert 'MajorVersion="15" MinorVersion="1" MajorBuildNumber="2507" MinorBuildNumber="6"' in text


def test_a_state_that_cannot_be_used_is_a_loud_error(
    lab: Any, find_item: Callable[..., str]
) -> None:
    (lab.folder / "changes.jsonl").write_bytes(b'{"n": 7, "op": "remove"}\n')
    answer = lab.post(find_item())
    assert answer.status_code == 500
    assert "does not agree with state.schema.json" in answer.text
    (lab.folder / "changes.jsonl").write_bytes(b"")
    assert code(lab.post(find_item())) == "NoError"


def test_a_secondary_address_is_refused_with_the_primary_one(
    granted: Any, find_item: Callable[..., str]
) -> None:
    room = read(granted.folder).by_address("aspen@contoso.com")
    assert room is not None
    addresses = (*room.email_addresses, "smtp:old.aspen@contoso.com")
    value = room.model_copy(update={"email_addresses": addresses})
    append(
        granted.folder,
        [PutRecipient(n=4, op="put", kind="recipients", key=value.guid, value=value)],
    )
    answer = granted.post(find_item(), "old.aspen@contoso.com")
    assert code(answer) == "ErrorNonPrimarySmtpAddress"
    assert '<t:Value Name="Primary">aspen@contoso.com</t:Value>' in answer.text
    smtp = granted.post(find_item(), "old.aspen@contoso.com", kind="SmtpAddress")
    assert code(smtp) == "NoError"


def test_an_item_of_one_mailbox_is_not_shown_to_another(granted: Any) -> None:
    room = read(granted.folder).by_address("aspen@contoso.com")
    assert room is not None
    meeting = next(one for day in range(1, 29) for one in of_day(room.guid, date(2026, 11, day)))
    body = (
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>"
        f'<m:ItemIds><t:ItemId Id="{item_id(meeting)}"/></m:ItemIds></m:GetItem>'
    )
    assert code(granted.post(body, "aspen@contoso.com")) == "NoError"
    assert code(granted.post(body, "birch@contoso.com")) == "ErrorAccessDenied"
    assert code(granted.post(body)) == "ErrorAccessDenied"


def test_a_room_list_answers_with_a_hundred_rooms_at_most() -> None:
    rows = tuple(Row(f"r{n:03}@contoso.com", f"R {n:03}", "RoomMailbox", "") for n in range(101))
    made = snapshot(
        Wishes(("contoso.com",), "s@contoso.com", "s", mailbox=True, controls=(), rooms=rows)
    )
    directory = Directory.of(made)
    members = [one.guid for one in made.recipients.values() if one.name.startswith("R ")]
    person = Person("list@contoso.com", "List", "RoomList", "Groups")
    group = Population(made.domains).add(person, room_list((), members, ""))
    directory.recipients[group.guid] = group
    assert len(members) == 101
    assert len(rooms(Access(directory), "list@contoso.com")) == 100


def test_some_mailboxes_are_empty_and_most_are_not() -> None:
    span = (datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 28, tzinfo=UTC))
    empty = [not any(meetings(str(number), *span)) for number in range(200)]
    assert 10 < sum(empty) < 100
