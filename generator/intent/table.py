"""A table as people export it: bytes to rows, whatever the encoding and the delimiter."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from roomscope.generator.common.errors import InventoryError
from roomscope.generator.common.files import read_file
from roomscope.generator.common.text import BLANKS

SIZE_LIMIT = 100_000_000
"""A table with more bytes is none."""

PADDING = f"{BLANKS}\r\n"
"""What may stand around a value, line breaks within quotation marks included, and is taken off."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row, numbered as a spreadsheet numbers it."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The header and, once, the rows below it."""

    header: Row
    rows: Iterator[Row]
    notes: tuple[str, ...]
    """What was guessed and should be announced."""


def open_table(path: Path) -> Table:
    """Opens a table; what is wrong with a row is raised when that row is reached."""
    text, encoding = _decoded(path, _bytes(path))
    declared, text = _declared(text)
    delimiter = declared or _delimiter(text)
    rows = _rows(path, text, delimiter)
    header = next((row for row in rows if not _is_type_line(row)), None)
    if header is None:
        message = f"{path} is empty. Give a header line and a row for each room."
        raise InventoryError(message)
    notes = [f"{path.name} is neither UTF-8 nor UTF-16 and was read as Windows-1252."] if encoding == "cp1252" else []
    if delimiter != ",":
        notes.append(f"{path.name} is separated by {_DELIMITERS[delimiter]}.")
    return Table(header, rows, tuple(notes))


def _bytes(path: Path) -> bytes:
    try:
        data = read_file(path, SIZE_LIMIT)
    except OSError as error:
        message = f"{path} cannot be read: {error.strerror}. rooms.file is looked for beside the configuration."
        raise InventoryError(message) from None
    if len(data) > SIZE_LIMIT:
        message = f"{path} has more than {SIZE_LIMIT} bytes, so it is no inventory."
        raise InventoryError(message)
    return data


def _decoded(path: Path, data: bytes) -> tuple[str, str]:
    marked = next((encoding for bom, encoding in _BOMS if data.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            message = f"{path} holds NUL bytes. Save it as CSV in UTF-8."
            raise InventoryError(message)
        return text, encoding
    message = f"{path} is {marked or 'neither UTF-8 nor Windows-1252'}, but broken. Save it as CSV in UTF-8."
    raise InventoryError(message)


def _declared(text: str) -> tuple[str | None, str]:
    """Takes off the line by which a table tells Excel its delimiter."""
    first, _, rest = text.partition("\n")
    mark = first.rstrip("\r").strip('"').lower()
    if mark.startswith("sep=") and (delimiter := mark.removeprefix("sep=")) in _DELIMITERS:
        return delimiter, rest
    return None, text


def _delimiter(text: str) -> str:
    """The delimiter that cuts the header into most cells; a Sniffer would look at the data too and guess worse."""
    return max(_DELIMITERS, key=lambda delimiter: _columns(text, delimiter))


def _columns(text: str, delimiter: str) -> int:
    try:
        rows = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        return next((len(cells) for cells in rows if cells and not cells[0].startswith("#TYPE")), 0)
    except csv.Error:
        return 0


def _is_type_line(row: Row) -> bool:
    """Windows PowerShell's Export-Csv begins with the type of what it wrote."""
    return row.cells[0].startswith("#TYPE")


def _rows(path: Path, text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            message = f"{path}: row {number} cannot be read: {_cause(error)}."
            raise InventoryError(message) from None
        if cells is None:
            return
        if any(cell.strip(PADDING) for cell in cells):
            yield Row(number, tuple(cells))


def _cause(error: csv.Error) -> str:
    text = str(error)
    if "end of data" in text:
        return "a quotation mark opens there and is never closed"
    if "field limit" in text:
        return f"a cell has more than {csv.field_size_limit()} characters; perhaps a quotation mark is never closed"
    return f"the text after a closing quotation mark is no delimiter ({text})"
