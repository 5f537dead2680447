"""Zips written by hand, byte for byte, so that any of them can lie."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

LOCAL = struct.Struct("<4s5H3L2H")
LISTED = struct.Struct("<4s6H3L5H2L")
END = struct.Struct("<4s4H2LH")
TIMES = struct.pack("<HHBL", 0x5455, 5, 1, 1_700_000_000)
MORE_TIMES = struct.pack("<HHBLL", 0x5455, 9, 3, 1_700_000_000, 1_700_000_000)
OWNERS = struct.pack("<HHBBLBL", 0x7875, 11, 1, 4, 0, 4, 0)
NTFS = struct.pack("<HHLHHQQQ", 0x000A, 32, 0, 1, 24, 1, 1, 1)


@dataclass(frozen=True)
class Piece:
    """An entry; `local` and `listed` replace what is said of it at its place and in the directory."""

    name: str
    data: bytes = b""
    method: int = 8
    flags: int = 0
    mode: int = 0
    extra: tuple[bytes, bytes] = (b"", b"")
    before: bytes = b""
    behind: bytes = b""
    tail: bytes = b""
    comment: bytes = b""
    descriptor: bytes | None = None
    local: Mapping[str, object] = field(default_factory=dict)
    listed: Mapping[str, object] = field(default_factory=dict)

    @property
    def packed(self) -> bytes:
        if self.method != 8:
            return self.data + self.tail
        stream = zlib.compressobj(9, zlib.DEFLATED, -15)
        return stream.compress(self.data) + stream.flush() + self.tail

    @property
    def facts(self) -> dict[str, object]:
        return {
            "version": 20, "flags": self.flags, "method": self.method, "time": 0x6000, "date": 0x5975,
            "crc": zlib.crc32(self.data), "packed": len(self.packed), "size": len(self.data), "name": self.name.encode(),
        }  # fmt: skip

    def at_its_place(self) -> bytes:
        later = {"crc": 0, "packed": 0, "size": 0} if self.flags & 8 else {}
        facts = {**self.facts, **later, **self.local}
        name = facts.pop("name")
        assert isinstance(name, bytes)
        head = LOCAL.pack(b"PK\3\4", *facts.values(), len(name), len(self.extra[0]))
        sizes = struct.pack("<4s3L", b"PK\7\x08", zlib.crc32(self.data), len(self.packed), len(self.data))
        after = self.descriptor if self.descriptor is not None else sizes if self.flags & 8 else b""
        return head + name + self.extra[0] + self.packed + after

    def in_the_directory(self, offset: int) -> bytes:
        more = {"made": 0x0314, "disk": 0, "inside": 0, "outside": self.mode << 16, "offset": offset}
        facts = {**self.facts, **more, **self.listed}
        name = facts.pop("name")
        made, disk, inside, outside, at = (facts.pop(one) for one in more)
        assert isinstance(name, bytes)
        sizes = (len(name), len(self.extra[1]), len(self.comment))
        head = LISTED.pack(b"PK\1\2", made, *facts.values(), *sizes, disk, inside, outside, at)
        return head + name + self.extra[1] + self.comment


def archive(*pieces: Piece, tail: bytes = b"", behind: bytes = b"", end: Mapping[str, int] | None = None) -> bytes:
    """A zip of entries; `tail` stands in the directory behind them, `behind` between directory and end."""
    body, listed = b"", b""
    for piece in pieces:
        body += piece.before
        listed += piece.in_the_directory(len(body))
        body += piece.at_its_place() + piece.behind
    listed += tail
    numbers = {
        "disk": 0, "first": 0, "here": len(pieces), "count": len(pieces), "size": len(listed), "start": len(body), "comment": 0,
    }  # fmt: skip
    return body + listed + behind + END.pack(b"PK\5\6", *{**numbers, **(end or {})}.values())


def zipped(entries: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip as Python's own writer makes it."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return data.getvalue()
