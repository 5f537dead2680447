"""Whether the rows of a report that somebody sent say what their verdicts say: each verdict rests on what its doors showed."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from roomscope.verify.judge.answer import Opened, describe
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.graph import DENIED
from roomscope.verify.judge.learnt import Learnt, Refused, Unlearnt
from roomscope.verify.judge.meaning import CODES
from roomscope.verify.judge.promise import Expected, Role
from roomscope.verify.judge.proofs.decoys import decoys
from roomscope.verify.judge.proofs.doors import is_shut
from roomscope.verify.judge.question import OF_AN_ACCOUNT, Door
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.lines import Attempt, Line
from roomscope.verify.reports.report import Report

OPENED = describe(Opened())

_KEPT = frozenset({Cause.AS_PROMISED, Cause.ON_RECORD, Cause.SCOPE_ONLY})
_FRESH = frozenset({Cause.FRESH_CHANGE, Cause.FRESH_CHANGE_ONLINE})
_BROKEN = frozenset({
    Cause.ROOM_OUTSIDE, Cause.NO_IMPERSONATION, Cause.ROOM_SHUT, Cause.OUTSIDE_APPLICATION, Cause.CONTROL_IMPERSONATED,
    Cause.CONTROL_OPEN_TO_ACCOUNT, Cause.CONTROL_OPEN_TO_ROOM, Cause.CONTROL_OPEN_TO_APPLICATION, Cause.ROOM_STILL_OPEN,
    Cause.ROOM_OPEN_TO_ACCOUNT, Cause.ROOM_STILL_OPEN_TO_APPLICATION, Cause.TOKEN_OPENS_MAILBOXES,
})
_PENDING = _FRESH | {Cause.WAITS_FOR_ROOM}
_OTHERWISE = frozenset({Cause.ROOM_SHUT, Cause.OUTSIDE_APPLICATION, Cause.ROOM_OUTSIDE, Cause.NO_IMPERSONATION})
"""Causes of what is broken that may also say why nothing was learnt."""

_BELONGS: Mapping[Verdict, frozenset[Cause]] = MappingProxyType({
    Verdict.KEPT: _KEPT, Verdict.BROKEN: _BROKEN, Verdict.PENDING: _PENDING,
    Verdict.UNASKED: frozenset(Cause) - _KEPT - _PENDING - (_BROKEN - _OTHERWISE),
})


def belongs(cause: str, verdict: Verdict) -> bool:
    """Whether this cause can lead to this verdict."""
    return cause in {each.value for each in _BELONGS[verdict]}


def faults(report: Report) -> Iterator[tuple[str, str]]:
    """Each mailbox whose row contradicts itself, with how."""
    decoys_told = {(told.mailbox, told.door.door) for told in report.decoys if told.door.seen}
    for line in report.mailboxes:
        if not belongs(line.cause, line.verdict):
            yield f"a cause that does not lead to the verdict {line.verdict}", line.mailbox
        if not _has_doors(line, report):
            yield "not tried by every door", line.mailbox
        elif _is_contradicted(line):
            yield f"{line.verdict} by an answer that says otherwise", line.mailbox
        elif line.role is Role.CONTROL and line.verdict is Verdict.KEPT and not _is_compared(line, decoys_told):
            yield "refused, and no address that cannot exist was tried by the same doors", line.mailbox


def _has_doors(line: Line, report: Report) -> bool:
    return {attempt.door for attempt in line.doors} == set(_doors(line, report))


def _doors(line: Line, report: Report) -> tuple[Door, ...]:
    if report.subject.identity is None:
        return (Door.APPLICATION,)
    if line.role is Role.CONTROL and report.about.expects == "grant":
        return OF_AN_ACCOUNT
    return OF_AN_ACCOUNT[:1] if line.expected is Expected.ANSWER else OF_AN_ACCOUNT[:2]


def _is_contradicted(line: Line) -> bool:
    opened = [attempt.seen == OPENED for attempt in line.doors]
    if line.expected is Expected.ANSWER:
        refused = line.verdict is Verdict.BROKEN or line.cause in {each.value for each in _FRESH}
        return (line.verdict is Verdict.KEPT and not all(opened)) or (refused and not all(map(_is_refusal, line.doors)))
    if line.verdict is Verdict.BROKEN:
        return not any(opened)
    return line.verdict is Verdict.KEPT and not all(map(_is_shut, line.doors))


def _is_refusal(attempt: Attempt) -> bool:
    return attempt.seen.startswith(f"HTTP 403, {DENIED}") or isinstance(_learnt(attempt), Refused)


def _is_shut(attempt: Attempt) -> bool:
    if attempt.door is Door.APPLICATION:
        return _is_refusal(attempt)
    return is_shut(attempt.door, _learnt(attempt))


def _learnt(attempt: Attempt) -> Learnt:
    """What the code says that stands before the server's own words."""
    return CODES.get(attempt.seen.partition(":")[0], Unlearnt(Cause.UNCLASSIFIED))


def _is_compared(line: Line, told: set[tuple[str, Door]]) -> bool:
    (decoy,) = decoys([line.mailbox])
    return all((decoy, attempt.door) in told for attempt in line.doors)
