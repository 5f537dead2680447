"""A report for code scanning: SARIF 2.1.0."""

import json
from importlib.metadata import PackageNotFoundError, version
from urllib.parse import quote

from roomscope.generator.audit.rule import Rule
from roomscope.generator.delivery.rulebook import RULES
from roomscope.generator.reports.record import AuditReport, FindingRecord

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_PLACES = {rule.id: place for place, rule in enumerate(RULES)}


def as_sarif(report: AuditReport) -> str:
    """Every finding, with the page of its rule."""
    driver = {"name": "roomscope", "semanticVersion": _version(), "rules": [_rule(rule) for rule in RULES]}
    found = [_finding(one) for result in report.results for one in result.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": found}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.title.replace(".", " ").replace("'", "").split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.cure},
        "defaultConfiguration": {"level": "error"},
    }


def _finding(one: FindingRecord) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": quote(one.path)}}
    if one.line:
        physical["region"] = {"startLine": one.line, "startColumn": max(one.column, 1)}
    return {
        "ruleId": one.rule,
        "ruleIndex": _PLACES[one.rule],
        "level": "error",
        "message": {"text": f"{one.message} {one.cure}"},
        "locations": [{"physicalLocation": physical}],
    }


def _version() -> str:
    try:
        return version("roomscope")
    except PackageNotFoundError:
        return "0.0.0"
