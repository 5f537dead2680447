"""One mailbox, tried by one door."""

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """The ways an account can try to reach a mailbox."""

    IMPERSONATED = "impersonated"
    ACCOUNT = "as the account itself"
    ROOM = "as a room"


@dataclass(frozen=True, slots=True)
class Question:
    """One mailbox, tried by one door."""

    mailbox: str
    door: Door
    acting: str | None
    """Whom the account acts as; nobody where it asks as itself."""
