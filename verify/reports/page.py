"""report.html: one file without script, links or anything to fetch; the template escapes, and nothing in the report is markup."""

import base64
import hashlib
from collections.abc import Iterator
from functools import partial
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from roomscope.verify.common.text import spelled
from roomscope.verify.judge.promise import Role
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.facts import facts
from roomscope.verify.reports.lines import Line
from roomscope.verify.reports.report import Report
from roomscope.verify.reports.words import as_promised, place_lines, share

LONGEST = 500
"""A page that names more mailboxes is read by nobody; report.csv names all."""

_MOST_CONTROLS = 200
_ORDER = list(Verdict)


def page(report: Report) -> Iterator[str]:
    """The page in pieces."""
    controls = [line for line in report.mailboxes if line.role is Role.CONTROL]
    return _environment().get_template("report.html.j2").generate(
        report=report,
        style_digest=base64.b64encode(hashlib.sha256(_file("report.css").encode()).digest()).decode(),
        as_promised=as_promised(report),
        facts=list(facts(report)),
        places=[text for text in place_lines(report) if text],
        lists=[(f"{entry.name} <{entry.address}>", entry.rooms) for entry in report.lists],
        controls=controls[:_MOST_CONTROLS],
        more_controls=len(controls) > _MOST_CONTROLS,
        mailboxes=sorted(report.mailboxes, key=_worst) if len(report.mailboxes) <= LONGEST else [],
        by_mailbox=_examples(report),
        share=partial(share, report=report),
        counted=_mailboxes,
    )


def _examples(report: Report) -> dict[str, Line]:
    wanted = {mailbox for found in report.findings for mailbox in found.examples}
    return {line.mailbox: line for line in report.mailboxes if line.mailbox in wanted}


def _mailboxes(number: int) -> str:
    return "1 mailbox" if number == 1 else f"{number} mailboxes"


def _worst(line: Line) -> int:
    return _ORDER.index(line.verdict)


def _shown(value: object) -> object:
    """What does not show is spelled out; what a macro has made is markup already."""
    return spelled(value) if type(value) is str else value


def _environment() -> Environment:
    return Environment(
        autoescape=True, loader=FunctionLoader(_file), undefined=StrictUndefined, finalize=_shown, keep_trailing_newline=True,
    )


def _file(name: str) -> str:
    return files("roomscope.verify.reports").joinpath(name).read_text(encoding="utf-8")
