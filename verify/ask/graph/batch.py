"""The form of a batch of Graph: how questions are put into one, and a strict reader of what comes back."""

import json
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote

from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import Answer, Graph, Opened, Trouble, Wire
from roomscope.verify.net.wire import seconds

SIZE = 20
"""More Graph does not take."""

_QUERY = "calendarView?startDateTime=2001-01-01T00:00:00Z&endDateTime=2001-01-02T00:00:00Z&$select=id&$top=1"
"""A day long past, as for EWS: access is checked all the same, and hardly a calendar has anything there to name."""

_OWNER = re.compile(r"#users\('([^']+)'\)")


class NotAnAnswerError(ValueError):
    """What came is no whole answer to this batch."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The mailboxes of one request, each under a name that no earlier answer can bear."""

    mailboxes: Mapping[str, str]

    @classmethod
    def of(cls, mailboxes: Sequence[str]) -> "Batch":
        """One part a mailbox, in this order."""
        mark = secrets.token_hex(6)
        return cls({f"{number}-{mark}": mailbox for number, mailbox in enumerate(mailboxes, start=1)})

    def text(self) -> dict[str, object]:
        """As Graph wants it."""
        return {"requests": [
            {"id": name, "method": "GET", "url": f"/users/{quote(mailbox, safe='@')}/{_QUERY}"}
            for name, mailbox in self.mailboxes.items()
        ]}

    def read(self, data: bytes) -> list[Answer]:
        """What each mailbox was answered; a part that nobody asked for, or twice, makes all of them doubtful."""
        parts = [part for part in _list(read_json(data), "responses") if isinstance(part, dict)]
        names = Counter(str(part.get("id")) for part in parts)
        strange = [name for name, count in names.items() if name not in self.mailboxes or count > 1]
        if strange or len(parts) != len(_list(read_json(data), "responses")):
            raise NotAnAnswerError("a part that nobody asked for, or one twice")
        found = {str(part["id"]): part for part in parts}
        return [
            _read_part(found[name], mailbox) if name in found else Wire(Trouble.NOT_GRAPH, "no part for this mailbox")
            for name, mailbox in self.mailboxes.items()
        ]


def read_error(status: int, data: bytes, headers: Mapping[str, str]) -> Answer:
    """What an answer to the whole batch says."""
    told = _Headers(headers)
    try:
        body: object = read_json(data)
    except NotAnAnswerError:
        body = None
    if not isinstance(body, dict) and status not in {*range(300, 400), 401, 429, *range(500, 600)}:
        return Wire(Trouble.NOT_GRAPH, harmless(f"HTTP {status}, {told.get('content-type').partition(';')[0]}"), told.request_id)
    return _error(status, body, told)


class _Headers:
    """Headers of an answer or of one part of it, in whatever case."""

    def __init__(self, headers: object) -> None:
        pairs = headers.items() if isinstance(headers, Mapping) else ()
        self._values = {str(name).lower(): str(value) for name, value in pairs if isinstance(value, str | int)}

    def get(self, name: str) -> str:
        return self._values.get(name, "")

    @property
    def request_id(self) -> str:
        return self.get("request-id")


def _read_part(part: Mapping[str, Any], mailbox: str) -> Answer:
    status, body, headers = part.get("status"), part.get("body"), _Headers(part.get("headers"))
    if not isinstance(status, int) or isinstance(status, bool):
        return Wire(Trouble.NOT_GRAPH, "a part without a status", headers.request_id)
    if status != HTTPStatus.OK:
        return _error(status, body, headers)
    wrong = _wrong(body, mailbox)
    return Wire(Trouble.NOT_GRAPH, wrong, headers.request_id) if wrong else Opened(headers.request_id)


def _wrong(body: object, mailbox: str) -> str:
    """Why this is no page of this calendar with one id at most, as it was asked for."""
    if not isinstance(body, dict) or "error" in body:
        return "a success that is none"
    items = body.get("value")
    if not isinstance(items, list) or len(items) > 1 or not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in items):
        return "a success without the page that was asked for"
    owner = _OWNER.search(str(body.get("@odata.context", "")))
    named = unquote(owner[1]).lower() if owner else mailbox
    return "an answer for another mailbox" if "@" in named and named != mailbox else ""


def _error(status: int, body: object, headers: _Headers) -> Graph:
    error = body.get("error") if isinstance(body, dict) else None
    error = error if isinstance(error, dict) else {}
    inner = error.get("innerError")
    request_id = headers.request_id or str(inner.get("request-id", "") if isinstance(inner, dict) else "")
    code, text = (error.get(key) if isinstance(error.get(key), str) else "" for key in ("code", "message"))
    return Graph(status, str(code), str(text), seconds(headers.get("retry-after")), headers.get("location"), request_id)


def _list(body: object, key: str) -> list[object]:
    found = body.get(key) if isinstance(body, dict) else None
    if not isinstance(found, list):
        raise NotAnAnswerError("no parts")
    return found


def read_json(data: bytes) -> object:
    """The whole of these bytes as JSON, in which no key stands twice."""
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise NotAnAnswerError("no whole JSON") from None


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is no JSON")
