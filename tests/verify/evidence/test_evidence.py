"""What the records of a bundle say, from whole folders and from spoilt ones."""

import hashlib
import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from roomscope.verify.evidence import chain
from roomscope.verify.evidence.catalogue import FindingKind, Weight
from roomscope.verify.evidence.report import schema
from roomscope.verify.evidence_cli import evidence

READY, LISTS, ROOMS, GRANT = "10-Test-Readiness", "30-New-RoomLists", "40-Add-Rooms", "50-Grant-Access"
CONFIRM, REMOVE = "60-Confirm-Access", "90-Remove-Access"
START = datetime(2026, 11, 22, 10, 0, 0, tzinfo=UTC)
Json = dict[str, Any]


def planned(kind: str, target: str, *details: str) -> Json:
    return {"Kind": kind, "Target": target, "Details": list(details), "Text": f"{kind} {target} in words for people"}


def did(change: Json, outcome: str = "done") -> Json:
    return {"Kind": change["Kind"], "Target": change["Target"], "Outcome": outcome, "Text": change["Text"]}


def warns(kind: str, target: str = "something", outcome: str = "noted") -> Json:
    return {"Kind": kind, "Target": target, "Outcome": outcome, "Text": f"a warning about {target}"}


LIST = "rooms@contoso.com"
MAKE = planned("make-list", LIST, "Rooms")
ADD = tuple(planned("add-member", f"room{number}@contoso.com", LIST) for number in (1, 2, 3))
FILL = planned("fill-list", LIST, *(add["Target"] for add in ADD))
SCOPE = planned("make-scope", "Scope", "(RecipientTypeDetails -eq 'RoomMailbox') -and (MemberOfGroup -eq 'CN=O''Brien')")
ASSIGN = planned("make-assignment", "Assignment", "CN=svc", "Scope")
TAKEN = (planned("remove-assignment", "Assignment", "3"), planned("remove-scope", "Scope", "2"), planned("remove-list", LIST, "1"))
MEMBERS = ["room1@contoso.com", "Room2@Contoso.com", "room3@contoso.com"]


def rooms(*members: str, state: str = "kept", guid: str = "1", differences: tuple[str, ...] = ()) -> Json:
    return {
        "Kind": "list", "Address": "rooms@contoso.com", "Name": "Rooms", "State": state,
        "Differences": list(differences), "Guid": "" if state == "absent" else guid, "DistinguishedName": "",
        "Owners": ["contoso.com/Users/IT Admin"], "Mark": f"roomscope contoso-rooms {'a' * 64}", "Members": list(members),
    }


def scope(state: str = "kept") -> Json:
    more = {} if state == "absent" else {"Guid": "2", "Filter": "(MemberOfGroup -eq 'CN=O''Brien')", "Root": ""}
    return {"Kind": "scope", "Name": "Scope", "State": state, "Differences": [], **more}


def assignment(state: str = "kept") -> Json:
    more = {"Guid": "3", "Role": "ApplicationImpersonation", "Assignee": "contoso.com/svc", "Scope": "Scope"}
    return {"Kind": "assignment", "Name": "Assignment", "State": state, "Differences": []} | ({} if state == "absent" else more)


def reach(*, many: tuple[str, ...] = (), few: tuple[str, ...] = ()) -> Json:
    return {"Kind": "reach", "Count": 3 + len(many) - len(few), "TooMany": list(many), "TooFew": list(few)}


ABSENT = [rooms(state="absent"), scope("absent"), assignment("absent")]
FULL = rooms(*MEMBERS)
GRANTED = [FULL, scope(), assignment()]


@dataclass
class Diary:
    """Records as the scripts would write them, until a test spoils them."""

    folder: Path
    runs: list[Json] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    minutes: Iterator[int] = field(default_factory=itertools.count)

    def add(self, step: str, mode: str, result: str, plan: tuple[Json, ...] = (), **more: Any) -> Json:
        actions = list(map(did, plan)) if result == "applied" else []
        start = START + timedelta(minutes=next(self.minutes))
        record = {
            "Format": "roomscope-evidence/2", "Product": "exchange-server", "Step": step, "Mode": mode, "Bundle": "contoso-rooms", "PlanId": "a" * 64,
            "ManifestSha256": hashlib.sha256((self.folder / "manifest.json").read_bytes()).hexdigest(),
            "Previous": None, "PreviousSha256": None, "Who": "CONTOSO\\admin", "Computer": "EX1", "Organization": "Contoso",
            "OrganizationGuid": "34d1811e", "Version": "Version 15.2 (Build 2562.17)", "DomainController": "dc1.contoso.com",
            "PowerShell": "5.1.20348.2849", "Module": "Exchange", "ModuleVersion": "1.0", "Start": f"{start:%FT%T}.1234567Z",
            "End": f"{start:%FT%T}.9999999Z", "Result": result, "Error": "", "Reads": 9, "Writes": len(actions),
            "Plan": list(plan), "Actions": actions, "Before": [], "After": [], "Warnings": [],
        }
        self.runs.append(record | more)
        return self.runs[-1]

    def pair(self, step: str, plan: tuple[Json, ...], before: list[Json], after: list[Json]) -> None:
        self.add(step, "plan", "planned", plan, Before=before)
        self.add(step, "apply", "applied", plan, Before=before, After=after)

    def there(self) -> "Diary":
        self.add(READY, "plan", "unchanged", Before=ABSENT)
        self.pair(LISTS, (MAKE,), [rooms(state="absent")], [rooms()])
        self.pair(ROOMS, ADD, [rooms()], [FULL])
        self.pair(GRANT, (SCOPE, ASSIGN), [FULL, *ABSENT[1:]], GRANTED)
        self.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()])
        return self

    def back(self) -> "Diary":
        self.pair(REMOVE, TAKEN, GRANTED, ABSENT)
        return self

    def write(self) -> "Diary":
        (self.folder / "evidence").mkdir(exist_ok=True)
        before: bytes = b""
        for run in self.runs:
            if self.names:
                run["Previous"], run["PreviousSha256"] = self.names[-1], hashlib.sha256(before).hexdigest()
            before = as_windows_powershell(run)
            self.names.append(f"{run['Step']}.{run['Mode']}.{run['Start'][:19].replace('-', '').replace(':', '')}Z.json")
            self.path(-1).write_bytes(before)
        return self

    def path(self, number: int) -> Path:
        return self.folder / "evidence" / self.names[number]

    def ask(self, *options: str) -> Result:
        return CliRunner().invoke(evidence, [str(self.folder), *options])

    def read(self) -> Json:
        asked = self.ask("--format", "json")
        found: Json = json.loads(asked.stdout)
        jsonschema.validate(found, schema())
        return found | {"exit": asked.exit_code}


