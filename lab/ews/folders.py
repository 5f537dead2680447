"""The few folders of a mailbox, and the identifiers that the server hands out."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lab.ews.diary import Meeting, of_day
from lab.ews.soap import Refusal

CHANGE_KEY = "AQAAAA=="


@dataclass(frozen=True, slots=True)
class Kind:
    """A folder that every mailbox has."""

    name: str
    parent: str
    display_name: str
    folder_class: str


KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind("root", "", "", ""),
        Kind("msgfolderroot", "root", "Top of Information Store", "IPF.Note"),
        Kind("calendar", "msgfolderroot", "Calendar", "IPF.Appointment"),
        Kind("inbox", "msgfolderroot", "Inbox", "IPF.Note"),
    )
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of one mailbox."""

    mailbox: str
    kind: Kind

    @property
    def id(self) -> str:
        """The identifier that clients get."""
        return encoded("folder", self.mailbox, self.kind.name)

    def parent(self) -> "Folder | None":
        """The folder above."""
        return Folder(self.mailbox, KINDS[self.kind.parent]) if self.kind.parent else None

    def children(self, *, deep: bool) -> Iterator["Folder"]:
        """The folders below."""
        for kind in KINDS.values():
            if kind.parent == self.kind.name:
                child = Folder(self.mailbox, kind)
                yield child
                yield from child.children(deep=True) if deep else ()


def encoded(*parts: str) -> str:
    """An identifier made of parts."""
    return urlsafe_b64encode("/".join(parts).encode()).decode()


def decoded(text: str, kind: str, count: int) -> tuple[str, ...]:
    """The parts of an identifier of that kind, or the refusal that a wrong one meets."""
    try:
        parts = tuple(urlsafe_b64decode(text.encode()).decode().split("/"))
    except ValueError:
        raise Refusal("ErrorInvalidIdMalformed") from None
    if len(parts) != count or parts[0] != kind:
        raise Refusal("ErrorInvalidIdMalformed")
    return parts[1:]


def folder_of(text: str) -> Folder:
    """The folder with that identifier."""
    mailbox, name = decoded(text, "folder", 3)
    if name not in KINDS:
        raise Refusal("ErrorInvalidIdMalformed")
    return Folder(mailbox, KINDS[name])


def item_id(meeting: Meeting) -> str:
    """The identifier of a meeting."""
    return encoded("item", meeting.mailbox, meeting.day.isoformat(), str(meeting.number))


def meeting_of(text: str) -> Meeting:
    """The meeting with that identifier."""
    mailbox, day, number = decoded(text, "item", 4)
    try:
        wanted = Meeting(mailbox, date.fromisoformat(day), int(number))
    except ValueError:
        raise Refusal("ErrorInvalidIdMalformed") from None
    if wanted not in of_day(mailbox, wanted.day):
        raise Refusal("ErrorItemNotFound")
    return wanted
