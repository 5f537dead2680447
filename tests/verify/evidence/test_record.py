"""One model of a record, for both PowerShells, with a published schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from roomscope.verify.evidence.record import RecordError, parse, schema
from roomscope.verify.evidence.values import ChangeKind, Mode, Outcome, Step, WarningKind

PUBLISHED = Path(__file__).parents[3] / "verify" / "schemas" / "evidence.schema.json"

WRITTEN_BY_5_1 = b"""\xef\xbb\xbf{
    "Format":  "roomscope-evidence/2",
    "Product":  "exchange-server",
    "Step":  "50-Grant-Access",
    "Mode":  "apply",
    "Bundle":  "contoso-rooms",
    "PlanId":  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "ManifestSha256":  "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
    "Previous":  null,
    "PreviousSha256":  null,
    "Who":  "CONTOSO\\\\admin",
    "Computer":  "EX1",
    "Organization":  "O\\u0027Brien \\u0026 S\xc3\xb6hne",
    "OrganizationGuid":  "34d1811e-c7bb-5c9a-a180-1164480d8692",
    "Version":  "Version 15.2 (Build 2562.17)",
    "DomainController":  "dc1.contoso.com",
    "PowerShell":  "5.1.20348.2849",
    "Module":  "Exchange",
    "ModuleVersion":  "1.0",
    "Start":  "2026-11-22T17:57:10.8933067Z",
    "End":  "2026-11-22T17:57:12.1602924Z",
    "Result":  "applied",
    "Error":  "",
    "Reads":  17,
    "Writes":  1,
    "Plan":  [
                 {
                     "Kind":  "make-scope",
                     "Target":  "Scope",
                     "Details":  [
                                     "(MemberOfGroup -eq \\u0027CN=O\\u0027\\u0027Brien\\u0027)"
                                 ],
                     "Text":  "make management scope Scope"
                 }
             ],
    "Actions":  [
                    {
                        "Kind":  "make-scope",
                        "Target":  "Scope",
                        "Outcome":  "already there",
                        "Text":  "make management scope Scope"
                    }
                ],
    "Before":  [
                   {
                       "Kind":  "scope",
                       "Name":  "Scope",
                       "State":  "absent",
                       "Differences":  [

                                       ]
                   }
               ],
    "After":  [
                  {
                      "Kind":  "reach",
                      "Count":  12,
                      "TooMany":  [

                                  ],
                      "TooFew":  [

                                 ]
                  }
              ],
    "Warnings":  [
                     {
                         "Kind":  "exclusive-scope",
                         "Target":  "Executives",
                         "Outcome":  "noted",
                         "Text":  "the exclusive scope Executives keeps administrators outside it"
                     }
                 ]
}
""".replace(b"\n", b"\r\n")


def test_what_5_1_writes_is_read() -> None:
    record = parse(WRITTEN_BY_5_1)
    assert (record.step, record.mode, record.organization) == (Step.GRANT, Mode.APPLY, "O'Brien & Söhne")
    (planned,), (action,), (warning,) = record.plan, record.actions, record.warnings
    assert (planned.kind, planned.target, planned.details) == (ChangeKind.MAKE_SCOPE, "Scope", ("(MemberOfGroup -eq 'CN=O''Brien')",))
    assert (action.kind, action.target, action.outcome) == (ChangeKind.MAKE_SCOPE, "Scope", Outcome.ALREADY_THERE)
    assert (warning.kind, warning.target) == (WarningKind.EXCLUSIVE_SCOPE, "Executives")
    assert record.name == "50-Grant-Access.apply.20261122T175710Z.json"


def test_both_powershells_write_the_same_record() -> None:
    plain = json.dumps(json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")), indent=2, ensure_ascii=False)
    assert parse(plain.encode()) == parse(WRITTEN_BY_5_1)


def test_the_published_schema_is_the_one_of_the_model() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


def test_what_the_model_takes_keeps_the_schema() -> None:
    jsonschema.validate(json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")), schema())


PLANNED = {"Kind": "make-list", "Target": "rooms@contoso.com", "Details": ["Rooms"], "Text": "make room list Rooms"}
ACTION = {"Kind": "make-list", "Target": "rooms@contoso.com", "Outcome": "done", "Text": "make room list Rooms"}
WARNING = {"Kind": "other-grant", "Target": "Mail Import", "Outcome": "not done", "Text": "another grant"}


@pytest.mark.parametrize("more", [{"Plan": [PLANNED]}, {"Actions": [ACTION]}, {"Warnings": [WARNING]}])
def test_model_and_schema_take_the_same(more: dict[str, Any]) -> None:
    record = json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")) | more
    jsonschema.validate(record, schema())
    assert parse(json.dumps(record).encode()).name == "50-Grant-Access.apply.20261122T175710Z.json"


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"Format": "roomscope-evidence/1"}, id="another format"),
        pytest.param({"Product": "exchange-elsewhere"}, id="another product"),
        pytest.param({"Step": "15-Other"}, id="another step"),
        pytest.param({"Mode": "Apply"}, id="another mode"),
        pytest.param({"Result": "done"}, id="another result"),
        pytest.param({"Extra": 1}, id="a key that no script writes"),
        pytest.param({"Reads": "9"}, id="text for a number"),
        pytest.param({"Reads": -1}, id="a number below nothing"),
        pytest.param({"Reads": 1.5}, id="half a call"),
        pytest.param({"Start": 1764000000}, id="a number for a moment"),
        pytest.param({"Start": "2026-11-22 10:00"}, id="a moment in another form"),
        pytest.param({"Start": "2026-11-22T10:00:00+01:00"}, id="a moment that is not in UTC"),
        pytest.param({"PlanId": "A" * 64}, id="a digest in capitals"),
        pytest.param({"PlanId": "a" * 63}, id="a digest that is too short"),
        pytest.param({"PreviousSha256": ""}, id="an empty digest"),
        pytest.param({"Bundle": "Contoso Rooms"}, id="a name that no bundle has"),
        pytest.param({"Warnings": "one"}, id="text for a list"),
        pytest.param({"Warnings": [None]}, id="nothing for a text"),
        pytest.param({"Plan": {"value": [], "Count": 0}}, id="a list in a wrapper"),
        pytest.param({"Plan": ["make it"]}, id="a plan in words only"),
        pytest.param({"Plan": [PLANNED | {"Kind": "make-tea"}]}, id="a change of another kind"),
        pytest.param({"Plan": [PLANNED | {"Details": "Rooms"}]}, id="a text for details"),
        pytest.param({"Plan": [PLANNED | {"Outcome": "done"}]}, id="an outcome of a plan"),
        pytest.param({"Plan": [{"Kind": "make-list", "Target": "rooms@contoso.com", "Text": ""}]}, id="no details"),
        pytest.param({"Actions": {"make it": "done"}}, id="actions by their sentences"),
        pytest.param({"Actions": [ACTION | {"Outcome": "perhaps"}]}, id="another outcome of an action"),
        pytest.param({"Actions": [ACTION | {"Outcome": "noted"}]}, id="the outcome of a warning"),
        pytest.param({"Actions": [ACTION | {"Outcome": "already gone"}]}, id="an outcome of the earlier format"),
        pytest.param({"Warnings": [WARNING | {"Kind": "other"}]}, id="a warning of another kind"),
        pytest.param({"Warnings": [WARNING | {"Outcome": "done"}]}, id="the outcome of an action"),
        pytest.param({"Warnings": ["the service account holds another grant"]}, id="a warning in words only"),
        pytest.param({"After": [{"Name": "reached", "Count": 1, "TooMany": [], "TooFew": []}]}, id="a reach without its kind"),
        pytest.param({"Before": [{"Kind": "other"}]}, id="an object of another kind"),
        pytest.param({"Before": [{"Kind": "reach", "Count": 1, "TooMany": [], "TooFew": []}]}, id="a reach before"),
        pytest.param({"Error": "x" * 70_000}, id="a text without end"),
        pytest.param({"Who": None}, id="nobody"),
    ],
)
def test_model_and_schema_refuse_the_same(spoil: dict[str, Any]) -> None:
    record = json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")) | spoil
    with pytest.raises(RecordError):
        parse(json.dumps(record).encode())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(record, schema())


@pytest.mark.parametrize("missing", [key for key in schema()["required"] if key != "Format"])  # type: ignore[attr-defined]
def test_every_key_must_be_there(missing: str) -> None:
    record = json.loads(WRITTEN_BY_5_1.decode("utf-8-sig"))
    del record[missing]
    with pytest.raises(RecordError, match=missing):
        parse(json.dumps(record).encode())


@pytest.mark.parametrize("moment", ["2026-13-22T10:00:00Z", "2026-11-22T25:00:00Z", "2026-02-30T10:00:00.1Z"])
def test_a_moment_that_there_is_not_is_refused(moment: str) -> None:
    record = json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")) | {"End": moment}
    with pytest.raises(RecordError, match="End"):
        parse(json.dumps(record).encode())
