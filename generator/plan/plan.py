"""What shall be there afterwards: lists with their rooms, grants over the lists, all with their names."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields

from roomscope.generator.common.errors import ConfigError, listing
from roomscope.generator.common.text import units
from roomscope.generator.intent.config import Config
from roomscope.generator.intent.inventory import Inventory, Room
from roomscope.generator.intent.values import NAME_LIMIT

ALIAS_LIMIT = 64
"""Exchange's limit for an alias."""


@dataclass(frozen=True, slots=True)
class RoomList:
    """One room list with its rooms, in inventory order."""

    name: str
    alias: str
    address: str
    rooms: tuple[Room, ...]


@dataclass(frozen=True, slots=True)
class Grant:
    """A management scope and the role assignment that it limits."""

    scope: str
    assignment: str
    lists: tuple[str, ...]
    """The addresses of the lists that the scope covers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a bundle stands for, apart from the words in its files."""

    bundle: str
    profile: str
    ticket: str | None
    approver: str | None
    owner_of_bundle: str | None
    review_by: str | None
    account_address: str
    account_user: str | None
    domains: tuple[str, ...]
    lists: tuple[RoomList, ...]
    list_size: int
    owner: str | None
    """Who owns the lists; None: whoever runs the script."""

    organizational_unit: str | None
    grants: tuple[Grant, ...]
    endpoint: str | None
    controls: tuple[str, ...]

    @property
    def account_name(self) -> str:
        """How the service account is looked up."""
        return self.account_user or self.account_address

    @property
    def owner_is_account(self) -> bool:
        """Whether the service account could widen its own scope."""
        return self.owner == self.account_address

    @property
    def rooms(self) -> tuple[Room, ...]:
        """All rooms, in inventory order."""
        return tuple(sorted((room for one in self.lists for room in one.rooms), key=lambda room: room.row))

    def list_of(self) -> Mapping[str, str]:
        """The address of the list of each room."""
        return {room.address: one.address for one in self.lists for room in one.rooms}

    def identity(self) -> str:
        """The plan id: SHA-256 of the canonical plan."""
        content = {
            "plan": {one.name: getattr(self, one.name) for one in fields(self) if one.name not in {"lists", "grants"}},
            "lists": [
                [one.name, one.alias, one.address, [[room.address, room.display_name] for room in one.rooms]]
                for one in self.lists
            ],
            "grants": [[one.scope, one.assignment, one.lists] for one in self.grants],
        }
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ListName:
    """What a room list is called, without its rooms."""

    name: str
    alias: str
    address: str


@dataclass(frozen=True, slots=True)
class Previous:
    """The lists of an earlier bundle, and where each of its rooms was."""

    lists: Mapping[str, ListName] = field(default_factory=dict)
    list_of: Mapping[str, str] = field(default_factory=dict)


def make_plan(config: Config, inventory: Inventory, previous: Previous) -> Plan:
    """Decides what shall be there, or names what Exchange would not take."""
    account = config.service_account
    if account is None or config.bundle.profile != "exchange-server":
        raise ConfigError("This release renders the profile exchange-server only, with a [service-account].")
    if config.rooms.equipment:
        raise ConfigError("rooms.equipment is true: equipment is not rendered by this release. Remove the key and those rows.")
    lists = tuple(_lists(config, inventory, previous))
    grants = tuple(_grants(config, lists))
    _check_names(lists, grants)
    _check_addresses(config, lists)
    return Plan(
        bundle=config.bundle.name,
        profile=config.bundle.profile,
        ticket=config.bundle.ticket,
        approver=config.bundle.approver,
        owner_of_bundle=config.bundle.owner,
        review_by=config.bundle.review_by,
        account_address=account.address,
        account_user=account.user,
        domains=tuple(sorted({*config.rooms.domains, config.room_lists.domain})),
        lists=lists,
        list_size=config.room_lists.size,
        owner=config.room_lists.owner,
        organizational_unit=config.room_lists.organizational_unit,
        grants=grants,
        endpoint=config.verify.endpoint,
        controls=config.verify.controls,
    )


def _lists(config: Config, inventory: Inventory, previous: Previous) -> Iterator[RoomList]:
    """Rooms fill lists in inventory order, but one that had a list before stays in it."""
    filling = _Filling(config, _aliases(config, inventory))
    waiting = []
    for room in inventory.rooms:
        if named := previous.list_of.get(room.address):
            filling.keep(previous.lists[named], room)
        else:
            waiting.append(room)
    for room in waiting:
        filling.add(room)
    return filling.lists()


