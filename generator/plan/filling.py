"""Rooms into lists: in inventory order, but a room that had a list before stays in it."""

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from roomscope.generator.intent.addresses import ALIAS_LIMIT
from roomscope.generator.intent.config import Config
from roomscope.generator.intent.inventory import Inventory, Room
from roomscope.generator.plan.plan import RoomList

MOST_LISTS = 2_500
"""So many room lists a bundle makes at most, some 180,000 rooms; its scripts could not be read otherwise."""


@dataclass(frozen=True, slots=True)
class Previous:
    """The lists of an earlier bundle, and where each of its rooms was."""

    lists: Mapping[str, RoomList] = field(default_factory=dict)
    list_of: Mapping[str, str] = field(default_factory=dict)
    """The address of one of these lists for each room."""


@dataclass(frozen=True, slots=True)
class FilledList:
    """A room list and the rooms in it, in inventory order."""

    named: RoomList
    rooms: tuple[Room, ...]


def fill(config: Config, inventory: Inventory, previous: Previous) -> Iterator[FilledList]:
    """The lists in the order of their first rooms; none is empty."""
    filling = _Filling(config, _aliases(config, inventory))
    waiting = []
    for room in inventory.rooms:
        if known := previous.list_of.get(room.address):
            filling.keep(previous.lists[known], room)
        else:
            waiting.append(room)
    for room in waiting:
        filling.add(room)
    return filling.lists()


def numbered(base: str, number: int, between: str) -> str:
    """The name of one of several; the first has no number, so that it keeps its name when a second is needed."""
    return base if number == 1 else f"{base}{between}{number:02d}"


@dataclass(frozen=True, slots=True)
class _Slot:
    address: str
    name: str
    alias: str
    rooms: list[Room] = field(default_factory=list)


@dataclass(slots=True)
class _Filling:
    """Lists while rooms are being put into them."""

    config: Config
    aliases: Mapping[str, str]
    slots: dict[str, _Slot] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    """Which number of a group is being filled."""

    def keep(self, known: RoomList, room: Room) -> None:
        slot = self.slots.setdefault(known.address, _Slot(known.address, known.name, known.alias))
        slot.rooms.append(room)

    def add(self, room: Room) -> None:
        number = self.at.get(room.group, 1)
        while len((slot := self._slot(room.group, number)).rooms) >= self.config.room_lists.size:
            number += 1
        self.at[room.group] = number
        slot.rooms.append(room)

    def lists(self) -> Iterator[FilledList]:
        filled = [(slot, sorted(slot.rooms, key=_row)) for slot in self.slots.values() if slot.rooms]
        for slot, rooms in sorted(filled, key=lambda one: one[1][0].row):
            named = RoomList(address=slot.address, name=slot.name, alias=slot.alias, rooms=len(rooms))
            yield FilledList(named, tuple(rooms))

    def _slot(self, group: str, number: int) -> _Slot:
        settings = self.config.room_lists
        name = f"{settings.name or self.config.bundle.name} {group}".strip()
        alias = numbered(self.aliases[group], number, ".")
        address = f"{alias}@{settings.domain}".lower()
        return self.slots.setdefault(address, _Slot(address, numbered(name, number, " "), alias))


def _row(room: Room) -> int:
    return room.row


def _aliases(config: Config, inventory: Inventory) -> Mapping[str, str]:
    prefix = config.room_lists.alias or config.bundle.name
    slugs = {group: _slug(group) for group in dict.fromkeys(room.group for room in inventory.rooms)}
    count = Counter(slugs.values())
    return {group: _alias(prefix, group, slug, alone=count[slug] == 1) for group, slug in slugs.items()}


def _alias(prefix: str, group: str, slug: str, *, alone: bool) -> str:
    if not group:
        return prefix
    room = ALIAS_LIMIT - len(prefix) - len(".") - len(".9999")
    if alone and len(slug) <= room:
        return f"{prefix}.{slug}"
    mark = hashlib.sha256(group.encode()).hexdigest()[:6]
    return f"{prefix}.{slug[: room - len(mark) - 1].rstrip('-')}-{mark}"


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.replace("\u00df", "ss")).encode("ascii", "ignore").decode()
    return re.sub("[^a-z0-9]+", "-", plain.lower().replace("'", "")).strip("-") or "list"
