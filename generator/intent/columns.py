"""Which column of an inventory holds what, by its header."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from roomscope.generator.common.errors import InventoryError
from roomscope.generator.common.text import shown
from roomscope.generator.intent.config import RoomsConfig
from roomscope.generator.intent.table import PADDING, Row

# As Exchange, its admin center, booking services and hand-made lists call them, the best first.
_ADDRESS = (
    "primarysmtpaddress",
    "primäresmtpadresse",
    "smtpaddress",
    "smtpadresse",
    "resourceaccounts",
    "resourceaccount",
    "emailaddress",
    "emailadresse",
    "email",
    "mail",
    "roomemail",
    "roomaddress",
    "windowsemailaddress",
)
_DISPLAY = ("displayname", "anzeigename", "roomname", "raumname", "name")
_KIND = ("recipienttypedetails",)
_LOOKS_LIKE_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column and the name it has in the file."""

    name: str
    index: int


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that are read; all others are nobody's business."""

    address: Column
    display: Column | None
    group: Column | None
    kind: Column | None
    width: int


def find_columns(place: str, header: Row, config: RoomsConfig) -> Columns:
    """Finds the columns by their usual or configured names, or names all that are missing."""
    names = tuple(name.strip(PADDING) for name in header.cells)
    address = _configured(names, config.column) if config.column else _usual(names, _ADDRESS)
    group = _configured(names, config.list_column) if config.list_column else None
    kind = _usual(names, _KIND)
    reasons = tuple(_reasons(names, config, address=address, group=group, kind=kind))
    if address is None or reasons:
        raise InventoryError.of(f"{place} has a header that cannot be used:", reasons)
    return Columns(address, _usual(names, _DISPLAY), group, kind, len(names))


def _reasons(
    names: tuple[str, ...],
    config: RoomsConfig,
    *,
    address: Column | None,
    group: Column | None,
    kind: Column | None,
) -> Iterator[str]:
    if any(_LOOKS_LIKE_ADDRESS.fullmatch(name) for name in names):
        yield "its first row is a room. Put a header such as PrimarySmtpAddress above it."
    elif address is None:
        yield f"{_absent('column', config.column, names)}"
    if config.list_column and group is None:
        yield f"{_absent('list-column', config.list_column, names)}"
    if config.equipment and kind is None:
        yield "rooms.equipment needs a column RecipientTypeDetails, which tells rooms and equipment apart."
    for column in filter(None, (address, group)):
        if names.count(column.name) > 1:
            yield f"the column {shown(column.name)} is there {names.count(column.name)} times. Rename all but one."


def _absent(key: str, wanted: str | None, names: tuple[str, ...]) -> str:
    there = ", ".join(map(shown, names))
    if wanted is None:
        return f"no column has a usual name such as PrimarySmtpAddress; there are {there}. Set rooms.{key}."
    near = get_close_matches(wanted, names, n=1)
    cure = f"Did you mean {shown(near[0])}?" if near else f"There are {there}."
    return f"rooms.{key} is {shown(wanted)}, which is not there. {cure}"


def _configured(names: tuple[str, ...], wanted: str) -> Column | None:
    if wanted in names:
        return Column(wanted, names.index(wanted))
    return _usual(names, (_plain(wanted),))


def _usual(names: tuple[str, ...], wanted: tuple[str, ...]) -> Column | None:
    plain = tuple(map(_plain, names))
    index = next((plain.index(name) for name in wanted if name and name in plain), None)
    return None if index is None else Column(names[index], index)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
