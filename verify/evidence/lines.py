"""The lines of a report: what was read and found, as it is shown."""

from roomscope.verify.evidence.actions import changes
from roomscope.verify.evidence.catalogue import RecordFinding
from roomscope.verify.evidence.course import Run, StepProgress
from roomscope.verify.evidence.objects import Latest
from roomscope.verify.evidence.report import (
    ChangeLine,
    FindingLine,
    RunLine,
    StepLine,
    ThingLine,
)
from roomscope.verify.evidence.things import ListState


def step_line(found: StepProgress) -> StepLine:
    """How far this step has come."""
    return StepLine(step=found.step, progress=found.progress, runs=len(found.runs))


def run_line(run: Run) -> RunLine:
    """This run, and each of its changes."""
    record, lines = run.record, changes(run.record)
    return RunLine(
        file=run.file,
        step=record.step,
        mode=record.mode,
        result=record.result,
        error=record.error,
        start=record.start,
        end=record.end,
        who=record.who,
        computer=record.computer,
        organization=record.organization,
        version=record.version,
        domain_controller=record.domain_controller,
        powershell=record.power_shell,
        module=f"{record.module} {record.module_version}".strip(),
        reads=record.reads,
        writes=record.writes,
        planned=len(record.plan),
        done=record.done,
        told=not record.killed,
        read_back=None if not record.after else sum(line.read_back is True for line in lines),
        lines=tuple(map(ChangeLine.model_validate, lines)),
    )


def thing_line(found: Latest) -> ThingLine:
    """This object, and which record read it last."""
    thing = found.thing
    members = len(thing.members) if isinstance(thing, ListState) else None
    return ThingLine(kind=thing.kind, name=thing.name, state=thing.state, guid=thing.guid, members=members, file=found.file)


def finding_line(found: RecordFinding) -> FindingLine:
    """This finding, with what it means and what to do."""
    kind = found.kind
    return FindingLine(
        id=kind.value, weight=kind.weight, headline=kind.headline, file=found.file, text=found.text, items=found.items,
        action=kind.action,
    )
