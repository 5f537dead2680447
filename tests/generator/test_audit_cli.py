"""The verb audit: what it prints, where, and their exit codes."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from roomscope.generator.audit_cli import audit
from roomscope.generator.bundle.sums import digest
from roomscope.generator.delivery.rulebook import RULES
from roomscope.generator.reports.record import AuditReport
from roomscope.generator.statement.model import Statement

Files = Mapping[str, bytes]
GRANT = "50-Grant-Access.ps1"
SAMPLE = Path(__file__).parents[2] / "samples" / "article" / "roomscope.toml"
SCHEMAS = Path(__file__).parents[2] / "generator" / "schemas"
SARIF = {
    "required": ["version", "$schema", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "minItems": 1,
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "tool": {"properties": {"driver": {"required": ["name", "rules"], "properties": {"rules": {"items": {"required": ["id"]}}}}}},
                    "results": {
                        "items": {
                            "required": ["ruleId", "message"],
                            "properties": {
                                "ruleId": {"pattern": "^RSA[0-9]{3}$"},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"]},
                            },
                        }
                    },
                },
            },
        },
    },
}
"""What every reader of SARIF needs; the whole schema is asked as well, where there is one."""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(audit, [str(one) for one in arguments])


@pytest.fixture
def clean(article: Files, put: Callable[[Files], Path]) -> Path:
    return put(article)


@pytest.fixture
def altered(article: Files, put: Callable[[Files], Path]) -> Path:
    return put({**article, GRANT: article[GRANT].replace(b"# What", b"Get-Process\r\n# What", 1)})


def test_a_clean_bundle_exits_0_and_says_that_no_ticket_was_asked(article: Files, clean: Path) -> None:
    result = run(clean)
    assert result.exit_code == 0
    assert "clean. 6 scripts" in result.output
    assert digest(article["SHA256SUMS"]) in result.output
    assert "not compared with a ticket" in result.output


def test_the_ticket_is_compared(article: Files, clean: Path) -> None:
    result = run(clean, "--digest", digest(article["SHA256SUMS"]))
    assert (result.exit_code, "(compared with the ticket)" in result.output) == (0, True)
    assert run(clean, "--digest", "0" * 64).exit_code == 1


def test_findings_exit_1_with_place_rule_and_cure(altered: Path) -> None:
    result = run(altered)
    assert result.exit_code == 1
    assert re.search(rf"{GRANT}:\d+:5: RSA020 Get-Process is not in the list of step 50\.", result.output)
    assert "Do not run it." in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nowhere",),
        (__file__,),
        (Path(__file__).parent,),
        (Path(__file__).parent, "--digest", "x"),
        (Path(__file__).parent, Path(__file__).parent, "--digest", "0" * 64),
        (Path(__file__).parent, "--format", "xml"),
    ],
    ids=["nothing", "no file", "no bundle", "an odd folder", "no digest", "one digest for two", "no format"],
)
def test_what_is_no_bundle_exits_2(arguments: tuple[object, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "clean" not in result.output


def test_a_digest_for_a_loose_script_is_refused(article: Files, tmp_path: Path) -> None:
    (tmp_path / GRANT).write_bytes(article[GRANT])
    assert run(tmp_path / GRANT).exit_code == 0
    assert run(tmp_path / GRANT, "--digest", "0" * 64).exit_code == 2


def test_the_configuration_is_rendered_again(clean: Path, altered: Path) -> None:
    assert "RSA108" in run(altered, "--against", SAMPLE).output
    assert run(clean, "--against", "nowhere.toml").exit_code == 2


def test_several_deliveries_are_audited_at_once(clean: Path, tmp_path: Path, article: Files) -> None:
    (tmp_path / "60-x.ps1").write_bytes(article[GRANT])
    result = run(clean, tmp_path / "60-x.ps1", "--format", "json")
    report = AuditReport.model_validate_json(result.stdout)
    assert result.exit_code == 1
    assert [one.clean for one in report.results] == [True, False]
    assert not report.clean


def test_json_is_a_report_in_its_schema(altered: Path, tmp_path: Path) -> None:
    result = run(altered, "--format", "json", "--output", tmp_path / "report.json")
    text = (tmp_path / "report.json").read_text(encoding="utf-8")
    assert (result.exit_code, result.stdout) == (1, "")
    jsonschema.validate(json.loads(text), json.loads((SCHEMAS / "audit-report.schema.json").read_text()))
    assert AuditReport.model_validate_json(text).results[0].findings[0].rule


@pytest.mark.parametrize("which", ["clean", "altered"])
def test_sarif_is_valid(which: str, request: pytest.FixtureRequest, schemas: Path | None) -> None:
    text = run(request.getfixturevalue(which), "--format", "sarif").stdout
    sarif = json.loads(text)
    jsonschema.validate(sarif, SARIF)
    if schemas is not None:
        jsonschema.validate(sarif, json.loads((schemas / "sarif-2.1.0.json").read_text(encoding="utf-8")))
    (one,) = sarif["runs"]
    assert len(one["tool"]["driver"]["rules"]) == len(RULES)
    assert bool(one["results"]) == (which == "altered")


def test_what_a_delivery_says_is_shown_harmlessly(article: Files, put: Callable[[Files], Path]) -> None:
    folder = put(article)
    (folder / "x\x1b[2J\u202e.ps1").write_text("x")
    for view in ("console", "json", "sarif"):
        output = run(folder, "--format", view).output
        assert not {"\x1b", "\u202e"} & set(output)
        assert "RSA102" in output


def test_the_published_schemas_are_those_of_the_records(article: Files) -> None:
    for name, model in (("audit.schema.json", Statement), ("audit-report.schema.json", AuditReport)):
        published = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
        assert published == {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    jsonschema.validate(json.loads(article["audit.json"]), json.loads((SCHEMAS / "audit.schema.json").read_text()))
