"""The folder of the state: its schema, its changes, and writers that were killed."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import lab.state.changes
from lab.errors import StateError
from lab.make.inventory import Row
from lab.make.new import Wishes, snapshot
from lab.make.people import Person, Population, domain, room_list
from lab.state import folder as state
from lab.state.changes import AddMember, PutRecipient, Remove, RemoveMember
from lab.state.model import Snapshot

SCHEMA = Path(lab.state.changes.__file__).parent / "state.schema.json"


def wishes(**others: Any) -> Wishes:
    names = ("aspen", "birch")
    rooms = tuple(Row(f"{name}@contoso.com", name, "RoomMailbox", "") for name in names)
    usual: dict[str, Any] = {
        "domains": ("contoso.com",),
        "service_account": "svc@contoso.com",
        "account": "svc",
        "mailbox": True,
        "controls": (),
        "rooms": rooms,
    }
    return Wishes(**(usual | others))


@pytest.fixture
def made() -> Snapshot:
    return snapshot(wishes())


@pytest.fixture
def folder(tmp_path: Path, made: Snapshot) -> Path:
    state.write_snapshot(tmp_path, made)
    return tmp_path


@pytest.fixture
def group(made: Snapshot) -> PutRecipient:
    population = Population((domain("contoso.com"),))
    room = next(iter(made.recipients))
    person = Person("list@contoso.com", "List", "RoomList", "Groups")
    value = population.add(person, room_list((room,), (), ""))
    return PutRecipient(n=1, op="put", kind="recipients", key=value.guid, value=value)


def test_the_schema_in_the_file_is_the_one_of_the_nouns() -> None:
    text = json.dumps(lab.state.changes.schema(), indent=2, sort_keys=True) + "\n"
    assert SCHEMA.read_text("utf-8") == text


def test_a_new_snapshot_agrees_with_the_schema_and_with_nothing_unknown_in_it(
    made: Snapshot,
) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    plain = json.loads(made.model_dump_json())
    validator.validate(plain)
    with pytest.raises(jsonschema.ValidationError):
        validator.validate(plain | {"surprise": 1})


def test_change_lines_agree_with_the_schema(group: PutRecipient) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    member = AddMember(n=2, op="addMember", group=group.key, member=group.key)
    for change in (group, member):
        validator.validate(json.loads(change.model_dump_json()))
    with pytest.raises(jsonschema.ValidationError):
        validator.validate({"n": 1, "op": "put", "kind": "roles", "key": "x", "value": {}})


def test_the_same_wishes_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        state.write_snapshot(tmp_path / name, snapshot(wishes()))
    first, second = (tmp_path / name / state.SNAPSHOT for name in ("one", "two"))
    assert first.read_bytes() == second.read_bytes()


def test_changes_are_applied_in_order(folder: Path, group: PutRecipient) -> None:
    one, two = list(state.read(folder).recipients)[:2]
    state.append(
        folder,
        [
            group,
            AddMember(n=2, op="addMember", group=group.key, member=one),
            AddMember(n=3, op="addMember", group=group.key, member=two),
            RemoveMember(n=4, op="removeMember", group=group.key, member=one),
            Remove(n=5, op="remove", kind="roles", key="ROLE MANAGEMENT"),
        ],
    )
    found = state.read(folder)
    assert found.recipients[group.key].group == room_list(
        group.value.group.managed_by if group.value.group else (), (two,), ""
    )
    assert "role management" not in found.roles
    assert found.version == 5


def test_a_torn_last_line_is_passed_over_and_cut_by_the_next_writer(
    folder: Path, group: PutRecipient
) -> None:
    state.append(folder, [group])
    path = folder / state.CHANGES
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"n": 2, "op": "addM')
    assert state.read(folder).version == 1
    change = AddMember(n=2, op="addMember", group=group.key, member=group.key)
    state.append(folder, [change])
    assert path.read_bytes() == whole + change.model_dump_json().encode() + b"\n"


def test_a_reader_follows_a_growing_file_and_a_line_that_is_completed_later(
    folder: Path, group: PutRecipient
) -> None:
    store = state.Store(folder)
    assert store.current().version == 0
    line = group.model_dump_json().encode() + b"\n"
    path = folder / state.CHANGES
    path.write_bytes(line[:50])
    assert store.current().version == 0
    path.write_bytes(line)
    before = store.generation
    assert store.current().version == 1
    assert store.generation == before + 1
    assert store.current() is store.current()
    assert store.generation == before + 1


def test_a_reader_begins_anew_when_the_changes_are_gone(folder: Path, group: PutRecipient) -> None:
    store = state.Store(folder)
    state.append(folder, [group])
    assert group.key in store.current().recipients
    (folder / state.CHANGES).write_bytes(b"")
    assert group.key not in store.current().recipients


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"[]", id="no object"),
        pytest.param(b'{"n": 1, "op": "paint"}', id="unknown operation"),
        pytest.param(b'{"n": 1, "op": "remove", "kind": "moods", "key": "x"}', id="unknown kind"),
        pytest.param(b'{"n": 1, "op": "remove", "kind": "roles", "key": "x", "y": 1}', id="surplus"),
        pytest.param(b'{"n": 2, "op": "remove", "kind": "roles", "key": "Mail Recipients"}', id="gap"),
        pytest.param(b'{"n": 1, "op": "remove", "kind": "roles", "key": "x"}', id="not there"),
        pytest.param(b'{"n": 1, "op": "addMember", "group": "x", "member": "y"}', id="no group"),
    ],
)  # fmt: skip
def test_a_line_that_cannot_be_carried_out_is_a_loud_error(folder: Path, line: bytes) -> None:
    (folder / state.CHANGES).write_bytes(line + b"\n")
    with pytest.raises(StateError):
        state.read(folder)


def test_a_folder_without_a_snapshot_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="python -m lab new"):
        state.read(tmp_path)


def test_rooms_that_share_a_name_get_names_of_their_own() -> None:
    rows = tuple(Row(f"r{n}@contoso.com", "Meeting Room, 1", "RoomMailbox", "") for n in range(3))
    found = snapshot(wishes(rooms=rows)).recipients.values()
    rooms = [one for one in found if one.recipient_type_details == "RoomMailbox"]
    assert len({one.name for one in rooms}) == 3
    assert len({one.sam_account_name for one in found}) == len(found)
    assert rooms[0].distinguished_name == "CN=Meeting Room\\, 1,OU=Rooms,DC=contoso,DC=com"


def test_two_domains_each_have_a_controller_and_their_own_people() -> None:
    rooms = (Row("elan@emea.contoso.com", "Elan", "RoomMailbox", ""),)
    found = snapshot(wishes(domains=("contoso.com", "emea.contoso.com"), rooms=rooms))
    assert [one.fqdn for one in found.domain_controllers] == [
        "dc1.contoso.com",
        "dc2.contoso.com",
        "dc1.emea.contoso.com",
    ]
    room = next(one for one in found.recipients.values() if one.name == "Elan")
    assert (room.domain, room.distinguished_name) == (
        "emea.contoso.com",
        "CN=Elan,OU=Rooms,DC=emea,DC=contoso,DC=com",
    )
