"""The made-up meetings of every mailbox: the same on each day, for everybody who asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zlib import crc32

SUBJECTS = ("Budget review", "Stand-up", "Interview", "Board", "Training", "Handover", "Workshop")
WEEKEND = 5
EMPTY_EVERY = 5


@dataclass(frozen=True, slots=True)
class Meeting:
    """One entry of one mailbox."""

    mailbox: str
    day: date
    number: int

    @property
    def start(self) -> datetime:
        """Two-hour slots from eight in the morning."""
        return datetime.combine(self.day, time(8 + 2 * self.number), UTC)

    @property
    def end(self) -> datetime:
        """Half an hour, an hour or an hour and a half later."""
        return self.start + timedelta(minutes=30 * (1 + self.draw() % 3))

    @property
    def subject(self) -> str:
        """What it is about."""
        return SUBJECTS[self.draw() % len(SUBJECTS)]

    def draw(self) -> int:
        """A number that follows from the meeting."""
        return crc32(f"{self.mailbox}/{self.day}/{self.number}".encode())


def meetings(mailbox: str, start: datetime, end: datetime) -> Iterator[Meeting]:
    """The meetings that touch a span of time, in order; some mailboxes never have any."""
    if crc32(mailbox.encode()) % EMPTY_EVERY == 0:
        return
    for offset in range((end.date() - start.date()).days + 1):
        for one in of_day(mailbox, start.date() + timedelta(days=offset)):
            if one.start < end and one.end > start:
                yield one


def of_day(mailbox: str, day: date) -> Iterator[Meeting]:
    """The meetings of one day; none at the weekend."""
    if day.weekday() < WEEKEND:
        for number in range(crc32(f"{mailbox}/{day}".encode()) % 5):
            yield Meeting(mailbox, day, number)