def as_windows_powershell(record: Json) -> bytes:
    """The bytes that 5.1 writes: its mark, its line ends, its escapes, two spaces after a colon."""
    text = json.dumps(record, indent=4, ensure_ascii=False, separators=(",", ":  "))
    for character in "'<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() + b"\r\n"


def heavy(found: Json) -> set[FindingKind]:
    return {kind for kind in _kinds(found) if kind.weight is not Weight.NOTICE}


def notices(found: Json) -> set[FindingKind]:
    return {kind for kind in _kinds(found) if kind.weight is Weight.NOTICE}


def _kinds(found: Json) -> set[FindingKind]:
    ids = {line["id"] for line in found["findings"]}
    return {kind for kind in FindingKind if kind.value in ids}


@pytest.fixture
def diary(maker: Any) -> Diary:
    """An empty folder of records beside an untouched bundle."""
    return Diary(maker.write())


OTHER_GRANT = warns("other-grant", "Mail Import", "not done")


def test_another_grant_that_the_last_confirmation_saw_is_not_complete(diary: Diary) -> None:
    diary.there().runs[-1]["Warnings"] = [OTHER_GRANT]
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (1, {FindingKind.OVERREACHES})


def test_another_grant_that_a_later_confirmation_did_not_see_is_settled(diary: Diary) -> None:
    diary.there().runs[-1]["Warnings"] = [OTHER_GRANT]
    diary.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()])
    assert diary.write().read()["exit"] == 0


def test_a_killed_run_does_not_say_that_it_did_nothing(diary: Diary) -> None:
    killed(diary)
    diary.runs[-1]["Who"] = "\\"
    shown = diary.write().ask().stdout
    assert "3 planned, how many were done is not recorded, between 0 and 3" in shown
    assert "user not recorded on EX1" in shown
    assert "3 changes were planned, and it is not recorded which were made" in shown
    assert "calls not recorded" in shown


def test_without_a_folder_of_records_nothing_was_read(diary: Diary) -> None:
    found = diary.read()
    assert (found["exit"], found["conclusion"], found["chain_whole"]) == (4, "unread", False)


def test_an_empty_folder_says_nothing_either(diary: Diary) -> None:
    assert diary.write().read()["exit"] == 4


def test_the_way_there_is_complete_with_eight_records(diary: Diary) -> None:
    found = diary.there().write().read()
    assert (found["exit"], found["conclusion"], found["records"], found["chain_whole"]) == (0, "complete", 8, True)
    assert [line["progress"] for line in found["steps"]] == ["done"] * 5
    assert found["findings"] == []


def test_a_run_says_when_who_where_and_what_was_planned_done_and_seen(diary: Diary) -> None:
    run = diary.there().write().read()["runs"][4]
    assert (run["start"], run["who"], run["computer"]) == ("2026-11-22T10:04:00.123456Z", "CONTOSO\\admin", "EX1")
    assert (run["organization"], run["domain_controller"]) == ("Contoso", "dc1.contoso.com")
    assert (run["planned"], run["done"], run["read_back"]) == (3, 3, 3)
    assert run["lines"][0] == {
        "kind": "add-member", "target": "room1@contoso.com", "text": ADD[0]["Text"], "planned": True, "outcome": "done",
        "read_back": True,
    }


def test_what_was_seen_last_stands_with_the_record_that_saw_it(diary: Diary) -> None:
    found = diary.there().write().read()["things"]
    assert [(line["kind"], line["state"], line["members"]) for line in found] == [
        ("list", "kept", 3), ("scope", "kept", None), ("assignment", "kept", None),
    ]
    assert {line["file"] for line in found} == {diary.names[-1]}


def test_after_the_way_back_only_step_90_counts(diary: Diary) -> None:
    found = diary.there().back().write().read()
    assert (found["exit"], found["way"], [line["step"] for line in found["steps"]]) == (0, "back", [REMOVE])


def test_granted_again_after_the_way_back_every_step_counts_again(diary: Diary) -> None:
    found = diary.there().back().there().write().read()
    assert (found["exit"], found["way"], found["chain_whole"], found["findings"]) == (0, "there", True, [])


def test_a_second_run_that_finds_nothing_to_do_keeps_it_complete(diary: Diary) -> None:
    diary.there()
    diary.add(ROOMS, "plan", "planned", Before=[FULL])
    diary.add(GRANT, "apply", "unchanged", Before=GRANTED)
    assert diary.write().read()["exit"] == 0


