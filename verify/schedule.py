"""When pending promises are asked again: as often as helps, and not so often that asking keeps an old answer alive."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from roomscope.verify.common.errors import VerifyError
from roomscope.verify.common.text import harmless

DELAY = timedelta(hours=2)
"""The longest that Microsoft gives for rights online; for Exchange Server no figure is published."""

LONGEST = timedelta(hours=24)

_AFTER = timedelta(seconds=10)
"""So long after the documented limit it is asked for the last time."""

STEPS: Mapping[str, tuple[timedelta, ...]] = MappingProxyType(
    {
        # Replication between sites takes a quarter of an hour where nobody changed it.
        "exchange-server": tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 7, 15)),
        # An answer is kept for thirty minutes after it was last asked for.
        "exchange-online": (timedelta(minutes=35),),
    }
)
"""By product; the last one is repeated."""

_FORM = re.compile(r"(?:([0-9]{1,2})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,5})s)?")


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long to wait altogether, and how long each time."""

    until: datetime
    limit: datetime
    """From then on a refusal is broken, and no longer pending."""

    steps: tuple[timedelta, ...]

    def pause(self, number: int, now: datetime) -> timedelta | None:
        """How long to wait before the next asking, of which this is the number from 0; nothing where the time is over."""
        left = self.until - now
        if left <= timedelta(0):
            return None
        step = min(self.steps[min(number, len(self.steps) - 1)], left)
        last = self.limit + _AFTER - now
        return min(step, last) if last > timedelta(0) else step


def duration(option: str, text: str) -> timedelta:
    """What somebody means by 2h, 90m or 1h30m."""
    match = _FORM.fullmatch(text.strip().lower())
    hours, minutes, seconds = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    found = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < found <= LONGEST:
        raise VerifyError(f"{option} '{harmless(text)}' is no time between a second and a day. Give it as 2h, 90m or 1h30m.")
    return found
