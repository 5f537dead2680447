"""SHA256SUMS, written and read strictly."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomscope.generator.bundle.signature import unsigned
from roomscope.generator.common.names import PLAIN, is_plain

SUMS = "SHA256SUMS"
MOST = 1_000
"""No bundle has more files."""

_LINE = re.compile(rf"([0-9a-f]{{64}})  ({PLAIN})")
_LONGEST = 64 + 2 + 100 + 1


@dataclass(frozen=True, slots=True)
class Sums:
    """The digests of files, and whether the list is in its one form."""

    digests: Mapping[str, str]
    reason: str
    """Why it is not; empty if it is."""


def sums(files: Mapping[str, bytes]) -> bytes:
    """SHA256SUMS, as `sha256sum -c` reads it."""
    return "".join(f"{digest(data)}  {name}\n" for name, data in sorted(files.items())).encode()


def read_sums(data: bytes) -> Sums:
    """Reads the list; what is not in its form gives a reason, and no digest."""
    if len(data) > MOST * _LONGEST or data.count(b"\n") > MOST:
        return Sums({}, f"It lists more than {MOST} files.")
    lines = data.decode("ascii", "replace").split("\n")
    matches = [_LINE.fullmatch(line) for line in lines[:-1]]
    pairs = [(match[2], match[1]) for match in matches if match and is_plain(match[2])]
    names = [name for name, _ in pairs]
    return Sums(dict(pairs), next(_reasons(lines, len(matches), names), ""))


def _reasons(lines: list[str], matched: int, names: list[str]) -> Iterator[str]:
    if not names:
        yield "It lists nothing."
    if lines[-1] or len(names) != matched:
        yield "A line is not 64 hex digits, two spaces and a plain name."
    if names != sorted(set(names)):
        yield "The names are not sorted, or one stands there twice."
    if len({name.lower() for name in names}) != len(names):
        yield "Two names differ only in case."
    if SUMS in names:
        yield "It lists itself."


def digest(data: bytes) -> str:
    """The digest as it stands in lists and on tickets."""
    return hashlib.sha256(data).hexdigest()


def plain(name: str, data: bytes) -> bytes:
    """The bytes that a digest is about: of a script, those without its signature."""
    return unsigned(data) if name.endswith(".ps1") else data