@pytest.mark.parametrize("count", range(1, 8))
def test_on_the_way_the_steps_that_lack_are_named(diary: Diary, count: int) -> None:
    del diary.there().runs[count:]
    found = diary.write().read()
    assert (found["exit"], found["chain_whole"]) == (3, True)
    assert heavy(found) <= {FindingKind.MISSING, FindingKind.PLANNED}
    assert found["steps"][-1]["progress"] == "missing"


def interrupted(diary: Diary) -> None:
    del diary.there().runs[4:]
    diary.add(ROOMS, "apply", "interrupted", ADD, Before=[rooms()], Actions=[did(ADD[0])], Writes=2)


def cut(diary: Diary) -> None:
    del diary.there().runs[4:]
    actions = [did(ADD[0]), did(ADD[1], "unknown")]
    diary.add(ROOMS, "apply", "stopped", ADD, Before=[rooms()], Actions=actions, Writes=2, Error="The session is gone")


def killed(diary: Diary) -> None:
    del diary.there().runs[4:]
    diary.add(ROOMS, "apply", "interrupted", ADD, Before=[rooms()])


def finish(diary: Diary) -> None:
    diary.pair(ROOMS, ADD[1:], [rooms(MEMBERS[0])], [FULL])
    diary.pair(GRANT, (SCOPE, ASSIGN), [FULL, *ABSENT[1:]], GRANTED)
    diary.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()])


@pytest.mark.parametrize("end", [interrupted, cut, killed])
def test_an_interrupted_step_is_not_finished_until_it_is_completed(diary: Diary, end: Callable[[Diary], None]) -> None:
    end(diary)
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (3, {FindingKind.INTERRUPTED, FindingKind.MISSING})
    diary.names.clear()
    finish(diary)
    found = diary.write().read()
    assert (found["exit"], heavy(found), notices(found)) == (0, set(), {FindingKind.SETTLED})


def test_a_confirmation_from_before_the_last_change_does_not_count(diary: Diary) -> None:
    diary.there()
    diary.runs[-1], diary.runs[-2] = diary.runs[-2], diary.runs[-1]
    for number, run in enumerate(diary.runs):
        run["Start"] = run["End"] = f"{START + timedelta(minutes=number):%FT%TZ}"
    diary.runs[-2]["Before"], diary.runs[-2]["After"] = [FULL, *ABSENT[1:]], [reach()]
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (3, {FindingKind.STALE})


def change(number: int, **more: Any) -> Callable[[Diary], None]:
    """A record that was made with other content, in a chain that is whole."""
    return lambda diary: diary.runs[number].update(more)


def more(step: str, mode: str, result: str, plan: tuple[Json, ...] = (), **content: Any) -> Callable[[Diary], None]:
    """One more record at the end."""
    return lambda diary: (diary.add(step, mode, result, plan, **content), None)[1]


