"""Reads addresses from a file that somebody wrote or exported: one a line, or a column of a table."""

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from roomscope.verify.bundle.bundle import LARGEST
from roomscope.verify.bundle.manifest import is_address
from roomscope.verify.common.errors import VerifyError
from roomscope.verify.common.plain import read_bounded
from roomscope.verify.common.text import harmless

_COLUMNS = ("primarysmtpaddress", "windowsemailaddress", "emailaddress", "mail", "address")


def read_addresses(path: Path) -> tuple[str, ...]:
    """The addresses in this file, in lower case, each once."""
    found = tuple(dict.fromkeys(address.lower() for address in _cells(path)))
    if not found:
        raise VerifyError(f"{path} names no mailbox.")
    return found


def _cells(path: Path) -> Iterator[str]:
    lines = [line for line in _text(path).splitlines() if line.strip() and not line.startswith("#")]
    head = lines[0] if lines else ""
    mark = max(",;\t", key=head.count)
    names = [name.strip().strip('"').lower() for name in head.split(mark)]
    column = next((names.index(name) for name in _COLUMNS if name in names), None)
    rows = csv.reader(io.StringIO("\n".join(lines)), delimiter=mark)
    for number, row in enumerate(rows, start=1):
        if column is not None and number == 1:
            continue
        cell = row[column or 0].strip() if len(row) > (column or 0) else ""
        if not is_address(cell) or (column is None and len(row) != 1):
            raise VerifyError(
                f"{path}, line {number} that is not empty: '{harmless(cell)}' is not an address. Give one primary SMTP address a line, or "
                "a table with the column PrimarySmtpAddress."
            )
        yield cell


def _text(path: Path) -> str:
    try:
        data = read_bounded(path, LARGEST)
    except OSError as error:
        raise VerifyError(f"{path}: {error.strerror}.") from None
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise VerifyError(f"{path} is neither UTF-8 nor UTF-16.") from None
