"""What was found: many mailboxes with one cause are one finding, with their number, examples and lists."""

from collections import Counter
from collections.abc import Iterable, Sequence

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.lines import Line
from roomscope.verify.reports.subject import Part, Subject

EXAMPLES = 12
"""So many mailboxes are named for one cause; the list of mailboxes names all."""

_ORDER = list(Verdict)


class Share(Part):
    """How many promises of a cause are in one list."""

    room_list: str
    """Its address; empty for the controls."""

    promises: int


class CauseText(Part):
    """A cause that occurs in this report."""

    id: str
    verdict: Verdict
    """The worst that it led to."""

    headline: str
    meaning: str
    action: str
    who: str
    when: str
    """When it is worth asking again."""

    promises: int
    """How many promises it was given for."""

    lists: tuple[Share, ...]
    examples: tuple[str, ...]

    @property
    def unput(self) -> bool:
        """Whether nobody was asked, so that no door showed anything."""
        return self.id in {Cause.INTERRUPTED.value, Cause.STOPPED.value}


def cause_texts(lines: Iterable[Line], decides: Cause, verdict: Verdict, subject: Subject) -> tuple[CauseText, ...]:
    """The causes that occur: the worst verdict first, of one verdict what reaches too far first and what was not asked last."""
    by_cause: dict[str, list[Line]] = {}
    for line in lines:
        by_cause.setdefault(line.cause, []).append(line)
    besides = {decides.value, subject.token_cause} - {Cause.AS_PROMISED.value}
    found = [
        _cause_text(cause, by_cause.get(cause.value, []), verdict)
        for cause in Cause if cause.value in by_cause.keys() | besides or cause is decides
    ]
    return tuple(sorted(found, key=lambda text: (_ORDER.index(text.verdict), text.unput, _is_of_rooms(text))))


def _is_of_rooms(text: CauseText) -> bool:
    """Whether only rooms have this cause, and neither a control nor the run as a whole."""
    return bool(text.lists) and all(part.room_list for part in text.lists)


def _cause_text(cause: Cause, lines: Sequence[Line], verdict: Verdict) -> CauseText:
    return CauseText(
        id=cause.value,
        verdict=min((line.verdict for line in lines), key=_ORDER.index, default=verdict),
        headline=cause.headline,
        meaning=cause.meaning,
        action=cause.action,
        who=cause.who.value,
        when=cause.when.value,
        promises=len(lines),
        lists=tuple(Share(room_list=name, promises=number) for name, number in Counter(line.room_list for line in lines).items()),
        examples=tuple(line.mailbox for line in lines[:EXAMPLES]),
    )
