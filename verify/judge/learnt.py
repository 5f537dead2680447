"""What can be learnt about a mailbox from one answer."""

from dataclasses import dataclass
from enum import Enum, auto

from roomscope.verify.judge.causes import Cause


class Again(Enum):
    """Whether asking once more can help, and who has to wait before it."""

    NO = auto()
    ALONE = auto()
    EVERYBODY = auto()
    FEWER = auto()
    """Everybody, and with one worker less."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The mailbox is open through this door."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The server itself said no."""

    cause: Cause

    @property
    def denied(self) -> bool:
        """Whether the acting itself was denied; else it was the folder that was not opened."""
        return self.cause in {Cause.ROOM_OUTSIDE, Cause.NO_IMPERSONATION, Cause.OUTSIDE_APPLICATION}


@dataclass(frozen=True, slots=True)
class Absent:
    """There is no such mailbox."""


@dataclass(frozen=True, slots=True)
class Homeless:
    """The account has no mailbox of its own, so it cannot ask as itself."""


@dataclass(frozen=True, slots=True)
class Unlearnt:
    """Nothing was learnt about the mailbox."""

    cause: Cause
    again: Again = Again.NO
    stops: bool = False
    """Whether asking further would be useless or would lock the account."""


Learnt = Answered | Refused | Absent | Homeless | Unlearnt
