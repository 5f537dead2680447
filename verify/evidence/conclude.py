"""Reads the folder of records against the bundle, and concludes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.text import counted
from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding, Weight, listed
from roomscope.verify.evidence.chain import Entry, Folder, follow
from roomscope.verify.evidence.contradictions import contradictions
from roomscope.verify.evidence.course import Run, follow_course, shortfalls
from roomscope.verify.evidence.lines import finding_line, run_line, step_line, thing_line
from roomscope.verify.evidence.objects import History
from roomscope.verify.evidence.report import LIMITS, SAYS, About, Conclusion, EvidenceReport
from roomscope.verify.evidence.standing import standing
from roomscope.verify.evidence.warnings import weighed


def build(bundle: Bundle, folder: Folder) -> EvidenceReport:
    """What these records say about this bundle."""
    about = _about(bundle)
    runs = _runs(folder, about)
    course, history = follow_course(runs, bundle.manifest.plan.product), History(bundle)
    chain = [*follow(folder.entries), *_strangers(folder, about)]
    findings = [*chain, *_within(runs), *history.follow(runs), *standing(course, history), *shortfalls(course)]
    findings += [*_across(runs), *weighed(runs, course, bundle.manifest.plan), *_beside(folder)]
    return EvidenceReport(
        format="roomscope-evidence-report/1",
        conclusion=_conclude(folder, findings),
        says=SAYS,
        limits=LIMITS,
        about=about,
        records=len(folder.entries),
        chain_whole=bool(folder.entries) and not chain,
        way=course.way,
        steps=tuple(map(step_line, course.steps)),
        runs=tuple(map(run_line, runs)),
        things=tuple(map(thing_line, history.latest.values())),
        findings=tuple(map(finding_line, sorted(findings, key=_rank))),
    )


def _about(bundle: Bundle) -> About:
    plan = bundle.manifest.plan
    return About(
        bundle=plan.bundle,
        plan_id=bundle.manifest.plan_id,
        manifest_sha256=bundle.manifest_sha256,
        digest=bundle.digest,
        digest_compared=bundle.compared,
        ticket=plan.ticket,
    )


def _conclude(folder: Folder, findings: Iterable[RecordFinding]) -> Conclusion:
    weights = {found.kind.weight for found in findings}
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


def _strangers(folder: Folder, about: About) -> Iterator[RecordFinding]:
    for entry in folder.entries:
        differences = tuple(_other(entry, about))
        if differences:
            yield RecordFinding(FindingKind.FOREIGN, entry.name, "it is not of the bundle in this folder", differences)


def _within(runs: tuple[Run, ...]) -> Iterator[RecordFinding]:
    for number, run in enumerate(runs):
        yield from contradictions(run, runs[:number])


def _across(runs: tuple[Run, ...]) -> Iterator[RecordFinding]:
    places = {_place(run): run for run in runs if run.record.organization}
    if len(places) > 1:
        items = tuple(f"{run.record.organization} {run.record.organization_guid} in {run.file}" for run in places.values())
        yield RecordFinding(FindingKind.MISPLACED, "", "organisations", items)
    controllers = Counter(run.record.domain_controller.lower() for run in runs if run.record.domain_controller)
    if len(controllers) > 1:
        items = tuple(f"{name}: {counted(count, 'run')}" for name, count in controllers.items())
        yield RecordFinding(FindingKind.CONTROLLERS, "", "domain controllers", items)
    for before, run in pairwise(runs):
        if run.record.start < before.record.end:
            yield RecordFinding(FindingKind.OVERLAPS, run.file, f"it began before {before.file} ended")


def _place(run: Run) -> tuple[str, str]:
    """A tenant goes by its id: a session of Microsoft Graph knows no other name of it."""
    record = run.record
    return ("" if record.product == "exchange-online" else record.organization), record.organization_guid.lower()


def _beside(folder: Folder) -> Iterator[RecordFinding]:
    yield from listed(FindingKind.BESIDE, "", "files that are no records", folder.beside)


def _rank(found: RecordFinding) -> tuple[int, FindingKind]:
    return list(Weight).index(found.kind.weight), found.kind
