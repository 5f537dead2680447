"""The views of what an audit found: the important first, bounded for people and whole for machines."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from roomscope.generator.audit.finding import Finding
from roomscope.generator.delivery.check import Result
from roomscope.generator.delivery.rulebook import RULES
from roomscope.generator.reports.console import MOST, as_text
from roomscope.generator.reports.machine import as_json
from roomscope.generator.reports.record import AuditReport, report
from roomscope.generator.reports.sarif import as_sarif

GRANT = "50-Grant-Access.ps1"
CURES = {rule.id: rule.cure for rule in RULES}


def found(rule: str, path: str = GRANT, line: int = 7, message: str = "It is so.") -> Finding:
    return Finding(path, line, 1, rule, message, CURES[rule])


def result(*findings: Finding, kind: str = "bundle", compared: bool = False, scripts: tuple[str, ...] = (GRANT,) * 6) -> Result:
    digest = "0" * 64 if kind == "bundle" else ""
    return Result("cronofy-rooms", kind, digest, compared, (), scripts, tuple(sorted(findings)), None)


def text(*findings: Finding, **more: object) -> str:
    return as_text(report((result(*findings, **more),)))  # type: ignore[arg-type]


def test_a_clean_bundle_says_so_and_what_to_do_next() -> None:
    assert text() == (
        "cronofy-rooms: clean. 6 scripts can do what their steps list, and nothing else.\n"
        f"Bundle digest: {'0' * 64} (not compared with a ticket).\n"
        "Next: take the digest from the ticket, not from the bundle, and audit once more with --digest.\n"
    )
    assert "RUNBOOK.md" in text(compared=True).splitlines()[-1]


def test_one_is_one() -> None:
    alone = text(kind="scripts", scripts=(GRANT,))
    assert alone.startswith("cronofy-rooms: clean. 1 script can do what its step lists, and nothing else.\nNext: ")
    assert "digest" not in alone
    assert text(found("RSA020")).startswith("cronofy-rooms: 1 finding. Do not run it.\n")
    assert text(found("RSA020"), found("RSA060")).startswith("cronofy-rooms: 2 findings. Do not run it.\n")


def test_the_important_stands_first() -> None:
    lines = text(found("RSA002", line=1), found("RSA020", line=2), found("RSA060", line=9), found("RSA101", "rooms.csv", 0)).splitlines()
    rules = [match[1] for line in lines if (match := re.search(r": (RSA\d+) It is so", line))]
    assert rules == ["RSA101", "RSA060", "RSA020", "RSA002"]
    assert "  rooms.csv: RSA101 It is so." in lines
    assert f"  {GRANT}:9:1: RSA060 It is so." in lines


def test_every_rule_belongs_to_a_group() -> None:
    shown = text(*(found(rule.id, message=rule.title) for rule in RULES))
    assert shown.count("more; --format json") == 1


def test_one_and_the_same_finding_is_one_line_with_its_places() -> None:
    shown = text(*(found("RSA106", f"{number}.ps1", 0) for number in range(10, 15)))
    assert "  10.ps1, 11.ps1, 12.ps1 and 2 more: RSA106 It is so." in shown
    assert "more; --format json" not in shown


@pytest.mark.parametrize("count", [1, MOST, MOST + 1, 500])
def test_some_twenty_lines_are_shown_and_the_rest_is_counted(count: int) -> None:
    rules = ("RSA101", "RSA060", "RSA020", "RSA030")
    shown = text(*(found(rule, message=f"Number {number}.") for rule in rules for number in range(count)))
    lines = [line for line in shown.splitlines() if ": RSA" in line and "Number" in line]
    assert len(lines) == min(4 * count, MOST)
    assert {re.findall(r"RSA\d+", line)[0] for line in lines} == set(rules)
    assert (f"… and {4 * count - MOST} more; --format json lists all." in shown) == (4 * count > MOST)


def test_the_last_line_of_a_long_message_is_cut() -> None:
    assert max(map(len, text(found("RSA028", message="x" * 10_000)).splitlines())) < 400


def test_a_cure_is_said_once_for_all_its_rules() -> None:
    shown = text(found("RSA100", "SHA256SUMS", 0), found("RSA101", "rooms.csv", 0), found("RSA101", "x", 0), found("RSA020"))
    assert shown.count(CURES["RSA101"]) == 1
    assert f"  RSA100, RSA101: {CURES['RSA101']}" in shown
    assert "`roomscope explain RSA100`" in shown.splitlines()[-1]


def test_several_paths_have_a_paragraph_each() -> None:
    shown = as_text(report((result(), result(found("RSA020")))))
    assert shown.count("cronofy-rooms: ") == 2
    assert "\n\ncronofy-rooms: 1 finding." in shown


def test_machines_get_everything_in_ascii() -> None:
    record = report((result(*(found("RSA020", message=f"Nummer {number} \u00e4\U0001f600") for number in range(500))),))
    for view in (as_json(record), as_sarif(record)):
        assert view.isascii()
        assert view.count("Nummer") == 500
    assert AuditReport.model_validate_json(as_json(record)) == record


def test_sarif_names_each_finding_with_its_rule(shared: Path) -> None:
    record = report((result(found("RSA020"), found("RSA101", "rooms \u00e4.csv", 0)),))
    sarif = json.loads(as_sarif(record))
    schema = json.loads((shared / "data" / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.validate(sarif, schema)
    (one,) = sarif["runs"]
    rules = one["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]
    assert {rules[each["ruleIndex"]]["id"] for each in one["results"]} == {"RSA020", "RSA101"}
    places = [each["locations"][0]["physicalLocation"] for each in one["results"]]
    assert places[0]["region"] == {"startLine": 7, "startColumn": 1}
    assert "region" not in places[1]


def test_what_a_delivery_says_steers_no_terminal() -> None:
    record = report((result(found("RSA102", "\x1b[2J\udcff\u202e", 0, "\x1b]0;x\x07")),))
    for view in (as_text(record), as_json(record), as_sarif(record)):
        assert view.isprintable() or not {"\x1b", "\x07", "\udcff", "\u202e"} & set(view)
        assert "RSA102" in view
