"""What a bundle says that mailboxes will answer."""

from dataclasses import dataclass
from enum import StrEnum


class Expected(StrEnum):
    """What the bundle says a mailbox will do."""

    ANSWER = "answer"
    REFUSAL = "refusal"


class Role(StrEnum):
    """Which side of the proof a mailbox is on."""

    ROOM = "room"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the bundle says a mailbox will answer."""

    mailbox: str
    """The primary SMTP address, in lower case."""

    role: Role
    expected: Expected
    room_list: str = ""
