"""One mailbox, tried by one door."""

from dataclasses import dataclass
from enum import StrEnum


class Door(StrEnum):
    """The ways an account can try to reach a mailbox."""

    IMPERSONATED = "impersonated"
    ACCOUNT = "as the account itself"
    ROOM = "as a room"
    APPLICATION = "as the application"


OF_AN_ACCOUNT = (Door.IMPERSONATED, Door.ACCOUNT, Door.ROOM)
"""Those of an account that may act as the rooms; an application has one."""


@dataclass(frozen=True, slots=True)
class Question:
    """One mailbox, tried by one door."""

    mailbox: str
    door: Door
    acting: str | None
    """Whom the account acts as; nobody where it asks as itself."""

    identity: bool = False
    """Whether it is asked which folder the calendar is, and not what stands in it."""

    again: bool = False
    """Whether it is asked once more, at the end."""
