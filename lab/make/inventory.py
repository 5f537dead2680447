"""Rooms from any CSV that has a column of addresses."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lab.errors import LabError

ADDRESS = ("primarysmtpaddress", "resourceaccounts", "emailaddress")
LIST = "roomlistaddress"


@dataclass(frozen=True, slots=True)
class Row:
    """One room as an inventory names it."""

    address: str
    display_name: str
    type_details: str
    list_address: str
    """Empty where the inventory has no such column."""


def read(path: Path) -> tuple[Row, ...]:
    """The rooms of an inventory, or of the rooms.csv of a bundle."""
    file = path / "rooms.csv" if path.is_dir() else path
    text = file.read_text("utf-8-sig")
    first = text.partition("\n")[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=max(",;\t", key=first.count))
    found = tuple(rows(reader, file))
    if not found:
        raise LabError(file, "there is no room in it.")
    return found


def rows(reader: Iterator[list[str]], file: Path) -> Iterator[Row]:
    """Each row that has an address."""
    header = [cell.strip().lower() for cell in next(reader, [])]
    column = next((name for name in ADDRESS if name in header), None)
    if column is None:
        raise LabError(file, f"a column {', '.join(ADDRESS)} was expected, got {header}.")
    for cells in reader:
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        if row.get(column):
            yield Row(
                address=row[column],
                display_name=row.get("displayname") or row[column].partition("@")[0],
                type_details=row.get("recipienttypedetails") or "RoomMailbox",
                list_address=row.get(LIST, ""),
            )