SPOILT_CONTENT = [
    pytest.param(change(4, Plan=list(ADD[:2])), {FindingKind.UNPLANNED}, id="done, but not in its own plan"),
    pytest.param(change(3, Plan=list(ADD[:2])), {FindingKind.UNPLANNED}, id="not the plan that was recorded"),
    pytest.param(change(3, Result="interrupted"), {FindingKind.UNPLANNED}, id="its plan did not end well"),
    pytest.param(lambda diary: diary.runs.pop(3), {FindingKind.UNPLANNED}, id="no plan was recorded"),
    pytest.param(change(4, Actions=list(map(did, ADD[:2])), Writes=2), {FindingKind.UNDONE}, id="applied, not all done"),
    pytest.param(
        change(4, Actions=[*map(did, ADD[:2]), did(ADD[2], "unknown")]), {FindingKind.UNDONE, FindingKind.INTERRUPTED},
        id="applied, one unknown",
    ),
    pytest.param(change(4, After=[rooms(*MEMBERS[:2])]), {FindingKind.UNSEEN}, id="done, not seen among the members"),
    pytest.param(change(2, After=[]), {FindingKind.UNSEEN}, id="applied, never read back"),
    pytest.param(change(6, After=[FULL, scope("absent"), assignment()]), {FindingKind.UNSEEN}, id="the scope was not seen"),
    pytest.param(change(6, After=[FULL, scope(), assignment("conflict")]), {FindingKind.UNSEEN}, id="another assignment was seen"),
    pytest.param(change(7, After=[reach(many=("ceo@contoso.com",))]), {FindingKind.NOT_KEPT}, id="the scope reaches too much"),
    pytest.param(change(7, After=[reach(few=("room1@contoso.com",))]), {FindingKind.NOT_KEPT}, id="the scope reaches too little"),
    pytest.param(change(7, After=[]), {FindingKind.NOT_KEPT}, id="the reach is not told"),
    pytest.param(
        change(7, Before=[FULL, scope("conflict"), assignment()]), {FindingKind.NOT_KEPT}, id="the scope was last seen in conflict"
    ),
    pytest.param(
        change(7, Before=[rooms(*MEMBERS, "ceo@contoso.com"), scope(), assignment()]), {FindingKind.NOT_KEPT},
        id="a stranger was last seen among the members",
    ),
    pytest.param(change(3, Writes=1), {FindingKind.CONTRADICTORY}, id="a plan that writes"),
    pytest.param(change(7, Writes=1), {FindingKind.CONTRADICTORY, FindingKind.NOT_KEPT}, id="a confirmation that writes"),
    pytest.param(change(4, Writes=2), {FindingKind.CONTRADICTORY}, id="fewer calls than changes"),
    pytest.param(change(4, Writes=9), {FindingKind.CONTRADICTORY}, id="more calls than changes"),
    pytest.param(change(6, End="2026-11-22T09:00:00Z"), {FindingKind.CONTRADICTORY}, id="ended before it began"),
    pytest.param(change(6, Error="Access denied"), {FindingKind.CONTRADICTORY}, id="applied with an error"),
    pytest.param(change(7, Plan=[MAKE]), {FindingKind.CONTRADICTORY}, id="unchanged with a plan"),
    pytest.param(change(5, Result="applied"), {FindingKind.CONTRADICTORY, FindingKind.UNDONE, FindingKind.UNPLANNED}, id="a plan that says applied"),
    pytest.param(change(4, Result="unchanged"), {FindingKind.CONTRADICTORY}, id="unchanged, and yet it wrote"),
    pytest.param(change(6, OrganizationGuid="0"), {FindingKind.MISPLACED}, id="another organisation"),
    pytest.param(change(3, PlanId="b" * 64), {FindingKind.FOREIGN, FindingKind.UNPLANNED}, id="of another plan"),
    pytest.param(change(0, Bundle="other"), {FindingKind.FOREIGN, FindingKind.MISSING}, id="of another bundle"),
    pytest.param(change(0, ManifestSha256="b" * 64), {FindingKind.FOREIGN, FindingKind.MISSING}, id="of another rendering"),
    pytest.param(more(GRANT, "apply", "stopped", Error="Access denied"), {FindingKind.FAILED}, id="the last run of a step stopped"),
    pytest.param(more(LISTS, "plan", "planned", (MAKE,)), {FindingKind.UNDONE_SINCE}, id="a finished step finds work again"),
    pytest.param(more(REMOVE, "apply", "stopped", Error="Access denied"), {FindingKind.FAILED}, id="the way back stopped"),
    pytest.param(
        more(REMOVE, "apply", "unchanged", Before=GRANTED), {FindingKind.NOT_KEPT, FindingKind.STAYS},
        id="nothing removed, the right still there",
    ),
    pytest.param(
        change(4, Actions=[*map(did, ADD[:2]), did(ADD[2], "not done")]), {FindingKind.UNDONE, FindingKind.INTERRUPTED},
        id="applied, one not done",
    ),
    pytest.param(change(4, Actions=[*map(did, ADD), did(ADD[2])], Writes=4), {FindingKind.CONTRADICTORY}, id="one change twice"),
    pytest.param(
        change(4, Actions=[*map(did, ADD), did(MAKE)], Writes=4), {FindingKind.CONTRADICTORY, FindingKind.UNPLANNED},
        id="a change of another step",
    ),
    pytest.param(
        change(3, Plan=[*ADD[:2], planned("add-member", "room3@contoso.com", "other@contoso.com")]), {FindingKind.UNPLANNED},
        id="planned for another list",
    ),
    pytest.param(
        change(5, Plan=[SCOPE, planned("make-assignment", "Assignment", "CN=ceo", "Scope")]), {FindingKind.UNPLANNED},
        id="planned for another account",
    ),
    pytest.param(
        lambda diary: diary.runs.__delitem__(slice(0, 3)), {FindingKind.UNRECORDED, FindingKind.MISSING}, id="made by no run of these"
    ),
]


@pytest.mark.parametrize(("spoil", "faults"), SPOILT_CONTENT)
def test_records_that_do_not_fit_each_other_or_the_bundle_differ(
    diary: Diary, spoil: Callable[[Diary], object], faults: set[FindingKind]
) -> None:
    spoil(diary.there())
    found = diary.write().read()
    assert (found["exit"], found["conclusion"], heavy(found)) == (1, "differs", faults)


def test_every_fault_is_named_with_its_record_and_its_lines(diary: Diary) -> None:
    change(4, After=[rooms(*MEMBERS[:2])])(diary.there())
    line = diary.write().read()["findings"][0]
    assert (line["id"], line["file"], line["items"]) == (FindingKind.UNSEEN, diary.names[4], [ADD[2]["Text"]])
    assert diary.names[4] in diary.ask().stdout


def rename(number: int, name: str) -> Callable[[Diary], object]:
    return lambda diary: diary.path(number).rename(diary.folder / "evidence" / name)


def swap(diary: Diary) -> None:
    first, second = diary.path(3).read_bytes(), diary.path(4).read_bytes()
    diary.path(3).write_bytes(second)
    diary.path(4).write_bytes(first)


def link(diary: Diary) -> None:
    diary.path(0).rename(diary.folder.parent / "elsewhere.json")
    diary.path(0).symlink_to(diary.folder.parent / "elsewhere.json")


def graft(diary: Diary) -> None:
    """A record that names the same one before it as the next does."""
    record = json.loads(diary.path(3).read_text("utf-8-sig")) | {"Start": "2026-11-22T10:03:30.0Z", "End": "2026-11-22T10:03:31Z"}
    name = diary.names[3].replace("T100300Z", "T100330Z")
    (diary.folder / "evidence" / name).write_text(json.dumps(record), "utf-8")


def without_digest(diary: Diary) -> None:
    diary.path(7).write_bytes(as_windows_powershell(diary.runs[7] | {"PreviousSha256": None}))


def second_beginning(diary: Diary) -> None:
    times = {"Start": "2026-11-22T11:00:00Z", "End": "2026-11-22T11:00:01Z"}
    record = json.loads(diary.path(0).read_text("utf-8-sig")) | times | {"Before": GRANTED}
    (diary.folder / "evidence" / f"{READY}.plan.20261122T110000Z.json").write_text(json.dumps(record), "utf-8")


