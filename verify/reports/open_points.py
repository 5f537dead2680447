"""What a run did not prove, said before anything that it did."""

from collections.abc import Iterable, Iterator

from roomscope.verify.common.text import counted
from roomscope.verify.judge.causes import Cause
from roomscope.verify.reports.lines import Counts
from roomscope.verify.reports.subject import Subject

LAB = "anything about Exchange Online: authority and service were a LAB on this machine"

NOT_TESTED = (
    "free/busy times, which a server may show to anybody",
    "other protocols: MAPI, ActiveSync, REST, OWA, IMAP, POP",
    "rights that the directory gives outside Exchange, and whoever can change lists, scope or assignment",
    "mailboxes that are neither rooms nor controls of this run",
    "anything but opening the calendar folder: no item was read, nothing was written",
)
"""What no run tests."""


def open_points(rooms: Counts, controls: Counts, subject: Subject, *, compared: bool, recorded: bool) -> tuple[str, ...]:
    """What stays open after this run, the weightiest first."""
    return tuple(_open_points(rooms, controls, subject, compared=compared, recorded=recorded))


def _open_points(rooms: Counts, controls: Counts, subject: Subject, *, compared: bool, recorded: bool) -> Iterator[str]:
    if subject.lab:
        yield LAB
    yield from _silent(rooms, "room")
    yield from _silent(controls, "control")
    if not controls.total:
        yield "that no other mailbox is reached: there was no control"
    if recorded:
        yield f"that every control is a mailbox: that is the word of {subject.controls_found_by}"
    if not compared:
        yield "that this is the bundle of the ticket: no digest was given"
    yield from subject.not_proven


def _silent(counts: Counts, noun: str) -> Iterator[str]:
    of = counted(counts.total, noun)
    if counts.unasked:
        yield f"{counts.unasked} of {of}: not asked, or what was said proves nothing"
    if counts.pending:
        yield f"{counts.pending} of {of}: not decided while the change is fresh"


def is_recorded(causes: Iterable[str]) -> bool:
    """Whether one of these causes rests on the administrator's word."""
    return Cause.ON_RECORD.value in causes
