"""junit.xml: the verdict, then a suite for each list and one for the controls; only what is kept passes."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from lxml import etree

from roomscope.verify.common.text import spelled
from roomscope.verify.judge.promise import Role
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.facts import facts
from roomscope.verify.reports.findings import CauseText
from roomscope.verify.reports.lines import Counts, Line
from roomscope.verify.reports.report import Report
from roomscope.verify.reports.words import verdict_line

Attributes = dict[str, str]


def write_junit(report: Report, file: BinaryIO) -> None:
    """Writes suite by suite, so that not all cases are in memory at once."""
    causes = {text.id: text for text in report.causes}
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("testsuites", {"name": report.about.bundle, **_sums(report)}):
            xml.write(_verdict(report, causes[report.cause]), pretty_print=True)
            for suite, counts, lines in _suites(report):
                attributes = {"name": spelled(suite), **_numbers(counts.total, counts.broken, counts.unasked + counts.pending)}
                with xml.element("testsuite", attributes):
                    for line in lines:
                        xml.write(_case(line, suite, causes[line.cause]), pretty_print=True)


def _suites(report: Report) -> Iterator[tuple[str, Counts, Iterable[Line]]]:
    lists: dict[str, list[Line]] = {}
    for line in report.mailboxes:
        lists.setdefault(line.room_list, []).append(line)
    for entry in report.lists:
        yield f"{entry.name} <{entry.address}>", entry.rooms, lists.get(entry.address.lower(), [])
    yield "controls", report.controls, (line for line in report.mailboxes if line.role is Role.CONTROL)


def _sums(report: Report) -> Attributes:
    """The verdict counts as a case of its own, because it can be worse than every mailbox."""
    both = (report.rooms, report.controls)
    broken = sum(counts.broken for counts in both) + (report.verdict is Verdict.BROKEN)
    open_ = sum(counts.unasked + counts.pending for counts in both) + (report.verdict in {Verdict.UNASKED, Verdict.PENDING})
    return _numbers(sum(counts.total for counts in both) + 1, broken, open_)


def _numbers(tests: int, failures: int, errors: int) -> Attributes:
    return {"tests": str(tests), "failures": str(failures), "errors": str(errors)}


def _verdict(report: Report, cause: CauseText) -> etree._Element:
    broken, kept = report.verdict is Verdict.BROKEN, report.verdict is Verdict.KEPT
    about = report.about
    suite = etree.Element("testsuite", {
        "name": "verdict", **_numbers(1, int(broken), int(not broken and not kept)),
        "timestamp": about.started.isoformat(timespec="seconds"), "hostname": spelled(about.maker.host), "version": about.maker.version,
    })
    properties = etree.SubElement(suite, "properties")
    told = [*(("Not proven", text) for text in report.not_proven), *(("Not tested", text) for text in report.not_tested), *facts(report)]
    for name, text in told:
        etree.SubElement(properties, "property", {"name": name, "value": spelled(text)})
    case = etree.SubElement(suite, "testcase", {"name": f"bundle {about.bundle}", "classname": "verdict"})
    _conclude(case, report.verdict, verdict_line(report), cause, [])
    return suite


def _case(line: Line, suite: str, cause: CauseText) -> etree._Element:
    case = etree.Element("testcase", {"name": spelled(line.mailbox), "classname": spelled(suite)})
    said = [door.told for door in line.doors]
    _conclude(case, line.verdict, f"{line.verdict.value}: {cause.id} {cause.headline}", cause, said)
    return case


def _conclude(case: etree._Element, verdict: Verdict, message: str, cause: CauseText, said: list[str]) -> None:
    if verdict is Verdict.KEPT:
        etree.SubElement(case, "system-out").text = spelled("\n".join(said or [message]), lines=True)
        return
    failed = etree.SubElement(case, "failure" if verdict is Verdict.BROKEN else "error", {"type": cause.id, "message": spelled(message)})
    told = [*said, cause.meaning, f"To do: {cause.action}", f"Who: {cause.who}. Ask again {cause.when}."]
    failed.text = spelled("\n".join(told), lines=True)