SPOILT_FILES = [
    pytest.param(lambda diary: diary.path(0).unlink(), {FindingKind.REMOVED, FindingKind.MISSING}, id="the first is gone"),
    pytest.param(lambda diary: diary.path(3).unlink(), {FindingKind.REMOVED, FindingKind.UNPLANNED}, id="one in the middle is gone"),
    pytest.param(
        lambda diary: diary.path(4).write_bytes(diary.path(4).read_bytes().replace(b"EX1", b"EX2")),
        {FindingKind.ALTERED}, id="one was altered",
    ),
    pytest.param(lambda diary: diary.path(4).write_bytes(b""), {FindingKind.UNREADABLE, FindingKind.ALTERED, FindingKind.PLANNED}, id="one is empty"),
    pytest.param(swap, {FindingKind.RENAMED, FindingKind.ALTERED, FindingKind.REORDERED, FindingKind.FORKED}, id="two were exchanged"),
    pytest.param(rename(7, f"{CONFIRM}.plan.20261122T090000Z.json"), {FindingKind.RENAMED, FindingKind.REORDERED, FindingKind.FORKED},
                 id="the last was renamed to be the first"),
    pytest.param(graft, {FindingKind.FORKED}, id="one was put in between"),
    pytest.param(second_beginning, {FindingKind.FORKED}, id="a second beginning"),
    pytest.param(without_digest, {FindingKind.UNPROVEN}, id="the one before could not be read then"),
    pytest.param(link, {FindingKind.UNREADABLE, FindingKind.ALTERED, FindingKind.MISSING}, id="one is a link"),
    pytest.param(lambda diary: (diary.path(0).unlink(), diary.path(0).mkdir()), {FindingKind.UNREADABLE, FindingKind.ALTERED, FindingKind.MISSING},
                 id="one is a folder"),
]


@pytest.mark.parametrize(("spoil", "faults"), SPOILT_FILES)
def test_a_chain_that_is_not_whole_differs(
    diary: Diary, spoil: Callable[[Diary], object], faults: set[FindingKind]
) -> None:
    spoil(diary.there().write())
    found = diary.read()
    assert (found["exit"], found["chain_whole"], heavy(found)) == (1, False, faults)


HOSTILE = [
    pytest.param(b"", id="empty"),
    pytest.param(b"\xef\xbb\xbf", id="a mark only"),
    pytest.param(b"\xff\xfe{\x00}\x00", id="UTF-16"),
    pytest.param(b"[" * 1_000_000, id="deep arrays"),
    pytest.param(b'{"Before":' * 100_000, id="deep objects"),
    pytest.param(b"[" + b"[]," * 1_000_000 + b"[]]", id="many arrays"),
    pytest.param(b"{}", id="an empty object"),
    pytest.param(b"null", id="null"),
    pytest.param(b'{"Format":"\x1b[2J"}', id="a raw control character"),
    pytest.param(b"1" * 100_000, id="a huge number"),
]


@pytest.mark.parametrize("data", HOSTILE)
def test_what_is_no_record_is_an_unreadable_one(diary: Diary, data: bytes) -> None:
    diary.add(READY, "plan", "unchanged")
    diary.write().path(0).write_bytes(data)
    found = diary.read()
    assert (found["exit"], heavy(found)) == (4, {FindingKind.UNREADABLE, FindingKind.MISSING})


def test_a_key_that_stands_twice_is_refused(diary: Diary) -> None:
    diary.add(READY, "plan", "unchanged")
    path = diary.write().path(0)
    path.write_bytes(path.read_bytes().replace(b'"Who":', b'"Who":  "another",\r\n    "Who":'))
    assert "a key stands twice" in diary.ask().stdout


def test_nothing_that_a_record_says_steers_the_terminal(diary: Diary) -> None:
    evil = "\x1b[2J\x07[bold red]\u202e" + "x" * 1000
    diary.there().runs[2].update({"Who": evil, "Error": evil, "Organization": evil, "Warnings": [warns("owner", evil)]})
    diary.runs[2]["After"][0] = rooms() | {"Name": evil}
    diary.write()
    (diary.folder / "evidence" / "\x1b[31mred").write_bytes(b"")
    for options in ((), ("--format", "json")):
        shown = diary.ask(*options)
        assert shown.exit_code == 1
        assert not {"\x1b", "\x07", "\u202e"} & set(shown.stdout)
        assert "[bold red]" in shown.stdout


def test_a_huge_file_is_not_read(diary: Diary) -> None:
    diary.there().write()
    os.truncate(diary.path(0), 65 * 1024 * 1024)
    assert FindingKind.UNREADABLE in heavy(diary.read())


