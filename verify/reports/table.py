"""report.csv: one row for each thing that was found, the same columns in all of them, no cell that a spreadsheet computes."""

import csv
import io
import re
from collections.abc import Iterator

from roomscope.verify.common.text import spelled
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.facts import facts
from roomscope.verify.reports.findings import CauseText
from roomscope.verify.reports.lines import Attempt, Line
from roomscope.verify.reports.report import Report
from roomscope.verify.reports.words import as_promised

HEADER = ("What", "Name", "List", "Expected", "Verdict", "Cause", "Headline", "Said", "To do", "Who", "Ask again", "Request ids")

_FORMULA = re.compile(r"(\A|;)([\s\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
"""What a spreadsheet takes for the beginning of a formula, wide characters too; some begin a cell at a semicolon."""

_ORDER = list(Verdict)


def rows(report: Report) -> Iterator[str]:
    """The lines of the file: what was not proven, the verdict, every mailbox with the worst first, the facts."""
    yield "\ufeff"
    yield _row(HEADER)
    for sentence in report.not_proven:
        yield _row(("not proven", "", "", "", "", "", "", sentence))
    for sentence in report.not_tested:
        yield _row(("not tested", "", "", "", "", "", "", sentence))
    causes = {text.id: text for text in report.causes}
    yield _row(_verdict(report, causes[report.cause]))
    for line in sorted(report.mailboxes, key=lambda line: _ORDER.index(line.verdict)):
        yield _row(_mailbox(line, causes[line.cause]))
    for decoy in report.decoys:
        yield _row(("cannot exist", decoy.mailbox, "", "", "", "", "", _said(decoy.door), "", "", "", decoy.door.request_id))
    for name, text in facts(report):
        yield _row(("fact", name, "", "", "", "", "", text))


def cell(text: str) -> str:
    """The text, never the beginning of a formula."""
    return _FORMULA.sub(r"\1'\2", spelled(text))


def _verdict(report: Report, cause: CauseText) -> tuple[str, ...]:
    said = f"exit code {report.exit_code}; {as_promised(report)}"
    return "verdict", report.about.bundle, "", "", report.verdict.value, cause.id, cause.headline, said, cause.action, cause.who, cause.when


def _mailbox(line: Line, cause: CauseText) -> tuple[str, ...]:
    return (
        line.role.value, line.mailbox, line.room_list, line.expected.value, line.verdict.value, cause.id, cause.headline,
        "; ".join(map(_said, line.doors)), cause.action, cause.who, cause.when, " ".join(door.request_id for door in line.doors),
    )


def _said(door: Attempt) -> str:
    return f"{door.door.value}: {door.seen or 'not asked'}"


def _row(cells: tuple[str, ...]) -> str:
    """Filled up to the columns, and all in quotes."""
    text = io.StringIO(newline="")
    padded = (*cells, *("" for _ in range(len(HEADER) - len(cells))))
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(map(cell, padded))
    return text.getvalue()
