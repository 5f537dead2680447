"""The rooms, read from what people really export, and refused with row numbers where a row is no room."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from roomscope.generator.common.errors import ConfigError, InventoryError
from roomscope.generator.common.text import counted, shown
from roomscope.generator.intent import cells
from roomscope.generator.intent.columns import Column, Columns, find_columns
from roomscope.generator.intent.config import Config, RoomsConfig
from roomscope.generator.intent.table import PADDING, Row, Table, open_table


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
    """Reads the rooms of a file, or names all rows that cannot be used."""
    return inventory_of(str(path), open_table(path), config)


def inventory_of(place: str, table: Table, config: RoomsConfig) -> Inventory:
    """The rooms of a table, wherever it came from, or all rows that cannot be used.

    Raises:
        InventoryError: A row is no room, or there is none.
    """
    reading = _Reading(config, find_columns(place, table.header, config))
    rooms = tuple(reading.rooms(table.rows))
    if reading.refused:
        raise InventoryError.of(f"{place} cannot be used:", reading.refused)
    if not rooms:
        message = f"{place} has a header but no rooms. Give a row for each room."
        raise InventoryError(message)
    return Inventory(rooms, (*table.notes, *reading.spellings.values()))


def check_together(config: Config, inventory: Inventory) -> None:
    """Refuses an account, a control or a list whose address is that of a room."""
    rows = {room.address: room.row for room in inventory.rooms}
    reasons = tuple(
        f"{key} is {named!r}, which is the room in row {rows[named]} of {config.rooms.file}. {cure}"
        for key, named, cure in _not_rooms(config)
        if named in rows
    )
    if reasons:
        raise ConfigError.of("Configuration and inventory contradict each other:", reasons)


def _not_rooms(config: Config) -> Iterator[tuple[str, str, str]]:
    lists, account = config.room_lists, config.service_account
    if account:
        yield "service-account.address", account.address, "Name an account that is no room."
    if account and account.user and account.user != account.address:
        yield "service-account.user", account.user, "Name an account that is no room."
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
    refused: list[str] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)
    spellings: dict[str, str] = field(default_factory=dict)

    def rooms(self, rows: Iterator[Row]) -> Iterator[Room]:
        """All rooms; where something was refused, what could be read of it."""
        try:
            for row in rows:
                self._fits(row)
                yield self._room(row)
        except InventoryError as error:
            self.refused.append(error.message)

    def _room(self, row: Row) -> Room:
        named = self._cell(row, self.columns.address, self._address)
        self._once(row, named)
        display_name = self._cell(row, self.columns.display, cells.display_name)
        group = self._group(row, self._cell(row, self.columns.group, cells.group)) if self.columns.group else ""
        kind = self._cell(row, self.columns.kind, self._kind)
        return Room(named, display_name, group, row.number, equipment=kind == cells.EQUIPMENT)

    def _cell(self, row: Row, column: Column | None, check: Callable[[str], str]) -> str:
        if column is None:
            return ""
        text = row.cells[column.index].strip(PADDING) if column.index < len(row.cells) else ""
        try:
            return check(text)
        except ValueError as error:
            self.refused.append(f"row {row.number}, {column.name}: {shown(text)} {error}.")
            return ""

    def _address(self, text: str) -> str:
        return cells.room_address(text, self.config.domains)

    def _kind(self, text: str) -> str:
        return cells.kind(text, equipment=self.config.equipment)

    def _fits(self, row: Row) -> None:
        if any(row.cells[self.columns.width :]):
            self.refused.append(
                f"row {row.number} has {counted(len(row.cells), 'cell')}, the header {self.columns.width}. "
                "Put a cell that holds the delimiter in quotation marks."
            )

    def _once(self, row: Row, named: str) -> None:
        first = self.rows.setdefault(named, row.number)
        if named and first != row.number:
            self.refused.append(f"row {row.number}, {self.columns.address.name}: {named!r} is already in row {first}. Remove one.")

    def _group(self, row: Row, text: str) -> str:
        first = self.groups.setdefault(unicodedata.normalize("NFC", text).casefold(), text)
        if first != text and text not in self.spellings:
            self.spellings[text] = f"Row {row.number} writes {text!r}; that was taken for {first!r} everywhere."
        return first