@dataclass(frozen=True, slots=True)
class _Slot:
    name: ListName
    rooms: list[Room] = field(default_factory=list)


@dataclass(slots=True)
class _Filling:
    """Lists while rooms are being put into them."""

    config: Config
    aliases: Mapping[str, str]
    slots: dict[str, _Slot] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)
    """Which number of a group is being filled."""

    def keep(self, name: ListName, room: Room) -> None:
        self.slots.setdefault(name.address, _Slot(name)).rooms.append(room)

    def add(self, room: Room) -> None:
        number = self.at.get(room.group, 1)
        while len((slot := self._slot(room.group, number)).rooms) >= self.config.room_lists.size:
            number += 1
        self.at[room.group] = number
        slot.rooms.append(room)

    def lists(self) -> Iterator[RoomList]:
        filled = [(slot.name, sorted(slot.rooms, key=_row)) for slot in self.slots.values() if slot.rooms]
        for name, rooms in sorted(filled, key=lambda one: one[1][0].row):
            yield RoomList(name.name, name.alias, name.address, tuple(rooms))

    def _slot(self, group: str, number: int) -> _Slot:
        settings = self.config.room_lists
        name = f"{settings.name or self.config.bundle.name} {group}".strip()
        alias = _numbered(self.aliases[group], number, ".")
        address = f"{alias}@{settings.domain}".lower()
        return self.slots.setdefault(address, _Slot(ListName(_numbered(name, number, " "), alias, address)))


def _row(room: Room) -> int:
    return room.row


def _numbered(base: str, number: int, between: str) -> str:
    # The first of several has no number, so that a list keeps its name when a second one is needed.
    return base if number == 1 else f"{base}{between}{number:02d}"


def _aliases(config: Config, inventory: Inventory) -> Mapping[str, str]:
    prefix = config.room_lists.alias or config.bundle.name
    slugs = {room.group: _slug(room.group) for room in inventory.rooms}
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


def _grants(config: Config, lists: tuple[RoomList, ...]) -> Iterator[Grant]:
    scope = config.names.scope or f"{config.bundle.name} scope"
    assignment = config.names.assignment or f"{config.bundle.name} assignment"
    size = config.names.lists_per_scope
    for number, start in enumerate(range(0, len(lists), size), start=1):
        covered = tuple(one.address for one in lists[start : start + size])
        yield Grant(_numbered(scope, number, " "), _numbered(assignment, number, " "), covered)


def _check_names(lists: tuple[RoomList, ...], grants: tuple[Grant, ...]) -> None:
    named = [(one.name, "room list", "room-lists.name, bundle.name or the list column") for one in lists]
    named += [(one.scope, "management scope", "names.scope") for one in grants]
    named += [(one.assignment, "role assignment", "names.assignment") for one in grants]
    faults = [
        f"the {kind} {name!r} has {units(name)} characters, Exchange takes {NAME_LIMIT}; shorten {cure}"
        for name, kind, cure in named
        if units(name) > NAME_LIMIT
    ]
    faults += _twice("room list", (one.name for one in lists)) + _twice("alias", (one.alias for one in lists))
    if faults:
        raise ConfigError(listing("Some names cannot be used:", faults))


def _check_addresses(config: Config, lists: tuple[RoomList, ...]) -> None:
    """A list's address follows from its group, so only here it is known whether somebody else has it."""
    account = config.service_account
    taken = {room.address: f"the room in row {room.row}" for one in lists for room in one.rooms}
    taken |= dict.fromkeys(config.verify.controls, "a control")
    taken |= {config.room_lists.owner: "the owner of the lists"} if config.room_lists.owner else {}
    taken |= {account.address: "the service account"} if account else {}
    faults = [
        f"the room list {one.name!r} would have the address {one.address}, which is {taken[one.address]}"
        for one in lists
        if one.address in taken
    ]
    if faults:
        raise ConfigError(listing("Choose another room-lists.alias or bundle.name:", faults))


def _twice(kind: str, names: Iterable[str]) -> list[str]:
    count = Counter(name.casefold() for name in names)
    return [f"the {kind} name {name!r} would be used {times} times" for name, times in count.items() if times > 1]
