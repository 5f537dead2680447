"""What an audit found, as the record of which all reports are views."""

from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from roomscope.generator.audit.finding import Finding
from roomscope.generator.common.text import harmless
from roomscope.generator.delivery.check import Result

FORMAT: Final = "roomscope-audit-report/1"


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
    """The results as a record: what a delivery said can steer no terminal any more."""
    return AuditReport(format=FORMAT, clean=all(result.clean for result in results), results=tuple(map(_result, results)))


def _result(result: Result) -> ResultRecord:
    return ResultRecord(
        path=harmless(result.path),
        kind="bundle" if result.kind == "bundle" else "scripts",
        clean=result.clean,
        digest=result.digest,
        compared=result.compared,
        signed=result.signed,
        scripts=tuple(map(harmless, result.scripts)),
        findings=tuple(map(_finding, result.findings)),
    )


def _finding(one: Finding) -> FindingRecord:
    return FindingRecord(
        rule=one.rule,
        path=harmless(one.path),
        line=one.line,
        column=one.column,
        message=harmless(one.message),
        cure=one.cure,
    )
