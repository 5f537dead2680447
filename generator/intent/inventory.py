"""The rooms, read from what people really export, and refused with row numbers where a row is no room."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from roomscope.generator.common.errors import ConfigError, InventoryError, listing
from roomscope.generator.common.text import problem, shown, units
from roomscope.generator.intent.columns import Column, Columns, find_columns
from roomscope.generator.intent.config import Config, RoomsConfig
from roomscope.generator.intent.table import PADDING, Row, open_table
from roomscope.generator.intent.values import address, object_name

DISPLAY_LIMIT = 256
"""Exchange's limit for a display name."""

# A reviewer opens rooms.csv in a spreadsheet. https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_FOLDED = re.compile(f"[{PADDING}]+")
_SHAPING = re.compile("[\u200c\u200d\ufe00-\ufe0f]")


@dataclass(frozen=True, slots=True)
class Room:
    """One room that the inventory names."""

    address: str
    """The primary SMTP address, in lower case."""

    display_name: str
    """For people only; empty where the inventory has no name."""

    group: str
    """What stands in the list column; empty without one."""

    row: int
    """Where it stands, as a spreadsheet counts."""

    equipment: bool = False


@dataclass(frozen=True, slots=True)
class Inventory:
    """All rooms in their order; never empty."""

    rooms: tuple[Room, ...]
    notes: tuple[str, ...]
    """What was guessed while reading and should be announced."""


def read(path: Path, config: RoomsConfig) -> Inventory:
    """Reads the rooms, or names all rows that cannot be used."""
    table = open_table(path)
    reading = _Reading(config, find_columns(path, table.header, config))
    rooms = tuple(reading.rooms(table.rows))
    if reading.faults:
        raise InventoryError(listing(f"{path} cannot be used:", reading.faults))
    if not rooms:
        message = f"{path} has a header but no rooms. Give a row for each room."
        raise InventoryError(message)
    return Inventory(rooms, (*table.notes, *reading.spellings.values()))


def check_together(config: Config, inventory: Inventory) -> None:
    """Refuses an account, a control or a list whose address is that of a room."""
    rows = {room.address: room.row for room in inventory.rooms}
    faults = [
        f"{key} is {named!r}, which is the room in row {rows[named]} of {config.rooms.file}. {cure}"
        for key, named, cure in _not_rooms(config)
        if named in rows
    ]
    if faults:
        raise ConfigError(listing("Configuration and inventory contradict each other:", faults))


def _not_rooms(config: Config) -> Iterator[tuple[str, str, str]]:
    lists = config.room_lists
    if config.service_account:
        yield "service-account.address", config.service_account.address, "Name an account that is no room."
    if lists.owner:
        yield "room-lists.owner", lists.owner, "A room must not decide what is in the lists."
    if lists.alias:
        yield "room-lists.alias", f"{lists.alias}@{lists.domain}".lower(), "Choose another alias."
    for index, control in enumerate(config.verify.controls):
        yield f"verify.controls[{index}]", control, "Controls must be refused, and rooms must answer."


@dataclass(slots=True)
class _Reading:
    """What is known while the rows go by."""

    config: RoomsConfig
    columns: Columns
    faults: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)

    def rooms(self, rows: Iterator[Row]) -> Iterator[Room]:
        """All rooms; where a fault was noted, what could be read of it."""
        try:
            for row in rows:
                self._fits(row)
                yield self._room(row)
        except InventoryError as error:
            self.faults.append(error.message)

    def _room(self, row: Row) -> Room:
        named = self._cell(row, self.columns.address, self._address)
        self._once(row, named)
        return Room(
            address=named,
            display_name=self._cell(row, self.columns.display, _display_name),
            group=self._group(row, self._cell(row, self.columns.group, _group)),
            row=row.number,
            equipment=self._cell(row, self.columns.kind, self._kind) == _EQUIPMENT,
        )

    def _cell(self, row: Row, column: Column | None, check: Callable[[str], str]) -> str:
        if column is None:
            return ""
        text = row.cells[column.index].strip(PADDING) if column.index < len(row.cells) else ""
        try:
            return check(text)
        except ValueError as error:
            self.faults.append(f"row {row.number}, {column.name}: {shown(text)} {error}.")
            return ""

    def _fits(self, row: Row) -> None:
        if any(row.cells[self.columns.width :]):
            self.faults.append(
                f"row {row.number} has {len(row.cells)} cells, the header {self.columns.width}. "
                "Put a cell that holds the delimiter in quotation marks."
            )

    def _address(self, text: str) -> str:
        if not text:
            raise ValueError("is empty; give the primary SMTP address")
        named = address(_no_formula(text))
        host = named.rpartition("@")[2]
        if host not in self.config.domains:
            message = f"is not in {' or '.join(self.config.domains)}; remove it, or add its domain to rooms.domains"
            raise ValueError(message)
        return named

    def _once(self, row: Row, named: str) -> None:
        first = self.rows.setdefault(named, row.number)
        if named and first != row.number:
            self.faults.append(f"row {row.number}, {self.columns.address.name}: {named!r} is already in row {first}. Remove one.")

    def _group(self, row: Row, text: str) -> str:
        first = self.groups.setdefault(unicodedata.normalize("NFC", text).casefold(), text)
        if first != text and text not in self.spellings:
            self.spellings[text] = f"Row {row.number} writes {text!r}; that was taken for {first!r} everywhere."
        return first

    def _kind(self, text: str) -> str:
        if text in {"", _ROOM} or (text == _EQUIPMENT and self.config.equipment):
            return text
        if text == _EQUIPMENT:
            raise ValueError("is no room; remove it, or set rooms.equipment = true")
        message = f"is no room; only {_ROOM} can be in a room list"
        raise ValueError(message)


_ROOM = "RoomMailbox"
_EQUIPMENT = "EquipmentMailbox"


def _display_name(text: str) -> str:
    folded = _FOLDED.sub(" ", _SHAPING.sub("", _no_formula(text)))
    if reason := problem(folded):
        raise ValueError(reason)
    if units(folded) > DISPLAY_LIMIT:
        message = f"has {units(folded)} characters; at most {DISPLAY_LIMIT} are possible"
        raise ValueError(message)
    return folded


def _group(text: str) -> str:
    if not text:
        raise ValueError("is empty; say which list the room belongs to")
    return object_name(_FOLDED.sub(" ", _no_formula(text)))


def _no_formula(text: str) -> str:
    if text.startswith(_FORMULA):
        message = f"begins with {text[0]}, which a spreadsheet would take for a formula; write it without"
        raise ValueError(message)
    return text
