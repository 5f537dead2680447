"""`rooms.csv`, the only place of a bundle where rooms stand: UTF-8 with BOM, CRLF, in inventory order; written and read strictly."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from roomscope.generator.common.errors import BundleError
from roomscope.generator.common.text import shown
from roomscope.generator.plan.filling import Previous
from roomscope.generator.plan.plan import PlacedRoom, RoomList

ROOMS: Final = "rooms.csv"
HEADER: Final = ("PrimarySmtpAddress", "RoomListAddress", "DisplayName")
FIRST: Final = 2
"""The row of the first room, as a spreadsheet counts."""

_MARK = b"\xef\xbb\xbf"


def rooms_csv(rooms: Iterable[PlacedRoom]) -> bytes:
    """The bytes of the file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    writer.writerows((room.address, room.list_address, room.display_name) for room in rooms)
    return _MARK + text.getvalue().encode()


@lru_cache(maxsize=1)
def read_rooms(data: bytes) -> tuple[PlacedRoom, ...]:
    """The rooms, row by row; what the cells say is for others to judge.

    Raises:
        BundleError: It is not in the form that is rendered.
    """
    header, *rows = _rows(data)
    if header != HEADER or any(len(row) != len(HEADER) for row in rows):
        message = f"{ROOMS}: its columns are not {', '.join(HEADER)}."
        raise BundleError(message)
    if not rows:
        message = f"{ROOMS}: it holds no rooms."
        raise BundleError(message)
    return tuple(PlacedRoom(*row) for row in rows)


def as_previous(lists: tuple[RoomList, ...], rooms: tuple[PlacedRoom, ...]) -> Previous:
    """The lists of a bundle as the earlier ones, each of its rooms in its list.

    Raises:
        BundleError: A room stands in a list that there is not.
    """
    known: Mapping[str, RoomList] = {one.address: one for one in lists}
    strangers = tuple(_strangers(known, rooms))
    if strangers:
        raise BundleError.of(f"{ROOMS} names lists that the plan does not make:", strangers)
    return Previous(known, {room.address: room.list_address for room in rooms})


def _strangers(known: Mapping[str, RoomList], rooms: tuple[PlacedRoom, ...]) -> Iterator[str]:
    for row, room in enumerate(rooms, FIRST):
        if room.list_address not in known:
            yield f"row {row}: {shown(room.list_address)} is no list of this plan."


def _rows(data: bytes) -> list[tuple[str, ...]]:
    try:
        text = data.removeprefix(_MARK).decode()
        rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
    except (UnicodeDecodeError, csv.Error) as error:
        message = f"{ROOMS}: it cannot be read: {error}."
        raise BundleError(message) from None
    if not data.startswith(_MARK) or text.count("\n") != text.count("\r\n") or not text.endswith("\r\n"):
        message = f"{ROOMS}: it is not UTF-8 with a mark and lines that end with CR LF."
        raise BundleError(message)
    return rows
