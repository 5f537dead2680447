"""summary.txt: five lines for the ticket."""

from collections.abc import Iterator

from roomscope.verify.common.text import counted, spelled
from roomscope.verify.reports.facts import facts
from roomscope.verify.reports.findings import CauseText
from roomscope.verify.reports.report import Report
from roomscope.verify.reports.words import verdict_line

_NAMED = 3
"""So many mailboxes and causes are named; the other files name all."""


def five_lines(report: Report) -> Iterator[str]:
    """What was not proven, the verdict, what failed, which bundle, who asked when."""
    known = dict(facts(report))
    open_points = "; ".join(report.not_proven) or "nothing beyond what no run tests"
    who = known.get("Account") or known.get("As") or "-"
    for line in (
        f"Not proven: {open_points}. Not tested: free/busy, other protocols, rights outside Exchange.",
        verdict_line(report),
        f"Found: {_found(report) or 'nothing else.'}",
        f"Bundle {known['Bundle']}; digest {known['Digest']}; plan id {known['Plan id']}.",
        f"Asked as {who} at {known['Endpoint']}, {known['Start']} to {known['End']}, with {known['Made by']}.",
    ):
        yield f"{spelled(line)}\n"


def _found(report: Report) -> str:
    more = len(report.findings) - _NAMED
    named = [_finding(text) for text in report.findings[:_NAMED]]
    return " ".join([*named, *([f"And {counted(more, 'more cause')}."] if more > 0 else [])])


def _finding(text: CauseText) -> str:
    more = f" and {text.promises - _NAMED} more" if text.promises > _NAMED else ""
    where = f" ({text.promises}): {', '.join(text.examples[:_NAMED])}{more}" if text.promises else ""
    return f"{text.id} {text.headline}{where}. To do: {text.action}"
