"""The manifest and rooms.csv as they cross to others: one form, and a plan that stands there once."""

import json
from pathlib import Path

import jsonschema
import pytest

from roomscope.generator.bundle.manifest import FORMAT, Manifest, read_manifest
from roomscope.generator.bundle.rooms import ROOMS, as_previous, read_rooms, rooms_csv
from roomscope.generator.common.errors import BundleError
from roomscope.generator.plan.plan import Account, Grant, PlacedRoom, Plan, RoomList

SCHEMA = Path(__file__).parents[3] / "generator" / "schemas" / "manifest.schema.json"
LISTS = (
    RoomList(address="north@contoso.com", name="North", alias="north", rooms=2),
    RoomList(address="south@contoso.com", name="Süd", alias="south", rooms=1),
)
ROWS = (
    PlacedRoom("a@contoso.com", "north@contoso.com", 'Saal "Nord", links'),
    PlacedRoom("b@contoso.com", "south@contoso.com", ""),
    PlacedRoom("c@contoso.com", "north@contoso.com", "L\u2019Atelier"),
)
MANIFEST = Manifest(
    format=FORMAT,
    plan_id="0" * 64,
    region="1" * 64,
    plan=Plan(
        format="roomscope-plan/1",
        product="exchange-server",
        bundle="contoso-rooms",
        ticket=None,
        approver=None,
        owner=None,
        review_by=None,
        account=Account(address="svc@contoso.com", user=None),
        application=None,
        domains=("contoso.com",),
        controls=("ceo@contoso.com",),
        endpoint=None,
        list_owner=None,
        account_may_own_lists=False,
        list_size=75,
        lists_per_scope=20,
        organizational_unit=None,
        rooms=3,
        lists=LISTS,
        grants=(Grant(scope="S", assignment="A", lists=("north@contoso.com", "south@contoso.com")),),
    ),
    files={"rooms.csv": "2" * 64},
)


def test_the_published_schema_is_that_of_the_manifest() -> None:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert published == {"$schema": "https://json-schema.org/draft/2020-12/schema", **Manifest.model_json_schema()}
    jsonschema.validate(json.loads(MANIFEST.text()), published)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(MANIFEST.text()) | {"more": 1}, published)


def test_a_manifest_is_read_back_as_it_was_made() -> None:
    assert read_manifest(MANIFEST.text().encode()) == MANIFEST
    assert list(json.loads(MANIFEST.text())) == ["files", "format", "plan", "plan_id", "region"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('"plan_id"', '"plan_id": "x",\n  "plan_id"', "it is not in the form that is rendered"),
        ("  ", " ", "it is not in the form that is rendered"),
        ('"list_size": 75', '"list_size": 75.0', "plan.list_size"),
        ('"list_size": 75', '"list_size": "75"', "plan.list_size"),
        ('"list_size": 75', f'"list_size": {"9" * 5000}', "number out of range"),
        ('"rooms": 3', '"rooms": NaN', "it is not a manifest of this release"),
        ('"ticket": null', '"ticket": "\\ud800"', "it is not a manifest of this release"),
        ('"ticket": null', '"ticket": null, "x": 1', "plan.x"),
        (',\n    "ticket": null', "", "plan.ticket"),
        ('"ticket": null', '"ticket": null, "\x1b' + "x" * 500 + '": 1', "it is not a manifest of this release"),
        ('"ticket": null', '"ticket": null, "\u202e' + "x" * 500 + '": 1', "plan.'\\u202ex"),
        ("roomscope-bundle/2", "roomscope-bundle/1", "format"),
        ("roomscope-plan/1", "roomscope-plan/2", "plan.format"),
        ('"files": {', '"files": ' + "[" * 100_000 + "{", "it is not a manifest of this release"),
    ],
)
def test_what_is_no_manifest_in_its_one_form_is_refused(old: str, new: str, reason: str) -> None:
    assert old in MANIFEST.text()
    with pytest.raises(BundleError) as refused:
        read_manifest(MANIFEST.text().replace(old, new, 1).encode())
    assert refused.value.message.startswith("manifest.json: ")
    assert reason in refused.value.message
    assert len(refused.value.message) < 300
    assert refused.value.message.isprintable()


def test_rooms_are_read_back_as_they_were_made() -> None:
    assert read_rooms(rooms_csv(ROWS)) == ROWS


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda data: data[3:], "it is not UTF-8 with a mark and lines that end with CR LF"),
        (lambda data: data.replace(b"\r\n", b"\n"), "it is not UTF-8 with a mark and lines that end with CR LF"),
        (lambda data: data[:-2], "it is not UTF-8 with a mark and lines that end with CR LF"),
        (lambda data: data.replace(b"DisplayName", b"Name"), "its columns are not"),
        (lambda data: data + b"x@contoso.com\r\n", "its columns are not"),
        (lambda data: data + b"\r\n", "its columns are not"),
        (lambda data: data.splitlines(keepends=True)[0], "it holds no rooms"),
        (lambda _: b"", "it is not UTF-8 with a mark"),
        (lambda data: data + b"\xff,x,y\r\n", "it cannot be read"),
        (lambda data: data + b'"x"y,x,y\r\n', "it cannot be read"),
        (lambda data: data + b'x,y,"' + b"z" * 140_000 + b'"\r\n', "it cannot be read"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_rooms_in_its_one_form_is_refused(change: object, reason: str) -> None:
    assert callable(change)
    with pytest.raises(BundleError) as refused:
        read_rooms(change(rooms_csv(ROWS)))
    assert refused.value.message.startswith(f"{ROOMS}: ")
    assert reason in refused.value.message


def test_a_room_in_a_list_that_there_is_not_is_refused_with_its_row() -> None:
    assert as_previous(LISTS, ROWS).list_of["b@contoso.com"] == "south@contoso.com"
    with pytest.raises(BundleError, match=r"row 3: 'south@contoso\.com' is no list of this plan"):
        as_previous(LISTS[:1], ROWS)
