"""Reads rooms.csv strictly: the only place where the rooms of a bundle stand."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from roomscope.verify.bundle.manifest import Plan, is_address
from roomscope.verify.common.errors import BundleError
from roomscope.verify.common.text import counted, harmless

HEADER = ["PrimarySmtpAddress", "RoomListAddress", "DisplayName"]


@dataclass(frozen=True, slots=True)
class Room:
    """A mailbox that must answer."""

    address: str
    """The primary SMTP address, in lower case."""

    room_list: str
    """The address of the list that holds it, in lower case."""


def parse(data: bytes, plan: Plan) -> tuple[Room, ...]:
    """The rooms in these bytes, or a refusal where they and the manifest differ."""
    # 1. UTF-8 with BOM, the three columns, every row whole.
    rooms = tuple(_room(number, row) for number, row in enumerate(_rows(data), start=2))
    # 2. At least one room, none twice.
    if not rooms:
        raise BundleError("rooms.csv holds no room, so there is nothing to verify. Render the bundle again.")
    _refuse_twice(rooms)
    # 3. The lists are the manifest's, with as many rooms as it says.
    _compare(rooms, plan)
    return rooms


def _rows(data: bytes) -> Iterator[list[str]]:
    if not data.startswith(codecs.BOM_UTF8):
        raise BundleError("rooms.csv does not start with the byte order mark that a bundle writes.")
    stream = io.BytesIO(data)
    stream.seek(len(codecs.BOM_UTF8))
    rows = csv.reader(io.TextIOWrapper(stream, encoding="utf-8", newline=""), strict=True)
    try:
        if next(rows, []) != HEADER:
            raise BundleError(f"rooms.csv has other columns than {','.join(HEADER)}.")
        yield from rows
    except (UnicodeDecodeError, csv.Error) as error:
        raise BundleError(f"rooms.csv cannot be read: {harmless(str(error))}.") from None


def _room(number: int, row: list[str]) -> Room:
    if len(row) != len(HEADER):
        raise BundleError(f"rooms.csv, row {number}: got {counted(len(row), 'column')}, expected {len(HEADER)}.")
    address, room_list, _ = row
    for value in (address, room_list):
        if not is_address(value):
            raise BundleError(f"rooms.csv, row {number}: '{harmless(value)}' is not an address.")
    return Room(address.lower(), room_list.lower())


def _refuse_twice(rooms: tuple[Room, ...]) -> None:
    (address, count), *_ = Counter(room.address for room in rooms).most_common(1)
    if count > 1:
        raise BundleError(f"rooms.csv names {address} {count} times.")


def _compare(rooms: tuple[Room, ...], plan: Plan) -> None:
    got = Counter(room.room_list for room in rooms)
    expected = Counter({entry.address.lower(): entry.rooms for entry in plan.lists})
    if +got != +expected or len(rooms) != plan.rooms:
        raise BundleError(
            f"rooms.csv and manifest.json differ: got {counted(len(rooms), 'room')} in {counted(len(got), 'list')}, "
            f"expected {plan.rooms} in {len(expected)}."
        )
