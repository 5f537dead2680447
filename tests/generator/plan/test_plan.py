"""Which lists, which names, which grants come of an inventory."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.intent.config import Config
from roomscope.generator.intent.document import load
from roomscope.generator.intent.inventory import Inventory, Room
from roomscope.generator.plan.filling import MOST_LISTS, Previous
from roomscope.generator.plan.make import make_plan as planned
from roomscope.generator.plan.plan import FilledPlan, Plan, RoomList
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.render.render import render_scripts
from roomscope.generator.script.lexer import lex

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


def make_plan(config: Config, inventory: Inventory, previous: Previous | None = None) -> FilledPlan:
    return planned(config, inventory, previous or Previous(), EXCHANGE_SERVER)


def members(filled: FilledPlan) -> dict[str, list[str]]:
    """The addresses in each list, by its address."""
    return {one.address: [room.address for room in filled.rooms if room.list_address == one.address] for one in filled.plan.lists}


def list_of(filled: FilledPlan) -> dict[str, str]:
    return {room.address: room.list_address for room in filled.rooms}


def as_earlier(filled: FilledPlan) -> Previous:
    return Previous({one.address: one for one in filled.plan.lists}, list_of(filled))


def test_75_rooms_fill_one_list_and_the_76th_opens_another(tmp_path: Path) -> None:
    one = make_plan(config(tmp_path), inventory(rooms(75)))
    two = make_plan(config(tmp_path), inventory(rooms(76)))
    assert [found.rooms for found in one.plan.lists] == [75]
    assert [(found.name, found.rooms) for found in two.plan.lists] == [("contoso-rooms", 75), ("contoso-rooms 02", 1)]
    assert two.plan.lists[1].address == "contoso-rooms.02@contoso.com"


def test_a_list_keeps_its_name_when_a_second_one_is_needed(tmp_path: Path) -> None:
    before = make_plan(config(tmp_path), inventory(rooms(75, "Main")))
    after = make_plan(config(tmp_path), inventory(rooms(76, "Main")))
    assert before.plan.lists[0].name == after.plan.lists[0].name == "contoso-rooms Main"
    assert before.plan.lists[0].address == after.plan.lists[0].address


def test_each_building_has_lists_of_its_own(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path, "size = 2"), inventory(rooms(3, "North"), rooms(1, "South", 4)))
    assert [(one.name, members(plan)[one.address]) for one in plan.plan.lists] == [
        ("contoso-rooms North", ["r1@contoso.com", "r2@contoso.com"]),
        ("contoso-rooms North 02", ["r3@contoso.com"]),
        ("contoso-rooms South", ["r4@contoso.com"]),
    ]


def test_buildings_that_look_alike_in_an_address_are_kept_apart(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path), inventory(rooms(1, "A & B"), rooms(1, "A B", 2)))
    aliases = [one.alias for one in plan.plan.lists]
    assert len(set(aliases)) == 2
    assert all(alias.startswith("contoso-rooms.a-b-") for alias in aliases)


def test_an_alias_never_exceeds_what_exchange_takes(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path, 'name = "R"'), inventory(rooms(200, "x" * 58)))
    assert max(len(one.alias) for one in plan.plan.lists) <= 64


def test_a_name_of_64_characters_is_taken_and_one_of_65_is_refused(tmp_path: Path) -> None:
    fits = 64 - len("contoso-rooms ")
    make_plan(config(tmp_path), inventory(rooms(1, "b" * fits)))
    with pytest.raises(ConfigError, match="has 65 characters; at most 64 are possible"):
        make_plan(config(tmp_path), inventory(rooms(1, "b" * (fits + 1))))


def test_a_room_stays_in_its_list_when_another_comes_before_it(tmp_path: Path) -> None:
    first = make_plan(config(tmp_path, "size = 2"), inventory(rooms(4)))
    new = Room("new@contoso.com", "New", "", 1)
    second = make_plan(
        config(tmp_path, "size = 2"), inventory((new,), rooms(4)), as_earlier(first)
    )
    assert list_of(first).items() <= list_of(second).items()
    assert list_of(second)["new@contoso.com"] == "contoso-rooms.03@contoso.com"


def test_a_place_that_became_free_is_filled_before_a_list_is_made(tmp_path: Path) -> None:
    first = make_plan(config(tmp_path, "size = 2"), inventory(rooms(4)))
    gone = inventory(rooms(1), rooms(2, first=3), (Room("new@contoso.com", "New", "", 9),))
    second = make_plan(config(tmp_path, "size = 2"), gone, as_earlier(first))
    assert list_of(second)["new@contoso.com"] == first.plan.lists[0].address


def test_every_list_is_in_exactly_one_scope(tmp_path: Path) -> None:
    plan = make_plan(
        config(tmp_path, "size = 1", "lists-per-scope = 2"), inventory(rooms(5)), Previous()
    )
    covered = [address for grant in plan.plan.grants for address in grant.lists]
    assert covered == [one.address for one in plan.plan.lists]
    assert [grant.scope for grant in plan.plan.grants] == [
        "contoso-rooms scope", "contoso-rooms scope 02", "contoso-rooms scope 03",
    ]


def test_the_plan_id_follows_from_plan_and_rooms_and_from_nothing_else(tmp_path: Path) -> None:
    filled = make_plan(config(tmp_path), inventory(rooms(3)))
    same = make_plan(config(tmp_path), inventory(rooms(3)))
    assert filled.identity() == same.identity()
    assert filled.identity() == hashlib.sha256(canonical(filled).encode()).hexdigest()
    others = (
        make_plan(config(tmp_path), inventory(rooms(4))),
        make_plan(config(tmp_path), inventory((*rooms(2), replace(rooms(3)[2], display_name="X")))),
        make_plan(config(tmp_path), inventory(rooms(3)[::-1])),
        make_plan(config(tmp_path, "size = 74"), inventory(rooms(3))),
        replace(filled, plan=filled.plan.model_copy(update={"product": "tiny"})),
    )
    assert len({one.identity() for one in (filled, *others)}) == 6


def canonical(filled: FilledPlan) -> str:
    """What the plan id is the digest of, in so many words."""
    cells = [[room.address, room.list_address, room.display_name] for room in filled.rooms]
    content = {"plan": json.loads(filled.plan.model_dump_json()), "rooms": cells}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        ({"name": "x\u2019) -or (Name -like \u2019*"}, "holds *, which Exchange takes for any name"),
        ({"name": "O\u2019Brien"}, "holds U+2019, which a filter could take for its own quotation mark"),
        ({"name": " x"}, "begins or ends with a blank"),
        ({"name": "x" * 5000}, "has 5000 characters; at most 64 are possible"),
        ({"name": ""}, "is empty"),
        ({"name": "-x"}, "begins with -"),
        ({"alias": "a b"}, "is no alias"),
        ({"alias": "other"}, "does not follow from the alias 'other'"),
        ({"address": "*@contoso.com"}, "holds a wildcard"),
        ({"address": "CONTOSO-ROOMS@contoso.com"}, "does not follow from the alias"),
        ({"address": "c\u043entoso-rooms@contoso.com"}, "which is not ASCII"),
        ({"address": "contoso-rooms@contoso"}, "is no domain"),
    ],
)
def test_a_list_of_an_earlier_bundle_is_held_to_the_rules_of_a_configuration(tmp_path: Path, kept: dict[str, str], reason: str) -> None:
    one = RoomList.model_validate({"address": "contoso-rooms@contoso.com", "name": "X", "alias": "contoso-rooms", "rooms": 1} | kept)
    with pytest.raises(ConfigError) as refused:
        make_plan(config(tmp_path), inventory(rooms(1)), Previous({one.address: one}, {"r1@contoso.com": one.address}))
    assert reason in refused.value.message


def test_a_list_that_was_kept_holds_no_more_rooms_than_a_client_is_told_of(tmp_path: Path) -> None:
    one = RoomList(address="x@contoso.com", name="X", alias="x", rooms=1)
    kept = Previous({one.address: one}, {f"r{n}@contoso.com": one.address for n in range(1, 102)})
    assert make_plan(config(tmp_path), inventory(rooms(100)), kept).plan.lists[0].rooms == 100
    with pytest.raises(ConfigError, match="would hold 101 rooms; a client is told of 100 only"):
        make_plan(config(tmp_path), inventory(rooms(101)), kept)


def test_the_domain_of_a_list_that_was_kept_is_one_that_the_organisation_must_have(tmp_path: Path) -> None:
    one = RoomList(address="x@old.contoso.com", name="X", alias="x", rooms=1)
    kept = Previous({one.address: one}, {"r1@contoso.com": one.address})
    assert make_plan(config(tmp_path), inventory(rooms(1)), kept).plan.domains == ("contoso.com", "old.contoso.com")


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("[verify]\ncontrols = ['contoso-rooms@contoso.com']", "a control"),
        ("user = 'contoso-rooms@contoso.com'", "the service account"),
    ],
)
def test_a_list_has_the_address_of_nobody_else(tmp_path: Path, text: str, who: str) -> None:
    path = tmp_path / "roomscope.toml"
    path.write_text(f"{CONFIG.format(lists='', names='')}{text}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=f"would have the address contoso-rooms@contoso.com, which is {who}"):
        make_plan(load(path), inventory(rooms(1)))


def test_a_plan_crosses_the_file_as_it_is(tmp_path: Path) -> None:
    plan = make_plan(config(tmp_path), inventory(rooms(3))).plan
    assert Plan.model_validate_json(plan.model_dump_json()) == plan
    with pytest.raises(ValidationError):
        Plan.model_validate({**plan.model_dump(), "list_size": "75"})
    with pytest.raises(ValidationError):
        Plan.model_validate({**plan.model_dump(), "more": 1})


def test_10000_rooms_in_a_thousand_buildings_are_planned_linearly(tmp_path: Path) -> None:
    groups = [rooms(10, f"Building {n}", n * 10 + 1) for n in range(1000)]
    plan = make_plan(config(tmp_path), inventory(*groups))
    assert len(plan.plan.lists) == 1000
    assert len(plan.plan.grants) == 50


def test_a_bundle_makes_as_many_lists_as_an_audit_reads(tmp_path: Path) -> None:
    one_each = config(tmp_path, lists="size = 1")
    filled = make_plan(one_each, inventory(rooms(MOST_LISTS)))
    scripts = render_scripts(filled.plan, EXCHANGE_SERVER, "0" * 64, "0" * 64)
    assert lex(max(scripts.values(), key=len)).faults == ()
    with pytest.raises(ConfigError, match=f"{MOST_LISTS + 1} room lists; one bundle makes at most {MOST_LISTS}"):
        make_plan(one_each, inventory(rooms(MOST_LISTS + 1)))
