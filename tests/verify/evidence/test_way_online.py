"""The records of the scripts for Exchange Online: more steps, a pointer, and what Exchange says of single mailboxes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from roomscope.verify.bundle.bundle import open_bundle
from roomscope.verify.evidence.freshness import last_change
from tests.verify.evidence.test_evidence import (
    ABSENT,
    ADD,
    ASSIGN,
    CONFIRM,
    FULL,
    GRANT,
    GRANTED,
    LISTS,
    MAKE,
    READY,
    REMOVE,
    ROOMS,
    SCOPE,
    TAKEN,
    Diary,
    reach,
    rooms,
)
from tests.verify.online.conftest import plan

Json = dict[str, Any]
GATES, CUSTOMIZATION, ENTRA = "15-Test-Gates", "20-Enable-Customization", "70-Test-Entra"
POINTER: Json = {"Kind": "pointer", "Name": "contoso-rooms", "State": "kept", "Differences": [], "Guid": "b7a1e2d3"}
NO_POINTER: Json = {"Kind": "pointer", "Name": "contoso-rooms", "State": "absent", "Differences": []}
POINT: Json = {"Kind": "make-pointer", "Target": "contoso-rooms", "Details": ["client", "object"], "Text": "make the pointer"}
UNPOINT: Json = {"Kind": "remove-pointer", "Target": "contoso-rooms", "Details": ["b7a1e2d3"], "Text": "remove the pointer"}
ENABLE: Json = {"Kind": "enable-customization", "Target": "contoso.onmicrosoft.com", "Details": [], "Text": "enable"}
ASKED: Json = {"Kind": "authorization", "Mailbox": "room1@contoso.com", "By": ["Application Calendars.Read"], "Permissions": ["Calendars.Read"]}


@pytest.fixture
def diary(maker: Any) -> Diary:
    return Diary(plan(maker, "calendars-read").write())


def there(diary: Diary, *, pointer: Json = POINTER, entra: Json | None = None) -> Diary:
    diary.add(READY, "plan", "unchanged", Before=[*ABSENT, NO_POINTER])
    diary.add(GATES, "plan", "unchanged")
    diary.pair(CUSTOMIZATION, (ENABLE,), [], [])
    diary.pair(LISTS, (MAKE,), [rooms(state="absent")], [rooms()])
    diary.pair(ROOMS, ADD, [rooms()], [FULL])
    diary.pair(GRANT, (POINT, SCOPE, ASSIGN), [FULL, *ABSENT[1:], NO_POINTER], [*GRANTED, pointer])
    diary.add(CONFIRM, "plan", "unchanged", Before=[*GRANTED, pointer], After=[reach(), ASKED])
    diary.add(ENTRA, "plan", "unchanged", **(entra or {}))
    for run in diary.runs:
        run["Product"], run["DomainController"] = "exchange-online", ""
    return diary


def test_the_whole_way_there_is_complete(diary: Diary) -> None:
    told = there(diary).write().read()
    assert (told["conclusion"], told["exit"]) == ("complete", 0), told["findings"]
    assert [step["step"][:2] for step in told["steps"]] == ["10", "15", "20", "30", "40", "50", "60", "70"]


def test_the_other_half_of_the_union_is_missing_until_it_was_looked_at(diary: Diary) -> None:
    there(diary).runs.pop()
    told = diary.write().read()
    assert ENTRA in str(told["findings"])
    assert told["conclusion"] == "unfinished"


def test_a_pointer_that_was_not_read_back_is_not_kept(diary: Diary) -> None:
    conflict = POINTER | {"State": "conflict", "Differences": ["another object id"]}
    told = there(diary, pointer=conflict).write().read()
    assert told["conclusion"] == "differs"
    assert "another object id" in str(told["findings"])


@pytest.mark.parametrize(("kind", "conclusion"), [("entra-grant", "differs"), ("entra-other", "complete")])
def test_a_permission_of_entra_that_opens_mailboxes_is_no_notice(diary: Diary, kind: str, conclusion: str) -> None:
    warning = {"Kind": kind, "Target": "Mail.Read of Microsoft Graph", "Outcome": "noted", "Text": "Entra grants Mail.Read"}
    told = there(diary, entra={"Warnings": [warning]}).write().read()
    assert told["conclusion"] == conclusion, told["findings"]


def test_the_way_back_takes_the_pointer_too(diary: Diary) -> None:
    there(diary)
    diary.pair(REMOVE, (*TAKEN, UNPOINT), [*GRANTED, POINTER], [*ABSENT, NO_POINTER])
    diary.runs[-1]["Product"] = diary.runs[-2]["Product"] = "exchange-online"
    diary.runs[-1]["DomainController"] = diary.runs[-2]["DomainController"] = ""
    told = diary.write().read()
    assert (told["way"], told["conclusion"]) == ("back", "complete"), told["findings"]


def test_verify_knows_from_the_records_when_the_grant_was_made(diary: Diary, maker: Any) -> None:
    there(diary)
    now = datetime.now(UTC).replace(microsecond=0)
    grant = next(run for run in diary.runs if (run["Step"], run["Mode"]) == (GRANT, "apply"))
    grant["Start"], grant["End"] = (f"{now - timedelta(minutes=minutes):%FT%T}Z" for minutes in (2, 1))
    diary.write()
    folder: Path = maker.folder
    assert last_change(open_bundle(folder)) == now - timedelta(minutes=1)


def test_a_tenant_goes_by_its_id(diary: Diary) -> None:
    there(diary).runs[-1]["Organization"] = "34d1811e"
    assert diary.write().read()["conclusion"] == "complete"


def test_another_tenant_is_another_organisation(diary: Diary) -> None:
    there(diary).runs[-1]["OrganizationGuid"] = "4711"
    assert "RE206" in str(diary.write().read()["findings"])
