"""Which lists, which names, which grants come of an inventory."""

from pathlib import Path

import pytest

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.intent.config import Config, load
from roomscope.generator.intent.inventory import Inventory, Room
from roomscope.generator.plan.plan import ListName, Previous, make_plan

CONFIG = """
[bundle]
name = "contoso-rooms"
profile = "exchange-server"
[rooms]
file = "rooms.csv"
domains = ["contoso.com"]
[room-lists]
domain = "contoso.com"
{lists}
[names]
{names}
[service-account]
address = "svc@contoso.com"
"""


def config(tmp_path: Path, lists: str = "", names: str = "") -> Config:
    path = tmp_path / "roomscope.toml"
    path.write_text(CONFIG.format(lists=lists, names=names), encoding="utf-8")
    return load(path)


def rooms(count: int, group: str = "", first: int = 1) -> tuple[Room, ...]:
    return tuple(Room(f"r{n}@contoso.com", f"R {n}", group, n + 1) for n in range(first, first + count))


def inventory(*groups: tuple[Room, ...]) -> Inventory:
    return Inventory(tuple(room for group in groups for room in group), ())


def test_75_rooms_fill_one_list_and_the_76th_opens_another(tmp_path: Path) -> None:
    one = make_plan(config(tmp_path), inventory(rooms(75)), Previous())
    two = make_plan(config(tmp_path), inventory(rooms(76)), Previous())
    assert [len(found.rooms) for found in one.lists] == [75]
    assert [(found.name, len(found.rooms)) for found in two.lists] == [("contoso-rooms", 75), ("contoso-rooms 02", 1)]
    assert two.lists[1].address == "contoso-rooms.02@contoso.com"


def test_a_list_keeps_its_name_when_a_second_one_is_needed(tmp_path: Path) -> None:
    before = make_plan(config(tmp_path), inventory(rooms(75, "Main")), Previous())
    after = make_plan(config(tmp_path), inventory(rooms(76, "Main")), Previous())
    assert before.lists[0].name == after.lists[0].name == "contoso-rooms Main"
    assert before.lists[0].address == after.lists[0].address


def test_each_building_has_lists_of_its_own(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path, "size = 2"), inventory(rooms(3, "North"), rooms(1, "South", 4)), Previous())
    assert [(one.name, [room.address for room in one.rooms]) for one in plan.lists] == [
        ("contoso-rooms North", ["r1@contoso.com", "r2@contoso.com"]),
        ("contoso-rooms North 02", ["r3@contoso.com"]),
        ("contoso-rooms South", ["r4@contoso.com"]),
    ]


def test_buildings_that_look_alike_in_an_address_are_kept_apart(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path), inventory(rooms(1, "A & B"), rooms(1, "A B", 2)), Previous())
    aliases = [one.alias for one in plan.lists]
    assert len(set(aliases)) == 2
    assert all(alias.startswith("contoso-rooms.a-b-") for alias in aliases)


def test_an_alias_never_exceeds_what_exchange_takes(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path, 'name = "R"'), inventory(rooms(200, "x" * 58)), Previous())
    assert max(len(one.alias) for one in plan.lists) <= 64


def test_a_name_of_64_characters_is_taken_and_one_of_65_is_refused(tmp_path: Path) -> None:
    fits = 64 - len("contoso-rooms ")
    make_plan(config(tmp_path), inventory(rooms(1, "b" * fits)), Previous())
    with pytest.raises(ConfigError, match="has 65 characters, Exchange takes 64"):
        make_plan(config(tmp_path), inventory(rooms(1, "b" * (fits + 1))), Previous())


def test_a_room_stays_in_its_list_when_another_comes_before_it(tmp_path: Path) -> None:
    first = make_plan(config(tmp_path, "size = 2"), inventory(rooms(4)), Previous())
    names = {one.address: ListName(one.name, one.alias, one.address) for one in first.lists}
    new = Room("new@contoso.com", "New", "", 1)
    second = make_plan(
        config(tmp_path, "size = 2"), inventory((new,), rooms(4)), Previous(names, first.list_of())
    )
    assert {room: second.list_of()[room] for room in first.list_of()} == dict(first.list_of())
    assert second.list_of()["new@contoso.com"] == "contoso-rooms.03@contoso.com"


def test_a_place_that_became_free_is_filled_before_a_list_is_made(tmp_path: Path) -> None:
    first = make_plan(config(tmp_path, "size = 2"), inventory(rooms(4)), Previous())
    names = {one.address: ListName(one.name, one.alias, one.address) for one in first.lists}
    gone = inventory(rooms(1), rooms(2, first=3), (Room("new@contoso.com", "New", "", 9),))
    second = make_plan(config(tmp_path, "size = 2"), gone, Previous(names, first.list_of()))
    assert second.list_of()["new@contoso.com"] == first.lists[0].address


def test_every_list_is_in_exactly_one_scope(tmp_path: Path) -> None:
    plan = make_plan(
        config(tmp_path, "size = 1", "lists-per-scope = 2"), inventory(rooms(5)), Previous()
    )
    covered = [address for grant in plan.grants for address in grant.lists]
    assert covered == [one.address for one in plan.lists]
    assert [grant.scope for grant in plan.grants] == [
        "contoso-rooms scope", "contoso-rooms scope 02", "contoso-rooms scope 03",
    ]


def test_the_plan_id_follows_from_rooms_and_templates_and_from_nothing_else(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path), inventory(rooms(3)), Previous())
    same = make_plan(config(tmp_path), inventory(rooms(3)), Previous())
    other = make_plan(config(tmp_path), inventory(rooms(4)), Previous())
    assert plan.identity(["t"]) == same.identity(["t"])
    assert len({plan.identity(["t"]), plan.identity(["u"]), other.identity(["t"])}) == 3


def test_10000_rooms_in_a_thousand_buildings_are_planned_linearly(tmp_path: Path) -> None:
    groups = [rooms(10, f"Building {n}", n * 10 + 1) for n in range(1000)]
    plan = make_plan(config(tmp_path), inventory(*groups), Previous())
    assert len(plan.lists) == 1000
    assert len(plan.grants) == 50