def test_all_records_together_are_bounded(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    diary.there().write()
    monkeypatch.setattr(chain, "LARGEST_SUM", 8000)
    assert FindingKind.UNREADABLE in heavy(diary.read())


def test_a_folder_of_too_many_files_is_not_read(diary: Diary) -> None:
    diary.there().write()
    for number in range(chain.MOST):
        (diary.folder / "evidence" / f"{number}.txt").touch()
    assert (diary.ask().exit_code, "more than 1000 files" in diary.ask().output) == (4, True)


@pytest.mark.parametrize("digest", ["right", "wrong"])
def test_the_digest_of_the_ticket_is_compared(diary: Diary, maker: Any, digest: str) -> None:
    diary.there().write()
    asked = diary.ask("--digest", maker.digest() if digest == "right" else "0" * 64)
    assert (asked.exit_code, "as on the ticket" in asked.output) == ((0, True) if digest == "right" else (2, False))


def test_an_altered_bundle_is_misuse(diary: Diary) -> None:
    diary.there().write()
    (diary.folder / "RUNBOOK.md").write_text("other")
    assert (diary.ask().exit_code, "RUNBOOK.md was altered" in diary.ask().output) == (2, True)


def test_a_folder_that_is_no_bundle_is_misuse(tmp_path: Path) -> None:
    assert Diary(tmp_path).ask().exit_code == 2


def settle_a_conflict(diary: Diary) -> None:
    conflict = rooms(*MEMBERS, "ceo@contoso.com", state="conflict", differences=("members: 1 too many",))
    diary.add(CONFIRM, "plan", "stopped", Before=[conflict, *GRANTED[1:]], Error="The scope is not the inventory")
    diary.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()])


@pytest.mark.parametrize(
    ("spoil", "kind"),
    [
        pytest.param(change(0, Warnings=[OTHER_GRANT]), FindingKind.WARNED, id="a script warned"),
        pytest.param(change(6, DomainController="dc2.contoso.com"), FindingKind.CONTROLLERS, id="another domain controller"),
        pytest.param(change(1, End="2026-11-22T10:02:30Z"), FindingKind.OVERLAPS, id="two runs at once"),
        pytest.param(change(7, Before=[rooms(*MEMBERS, guid="9"), *GRANTED[1:]]), FindingKind.CHANGED, id="another list of the same name"),
        pytest.param(settle_a_conflict, FindingKind.CHANGED, id="a conflict that was settled"),
        pytest.param(settle_a_conflict, FindingKind.SETTLED, id="a stopped run that was repeated"),
        pytest.param(
            change(0, Before=[rooms(state="absent"), scope(), assignment("absent")]), FindingKind.FOUND, id="a scope from before",
        ),
    ],
)
def test_what_settles_itself_or_harms_nothing_is_a_notice(
    diary: Diary, spoil: Callable[[Diary], object], kind: FindingKind
) -> None:
    spoil(diary.there())
    found = diary.write().read()
    assert (found["exit"], heavy(found), kind in notices(found)) == (0, set(), True)


def left_over(diary: Diary, *members: str, state: str = "conflict", warnings: tuple[Json, ...] = ()) -> None:
    """A way back that left the list."""
    after = [rooms(*MEMBERS, *members, state=state), scope("absent"), assignment("absent")]
    diary.there().pair(REMOVE, TAKEN[:2], [after[0], *GRANTED[1:]], after)
    diary.runs[-1]["Warnings"] = list(warnings)


STAYING = warns("list-stays", LIST, "not done")


def test_what_somebody_changed_stays_after_the_way_back_and_is_unfinished(diary: Diary) -> None:
    left_over(diary, warnings=(STAYING,))
    found = diary.write().read()
    assert (found["exit"], heavy(found), notices(found)) == (3, {FindingKind.STAYS}, {FindingKind.CHANGED})


@pytest.mark.parametrize("warnings", [(), (STAYING,), (STAYING, warns("stranger-stays", "Ceo@contoso.com", "not done"))])
def test_a_list_that_stays_with_a_stranger_in_it_differs_even_if_no_script_warned(diary: Diary, warnings: tuple[Json, ...]) -> None:
    left_over(diary, "ceo@contoso.com", warnings=warnings)
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (1, {FindingKind.STRANGER, FindingKind.STAYS})
    assert sum(line["id"] == FindingKind.STRANGER for line in found["findings"]) == 1
    assert "eo@contoso.com" in str(found["findings"][0])


def test_what_stayed_and_was_removed_by_hand_is_settled_by_another_way_back(diary: Diary) -> None:
    left_over(diary, "ceo@contoso.com", warnings=(STAYING, warns("stranger-stays", "ceo@contoso.com", "not done")))
    diary.add(REMOVE, "apply", "unchanged", Before=ABSENT)
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (0, set())


def test_a_way_back_that_could_not_compare_is_not_finished(diary: Diary) -> None:
    diary.there().pair(REMOVE, TAKEN[:1], [GRANTED[2]], [ABSENT[2]])
    found = diary.write().read()
    assert (found["exit"], heavy(found), notices(found)) == (3, {FindingKind.UNCOMPARED, FindingKind.STAYS}, set())


def test_a_way_back_that_does_less_than_was_planned_agrees_with_its_plan(diary: Diary) -> None:
    diary.there().add(REMOVE, "plan", "planned", TAKEN, Before=GRANTED)
    left = [FULL | {"State": "conflict"}, scope("absent"), assignment("absent")]
    diary.add(REMOVE, "apply", "applied", TAKEN[:2], Before=GRANTED, After=left)
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (3, {FindingKind.STAYS})


def test_a_right_of_another_account_that_stays_is_named_for_what_it_is(diary: Diary) -> None:
    other = assignment("conflict") | {"Assignee": "contoso.com/Users/other"}
    after = [*ABSENT[:2], other]
    diary.there().pair(REMOVE, TAKEN[1:], [*GRANTED[:2], other], after)
    diary.runs[-1]["Warnings"] = [warns("right-stays", "assignment", "not done")]
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (1, {FindingKind.RIGHT_STAYS})
    diary.names.clear()
    diary.runs[-1]["Warnings"] = [warns("right-stays", "something else", "not done")]
    assert heavy(diary.write().read()) == {FindingKind.RIGHT_STAYS, FindingKind.NOT_KEPT}


