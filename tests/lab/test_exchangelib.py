"""Unpatched exchangelib speaks to the server, in words that Microsoft's schema describes."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import exchangelib
import pytest
from exchangelib.errors import (
    ErrorAccessDenied,
    ErrorImpersonateUserDenied,
    ErrorNonExistentMailbox,
    UnauthorizedError,
)
from exchangelib.folders import Calendar
from exchangelib.items import ID_ONLY, SHALLOW
from exchangelib.properties import CalendarView, DistinguishedFolderId, Mailbox
from exchangelib.services import FindItem
from lxml import etree

START = exchangelib.EWSDateTime(2026, 11, 23, tzinfo=exchangelib.UTC)
MESSAGES = "{http://schemas.microsoft.com/exchange/services/2006/messages}"
BODY = "{http://schemas.xmlsoap.org/soap/envelope/}Body"
Connect = Callable[..., exchangelib.Account]


def meetings(account: exchangelib.Account) -> list[Any]:
    return list(account.calendar.view(START, START + timedelta(days=5)))


def test_a_room_shows_its_meetings_and_they_are_the_same_each_time(connect: Connect) -> None:
    first, second = meetings(connect("aspen@contoso.com")), meetings(connect("aspen@contoso.com"))
    other = meetings(connect("birch@contoso.com"))
    assert [one.start for one in first] == [one.start for one in second]
    assert first or other
    assert all(one.subject and START <= one.start < one.end for one in first + other)


def test_who_is_outside_the_scope_is_refused(connect: Connect) -> None:
    for address in ("cedar@contoso.com", "ceo@contoso.com"):
        with pytest.raises(ErrorImpersonateUserDenied):
            meetings(connect(address))


def test_an_address_that_is_nobodys_is_named_so(connect: Connect) -> None:
    with pytest.raises(ErrorNonExistentMailbox):
        meetings(connect("nobody@contoso.com"))


def test_the_account_itself_may_not_read_another_calendar(connect: Connect) -> None:
    with pytest.raises(ErrorAccessDenied):
        meetings(connect("ceo@contoso.com", access=exchangelib.DELEGATE))


def test_a_wrong_password_is_refused(connect: Connect) -> None:
    with pytest.raises(UnauthorizedError):
        meetings(connect("aspen@contoso.com", password=f"not {connect}"))


def test_an_impersonated_room_may_not_read_a_control(connect: Connect) -> None:
    account = connect("aspen@contoso.com")
    control = DistinguishedFolderId(id="calendar", mailbox=Mailbox(email_address="ceo@contoso.com"))
    answers = FindItem(account=account).call(
        folders=[Calendar(root=None, _distinguished_id=control)],
        additional_fields=None,
        restriction=None,
        order_fields=None,
        shape=ID_ONLY,
        query_string=None,
        depth=SHALLOW,
        calendar_view=CalendarView(start=START, end=START + timedelta(days=5), max_items=1),
        max_items=1,
        offset=0,
    )
    with pytest.raises(ErrorAccessDenied):
        list(answers)


def test_room_lists_and_names_are_answered(connect: Connect) -> None:
    protocol = connect("svc-rooms@contoso.com", access=exchangelib.DELEGATE).protocol
    assert [one.name for one in protocol.get_roomlists()] == ["Trees d'été"]
    assert [one.name for one in protocol.get_rooms("trees@contoso.com")] == ["Aspen", "Birch"]
    assert [one.email_address for one in protocol.resolve_names(["ceo@contoso.com"])] == [
        "ceo@contoso.com"
    ]


def test_the_folders_of_a_mailbox_can_be_walked(connect: Connect) -> None:
    account = connect("svc-rooms@contoso.com", access=exchangelib.DELEGATE)
    assert {"Calendar", "Inbox"} <= {one.name for one in account.root.walk()}


def test_every_request_and_every_answer_agrees_with_the_schema(
    connect: Connect, granted: Any, find_item: Callable[..., str], schemas: Path | None
) -> None:
    meetings(connect("aspen@contoso.com"))
    meetings(connect("birch@contoso.com"))
    account = connect("svc-rooms@contoso.com", access=exchangelib.DELEGATE)
    list(account.protocol.get_roomlists())
    list(account.protocol.get_rooms("trees@contoso.com"))
    for name in ("ceo@contoso.com", "no such name"):
        account.protocol.resolve_names([name])
    list(account.root.walk())
    list(account.calendar.all()[:3])
    for mailbox in ("ceo@contoso.com", "nobody@contoso.com"):
        granted.post(find_item(mailbox))
    granted.post(find_item(end="2029-01-01T00:00:00Z"))
    spoken = {line["operation"] for line in granted.lines()}
    assert spoken == {
        "FindItem", "GetItem", "GetFolder", "FindFolder", "ConvertId", "GetRoomLists", "GetRooms", "ResolveNames",
    }  # fmt: skip
    schema = None if schemas is None else etree.XMLSchema(etree.parse(schemas / "ews" / "messages.xsd"))
    for pair in granted.lines("bodies.jsonl"):
        for text in pair.values():
            body = etree.fromstring(text.encode()).find(BODY)
            assert body is not None
            assert body[0].tag.startswith(MESSAGES)
            if schema is not None:
                schema.assertValid(body[0])
