"""The report for people: on a terminal with colours, elsewhere as plain lines."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from roomscope.verify.common.text import spelled
from roomscope.verify.judge.promise import Role
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.facts import facts, some
from roomscope.verify.reports.findings import EXAMPLES, CauseText
from roomscope.verify.reports.lines import Counts, Line
from roomscope.verify.reports.report import Report
from roomscope.verify.reports.words import place_lines, share, verdict_line

LAB = "LAB: authority and service were on this machine. Nothing is said about Exchange Online."

_COLOURS = {
    Verdict.KEPT: "green",
    Verdict.PENDING: "yellow",
    Verdict.UNASKED: "yellow",
    Verdict.BROKEN: "bold red",
}
_COLUMNS = ("kept", "pending", "unasked", "broken")


def show(report: Report, console: Console) -> None:
    """Writes the report; nothing in it is taken for markup."""
    plain = not console.is_terminal
    verdict = Text(verdict_line(report), style=_COLOURS[report.verdict])
    for part in (_head(report), [verdict, ""], _counts(report, plain=plain), _findings(report), _facts(report), [verdict]):
        for line in part:
            console.print(Text(spelled(line)) if isinstance(line, str) else line, soft_wrap=plain)


def show_verdict(report: Report, console: Console) -> None:
    """Writes the verdict alone."""
    console.print(Text(verdict_line(report), style=_COLOURS[report.verdict]), soft_wrap=True)


def _head(report: Report) -> Iterator[str]:
    if report.subject.lab:
        yield LAB
    yield report.subject.gives
    yield ""
    if report.not_proven:
        yield f"Not proven: {'; '.join(report.not_proven)}."
    yield f"Not tested: {'; '.join(report.not_tested)}."
    yield ""


def _facts(report: Report) -> Iterator[str]:
    for name, text in facts(report):
        yield f"{name:<10}{text}"
    yield ""


def _lines(report: Report) -> Iterator[tuple[str, Counts]]:
    yield "all rooms", report.rooms
    yield "controls", report.controls
    for entry in report.lists:
        yield f"{entry.name} <{entry.address}>", entry.rooms


def _counts(report: Report, *, plain: bool) -> Iterator[Table | str]:
    if not plain:
        yield _table(report)
        return
    yield "".join(f"{column:>9}" for column in _COLUMNS) + "  mailboxes"
    for name, counts in _lines(report):
        yield "".join(f"{getattr(counts, column):>9}" for column in _COLUMNS) + f"  {name}"
    yield ""


def _table(report: Report) -> Table:
    table = Table("mailboxes", *_COLUMNS, highlight=False)
    for name, counts in _lines(report):
        table.add_row(Text(spelled(name)), *(_cell(Verdict(column), counts) for column in _COLUMNS))
    return table


def _cell(verdict: Verdict, counts: Counts) -> Text:
    number = int(getattr(counts, verdict.value))
    return Text(str(number), style=_COLOURS[verdict] if number else "dim", justify="right")


def _findings(report: Report) -> Iterator[str]:
    by_mailbox = {line.mailbox: line for line in report.mailboxes}
    for found in report.findings:
        yield f"{found.id}  {found.headline} ({found.promises})" if found.promises else f"{found.id}  {found.headline}"
        yield f"  Meaning: {found.meaning}"
        yield f"  To do:   {found.action} Who: {found.who}. Ask again {found.when}."
        yield from _where(found, report, [by_mailbox[mailbox] for mailbox in found.examples])
        yield ""
    yield from place_lines(report)


def _where(found: CauseText, report: Report, lines: list[Line]) -> Iterator[str]:
    if found.unput:
        yield f"  Not asked: {some([line.mailbox for line in report.mailboxes if line.cause == found.id])}"
        return
    if len(found.lists) > 1:
        yield f"  Where:   {'; '.join(share(part, report) for part in found.lists)}"
    yield from map(_mailbox, lines)
    if found.promises > EXAMPLES:
        yield f"  … and {found.promises - EXAMPLES} more"


def _mailbox(line: Line) -> str:
    said = "; ".join(door.told for door in line.doors)
    return f"  {'control ' if line.role is Role.CONTROL else ''}{line.mailbox}: {said}"
