"""Which way the runs went, there or back, and how far each step has come."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from roomscope.verify.common.text import counted
from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding
from roomscope.verify.evidence.record import Record
from roomscope.verify.evidence.values import Ending, Mode, Step

THERE = {
    "exchange-server": (Step.READINESS, Step.LISTS, Step.ROOMS, Step.GRANT, Step.CONFIRM),
    "exchange-online": (
        Step.READINESS, Step.GATES, Step.CUSTOMIZATION, Step.LISTS, Step.ROOMS, Step.GRANT, Step.CONFIRM, Step.ENTRA,
    ),
}
"""The steps of the way there, by product."""

WRITING = (Step.CUSTOMIZATION, Step.LISTS, Step.ROOMS, Step.GRANT, Step.REMOVE)


@dataclass(frozen=True, slots=True)
class Run:
    """A readable record of this bundle."""

    file: str
    record: Record


class Way(StrEnum):
    """Where the records lead."""

    THERE = "there"
    BACK = "back"


class Progress(StrEnum):
    """How far a step has come."""

    DONE = "done"
    PLANNED = "planned"
    INTERRUPTED = "interrupted"
    STOPPED = "stopped"
    FINDS_WORK = "finds work again"
    STALE = "older than the last change"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of the way."""

    step: Step
    progress: Progress
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """The way, its steps, and the runs that count for it."""

    way: Way
    runs: tuple[Run, ...]
    steps: tuple[StepProgress, ...]

    def done(self, *steps: Step) -> bool:
        """Whether these steps are done."""
        finished = {found.step for found in self.steps if found.progress is Progress.DONE}
        return finished.issuperset(steps)


def follow_course(runs: tuple[Run, ...], product: str) -> Course:
    """The last applied step decides the way; what the other way did before is history."""
    applied = [(number, run.record.step) for number, run in enumerate(runs) if _applies(run)]
    way = Way.BACK if applied and applied[-1][1] is Step.REMOVE else Way.THERE
    ours = (Step.REMOVE,) if way is Way.BACK else THERE[product]
    since = max((number + 1 for number, step in applied if (step is Step.REMOVE) is not (way is Way.BACK)), default=0)
    counted = tuple(run for run in runs[since:] if run.record.step in ours)
    return Course(way, counted, tuple(_progress(step, counted) for step in ours))


def shortfalls(course: Course) -> Iterator[RecordFinding]:
    """What keeps the way from being complete, and what did so for a while."""
    for found in course.steps:
        yield from _shortfall(found)
        for run in found.runs[:-1]:
            if run.record.result in {Ending.STOPPED, Ending.INTERRUPTED}:
                yield RecordFinding(FindingKind.SETTLED, run.file, f"{run.record.result}: {run.record.error or 'no error is noted'}")


def _applies(run: Run) -> bool:
    return run.record.mode is Mode.APPLY and run.record.step in WRITING


def _progress(step: Step, counted: tuple[Run, ...]) -> StepProgress:
    runs = tuple(run for run in counted if run.record.step is step)
    if not runs:
        return StepProgress(step, Progress.MISSING, runs)
    if step in WRITING:
        return StepProgress(step, _written(runs), runs)
    return StepProgress(step, _looked(runs[-1], counted), runs)


def _written(runs: tuple[Run, ...]) -> Progress:
    last = runs[-1].record
    match last.result:
        case Ending.STOPPED if last.after or not last.touched:
            return Progress.STOPPED
        case Ending.STOPPED | Ending.INTERRUPTED:
            return Progress.INTERRUPTED
        case Ending.APPLIED | Ending.UNCHANGED:
            return Progress.DONE if last.settled else Progress.INTERRUPTED
        case Ending.PLANNED if last.mode is Mode.APPLY:
            return Progress.INTERRUPTED
        case Ending.PLANNED:
            return _planned(last, runs)
        case _:
            assert_never(last.result)


def _planned(last: Record, runs: tuple[Run, ...]) -> Progress:
    applies = [run.record.result for run in runs if run.record.mode is Mode.APPLY]
    if not applies:
        return Progress.PLANNED
    if not last.plan:
        return Progress.DONE
    return Progress.FINDS_WORK if applies[-1] in {Ending.APPLIED, Ending.UNCHANGED} else Progress.PLANNED


def _looked(last: Run, counted: tuple[Run, ...]) -> Progress:
    if last.record.result is Ending.STOPPED:
        return Progress.STOPPED
    if last.record.result is not Ending.UNCHANGED:
        return Progress.INTERRUPTED
    since = counted[[run is last for run in counted].index(True) + 1 :]
    stale = last.record.step is Step.CONFIRM and any(run.record.touched for run in since)
    return Progress.STALE if stale else Progress.DONE


def _shortfall(found: StepProgress) -> Iterator[RecordFinding]:
    file = found.runs[-1].file if found.runs else ""
    last = found.runs[-1].record if found.runs else None
    match found.progress:
        case Progress.DONE:
            return
        case Progress.MISSING:
            yield RecordFinding(FindingKind.MISSING, "", found.step.value)
        case Progress.PLANNED:
            yield RecordFinding(FindingKind.PLANNED, file, f"planned: {counted(len(last.plan) if last else 0, 'change')}")
        case Progress.INTERRUPTED:
            yield RecordFinding(FindingKind.INTERRUPTED, file, _halfway(last))
        case Progress.STOPPED:
            yield RecordFinding(FindingKind.FAILED, file, (last.error if last else "") or "no error is noted")
        case Progress.FINDS_WORK:
            yield RecordFinding(FindingKind.UNDONE_SINCE, file, "planned again after it had been done", _texts(last))
        case Progress.STALE:
            yield RecordFinding(FindingKind.STALE, file, "a step before it has changed something since")
        case _:
            assert_never(found.progress)


def _texts(last: Record | None) -> tuple[str, ...]:
    return tuple(planned.text for planned in last.plan) if last else ()


def _halfway(last: Record | None) -> str:
    if last is None or last.mode is Mode.PLAN:
        return "it ended before it had a plan"
    if last.killed:
        text = _untold(len(last.plan))
        return f"{text}: {last.error}" if last.error else text
    text = f"of {counted(len(last.plan), 'planned change')} noted as done: {last.done}; more may have been made"
    return f"{text}: {last.error}" if last.error else text


def _untold(planned: int) -> str:
    if planned == 1:
        return "1 change was planned, and it is not recorded whether it was made"
    return f"{planned} changes were planned, and it is not recorded which were made"
