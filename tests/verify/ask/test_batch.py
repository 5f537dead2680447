"""What Graph may answer to a batch, byte for byte; whatever is not whole says nothing about a mailbox."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from roomscope.verify.ask.graph.batch import Batch, NotAnAnswerError, read_error
from roomscope.verify.judge.answer import Answer, Graph, Opened, Trouble, Wire

MAILBOXES = ["room1@contoso.com", "o'brien+x#?/%@contoso.com"]


def page(mailbox: str = "room1@contoso.com", **more: Any) -> dict[str, Any]:
    context = f"https://graph.microsoft.com/v1.0/$metadata#users('{mailbox}')/calendarView(id)"
    return {"@odata.context": context, "value": [{"@odata.etag": "W/1", "id": "AAA"}], **more}


def refusal(code: str = "ErrorAccessDenied", text: str = "Access is denied.") -> dict[str, Any]:
    return {"error": {"code": code, "message": text, "innerError": {"request-id": "r-1"}}}


def read(change: Callable[[list[dict[str, Any]]], object] = lambda _: None) -> list[Answer]:
    """The answer to a batch of two, the second of which is refused, after a change."""
    batch = Batch.of(MAILBOXES)
    first, second = batch.mailboxes
    parts = [{"id": second, "status": 403, "headers": {}, "body": refusal()}, {"id": first, "status": 200, "headers": {}, "body": page()}]
    change(parts)
    return batch.read(json.dumps({"responses": parts}).encode())


def test_each_part_belongs_to_its_mailbox_in_whatever_order() -> None:
    assert read() == [Opened(), Graph(403, "ErrorAccessDenied", "Access is denied.", request_id="r-1")]


def test_a_batch_asks_for_one_id_of_a_day_long_past_and_quotes_what_is_no_address_of_a_path() -> None:
    text: Any = Batch.of(MAILBOXES).text()
    first, second = text["requests"]
    assert first["url"] == (
        "/users/room1@contoso.com/calendarView?startDateTime=2001-01-01T00:00:00Z&endDateTime=2001-01-02T00:00:00Z&$select=id&$top=1"
    )
    assert second["url"].startswith("/users/o%27brien%2Bx%23%3F%2F%25@contoso.com/calendarView?")
    assert {first["method"], second["method"]} == {"GET"}


def test_the_names_of_parts_never_come_again() -> None:
    assert not set(Batch.of(MAILBOXES).mailboxes) & set(Batch.of(MAILBOXES).mailboxes)


@pytest.mark.parametrize(
    "change",
    [
        lambda parts: parts.append({"id": "nobody", "status": 200, "body": page()}),
        lambda parts: parts.append(parts[0]),
        lambda parts: parts.append("text"),
        lambda parts: parts.append({"status": 200, "body": page()}),
        lambda parts: parts[0].update(id=parts[1]["id"]),
        lambda parts: parts[0].update(id=parts[0]["id"].upper() + "X"),
    ],
)
def test_a_part_too_many_makes_all_of_them_doubtful(change: Callable[[Any], object]) -> None:
    with pytest.raises(NotAnAnswerError):
        read(change)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"null", b"[]", b"{}", b'{"responses": {}}', b'{"responses": [], "responses": []}', b'{"responses": NaN}',
     b'\xff{"responses": []}', b'{"responses": []} {}', b"<html></html>", b"[" * 100_000],
)
def test_what_is_no_whole_json_is_no_answer(data: bytes) -> None:
    with pytest.raises(NotAnAnswerError):
        Batch.of(MAILBOXES).read(data)


def test_every_cut_of_an_answer_is_no_answer() -> None:
    batch = Batch.of(MAILBOXES[:1])
    (name,) = batch.mailboxes
    whole = json.dumps({"responses": [{"id": name, "status": 200, "body": page()}]}).encode()
    assert batch.read(whole) == [Opened()]
    for end in range(len(whole)):
        with pytest.raises(NotAnAnswerError):
            batch.read(whole[:end])


def test_a_part_that_is_missing_leaves_its_mailbox_unasked() -> None:
    assert read(lambda parts: parts.pop(1))[0] == Wire(Trouble.NOT_GRAPH, "no part for this mailbox")


@pytest.mark.parametrize(
    "part",
    [
        {"status": 200, "body": None},
        {"status": 200, "body": {}},
        {"status": 200, "body": "text"},
        {"status": 200, "body": {"value": {}}},
        {"status": 200, "body": {"value": ["AAA"]}},
        {"status": 200, "body": {"value": [{}]}},
        {"status": 200, "body": {"value": [{"id": 1}]}},
        {"status": 200, "body": {"value": [{"id": "A"}, {"id": "B"}]}},
        {"status": 200, "body": page() | refusal()},
        {"status": 200, "body": page("ceo@contoso.com")},
        {"status": 200, "body": page("ceo%40contoso.com")},
        {"status": "200", "body": page()},
        {"status": True, "body": page()},
        {"body": page()},
    ],
)
def test_a_success_that_is_not_what_was_asked_for_is_none(part: dict[str, Any]) -> None:
    def change(parts: list[dict[str, Any]]) -> None:
        parts[1] = {"id": parts[1]["id"], **part}

    (first, second) = read(change)
    assert isinstance(first, Wire)
    assert first.trouble is Trouble.NOT_GRAPH
    assert isinstance(second, Graph)


@pytest.mark.parametrize("mailbox", ["ROOM1@contoso.com", "room1%40contoso.com", "3f2a1b4c-0000-4000-8000-000000000000"])
def test_the_mailbox_may_be_named_in_another_way(mailbox: str) -> None:
    assert read(lambda parts: parts[1].update(body=page(mailbox)))[0] == Opened()


def test_an_empty_day_is_an_answer_and_more_pages_draw_no_question() -> None:
    assert read(lambda parts: parts[1].update(body=page(value=[])))[0] == Opened()
    assert read(lambda parts: parts[1]["body"].update({"@odata.nextLink": "https://x/"}))[0] == Opened()


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7.0), ({"retry-after": "0"}, 0.0), ({"Retry-After": 3}, 3.0), ({"Retry-After": "soon"}, None), ({"Retry-After": "-1"}, None),
     ({"Retry-After": "1e3"}, None), ("text", None), (None, None), ({}, None)],
)
def test_each_part_has_its_own_time_to_wait(headers: object, seconds: float | None) -> None:
    answer = read(lambda parts: parts[0].update(status=429, headers=headers))[1]
    assert isinstance(answer, Graph)
    assert answer.back_off == seconds


@pytest.mark.parametrize("error", [None, "text", [], {"code": 1}, {"message": "x"}])
def test_an_error_without_a_code_is_read_by_its_status(error: object) -> None:
    answer = read(lambda parts: parts[0].update(body={"error": error}))[1]
    assert isinstance(answer, Graph)
    assert (answer.status, answer.code) == (403, "")


@pytest.mark.parametrize(
    ("status", "data", "headers", "expected"),
    [
        (401, b"", {}, Graph(401)),
        (302, b"", {"Location": "https://x/"}, Graph(302, location="https://x/")),
        (429, b"slow down", {"Retry-After": "9"}, Graph(429, back_off=9.0)),
        (503, b"<html>", {"request-id": "r"}, Graph(503, request_id="r")),
        (403, b"<html>", {"Content-Type": "text/html; x"}, Wire(Trouble.NOT_GRAPH, "HTTP 403, text/html")),
        (404, b"", {}, Wire(Trouble.NOT_GRAPH, "HTTP 404, ")),
        (403, json.dumps(refusal("X", "y")).encode(), {}, Graph(403, "X", "y", request_id="r-1")),
    ],
)
def test_an_answer_to_the_whole_batch(status: int, data: bytes, headers: dict[str, str], expected: Answer) -> None:
    assert read_error(status, data, headers) == expected
