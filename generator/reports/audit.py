"""The results of an audit as text, JSON and SARIF; all three are views of the same findings."""

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.rule import Rule
from roomscope.generator.common.text import UNSEEN
from roomscope.generator.delivery.check import Result
from roomscope.generator.delivery.rulebook import RULES

FORMAT: Final = "roomscope-audit-report/1"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class FindingRecord(_Record):
    """A rule that is broken."""

    rule: str
    path: str
    line: int = Field(description="From 1; 0 where the whole file is meant.")
    column: int
    message: str
    cure: str


class ResultRecord(_Record):
    """What the audit of one path found."""

    path: str
    kind: Literal["bundle", "scripts"]
    clean: bool
    digest: str = Field(description="The bundle digest; empty for loose scripts.")
    compared: bool = Field(description="Whether the digest was held against one that came another way.")
    signed: tuple[str, ...]
    scripts: tuple[str, ...]
    findings: tuple[FindingRecord, ...]


class AuditReport(_Record):
    """What an audit found."""

    format: Literal["roomscope-audit-report/1"]
    clean: bool
    results: tuple[ResultRecord, ...] = Field(min_length=1)


def report(results: tuple[Result, ...]) -> AuditReport:
    """The results as a record that can be written."""
    return AuditReport(
        format=FORMAT, clean=all(result.clean for result in results), results=tuple(map(_result, results))
    )


def as_json(results: tuple[Result, ...]) -> str:
    """The report for machines."""
    return report(results).model_dump_json(indent=2) + "\n"


def as_text(results: tuple[Result, ...]) -> str:
    """The report for a terminal or a ticket."""
    return "\n".join(line for result in report(results).results for line in _text(result)) + "\n"


def as_sarif(results: tuple[Result, ...]) -> str:
    """The report for code scanning."""
    driver = {
        "name": "roomscope",
        "semanticVersion": _version(),
        "rules": [_sarif_rule(rule) for rule in RULES],
    }
    found = [_sarif_result(one) for result in report(results).results for one in result.findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": found}
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _text(result: ResultRecord) -> Iterator[str]:
    for one in result.findings:
        place = f":{one.line}:{one.column}" if one.line else ""
        yield f"{one.path}{place}: {one.rule} {one.message}"
    cures = {one.rule: one.cure for one in result.findings}
    yield from (f"  {rule}: {cure}" for rule, cure in sorted(cures.items()))
    if result.clean:
        yield f"{result.path}: clean. {len(result.scripts)} scripts can do what their step lists, and nothing else."
    else:
        yield f"{result.path}: {len(result.findings)} findings. Do not run it. `roomscope explain {min(cures)}` says more."
    if result.signed:
        yield f"Signed: {', '.join(result.signed)}. Whose signature it is was not asked."
    if result.digest:
        ticket = "compared with the ticket" if result.compared else "not compared with a ticket"
        yield f"Bundle digest: {result.digest} ({ticket})."


def _result(result: Result) -> ResultRecord:
    return ResultRecord(
        path=_harmless(result.path),
        kind="bundle" if result.kind == "bundle" else "scripts",
        clean=result.clean,
        digest=result.digest,
        compared=result.compared,
        signed=result.signed,
        scripts=tuple(map(_harmless, result.scripts)),
        findings=tuple(map(_finding, result.findings)),
    )


def _finding(one: Finding) -> FindingRecord:
    return FindingRecord(
        rule=one.rule,
        path=_harmless(one.path),
        line=one.line,
        column=one.column,
        message=_harmless(one.message),
        cure=one.cure,
    )


def _harmless(text: str) -> str:
    """A text from a delivery with what cannot be seen written out."""
    return UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04X}", text)


def _sarif_rule(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.title.replace(".", " ").replace("'", "").split()),
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": rule.cure},
        "defaultConfiguration": {"level": "error"},
    }


def _sarif_result(one: FindingRecord) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": {"uri": quote(one.path)}}
    if one.line:
        physical["region"] = {"startLine": one.line, "startColumn": max(one.column, 1)}
    return {
        "ruleId": one.rule,
        "ruleIndex": [rule.id for rule in RULES].index(one.rule),
        "level": "error",
        "message": {"text": f"{one.message} {one.cure}"},
        "locations": [{"physicalLocation": physical}],
    }


def _version() -> str:
    try:
        return version("roomscope")
    except PackageNotFoundError:
        return "0.0.0"
