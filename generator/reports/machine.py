"""A report for machines: JSON in the schema that is published, ASCII so that no console spoils it."""

import json

from roomscope.generator.reports.record import AuditReport


def as_json(report: AuditReport) -> str:
    """Every finding, in the order of the files."""
    return json.dumps(report.model_dump(mode="json"), indent=2) + "\n"