WEIGHTS_THERE = [
    ("other-grant", "noted", {FindingKind.OVERREACHES}, 1),
    ("shared-scope", "noted", {FindingKind.SHARED}, 1),
    ("owner", "noted", {FindingKind.WIDENS}, 1),
    ("account", "noted", {FindingKind.ACCOUNT}, 1),
    ("right-stays", "not done", {FindingKind.RIGHT_STAYS}, 1),
    ("stranger-stays", "not done", {FindingKind.STRANGER}, 1),
    ("bundle-altered", "noted", {FindingKind.BESIDE_ALTERED}, 1),
    ("unread", "unknown", {FindingKind.UNREAD}, 3),
    ("bundle-altered", "unknown", {FindingKind.BESIDE_ALTERED}, 1),
    ("exclusive-scope", "noted", set(), 0),
    ("room-elsewhere", "not done", set(), 0),
    ("room-name", "noted", set(), 0),
    ("record-unreadable", "noted", set(), 0),
]
WEIGHTS_BACK = [
    ("other-grant", "not done", {FindingKind.OVERREACHES}, 1),
    ("shared-scope", "not done", {FindingKind.SHARED}, 1),
    ("right-stays", "not done", {FindingKind.RIGHT_STAYS}, 1),
    ("stranger-stays", "not done", {FindingKind.STRANGER}, 1),
    ("bundle-altered", "noted", {FindingKind.BESIDE_ALTERED}, 1),
    ("bundle-altered", "not done", {FindingKind.BESIDE_ALTERED}, 1),
    ("bundle-altered", "unknown", {FindingKind.BESIDE_ALTERED}, 1),
    ("scope-stays", "not done", {FindingKind.STAYS}, 3),
    ("list-stays", "not done", {FindingKind.STAYS}, 3),
    ("unread", "unknown", {FindingKind.UNCOMPARED}, 3),
    ("foreign-organization", "not done", {FindingKind.STAYS}, 3),
    ("account", "noted", set(), 0),
    ("owner", "noted", set(), 0),
    ("planned-not-done", "not done", set(), 0),
    ("foreign-organization", "noted", set(), 0),
]


@pytest.mark.parametrize(
    ("way", "kind", "outcome", "findings", "code"),
    [*(("there", *row) for row in WEIGHTS_THERE), *(("back", *row) for row in WEIGHTS_BACK)],
)
def test_what_leaves_somebody_a_right_is_no_notice(  # noqa: PLR0917 - one column each
    diary: Diary, way: str, kind: str, outcome: str, findings: set[FindingKind], code: int
) -> None:
    if way == "back":
        diary.there().back()
    else:
        diary.there()
    diary.runs[-1]["Warnings"] = [warns(kind, "something", outcome)]
    found = diary.write().read()
    assert (found["exit"], heavy(found), notices(found)) == (code, findings, set() if findings else {FindingKind.WARNED})


@pytest.mark.parametrize("kind", ["shared-scope", "right-stays", "stranger-stays", "bundle-altered"])
def test_what_the_way_back_named_is_settled_when_it_ran_again_without(diary: Diary, kind: str) -> None:
    diary.there().back().runs[-1]["Warnings"] = [warns(kind, "something", "not done")]
    diary.add(REMOVE, "apply", "unchanged", Before=ABSENT, After=ABSENT)
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (0, set())


def held_by(name: str, state: str = "kept") -> list[Json]:
    return [FULL, scope(), assignment(state) | {"Assignee": name}]


def test_an_assignment_that_changed_hands_differs_until_it_was_taken_away(diary: Diary) -> None:
    diary.there().add(CONFIRM, "plan", "unchanged", Before=held_by("contoso.com/other"), After=[reach()])
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (1, {FindingKind.REASSIGNED})
    (line,) = (one for one in found["findings"] if one["id"] == FindingKind.REASSIGNED)
    assert line["items"] == ["assignment Assignment (kept): contoso.com/svc, now contoso.com/other"]
    diary.names.clear()
    diary.add(CONFIRM, "plan", "unchanged", Before=held_by("contoso.com/third"), After=[reach()])
    assert heavy(diary.write().read()) == {FindingKind.REASSIGNED}
    diary.names.clear()
    diary.back()
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (0, set())


def test_an_assignment_that_its_holder_has_again_is_a_notice(diary: Diary) -> None:
    diary.there().add(CONFIRM, "plan", "unchanged", Before=held_by("contoso.com/other"), After=[reach()])
    diary.add(CONFIRM, "plan", "unchanged", Before=held_by("Contoso.com/svc"), After=[reach()])
    found = diary.write().read()
    assert (found["exit"], notices(found)) == (0, {FindingKind.CHANGED})


def test_changes_are_told_in_whole_sentences(diary: Diary) -> None:
    alone = rooms(*MEMBERS) | {"Owners": []}
    bare = assignment() | {"Scope": ""}
    diary.there().add(CONFIRM, "plan", "unchanged", Before=[alone, scope() | {"Filter": ""}, bare], After=[reach()])
    diary.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()])
    items = [item for one in diary.write().read()["findings"] if one["id"] == FindingKind.CHANGED for item in one["items"]]
    assert "list Rooms (kept): owners: contoso.com/Users/IT Admin, now none" in items
    assert "list Rooms (kept): owners: none, now contoso.com/Users/IT Admin" in items
    assert any(item.endswith("now none") and "filter and root" in item for item in items)
    assert any(item.endswith("now ApplicationImpersonation to contoso.com/svc over the whole organisation") for item in items)


