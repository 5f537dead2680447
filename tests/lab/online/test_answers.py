"""What Graph answers agrees with its published metadata, without a property that is unknown there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.conftest import missing
from tests.lab.online.conftest import WINDOW, Cloud, view

EDM = "{http://docs.oasis-open.org/odata/ns/edm}"
WEEK = WINDOW.replace("11-24", "11-30")
PLAIN: dict[str, type] = {"Edm.String": str, "Edm.Boolean": bool, "Edm.Int32": int}


@dataclass(frozen=True)
class Metadata:
    """The types of a metadata document."""

    types: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> "Metadata":
        schema = etree.parse(path).find(f".//{EDM}Schema")
        assert schema is not None
        return cls({one.get("Name", ""): one for one in schema})

    def properties(self, name: str) -> dict[str, Any]:
        """The properties of a type and of those that it is based on."""
        node = self.types[name]
        base = node.get("BaseType")
        own = {one.get("Name"): one for one in node.findall(f"{EDM}Property")}
        return (self.properties(base.removeprefix("graph.")) if base else {}) | own

    def wrong(self, value: Any, kind: str) -> Iterator[str]:
        """What of a value does not agree with its type."""
        if kind.startswith("Collection("):
            assert isinstance(value, list)
            for one in value:
                yield from self.wrong(one, kind[11:-1])
        elif kind == "Edm.DateTimeOffset":
            assert datetime.fromisoformat(value).tzinfo is not None
        elif kind in PLAIN:
            if type(value) is not PLAIN[kind]:
                yield f"{value!r} is no {kind}"
        else:
            yield from self.wrong_structure(value, kind.removeprefix("graph."))

    def wrong_structure(self, value: Any, name: str) -> Iterator[str]:
        """What of a structure, or of a name of an enumeration, does not agree."""
        if self.types[name].tag == f"{EDM}EnumType":
            if value not in {one.get("Name") for one in self.types[name]}:
                yield f"{value!r} is no {name}"
            return
        known = self.properties(name)
        for key, held in value.items():
            if key.startswith("@odata."):
                continue
            if key not in known:
                yield f"{name} has no {key}"
            elif held is not None:
                yield from self.wrong(held, known[key].get("Type"))
            elif known[key].get("Nullable") == "false":
                yield f"{name}.{key} is null"


@pytest.fixture
def metadata(schemas: Path | None) -> Metadata:
    if schemas is None:
        missing("The metadata of Microsoft Graph")
        raise AssertionError
    return Metadata.read(schemas / "graph" / "calendar.csdl")


@pytest.mark.parametrize("select", ["", "&$select=id", "&$select=subject,start,end,showAs"])
def test_events_agree_with_the_metadata(granted_cloud: Cloud, metadata: Metadata, select: str) -> None:
    answer = granted_cloud.get(f"/users/birch@contoso.com/calendarView?{WEEK}{select}").json()
    assert len(answer["value"]) > 3
    assert list(metadata.wrong(answer["value"], "Collection(graph.event)")) == []
    assert set(answer) <= {"@odata.context", "@odata.nextLink", "value"}


def test_events_in_a_batch_agree_with_the_metadata(granted_cloud: Cloud, metadata: Metadata) -> None:
    answer = granted_cloud.batch(view("birch").replace("11-24", "11-30"), view("ceo")).json()
    assert set(answer) == {"responses"}
    refused, given = (one["body"] for one in answer["responses"])
    assert list(metadata.wrong(given["value"], "Collection(graph.event)")) == []
    assert set(refused) == {"error"}
    assert set(refused["error"]) == {"code", "message", "innerError"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("roomlist", "roomList"),
        ("room", "room"),
        ("roomlist/rooms", "room"),
    ],
)
def test_places_agree_with_the_metadata(granted_cloud: Cloud, metadata: Metadata, path: str, kind: str) -> None:
    granted_cloud.alter("--entra-role", "Place.Read.All")
    address = "trees@contoso.com/" if path.endswith("rooms") else ""
    answer = granted_cloud.get(f"/places/{address}microsoft.graph.{path}").json()
    assert answer["value"]
    assert list(metadata.wrong(answer["value"], f"Collection(graph.{kind})")) == []


def test_what_does_not_agree_is_found(metadata: Metadata) -> None:
    bad = {"id": 1, "mood": "x", "showAs": "sleeping", "start": {"dateTime": None}, "isAllDay": "no"}
    assert sorted(metadata.wrong([bad], "Collection(graph.event)")) == [
        "'no' is no Edm.Boolean",
        "'sleeping' is no freeBusyStatus",
        "1 is no Edm.String",
        "dateTimeTimeZone.dateTime is null",
        "event has no mood",
    ]
