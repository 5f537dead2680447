"""What holds of every run of every script, whatever the cell is about."""

import re
from itertools import pairwise
from typing import Any

from roomscope.verify.evidence.record import parse
from tests.loop.cells import NOTHING, Cell, Run
from tests.loop.directory import ours, state
from tests.loop.stage import Played, Stage

STEERING = frozenset("\x1b\x9b\u061c\u200b\u200e\u200f\u2028\u2029\u202e\ufeff")
"""What must not reach a console."""

KEYS = frozenset((
    "Format", "Product", "Step", "Mode", "Bundle", "PlanId", "ManifestSha256", "Previous", "PreviousSha256", "Who", "Computer", "Organization",
    "OrganizationGuid", "Version", "DomainController", "PowerShell", "Module", "ModuleVersion", "Start", "End", "Result", "Error", "Reads", "Writes",
    "Plan", "Actions", "Before", "After", "Warnings",
))  # fmt: skip
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
REMOVALS = ("Remove-ManagementRoleAssignment", "Remove-ManagementScope", "Remove-DistributionGroup", "Remove-ServicePrincipal")


def check(cell: Cell, played: list[Played], stage: Stage) -> None:
    """Holds a cell to what it expects, and each of its runs to what is always so."""
    for number, (run, was) in enumerate(zip(cell.runs, played, strict=True)):
        _check_run(f"{cell.name}, run {number}", run, was)
    found = state(stage.cell(cell.name))
    if cell.end:
        assert found == state(stage.start(cell.end))
    if cell.stays is not None:
        assert ours(found) == set(cell.stays)


def _check_run(where: str, run: Run, was: Played) -> None:
    said = f"{where}\n{was.error}\n{was.output}"
    assert not set(was.error + was.output) & STEERING, said
    assert (was.error == "") is run.ok, said
    for text in run.says:
        assert text in said
    writes = [call for call in was.calls if call["writes"]]
    assert run.writes in {None, len(writes)}, said
    assert not (run.silent and was.calls), said
    if not writes or run.writes == 0:
        assert _changes(run, was) == 0, said
    # The right is the first to go.
    removed = [call["cmdlet"] for call in was.calls if call["cmdlet"] in REMOVALS]
    assert removed == sorted(removed, key=REMOVALS.index)
    # A name could be somebody else's by now.
    assert all(GUID.fullmatch(call["parameters"]["Identity"]) for call in was.calls if call["cmdlet"] in REMOVALS), said
    assert was.records == (0 if run.result is None and not run.ok else 1), said
    if was.records:
        _check_record(said, run, was, len(writes), _tried(writes))
    elif not run.ok:
        assert (NOTHING in was.error) is (not writes), said


def _tried(writes: list[dict[str, Any]]) -> int:
    """How many changes these are: one that is tried again, because another is not known everywhere yet, is one."""
    told = [(call["cmdlet"], call["parameters"]) for call in writes]
    return sum(one != before for before, one in pairwise([None, *told]))


def _check_record(said: str, run: Run, was: Played, writes: int, tried: int) -> None:
    record = was.record
    assert parse(was.text.encode()).step == run.script
    assert set(record) == KEYS
    assert (record["Writes"], record["Reads"]) == (tried, len(was.calls) - writes), said
    assert record["Result"] in _results(run), said
    assert (record["Error"] == "") is run.ok
    assert {call["parameters"].get("DomainController") for call in was.calls} <= {None, record["DomainController"]}
    assert set(run.warns) <= {(warning["Kind"], warning["Outcome"]) for warning in record["Warnings"]}, said
    if run.plans is not None:
        assert tuple(item["Kind"] for item in record["Plan"]) == run.plans, said
    _check_actions(said, run, was)


def _results(run: Run) -> set[str]:
    if run.result:
        return {run.result}
    if not run.ok:
        return {"stopped"}
    return {"applied", "unchanged"} if run.apply else {"planned", "unchanged"}


def _check_actions(said: str, run: Run, was: Played) -> None:
    """What was tried is the beginning of what was planned, and its outcomes say whether there is a change."""
    record = was.record
    tried, planned = record["Actions"], record["Plan"]
    assert _named(tried) == _named(planned)[: len(tried)], said
    assert len(tried) == record["Writes"], said
    outcomes = tuple(action["Outcome"] for action in tried)
    assert run.outcomes in {None, outcomes}, said
    if record["Result"] == "applied":
        assert len(tried) == len(planned), said
        assert set(outcomes) <= {"done", "already there"}, said
    if not run.ok:
        assert (NOTHING in was.error) is (set(outcomes) <= {"not done"}), said
    if set(outcomes) <= {"not done"}:
        assert _changes(run, was) == 0, said
    if "done" in outcomes:
        assert _changes(run, was) > 0, said


def _changes(run: Run, was: Played) -> int:
    """How many changes the run made; what somebody else did meanwhile is none of its own, nor how the lab counts its lag."""
    made = sum(change.get("kind") != "hydration" for change in was.changes)
    return int(made - sum(fault["kind"] == "meanwhile" for fault in run.faults))


def _named(items: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(item["Kind"], item["Target"]) for item in items]
