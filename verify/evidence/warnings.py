"""What the warnings of the scripts mean for the whole, by their kinds."""

from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.verify.bundle.manifest import Plan
from roomscope.verify.evidence.catalogue import FindingKind, RecordFinding, listed
from roomscope.verify.evidence.course import Course, Run
from roomscope.verify.evidence.record import ScriptWarning
from roomscope.verify.evidence.values import Step, WarningKind, WarningOutcome

LEAVES = {
    WarningKind.OTHER_GRANT: FindingKind.OVERREACHES,
    WarningKind.SHARED_SCOPE: FindingKind.SHARED,
    WarningKind.RIGHT_STAYS: FindingKind.RIGHT_STAYS,
    WarningKind.STRANGER_STAYS: FindingKind.STRANGER,
    WarningKind.SCOPE_STAYS: FindingKind.STAYS,
    WarningKind.LIST_STAYS: FindingKind.STAYS,
    WarningKind.ENTRA_GRANT: FindingKind.OVERREACHES,
    WarningKind.BUNDLE_ALTERED: FindingKind.BESIDE_ALTERED,
}
"""What leaves somebody a right, something behind, or in doubt what ran, in whichever step it was found."""

WIDENS = {WarningKind.OWNER: FindingKind.WIDENS, WarningKind.ACCOUNT: FindingKind.ACCOUNT}
"""What can widen a grant; where the grant is taken away it leaves no right."""

CLOSING = {Step.CONFIRM, Step.REMOVE}
"""The steps that look at everything: what they do not warn of any more is settled."""


@dataclass(frozen=True, slots=True)
class _Said:
    """One warning, and where it was given last."""

    place: int
    run: Run
    warning: ScriptWarning


def weighed(runs: tuple[Run, ...], course: Course, plan: Plan) -> Iterator[RecordFinding]:
    """A finding for what still stands; of each step the last run that warned of anything else is a notice."""
    groups: dict[tuple[FindingKind, str], list[str]] = {}
    named = set()
    for said in _standing(course.runs):
        kind = _weigh(said.warning, said.run.record.step, plan)
        if kind is not None:
            groups.setdefault((kind, said.run.file), []).append(said.warning.text)
            named.add((said.run.file, _key(said.warning)))
    for (kind, file), texts in groups.items():
        yield from listed(kind, file, "it warned", texts)
    for run in {run.record.step: run for run in runs if run.record.warnings}.values():
        others = [warning.text for warning in run.record.warnings if (run.file, _key(warning)) not in named]
        yield from listed(FindingKind.WARNED, run.file, "warnings", others)


def _standing(runs: tuple[Run, ...]) -> Iterator[_Said]:
    """Of each warning the last one, unless a later run looked and did not repeat it."""
    last = {_key(warning): _Said(place, run, warning) for place, run in enumerate(runs) for warning in run.record.warnings}
    looked = {run.record.step: place for place, run in enumerate(runs) if _looked(run)}
    for said in last.values():
        if said.place >= max(looked.get(step, -1) for step in {said.run.record.step, *CLOSING}):
            yield said


def _looked(run: Run) -> bool:
    return run.record.well and not any(map(_is_unread, run.record.warnings))


def _weigh(warning: ScriptWarning, step: Step, plan: Plan) -> FindingKind | None:
    """What a warning that stands means.

    1. What leaves a right or an object behind does so whatever became of it.
    2. What could not be read is not counted as good.
    3. An owner or account that can widen the grant does so while there is one, unless the plan says that it may.
    4. After the way back, what was not done stays; a plan that was longer has said why.
    """
    back = step is Step.REMOVE
    if warning.kind in LEAVES:
        return LEAVES[warning.kind]
    if _is_unread(warning):
        return FindingKind.UNCOMPARED if back else FindingKind.UNREAD
    if warning.kind in WIDENS and not back:
        approved = warning.kind is WarningKind.OWNER and plan.account_may_own_lists
        return None if approved else WIDENS[warning.kind]
    stays = back and warning.outcome is WarningOutcome.NOT_DONE and warning.kind is not WarningKind.PLANNED_NOT_DONE
    return FindingKind.STAYS if stays else None


def _is_unread(warning: ScriptWarning) -> bool:
    return warning.kind is WarningKind.UNREAD or warning.outcome is WarningOutcome.UNKNOWN


def _key(warning: ScriptWarning) -> tuple[WarningKind, str]:
    return warning.kind, warning.target.lower()
