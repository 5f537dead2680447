"""Every view says the same, what was not proven first, and nothing that a server says becomes more than text in it."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from itertools import pairwise
from pathlib import Path

import jsonschema
import junitparser
import pytest
from justhtml import Element, JustHTML
from lxml import etree
from rich.console import Console

from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import Opened
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.verdict import EXIT_CODES, Judgement, Verdict
from roomscope.verify.reports.console import show
from roomscope.verify.reports.junit import write_junit
from roomscope.verify.reports.machine import ascii_pieces
from roomscope.verify.reports.page import LONGEST, page
from roomscope.verify.reports.report import Report, schema
from roomscope.verify.reports.summary import five_lines
from roomscope.verify.reports.table import HEADER, cell, rows
from tests.verify.reports import made

HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def console(report: Report, *, terminal: bool = False) -> str:
    text = io.StringIO()
    show(report, Console(file=text, highlight=False, force_terminal=terminal, no_color=True, width=200))
    return text.getvalue()


def junit(report: Report) -> str:
    file = io.BytesIO()
    write_junit(report, file)
    return file.getvalue().decode("utf-8")


VIEWS: Mapping[str, Callable[[Report], str]] = {
    "html": lambda report: "".join(page(report)),
    "json": lambda report: "".join(report.text()),
    "json on a console": lambda report: "".join(ascii_pieces(report.text())),
    "csv": lambda report: "".join(rows(report)),
    "junit": junit,
    "txt": lambda report: "".join(five_lines(report)),
    "console": console,
}


def table(report: Report) -> list[dict[str, str]]:
    text = VIEWS["csv"](report)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), strict=True))


def parsed(report: Report) -> JustHTML:
    """Read as a browser reads it; anything that the standard calls a mistake fails."""
    return JustHTML(VIEWS["html"](report), strict=True, sanitize=False)


def all_of(found: JustHTML, wanted: str) -> list[Element]:
    return [each for each in found.query(wanted) if isinstance(each, Element)]


def values(found: JustHTML, name: str) -> list[str]:
    """Of this attribute, wherever it stands."""
    return [value for each in all_of(found, f"[{name}]") if (value := each.attrs[name]) is not None]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("make", [made.kept, made.broken, made.hostile])
def test_every_view_says_what_was_not_proven_before_the_verdict_and_that_before_what_failed(view: str, make: Callable[[], Report]) -> None:
    report = make()
    text = re.sub(r"<(head|style)>.*?</\1>", "", VIEWS[view](report), flags=re.DOTALL)
    first = "rights that the directory gives outside Exchange" if view != "txt" else "rights outside Exchange"
    verdict = re.search(r"Verdict: |<strong>|\"verdict\": |^\"verdict\"", text, re.MULTILINE)
    assert verdict is not None
    assert text.index(first) < verdict.start()
    for sentence in report.not_proven:
        assert text.index(sentence) < verdict.start()
    if report.findings:
        assert verdict.start() < text.index(report.findings[0].headline)
    assert report.headline in text[verdict.start():]
    assert f"xit code {report.exit_code}" in text or f'"exit_code": {report.exit_code}' in text


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_names_bundle_digest_ticket_person_place_and_times_with_their_zone(view: str) -> None:
    text = VIEWS[view](made.kept())
    for what in ("contoso-rooms", "d" * 64, "a" * 64, "CHG0012345", "a.operator", "ops-17", "0.1.0", "https://mail.contoso.com/EWS/Exchange.asmx"):
        assert what in text, what
    assert re.search(r"2026-11-22[ T]10:11:12(Z| UTC)", text)
    assert re.search(r"2026-11-22[ T]10:13:05(Z| UTC)", text)


@pytest.mark.parametrize("view", VIEWS)
def test_nothing_that_does_not_show_comes_into_a_view(view: str) -> None:
    text = VIEWS[view](made.hostile()).removeprefix("\ufeff")
    found = {character for character in text if unicodedata.category(character) in HIDDEN} - {"\n", *("\r" if view == "csv" else "")}
    assert found == set()
    assert "x" * 301 not in text


@pytest.mark.parametrize("view", [view for view in VIEWS if "json" not in view])
def test_a_view_does_not_rely_on_what_the_report_was_made_of(view: str) -> None:
    report = made.kept()
    about = report.about.model_copy(update={"ticket": "".join(made.HOSTILE), "maker": report.about.maker.model_copy(update={"host": "".join(made.HOSTILE)})})
    text = VIEWS[view](report.model_copy(update={"not_proven": made.HOSTILE, "about": about})).removeprefix("\ufeff")
    assert {character for character in text if unicodedata.category(character) in HIDDEN} <= {"\n", "\r"}


def test_on_a_terminal_a_server_brings_no_escape_sequence() -> None:
    told = console(made.hostile(), terminal=True)
    assert set(re.findall(r"\x1b[^m]*m", told)) <= {"\x1b[0m", "\x1b[1m", "\x1b[2m"}
    assert "[bold red]kept[/]" in told


def test_the_page_is_right_html_that_fetches_nothing_and_runs_nothing() -> None:
    for make in (made.kept, made.broken, made.hostile):
        found = parsed(make())
        names = {element.name for element in all_of(found, "*")}
        assert not names & {"script", "img", "link", "iframe", "object", "embed", "base", "form", "a", "svg", "math", "video", "audio"}
        attributes = {name for element in all_of(found, "*") for name in element.attrs}
        assert not {name for name in attributes if name.startswith("on")} | attributes & {"src", "href", "style", "action"}
        assert "url(" not in VIEWS["html"](make())
        (policy,) = (text for text in values(found, "content") if "src" in text)
        assert policy.startswith("default-src 'none'; style-src 'sha256-")


def test_a_page_shows_as_text_what_a_server_says() -> None:
    shown = [element.to_text(separator="", strip=False) for element in parsed(made.hostile()).query("td bdi")]
    for text in made.HOSTILE[:12]:
        assert f"ErrorX: {harmless(text)}" in shown


def test_a_page_can_be_used_without_eyes() -> None:
    found = parsed(made.broken())
    assert values(found, "lang") == ["en"]
    assert all(each.query("caption") and each.query("th[scope=col]") for each in all_of(found, "table"))
    levels = [int(each.name[1]) for each in all_of(found, "h1, h2, h3")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    ids = values(found, "id")
    assert len(ids) == len(set(ids))
    assert set(values(found, "aria-labelledby")) <= set(ids)


def _light(colour: str) -> float:
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(2 * each for each in digits)
    parts = (int(digits[at:at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_can_be_read_on_its_paper_in_light_dark_and_print() -> None:
    style = (Path(__file__).parents[3] / "verify" / "reports" / "report.css").read_text(encoding="utf-8")
    looks = [dict(re.findall(r"--(\w+): (#[0-9a-f]{3,6})", block)) for block in re.findall(r":root \{[^}]*--paper[^}]*\}", style)]
    assert len(looks) == 3
    for look in looks:
        for ink in ("ink", "soft", "kept", "pending", "unasked", "broken"):
            for paper in ("paper", "panel"):
                bright, dark = sorted((_light(look[ink]), _light(look[paper])), reverse=True)
                assert (bright + 0.05) / (dark + 0.05) >= 4.5, (ink, paper)


def test_a_page_names_no_more_mailboxes_than_somebody_reads() -> None:
    report = made.broken(LONGEST + 100, 12)
    text = VIEWS["html"](report)
    assert "are too many for a page; report.csv and report.json name all" in text
    assert len(parsed(report).query("tr")) < 200


def test_many_rooms_with_one_cause_are_one_finding_and_what_reaches_too_far_comes_first() -> None:
    report = made.broken()
    found = report.findings[1]
    assert (found.id, found.promises, len(found.examples), found.verdict) == ("RS010", 20, 12, Verdict.BROKEN)
    assert [(part.room_list, part.promises) for part in found.lists] == [("rooms3@contoso.com", 20)]
    assert [text.id for text in report.findings] == ["RS020", "RS010", "RS068"]
    for view in ("html", "console"):
        text = VIEWS[view](report)
        for cause in (Cause.ROOM_OUTSIDE, Cause.CONTROL_IMPERSONATED, Cause.TEMPORARY):
            assert text.count(cause.action) == 1
            assert cause.who in text
            assert cause.when in text
        assert "room.135@contoso.com" in text
        assert view == "html" or "room.147@contoso.com" not in text


def test_what_ended_the_asking_comes_before_what_was_not_asked_for_it() -> None:
    refused = made.room(0, made.SHUT, Judgement(Verdict.UNASKED, Cause.SIGN_IN))
    lines = [refused, *(made.room(n, made.SHUT, Judgement(Verdict.UNASKED, Cause.STOPPED)) for n in range(1, 40))]
    report = made.report([*lines, made.control("ceo", (made.SHUT,) * 3, Judgement(Verdict.UNASKED, Cause.STOPPED))], made.bundle())
    assert [text.id for text in report.findings] == ["RS050", "RS073"]
    for view in ("html", "console"):
        assert "room.012@contoso.com and 28 more" in re.sub(r"</?bdi>", "", VIEWS[view](report))
    assert len([row for row in parsed(report).query("article tr") if "room." in row.to_text()]) == 1


def test_json_keeps_its_published_schema_whatever_was_said() -> None:
    for view in ("json", "json on a console"):
        content = json.loads(VIEWS[view](made.hostile()))
        jsonschema.validate(content, schema())
        said = [line["doors"][0]["seen"] for line in content["mailboxes"] if line["role"] == "room"]
        assert said == [harmless(f"ErrorX: {text}") for text in made.HOSTILE]
    assert VIEWS["json on a console"](made.hostile()).isascii()


def test_a_table_has_one_row_for_each_mailbox_and_the_worst_first() -> None:
    report = made.broken()
    found = table(report)
    mailboxes = [row for row in found if row["What"] in {"room", "control"}]
    assert [row["Verdict"] for row in mailboxes] == [*["broken"] * 21, *["unasked"] * 4, *["kept"] * 217]
    assert {row["Name"] for row in mailboxes} == {line.mailbox for line in report.mailboxes}
    assert (mailboxes[0]["Cause"], mailboxes[0]["Who"], mailboxes[0]["Ask again"]) == ("RS010", Cause.ROOM_OUTSIDE.who, Cause.ROOM_OUTSIDE.when)
    assert all(set(row) == set(HEADER) for row in found)
    (verdict,) = (row for row in found if row["What"] == "verdict")
    assert (verdict["Verdict"], verdict["Said"]) == ("broken", "exit code 1; 216 of 240 rooms and 1 of 2 controls as promised")


@pytest.mark.parametrize("text", made.HOSTILE)
def test_no_cell_begins_a_formula(text: str) -> None:
    shown = cell(text)
    assert not re.match(r"[\s\"]*[=+\-@\uff1d\uff0b\uff0d\uff20]", shown)
    assert "\n" not in shown


def test_no_cell_of_a_whole_table_begins_a_formula_however_it_is_separated() -> None:
    report = made.hostile()
    text = VIEWS["csv"](report)[1:]
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [each for each in row if re.match(r"\s*[=+\-@]", each)]
    assert "'=ctl0@contoso.com" in {row["Name"] for row in table(report)}


def test_junit_passes_only_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    report = made.broken()
    path.write_text(junit(report), encoding="utf-8")
    found = junitparser.JUnitXml.fromfile(str(path))
    assert (found.tests, found.failures, found.errors) == (243, 22, 4)
    cases = {case.name: case for suite in found for case in suite}
    assert {name for name, case in cases.items() if case.is_passed} == {line.mailbox for line in report.mailboxes if line.verdict is Verdict.KEPT}
    (failure,) = cases["room.003@contoso.com"].result
    assert (failure.type, failure.message) == ("RS010", "broken: RS010 Room outside the scope")
    assert Cause.ROOM_OUTSIDE.action in failure.text
    assert [(suite.name, suite.tests, suite.failures, suite.errors) for suite in found][:2] == [("verdict", 1, 1, 0), ("Building 0 <b> <Rooms0@contoso.com>", 20, 0, 0)]


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_that_is_worse_than_every_mailbox_is_a_case_of_its_own(verdict: Verdict) -> None:
    report = made.kept().model_copy(update={"verdict": verdict, "exit_code": EXIT_CODES[verdict]})
    root = etree.fromstring(junit(report).encode())
    assert (root.get("failures"), root.get("errors")) == {
        Verdict.KEPT: ("0", "0"), Verdict.BROKEN: ("1", "0"), Verdict.UNASKED: ("0", "1"), Verdict.PENDING: ("0", "1"),
    }[verdict]
    for suite in root:
        assert int(suite.get("failures") or 0) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors") or 0) == len(suite.findall("testcase/error"))


def test_what_is_not_decided_passes_nowhere() -> None:
    lines = [made.room(n, made.DENIED, Judgement(Verdict.PENDING, Cause.FRESH_CHANGE)) for n in range(40)]
    root = etree.fromstring(junit(made.report(lines, made.bundle())).encode())
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("41", "0", "41")
    assert [suite.get("errors") for suite in root] == ["1", "10", "10", "10", "10", "0"]


def test_junit_is_valid_whatever_was_said(shared: Path, tmp_path: Path) -> None:
    published = etree.XMLSchema(etree.parse(shared / "data" / "schemas" / "junit-10.xsd"))
    for make in (made.kept, made.broken, made.hostile):
        root = etree.fromstring(junit(make()).encode())
        published.assertValid(root)
    (tmp_path / "junit.xml").write_text(junit(made.hostile()), encoding="utf-8")
    cases = [case for suite in junitparser.JUnitXml.fromfile(str(tmp_path / "junit.xml")) for case in suite]
    (failure,) = next(case for case in cases if case.name == "room.000@contoso.com").result
    assert failure.text.startswith("impersonated: ErrorX: <script>alert(1)</script> [<script>alert(1)</script>]\n")


def test_a_summary_has_five_lines_for_a_ticket() -> None:
    for make in (made.kept, made.broken, made.hostile):
        assert VIEWS["txt"](make()).count("\n") == 5
    lines = VIEWS["txt"](made.broken()).splitlines()
    assert lines[0].startswith("Not proven: 4 of 240 rooms: not asked, or what was said proves nothing; that this is the bundle of the ticket")
    assert lines[1] == "Verdict: BROKEN - Over-granted: the account can act as a control (RS020); 216 of 240 rooms and 1 of 2 controls as promised. Exit code 1."
    assert "RS010 Room outside the scope (20): room.003@contoso.com, room.015@contoso.com, room.027@contoso.com and 17 more" in lines[2]


def test_the_lab_and_a_missing_control_are_said_first() -> None:
    rooms = [made.room(n, Opened(), made.KEPT) for n in range(40)]
    report = made.report(rooms, made.bundle(), lab=True)
    assert report.not_proven[:2] == (
        "anything about Exchange Online: authority and service were a LAB on this machine", "that no other mailbox is reached: there was no control",
    )
    assert (report.verdict, report.cause) == (Verdict.UNASKED, "RS040")
