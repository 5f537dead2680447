"""A zip is taken in if every program unpacks the same of it, and refused otherwise, with a sentence."""

import contextlib
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from roomscope.generator.common.errors import AuditError
from roomscope.generator.delivery.intake import take
from tests.generator.delivery.zips import MORE_TIMES, NTFS, OWNERS, TIMES, Piece, archive

SUMS = Piece("SHA256SUMS", b"0" * 64 + b"  50-Grant-Access.ps1\n")
GRANT = Piece("50-Grant-Access.ps1", b"# The honest one.\r\n" * 9)
ROOMS = Piece("rooms.csv", b"PrimarySmtpAddress,RoomListAddress,DisplayName\r\n", method=0)
PLAIN = (SUMS, GRANT, ROOMS)
EVIL = b"# The evil one.\r\n"
RECORD = "50-Grant-Access.plan.20261122T000000Z.json"


def taken(path: Path, data: bytes) -> Mapping[str, bytes]:
    (path / "b.zip").write_bytes(data)
    return take(path / "b.zip").files


def below(folder: str, pieces: tuple[Piece, ...] = PLAIN) -> tuple[Piece, ...]:
    return tuple(replace(one, name=f"{folder}/{one.name}") for one in pieces)


def like_explorer(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    said = {"version": 20, "made": 0x0B14, "outside": 0x20}
    return tuple(replace(one, listed=said, local={"version": 20}) for one in pieces)


HONEST = {
    "plain": PLAIN,
    "stored": tuple(replace(one, method=0) for one in PLAIN),
    "in a folder": below("contoso-rooms"),
    "in a folder that is listed": (Piece("contoso-rooms/", method=0, mode=0o40755), *below("contoso-rooms")),
    "the folder is listed last": (*below("contoso-rooms"), Piece("contoso-rooms/", method=0)),
    "with modes": tuple(replace(one, mode=0o100644) for one in PLAIN),
    "as Info-ZIP writes times and owners": tuple(replace(one, extra=(MORE_TIMES + OWNERS, TIMES + OWNERS)) for one in PLAIN),
    "with times of NTFS": tuple(replace(one, extra=(b"", NTFS)) for one in PLAIN),
    "with UTF-8 announced": tuple(replace(one, flags=0x800) for one in PLAIN),
    "as the Explorer writes it": like_explorer(below("contoso-rooms")),
    "streamed": (replace(SUMS, flags=8), replace(GRANT, flags=0x808), ROOMS),
    "streamed, and the sizes known": (replace(GRANT, flags=8, local=GRANT.facts | {"flags": 8}), SUMS, ROOMS),
    "as Java writes folders": (Piece("contoso-rooms/", flags=0x808), *below("contoso-rooms")),
    "an empty file": (*PLAIN, Piece("empty", method=0)),
    "with evidence": (*PLAIN, Piece("evidence/", method=0), Piece(f"evidence/{RECORD}", b"{}")),
}  # fmt: skip


@pytest.mark.parametrize("pieces", HONEST.values(), ids=HONEST)
def test_what_usual_programs_write_is_taken_in(pieces: tuple[Piece, ...], tmp_path: Path) -> None:
    files = taken(tmp_path, archive(*pieces))
    assert {one.name: one.data for one in PLAIN}.items() <= files.items()
    assert take(tmp_path / "b.zip").strange == ()
    assert unpacked(archive(*pieces)).items() >= files.items()


def unpacked(data: bytes) -> dict[str, bytes]:
    """What Python's own reader makes of a zip, without the folder around."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        return {one.filename.removeprefix("contoso-rooms/"): opened.read(one) for one in opened.infolist()}


def test_folders_and_strange_places_in_a_zip_are_named(tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(archive(*PLAIN, Piece("deep/er/x.ps1", b"x"), Piece("55-Fix.ps1/", method=0), Piece("evidence/x.ps1")))
    assert take(tmp_path / "b.zip").strange == ("55-Fix.ps1", "deep/er/x.ps1", "evidence/x.ps1")


def lying(field: str, value: object) -> bytes:
    """The script says something else at its place than in the directory."""
    return archive(SUMS, replace(GRANT, local={field: value}))


def named(name: str, **more: object) -> bytes:
    return archive(*PLAIN, replace(Piece(name, b"x"), **more))  # type: ignore[arg-type]


def other_stream() -> bytes:
    """A program that reads from the front unpacks an evil script; the directory knows an honest one."""
    return archive(SUMS, replace(Piece(GRANT.name, EVIL), listed={"size": len(GRANT.data), "crc": zlib.crc32(GRANT.data)}))


def two_directories() -> bytes:
    first = archive(SUMS, Piece(GRANT.name, EVIL))
    return first + archive(SUMS, GRANT)


def within_a_comment() -> bytes:
    inner = archive(SUMS, Piece(GRANT.name, EVIL))
    return archive(SUMS, GRANT, end={"comment": len(inner)}) + inner


def zip64(pieces: tuple[Piece, ...]) -> bytes:
    plain = archive(*pieces)
    body, end = plain[:-22], plain[-22:]
    start, size = struct.unpack_from("<L", end, 16)[0], struct.unpack_from("<L", end, 12)[0]
    record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, len(pieces), len(pieces), size, start)
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, len(body), 1)
    return body + record + locator + end


BIG = struct.pack("<HHQQ", 0x0001, 16, len(GRANT.data), len(GRANT.packed))
OTHER_NAME = struct.pack("<HHBL", 0x7075, 5 + 10, 1, zlib.crc32(b"rooms.csv")) + b"55-Fix.ps1"
STREAM = replace(GRANT, flags=8)
HOSTILE = {
    # Both directories.
    "another name": (lying("name", b"55-Fix.ps1"), "described otherwise"),
    "a name in another case": (lying("name", b"50-grant-Access.ps1"), "described otherwise"),
    "another size": (lying("size", 9), "described otherwise"),
    "another packed size": (lying("packed", 9), "described otherwise"),
    "another digest": (lying("crc", 9), "described otherwise"),
    "another method": (lying("method", 0), "described otherwise"),
    "another version": (lying("version", 10), "described otherwise"),
    "another time": (lying("time", 1), "described otherwise"),
    "another date": (lying("date", 1), "described otherwise"),
    "streamed at its place only": (lying("flags", 8), "described otherwise"),
    "UTF-8 at its place only": (lying("flags", 0x800), "described otherwise"),
    "encrypted at its place only": (lying("flags", 1), "described otherwise"),
    "streamed in the directory only": (archive(SUMS, replace(GRANT, listed={"flags": 8})), "described otherwise"),
    "a stream of another file": (other_stream(), "described otherwise"),
    # What no entry owns.
    "bytes before the first": (b"x" + archive(*PLAIN), "end record does not fit"),
    "bytes before the first that are counted": (archive(replace(SUMS, before=b"x"), GRANT), "belongs to no file"),
    "an entry before the first": (archive(replace(SUMS, before=Piece(GRANT.name, EVIL).at_its_place()), GRANT), "belongs to no file"),
    "bytes between": (archive(SUMS, replace(GRANT, before=b"x" * 16)), "belongs to no file"),
    "an entry between": (archive(SUMS, replace(GRANT, before=Piece("55-Fix.ps1", b"x").at_its_place())), "belongs to no file"),
    "bytes behind the last": (archive(SUMS, replace(GRANT, behind=b"x" * 12)), "belongs to no file"),
    "an entry behind the last": (archive(SUMS, replace(GRANT, behind=Piece(GRANT.name, EVIL).at_its_place())), "belongs to no file"),
    "sizes behind what is not streamed": (archive(SUMS, replace(GRANT, behind=struct.pack("<3L", 0, 0, 0)), ROOMS), "belongs to no file"),
    "bytes in the directory": (archive(*PLAIN, tail=b"x" * 9), "more than its entries"),
    "an entry of the directory that is not counted": (
        archive(*PLAIN, tail=Piece("55-Fix.ps1", b"x").in_the_directory(0)), "more than its entries"),
    "fewer entries than counted": (archive(*PLAIN, end={"here": 4, "count": 4}), "no entry begins"),
    "bytes behind the directory": (archive(*PLAIN, behind=b"x"), "end record does not fit"),
    "a signature of the directory": (archive(*PLAIN, tail=struct.pack("<4sH", b"PK\5\5", 0)), "more than its entries"),
    "a comment": (archive(*PLAIN, end={"comment": 1}) + b"x", "does not end with"),
    "a zip in the comment": (within_a_comment(), "end record does not fit"),
    "a comment of an entry": (archive(SUMS, replace(GRANT, comment=b"x")), "has a comment"),
    "two zips": (two_directories(), "end record does not fit"),
    "an end record twice": (archive(*PLAIN) + archive(*PLAIN)[-22:], "end record does not fit"),
    "an end of large sizes": (zip64(PLAIN), "end record does not fit"),
    "in two parts": (archive(*PLAIN, end={"disk": 1}), "end record does not fit"),
    "an entry in another part": (archive(SUMS, replace(GRANT, listed={"disk": 1})), "another part"),
    "another order": (archive(SUMS, replace(GRANT, listed={"offset": 0})), "belongs to no file"),
    # Packed streams and the sizes behind them.
    "bytes behind a packed stream": (archive(SUMS, replace(GRANT, tail=b"x")), "does not end where"),
    "a second packed stream": (archive(SUMS, replace(GRANT, tail=Piece("", EVIL).packed)), "does not end where"),
    "a packed stream that is cut": (archive(SUMS, Piece("x", b"", tail=b"\3", method=0, local={"method": 8}, listed={"method": 8})), "cut|end where|unpack"),
    "a stored file that is longer": (archive(SUMS, replace(ROOMS, tail=b"x")), "how long it is"),
    "more than it says": (archive(SUMS, replace(GRANT, local={"size": 9}, listed={"size": 9})), "end where|does not unpack"),
    "less than it says": (archive(SUMS, replace(GRANT, local={"size": 999}, listed={"size": 999})), "does not unpack"),
    "another digest in both": (archive(SUMS, replace(GRANT, local={"crc": 9}, listed={"crc": 9})), "does not unpack"),
    "streamed and not packed": (archive(SUMS, replace(ROOMS, flags=8)), "how long it is"),
    "streamed without sizes": (archive(SUMS, replace(STREAM, descriptor=b"")), "something else than its sizes"),
    "streamed with other sizes": (archive(SUMS, replace(STREAM, descriptor=struct.pack("<4s3L", b"PK\7\x08", 0, 0, 0))), "something else"),
    "streamed with sizes that have no mark": (
        archive(SUMS, replace(STREAM, descriptor=struct.pack("<3L", zlib.crc32(GRANT.data), len(GRANT.packed), len(GRANT.data)))), "something else"),
    "streamed with half of the sizes known": (archive(SUMS, replace(STREAM, local={"size": len(GRANT.data)})), "described otherwise"),
    # Forms that not every program knows.
    "encrypted": (archive(SUMS, replace(GRANT, flags=1)), "encrypted"),
    "strongly encrypted": (archive(SUMS, replace(GRANT, flags=0x41)), "encrypted"),
    "patched": (archive(SUMS, replace(GRANT, flags=0x20)), "more than every program"),
    "masked": (archive(SUMS, replace(GRANT, flags=0x2000)), "more than every program"),
    "a version that programs skip": (archive(SUMS, replace(GRANT, local={"version": 63}, listed={"version": 63})), "more than every program"),
    "LZMA": (archive(SUMS, replace(GRANT, method=14)), "not every program knows"),
    "deflate64": (archive(SUMS, replace(GRANT, method=9)), "not every program knows"),
    "from a mainframe": (archive(SUMS, replace(GRANT, listed={"made": 0x0414})), "from a system"),
    "large sizes": (archive(SUMS, replace(GRANT, extra=(BIG, BIG))), "field 0x0001"),
    "a second name": (archive(SUMS, GRANT, replace(ROOMS, extra=(OTHER_NAME, OTHER_NAME))), "field 0x7075"),
    "a second name at its place only": (archive(SUMS, GRANT, replace(ROOMS, extra=(OTHER_NAME, b""))), "field 0x7075"),
    "a kind for streams": (archive(SUMS, replace(GRANT, extra=(struct.pack("<HHL", 0x6C78, 4, 0), b""))), "field 0x6C78"),
    "a field twice": (archive(SUMS, replace(GRANT, extra=(TIMES + TIMES, b""))), "carries a field twice"),
    "a field of another size": (archive(SUMS, replace(GRANT, extra=(struct.pack("<HH", 0x5455, 7) + bytes(7), b""))), "field 0x5455"),
    "a field that is cut": (archive(SUMS, replace(GRANT, extra=(TIMES[:-1], b""))), "do not fit"),
    "half a field": (archive(SUMS, replace(GRANT, extra=(TIMES + b"x", b""))), "do not fit"),
    # Names.
    "a way out": (named("../x.ps1"), "leads elsewhere"),
    "a folder that leads out": (named("../../x/", method=0, data=b""), "leads elsewhere"),
    "a way out inside": (named("a/../../x.ps1"), "leads elsewhere"),
    "here": (named("./55-Fix.ps1"), "leads elsewhere"),
    "an absolute name": (named("/etc/x"), "leads elsewhere"),
    "a drive": (named("C:x"), "leads elsewhere"),
    "a stream of NTFS": (named("50-Grant-Access.ps1:x"), "leads elsewhere"),
    "a backslash": (named("a\\x"), "with .* for /"),
    "an empty folder name": (named("a//x"), "leads elsewhere"),
    "no name": (named(""), "leads elsewhere"),
    "a NUL": (named("a\0b"), "leads elsewhere"),
    "a line break": (named("a\nb"), "leads elsewhere"),
    "a letter of another script": (named("50-Gr\u0430nt-Access.ps1"), "leads elsewhere"),
    "a name that is no UTF-8": (named("x", local={"name": b"\xff"}, listed={"name": b"\xff"}), "leads elsewhere"),
    "bidirectional marks": (archive(*below("contoso\u202e-rooms")), "leads elsewhere"),
    "a device for a folder": (archive(*below("CON")), "leads elsewhere"),
    "a device for a folder in small letters": (archive(*below("aux")), "leads elsewhere"),
    "a device with an ending": (named("nul.txt"), "leads elsewhere"),
    "a folder with a dot at its end": (archive(*below("contoso.")), "leads elsewhere"),
    "a folder with a blank at its end": (archive(*below("contoso ")), "leads elsewhere"),
    "a dot at the end": (named("50-Grant-Access.ps1."), "leads elsewhere"),
    "a very long name": (named("a/" * 5000 + "x"), "leads elsewhere"),
    "a name twice": (archive(*PLAIN, replace(GRANT, data=EVIL)), "twice"),
    "a name in two spellings": (archive(*PLAIN, Piece("50-grant-access.ps1", EVIL)), "two spellings"),
    "a folder in two spellings": (archive(*below("a"), Piece("A/50-Grant-Access.ps2", EVIL)), "two spellings"),
    "a folder with the name of a script": (named("50-Grant-Access.ps1/", data=b"", method=0), "twice"),
    "a folder of a script": (named("50-Grant-Access.ps1/x"), "twice"),
    "a folder with the name of a script first": (archive(Piece(GRANT.name + "/", method=0), *PLAIN), "twice"),
    "a folder twice": (archive(*PLAIN, *[Piece("evidence/", method=0)] * 2), "twice"),
    # Kinds.
    "a link": (named("x", mode=0o120777), "a link"),
    "a pipe": (named("x", mode=0o010644), "a link, a device"),
    "a device": (named("x", mode=0o060644), "a link, a device"),
    "a folder by its mode": (named("x", mode=0o040755), "a link, a device"),
    "a folder by its attributes": (named("x", listed={"outside": 0x10}), "a folder by its attributes"),
    "a link of Windows": (named("x", listed={"outside": 0x400}), "a link"),
    "hidden": (named("x", listed={"outside": 0x02}), "hidden"),
    "a volume": (named("x", listed={"outside": 0x08}), "a link, a device"),
    "a file by its mode, a folder by its name": (named("x/", data=b"", method=0, mode=0o100644), "a link, a device"),
    "a folder with bytes": (named("x/"), "bytes of its own"),
    # Damage.
    "no zip": (b"PK\3\4" + bytes(100), "does not end with"),
    "nothing": (b"", "does not end with"),
    "two folders at the top": (archive(*below("bundle"), *below("more", PLAIN[-1:])), "at its top stand bundle and more"),
    "an empty zip": (archive(), "neither SHA256SUMS nor"),
    "no bundle": (archive(Piece("x")), "neither SHA256SUMS nor"),
    "cut": (archive(*PLAIN)[:-1], "does not end with"),
    "a directory that is cut": (archive(*PLAIN, end={"size": 9, "start": 9}), "end record does not fit"),
    "more files than any bundle": (archive(*PLAIN, end={"here": 6000, "count": 6000}), "more than 5000 files"),
    "a bomb": (archive(*PLAIN, Piece("bomb", bytes(64 * 1024 * 1024))), "unpacks to more than"),
    "a bomb that lies": (archive(*PLAIN, Piece("bomb", bytes(1_000_000), local={"size": 10}, listed={"size": 10})), "end where|does not unpack"),
    "a bomb that overlaps": (archive(SUMS, *[replace(GRANT, name=f"f{n}", listed={"offset": 200}) for n in range(9)]), "belongs to no file"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_what_could_be_unpacked_in_two_ways_is_refused(data: bytes, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(AuditError, match=rf"is not a bundle: .*(?:{sentence})") as caught:
        taken(tmp_path, data)
    assert caught.value.message.isprintable()


def test_a_folder_packed_by_windows_powershell_is_refused_with_the_cure(tmp_path: Path) -> None:
    packed = [Piece(f"contoso-rooms\\{one.name}", one.data) for one in PLAIN]
    with pytest.raises(AuditError) as caught:
        taken(tmp_path, archive(*packed))
    for said in ("Compress-Archive of Windows PowerShell 5.1", "Unpack it and name the folder", "Explorer", "PowerShell 7", "render --zip"):
        assert said in caught.value.message


def test_a_changed_bit_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    made = archive(replace(SUMS, data=b"x"), replace(GRANT, flags=8, data=b"# x\r\n" * 4, extra=(TIMES, TIMES)))
    files = taken(tmp_path, made)
    for place in range(len(made) * 8):
        changed = bytearray(made)
        changed[place // 8] ^= 1 << place % 8
        with contextlib.suppress(AuditError):
            assert taken(tmp_path, bytes(changed)) == files
            assert unpacked(bytes(changed)) == files


def test_a_byte_more_or_less_is_refused(tmp_path: Path) -> None:
    made = archive(*PLAIN)
    for place in range(len(made) + 1):
        for changed in (made[:place] + made[place + 1 :], made[:place] + b"\0" + made[place:]):
            if changed != made:
                with pytest.raises(AuditError):
                    taken(tmp_path, changed)
