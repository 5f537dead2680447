"""Reads the folder of records against the bundle, and concludes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.actions import Deed, contradictions, deeds
from roomscope.verify.evidence.catalogue import Fault, Finding, Weight
from roomscope.verify.evidence.chain import Entry, Folder, follow
from roomscope.verify.evidence.objects import Seen, Sight, standing
from roomscope.verify.evidence.progress import Journey, Run, shortfalls, travel
from roomscope.verify.evidence.record import ListState, Step
from roomscope.verify.evidence.statement import (
    LIMITS,
    SAYS,
    About,
    Conclusion,
    DeedLine,
    FindingLine,
    RunLine,
    Statement,
    StepLine,
    ThingLine,
)

_OTHER_GRANT = "the service account holds another grant"
"""How 60-Confirm-Access.ps1 begins the line that names one."""


def build(bundle: Bundle, manifest_sha256: str, folder: Folder) -> Statement:
    """The statement of these records about this bundle."""
    about = _about(bundle, manifest_sha256)
    runs = _runs(folder, about)
    journey, sight = travel(runs), Sight(bundle)
    chain = [*follow(folder.entries), *_strangers(folder, about)]
    findings = [*chain, *_within(runs), *sight.follow(runs), *standing(journey, sight), *shortfalls(journey)]
    findings += [*_overreach(journey), *_across(runs), *_warnings(runs), *_beside(folder)]
    return Statement(
        format="roomscope-statement/1",
        conclusion=_conclude(folder, findings),
        says=SAYS,
        limits=LIMITS,
        about=about,
        records=len(folder.entries),
        chain_whole=bool(folder.entries) and not chain,
        way=journey.way,
        steps=tuple(_steps(journey)),
        runs=tuple(map(_run, runs)),
        things=tuple(map(_thing, sight.seen.values())),
        findings=tuple(map(_finding, sorted(findings, key=lambda found: (list(Weight).index(found.fault.weight), found.fault)))),
    )


def _about(bundle: Bundle, manifest_sha256: str) -> About:
    manifest = bundle.manifest
    return About(
        bundle=manifest.bundle,
        plan_id=manifest.plan_id,
        manifest_sha256=manifest_sha256,
        digest=bundle.digest,
        digest_compared=bundle.compared,
        ticket=manifest.ticket,
    )


def _conclude(folder: Folder, findings: Iterable[Finding]) -> Conclusion:
    weights = {found.fault.weight for found in findings}
    if not any(entry.record for entry in folder.entries):
        return Conclusion.UNREAD
    if Weight.DIFFERS in weights:
        return Conclusion.DIFFERS
    return Conclusion.UNFINISHED if Weight.UNFINISHED in weights else Conclusion.COMPLETE


def _runs(folder: Folder, about: About) -> tuple[Run, ...]:
    """By the times that they note, because a name is changed more easily than a record."""
    ours = [Run(entry.name, entry.record) for entry in folder.entries if entry.record and _is_ours(entry, about)]
    return tuple(sorted(ours, key=lambda run: run.record.start))


def _is_ours(entry: Entry, about: About) -> bool:
    return not list(_other(entry, about))


def _other(entry: Entry, about: About) -> Iterator[str]:
    if entry.record is not None:
        pairs = (
            ("bundle", entry.record.bundle, about.bundle),
            ("plan id", entry.record.plan_id, about.plan_id),
            ("manifest", entry.record.manifest_sha256, about.manifest_sha256),
        )
        yield from (f"{name}: got {got}, expected {expected}" for name, got, expected in pairs if got != expected)


def _strangers(folder: Folder, about: About) -> Iterator[Finding]:
    for entry in folder.entries:
        differences = tuple(_other(entry, about))
        if differences:
            yield Finding(Fault.FOREIGN, entry.name, "it is not of the bundle in this folder", differences)


def _within(runs: tuple[Run, ...]) -> Iterator[Finding]:
    for number, run in enumerate(runs):
        yield from contradictions(run, runs[:number])


def _across(runs: tuple[Run, ...]) -> Iterator[Finding]:
    places = {f"{run.record.organization} {run.record.organization_guid}": run for run in runs if run.record.organization}
    if len(places) > 1:
        items = tuple(f"{place} in {run.file}" for place, run in places.items())
        yield Finding(Fault.MISPLACED, "", "organisations", items)
    controllers = Counter(run.record.domain_controller.lower() for run in runs if run.record.domain_controller)
    if len(controllers) > 1:
        items = tuple(f"{name}: {count} runs" for name, count in controllers.items())
        yield Finding(Fault.CONTROLLERS, "", "domain controllers", items)
    for before, run in pairwise(runs):
        if run.record.start < before.record.end:
            yield Finding(Fault.OVERLAPS, run.file, f"it began before {before.file} ended")


def _warnings(runs: tuple[Run, ...]) -> Iterator[Finding]:
    """Of each step the last run that warned; earlier ones say the same."""
    last = {run.record.step: run for run in runs if run.record.warnings}
    for run in last.values():
        yield Finding(Fault.WARNED, run.file, f"{len(run.record.warnings)} warnings", run.record.warnings)


def _overreach(journey: Journey) -> Iterator[Finding]:
    """What the last confirmation found; an earlier one may be settled."""
    confirmations = [run for run in journey.runs if run.record.step is Step.CONFIRM]
    for run in confirmations[-1:]:
        items = tuple(text for text in run.record.warnings if _OTHER_GRANT in text.lower())
        if items:
            yield Finding(Fault.OVERREACHES, run.file, f"other grants: {len(items)}", items)


def _beside(folder: Folder) -> Iterator[Finding]:
    if folder.beside:
        yield Finding(Fault.BESIDE, "", f"files that are no records: {len(folder.beside)}", folder.beside)


def _steps(journey: Journey) -> Iterator[StepLine]:
    for found in journey.steps:
        yield StepLine(step=found.step, progress=found.progress, runs=len(found.runs))


def _run(run: Run) -> RunLine:
    record, lines = run.record, deeds(run.record)
    return RunLine(
        file=harmless(run.file),
        step=record.step,
        mode=record.mode,
        result=record.result,
        error=harmless(record.error),
        start=record.start,
        end=record.end,
        who=harmless(record.who),
        computer=harmless(record.computer),
        organization=harmless(record.organization),
        version=harmless(record.version),
        domain_controller=harmless(record.domain_controller),
        powershell=harmless(record.power_shell),
        module=harmless(f"{record.module} {record.module_version}".strip()),
        reads=record.reads,
        writes=record.writes,
        planned=len(record.plan),
        done=len(record.done),
        told=not record.killed,
        seen=None if not record.after else sum(line.seen is True for line in lines),
        lines=tuple(map(_deed, lines)),
    )


def _deed(deed: Deed) -> DeedLine:
    return DeedLine(text=harmless(deed.text), planned=deed.planned, done=deed.done, seen=deed.seen)


def _thing(seen: Seen) -> ThingLine:
    thing = seen.thing
    return ThingLine(
        kind=thing.kind,
        name=harmless(thing.name),
        state=thing.state,
        guid=harmless(thing.guid),
        members=len(thing.members) if isinstance(thing, ListState) else None,
        file=harmless(seen.file),
    )


def _finding(found: Finding) -> FindingLine:
    return FindingLine(
        id=found.fault.value,
        weight=found.fault.weight,
        headline=found.fault.headline,
        file=harmless(found.file),
        text=harmless(found.text),
        items=tuple(map(harmless, found.items)),
        action=found.fault.action,
    )