def test_one_of_a_kind_is_told_in_the_singular(diary: Diary) -> None:
    diary.add(LISTS, "plan", "planned", (MAKE,), Before=[rooms(state="absent")], Reads=1)
    diary.add(LISTS, "apply", "interrupted", (MAKE,), Before=[rooms(state="absent")])
    diary.add(LISTS, "apply", "unchanged", (MAKE,), Before=[rooms(MEMBERS[0])], Writes=1)
    diary.add(ROOMS, "apply", "interrupted", ADD[:1], Before=[rooms(MEMBERS[0])], DomainController="dc2")
    diary.add(READY, "plan", "unchanged", Before=[rooms(MEMBERS[0])])
    shown = diary.write().ask().output
    for said in ("Rooms, 1 member (", "1 writing call\n", "with a plan of 1 line\n", "dc2: 1 run\n", "1 change was planned, and it is not recorded whether"):
        assert said in shown
    assert re.findall(r"(?<![:\d-])\b1 (?:[a-z]+ )?(?:runs|members|changes|calls|lines|faults)\b", shown) == []


def test_an_owner_that_the_plan_allows_is_a_notice(diary: Diary, maker: Any) -> None:
    maker.plan["account_may_own_lists"] = True
    maker.write()
    diary.there().runs[-1]["Warnings"] = [warns("owner", "svc@contoso.com")]
    found = diary.write().read()
    assert (found["exit"], notices(found)) == (0, {FindingKind.WARNED})


def test_a_warning_of_an_earlier_step_stands_until_a_later_look(diary: Diary) -> None:
    diary.there().runs[6]["Warnings"] = [warns("other-grant", "Mail Import")]
    del diary.runs[7]
    assert heavy(diary.write().read()) == {FindingKind.OVERREACHES, FindingKind.MISSING}
    diary.names.clear()
    diary.add(CONFIRM, "plan", "stopped", Before=GRANTED, Error="no connection")
    assert heavy(diary.write().read()) == {FindingKind.OVERREACHES, FindingKind.FAILED}
    diary.names.clear()
    diary.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()], Warnings=[warns("unread", "grants", "unknown")])
    assert heavy(diary.write().read()) == {FindingKind.OVERREACHES, FindingKind.UNREAD}
    diary.names.clear()
    diary.add(CONFIRM, "plan", "unchanged", Before=GRANTED, After=[reach()])
    assert heavy(diary.write().read()) == set()


def fill(diary: Diary, outcome: str) -> None:
    """Step 40 by one call."""
    runs = diary.there().runs
    runs[3]["Plan"] = runs[4]["Plan"] = [FILL]
    runs[4].update({"Actions": [did(FILL, outcome)], "Writes": 1})


def test_a_list_filled_by_one_call_counts_as_one_change(diary: Diary) -> None:
    fill(diary, "done")
    found = diary.write().read()
    assert (found["exit"], found["runs"][4]["planned"], found["runs"][4]["read_back"]) == (0, 1, 1)
    diary.names.clear()
    diary.runs[4]["After"] = [rooms(*MEMBERS[:2])]
    assert heavy(diary.write().read()) == {FindingKind.UNSEEN}


def test_a_filling_that_was_planned_is_no_leave_to_add_room_by_room(diary: Diary) -> None:
    fill(diary, "done")
    diary.runs[4].update({"Actions": list(map(did, ADD)), "Writes": 3})
    assert heavy(diary.write().read()) == {FindingKind.UNPLANNED, FindingKind.UNDONE}


@pytest.mark.parametrize("outcome", ["unknown", "not done"])
def test_a_filling_that_did_not_arrive_keeps_its_step_from_being_done(diary: Diary, outcome: str) -> None:
    fill(diary, outcome)
    found = diary.write().read()
    assert (found["exit"], heavy(found)) == (1, {FindingKind.UNDONE, FindingKind.INTERRUPTED})
    assert found["steps"][2]["progress"] == "interrupted"


def test_another_wording_of_the_same_change_is_the_same_change(diary: Diary) -> None:
    reworded = [add | {"Text": "in other words"} for add in ADD]
    diary.there().runs[3]["Plan"] = reworded
    assert diary.write().read()["exit"] == 0


def test_a_report_beside_the_records_is_named_and_harms_nothing(diary: Diary) -> None:
    diary.there().write()
    (diary.folder / "evidence" / "report.json").write_text("{}")
    found = diary.read()
    assert (found["exit"], notices(found)) == (0, {FindingKind.BESIDE})


def test_it_says_that_it_is_no_proof_and_where_proof_is(diary: Diary) -> None:
    shown = diary.there().write().ask().stdout
    assert "a statement, not proof" in shown
    assert "roomscope verify" in shown
    assert "RUNBOOK.md, section 6" in shown
    assert shown.rstrip().splitlines()[-1].startswith("Records: COMPLETE")


def test_every_fault_of_the_catalogue_has_a_test() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind.name for kind in FindingKind if f"FindingKind.{kind.name}" not in text] == []
    assert len({kind.value for kind in FindingKind}) == len(FindingKind)


def test_a_crash_does_not_look_like_records_that_differ(diary: Diary, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Path) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(chain, "read_folder", fail)
    asked = diary.ask()
    assert (asked.exit_code, "secret" in asked.output) == (4, False)
    assert "RuntimeError in test_evidence.py" in asked.output


def test_the_published_schema_of_the_result_is_the_one_of_the_code() -> None:
    published = Path(__file__).parents[3] / "verify" / "schemas" / "evidence-report.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()
