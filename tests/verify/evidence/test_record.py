"""One model of a record, for both PowerShells, with a published schema."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from roomscope.verify.evidence.record import Mode, RecordError, Step, parse, schema

PUBLISHED = Path(__file__).parents[3] / "verify" / "schemas" / "evidence.schema.json"

WRITTEN_BY_5_1 = b"""\xef\xbb\xbf{
    "Format":  "roomscope-evidence/1",
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
                 "make management scope Scope: (MemberOfGroup -eq \\u0027CN=O\\u0027\\u0027Brien\\u0027)"
             ],
    "Actions":  {
                    "make management scope Scope: (MemberOfGroup -eq \\u0027CN=O\\u0027\\u0027Brien\\u0027)":  "done"
                },
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
                      "Name":  "reached",
                      "Count":  12,
                      "TooMany":  [

                                  ],
                      "TooFew":  [

                                 ]
                  }
              ],
    "Warnings":  [

                 ]
}
""".replace(b"\n", b"\r\n")


def test_what_5_1_writes_is_read() -> None:
    record = parse(WRITTEN_BY_5_1)
    assert (record.step, record.mode, record.organization) == (Step.GRANT, Mode.APPLY, "O'Brien & Söhne")
    assert record.plan == tuple(record.actions) == ("make management scope Scope: (MemberOfGroup -eq 'CN=O''Brien')",)
    assert record.name == "50-Grant-Access.apply.20261122T175710Z.json"


def test_both_powershells_write_the_same_record() -> None:
    plain = json.dumps(json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")), indent=2, ensure_ascii=False)
    assert parse(plain.encode()) == parse(WRITTEN_BY_5_1)


def test_the_published_schema_is_the_one_of_the_model() -> None:
    assert json.loads(PUBLISHED.read_text(encoding="utf-8")) == schema()
    jsonschema.Draft202012Validator.check_schema(schema())


def test_what_the_model_takes_keeps_the_schema() -> None:
    jsonschema.validate(json.loads(WRITTEN_BY_5_1.decode("utf-8-sig")), schema())


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param({"Format": "roomscope-evidence/2"}, id="another format"),
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
        pytest.param({"Actions": {"x": "perhaps"}}, id="another outcome of an action"),
        pytest.param({"Before": [{"Kind": "other"}]}, id="an object of another kind"),
        pytest.param({"Before": [{"Name": "reached", "Count": 1, "TooMany": [], "TooFew": []}]}, id="a reach before"),
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
