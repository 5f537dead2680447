"""A calendar view: the meetings of one mailbox in a span of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from lab.ews.diary import Meeting, meetings
from lab.ews.folders import item_id
from lab.graph.refusal import NO_WINDOW, GraphRefusal, unknown

PAGE = 10
MOST = 1000
PROPERTIES = frozenset(
    {
        "id", "createdDateTime", "lastModifiedDateTime", "changeKey", "categories", "subject", "importance",
        "sensitivity", "isAllDay", "isCancelled", "isOrganizer", "showAs", "type", "start", "end", "location",
        "attendees",
    }
)  # fmt: skip
KNOWN = frozenset({"startdatetime", "enddatetime", "$top", "$skip", "$select", "$orderby"})


@dataclass(frozen=True, slots=True)
class View:
    """What of a calendar is asked for."""

    start: datetime
    end: datetime
    top: int
    skip: int
    fields: frozenset[str]
    """Empty for all of them."""


def view(query: Mapping[str, str]) -> View:
    """The view that a query describes; both dates must be there."""
    asked = {name.lower(): value for name, value in query.items()}
    surplus = sorted(asked.keys() - KNOWN)
    if surplus:
        raise unknown(f"the query option {surplus[0]}")
    if not asked.get("startdatetime") or not asked.get("enddatetime"):
        raise GraphRefusal(400, "ErrorInvalidParameter", NO_WINDOW)
    start, end = (moment(asked[name]) for name in ("startdatetime", "enddatetime"))
    if end < start:
        raise GraphRefusal(400, "ErrorInvalidParameter", "The end date is before the start date.")
    fields = frozenset(filter(None, asked.get("$select", "").split(",")))
    for name in sorted(fields - PROPERTIES):
        raise unknown(f"the property {name} of an event")
    return View(start, end, number(asked, "$top", PAGE), number(asked, "$skip", 0), fields)


def moment(text: str) -> datetime:
    """A time of a request; without an offset it is UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise GraphRefusal(
            400, "ErrorInvalidParameter", f"The value '{text}' is not a valid date and time."
        ) from None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def number(asked: Mapping[str, str], name: str, usual: int) -> int:
    """A number of a query."""
    text = asked.get(name, str(usual))
    least = 1 if name == "$top" else 0
    if not text.isdecimal() or not least <= int(text) <= MOST:
        raise GraphRefusal(400, "BadRequest", f"Invalid value '{text}' for {name} found.")
    return int(text)


def page(address: str, mailbox: str, wanted: View) -> dict[str, Any]:
    """The meetings of a mailbox as Graph answers them."""
    found = tuple(meetings(mailbox, wanted.start, wanted.end))
    shown = found[wanted.skip : wanted.skip + wanted.top]
    select = f"({','.join(sorted(wanted.fields))})" if wanted.fields else ""
    answer: dict[str, Any] = {
        "@odata.context": f"https://graph.microsoft.com/v1.0/$metadata#users('{quote(address, safe='')}')/calendarView{select}",
        "value": [event(one, wanted.fields) for one in shown],
    }
    if wanted.skip + wanted.top < len(found):
        answer["@odata.nextLink"] = next_link(address, wanted)
    return answer


def next_link(address: str, wanted: View) -> str:
    """Where the next page is."""
    query = {
        "startDateTime": wanted.start.isoformat(),
        "endDateTime": wanted.end.isoformat(),
        "$top": wanted.top,
        "$skip": wanted.skip + wanted.top,
        **({"$select": ",".join(sorted(wanted.fields))} if wanted.fields else {}),
    }
    return f"https://graph.microsoft.com/v1.0/users/{address}/calendarView?{urlencode(query)}"


def event(meeting: Meeting, fields: frozenset[str]) -> dict[str, Any]:
    """One meeting; the identifier and the mark of its version come with every choice of fields."""
    whole: dict[str, Any] = {
        "id": item_id(meeting),
        "createdDateTime": f"{meeting.day}T00:00:00Z",
        "lastModifiedDateTime": f"{meeting.day}T00:00:00Z",
        "changeKey": "AQAAAA==",
        "categories": [],
        "subject": meeting.subject,
        "importance": "normal",
        "sensitivity": "normal",
        "isAllDay": False,
        "isCancelled": False,
        "isOrganizer": True,
        "showAs": "busy",
        "type": "singleInstance",
        "start": zoned(meeting.start),
        "end": zoned(meeting.end),
        "location": {"displayName": "", "locationType": "default"},
        "attendees": [],
    }
    chosen = {name: value for name, value in whole.items() if not fields or name in fields}
    return {"@odata.etag": 'W/"AQAAAA=="', "id": whole["id"], **chosen}


def zoned(time: datetime) -> dict[str, str]:
    """A time as Graph tells it."""
    return {"dateTime": f"{time:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": "UTC"}
