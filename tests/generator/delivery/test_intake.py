"""Folders, zips and loose scripts are taken in as names and bytes; what would hurt its reader is refused."""

import contextlib
import random
from pathlib import Path

import pytest

from roomscope.generator.bundle.bounds import BOUNDS, LARGEST, MOST
from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.sums import MOST as MOST_LISTED
from roomscope.generator.bundle.sums import SUMS, read_sums
from roomscope.generator.common.errors import AuditError
from roomscope.generator.delivery.intake import take
from tests.generator.delivery.zips import zipped


def test_a_folder_without_a_bundle_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuditError, match="neither SHA256SUMS nor"):
        take(tmp_path)
    with pytest.raises(AuditError, match="No such file"):
        take(tmp_path / "nothing")
    (tmp_path / "x.txt").write_text("x")
    with pytest.raises(AuditError, match="neither a folder nor"):
        take(tmp_path / "x.txt")


def test_a_zip_with_random_bytes_is_refused_or_read(tmp_path: Path) -> None:
    whole = zipped({SUMS: b"x" * 3000, MANIFEST: bytes(range(256)) * 9})
    chance = random.Random(7)  # noqa: S311 - the same bytes every time
    for _ in range(300):
        data = bytearray(whole)
        for _ in range(3):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "b.zip").write_bytes(data)
        with contextlib.suppress(AuditError):
            take(tmp_path / "b.zip")


def test_a_folder_with_too_many_files_is_refused(tmp_path: Path) -> None:
    for number in range(MOST + 1):
        (tmp_path / f"f{number}").touch()
    with pytest.raises(AuditError, match="more than"):
        take(tmp_path)


@pytest.mark.parametrize("sizes", [(LARGEST + 1,), (LARGEST // 2, LARGEST // 2 + 1)], ids=["one", "together"])
def test_more_bytes_than_any_bundle_has_are_refused(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    for number, size in enumerate(sizes):
        with (tmp_path / f"large{number}").open("wb") as file:
            file.truncate(size)
    with pytest.raises(AuditError, match=r"(larger|more) than"):
        take(tmp_path)


@pytest.mark.parametrize("name", BOUNDS)
def test_more_in_one_file_than_any_bundle_has_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / SUMS).write_bytes(b"")
    bound = BOUNDS[name]
    for data in (bytes(bound.size), b"," * bound.most):
        (tmp_path / name).write_bytes(data)
        assert take(tmp_path).files[name] == data
        (tmp_path / name).write_bytes(data + b",")
        with pytest.raises(AuditError, match=f"{name} (has|holds) .*; no bundle has more than"):
            take(tmp_path)


def test_a_list_of_more_files_than_any_bundle_has_gives_no_digest() -> None:
    lines = [f"{number:064x}  f{number:05d}\n" for number in range(MOST_LISTED + 1)]
    assert len(read_sums("".join(lines[:-1]).encode()).digests) == MOST_LISTED
    assert read_sums("".join(lines).encode()).digests == {}
    assert "more than" in read_sums("".join(lines).encode()).reason
    assert "more than" in read_sums(b"x" * 200 * MOST_LISTED).reason


@pytest.mark.parametrize("name", ["CON", "nul.txt", "a.", "Com1.ps1"])
def test_a_name_that_windows_takes_otherwise_is_listed_nowhere(name: str) -> None:
    assert read_sums(f"{'0' * 64}  {name}\n".encode()).digests == {}


def test_odd_names_in_a_folder_are_named_and_not_read(tmp_path: Path) -> None:
    (tmp_path / SUMS).write_bytes(b"")
    for name in ("a b.ps1", "nul.txt", "x.", "\udcff.ps1", "\u202e.ps1"):
        (tmp_path / name).write_bytes(b"x")
    assert take(tmp_path).strange == tuple(sorted(("a b.ps1", "nul.txt", "x.", "\udcff.ps1", "\u202e.ps1")))


def test_a_path_with_odd_characters_is_refused_in_plain_ones(tmp_path: Path) -> None:
    for name in ("a\0b", "\x1b[2J", "\udcff"):
        with pytest.raises(AuditError) as caught:
            take(tmp_path / name)
        assert caught.value.message.isprintable()
        assert caught.value.message.isascii()
