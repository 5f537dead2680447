"""What the records say, for people: plain lines, in which nothing is taken for markup."""

from collections.abc import Iterable, Iterator
from itertools import groupby, islice

from rich.console import Console
from rich.text import Text

from roomscope.verify.common.text import counted
from roomscope.verify.evidence.catalogue import Weight
from roomscope.verify.evidence.report import (
    ChangeLine,
    Conclusion,
    EvidenceReport,
    FindingLine,
    RunLine,
    ThingLine,
)
from roomscope.verify.evidence.values import Mode, Outcome

SHOWN = 12
"""So many lines of a kind are shown; --format json shows all."""

_COLOURS = {
    Conclusion.COMPLETE: "green",
    Conclusion.UNFINISHED: "yellow",
    Conclusion.DIFFERS: "bold red",
    Conclusion.UNREAD: "yellow",
}
_MEANING = {
    Conclusion.COMPLETE: "every step of the way is done, and the records agree with each other and with the bundle",
    Conclusion.UNFINISHED: "the records agree with each other, but something is missing, not completed or left behind",
    Conclusion.DIFFERS: "the records do not agree with each other or with the bundle, the last run of a step failed, or somebody keeps a right",
    Conclusion.UNREAD: "there is no record that could be read",
}

_DONE = {Outcome.UNKNOWN: "NOT KNOWN WHETHER DONE", Outcome.NOT_DONE: "NOT DONE"}


def show(report: EvidenceReport, console: Console) -> None:
    """Writes the report."""
    plain = not console.is_terminal
    for lines in (_head(report), _steps(report), _runs(report), _things(report), _findings(report)):
        for line in lines:
            console.print(Text(line), soft_wrap=plain)
    found = report.conclusion
    console.print(Text(f"Records: {found.value.upper()} - {_MEANING[found]}.", style=_COLOURS[found]), soft_wrap=plain)


def _head(report: EvidenceReport) -> Iterator[str]:
    about = report.about
    compared = "as on the ticket" if about.digest_compared else "not compared with a ticket"
    whole = "the chain is whole" if report.chain_whole else "the chain is NOT whole"
    yield report.says
    yield ""
    yield f"Bundle    {about.bundle}, ticket {about.ticket or '-'}"
    yield f"Digest    {about.digest} ({compared})"
    yield f"Plan id   {about.plan_id}"
    yield f"Manifest  {about.manifest_sha256}"
    yield f"Records   {report.records}, {whole if report.records else 'so there is no chain'}"
    yield ""


def _steps(report: EvidenceReport) -> Iterator[str]:
    yield f"The way {report.way.value}"
    for line in report.steps:
        yield f"  {line.step.value:<18}  {line.progress.value:<26}  {counted(line.runs, 'run')}"
    yield ""


def _runs(report: EvidenceReport) -> Iterator[str]:
    if report.runs:
        yield "Runs, oldest first"
    latest = {run.step: run.file for run in report.runs}
    for run in report.runs:
        yield from _run(run)
        if run.mode is Mode.APPLY or run.file == latest[run.step]:
            # What does not agree comes first, because only the first lines are shown.
            yield from _some(map(_change, sorted(run.lines, key=_agrees)), len(run.lines))
    yield ""


def _run(run: RunLine) -> Iterator[str]:
    shown = "" if run.read_back is None or not run.lines else f", {run.read_back} seen afterwards"
    done = f"{run.done} done" if run.told else f"how many were done is not recorded, between 0 and {run.planned}"
    lines = f"; {run.planned} planned, {done}{shown}" if run.lines else ""
    yield f"  {run.start:%Y-%m-%d %H:%M:%S}Z  {run.step.value} {run.mode.value}: {run.result.value}{lines}"
    where = ", ".join(filter(None, (run.computer, run.organization, run.domain_controller, run.module)))
    who = run.who.strip("\\") or "user not recorded"
    calls = f"{run.reads} reading and {counted(run.writes, 'writing call')}" if run.told else "calls not recorded"
    yield f"      {who} on {where or 'no place named'}; PowerShell {run.powershell}; {calls}"
    if run.error:
        yield f"      Error: {run.error}"


def _agrees(line: ChangeLine) -> bool:
    return line.planned and line.outcome in {Outcome.DONE, Outcome.ALREADY_THERE} and line.read_back is not False


def _change(line: ChangeLine) -> str:
    done = _DONE.get(line.outcome, line.outcome) if line.outcome else ""
    shown = {True: "seen", False: "NOT SEEN", None: ""}[line.read_back]
    return f"      - {line.text} [{', '.join(filter(None, ('planned' if line.planned else 'NOT PLANNED', done, shown)))}]"


def _things(report: EvidenceReport) -> Iterator[str]:
    if report.things:
        yield "As seen last"
        yield from _some(map(_thing, report.things), len(report.things))
        yield ""


def _thing(line: ThingLine) -> str:
    members = "" if line.members is None else f", {counted(line.members, 'member')}"
    return f"  {line.kind:<10}  {line.state.value:<8}  {line.name}{members} ({line.file})"


def _findings(report: EvidenceReport) -> Iterator[str]:
    for _, group in groupby(report.findings, key=lambda found: found.id):
        yield from _finding(list(group))
    yield f"Not to be seen from records: {'; '.join(report.limits)}."
    yield ""


def _finding(group: list[FindingLine]) -> Iterator[str]:
    first = group[0]
    mark = {Weight.DIFFERS: "DIFFERS", Weight.UNFINISHED: "OPEN", Weight.NOTICE: "notice"}[first.weight]
    yield f"{first.id}  {mark}  {first.headline}"
    for found in group:
        yield f"  {found.file}: {found.text}" if found.file else f"  {found.text}"
        yield from _some((f"      - {item}" for item in found.items), len(found.items))
    if first.weight is not Weight.NOTICE:
        yield f"  To do: {first.action}"
    yield ""


def _some(lines: Iterable[str], count: int) -> Iterator[str]:
    yield from islice(lines, SHOWN)
    if count > SHOWN:
        yield f"      … and {count - SHOWN} more"
