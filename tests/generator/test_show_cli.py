"""The verb show: a step as its reader wants it, whatever the script is."""

import contextlib
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.bundle.sums import SUMS, digest
from roomscope.generator.delivery.intake import take
from roomscope.generator.delivery.lay_out import lay_out
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.render.region import region_of
from roomscope.generator.reports.outline import coloured, overview, script
from roomscope.generator.show_cli import show
from tests.generator.delivery.zips import zipped

Files = Mapping[str, bytes]
Put = Callable[[Files], Path]
GRANT = "50-Grant-Access.ps1"
BLOCK = b"\r\n# SIG # Begin signature block\r\n# MIIabc+/=\r\n# SIG # End signature block\r\n"
REGION = region_of(EXCHANGE_SERVER)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(show, [str(one) for one in arguments])


def lines_of(data: bytes) -> list[str]:
    return data.decode("utf-8-sig").splitlines()


def printed(result: Result) -> dict[int, str]:
    """The lines of a script that were printed, by their numbers."""
    found = re.findall(r"^(?:>>|  ) *(\d+)(?:  (.*))?$", result.output, re.MULTILINE)
    return {int(number): text for number, text in found}


def test_a_step_is_printed_with_its_own_part_in_full_and_its_region_folded(article: Files, put: Put) -> None:
    result = run(put(article), 50)
    assert result.exit_code == 0
    lines = lines_of(article[GRANT])
    first, last = (next(n for n, one in enumerate(lines, 1) if one.startswith(mark)) for mark in ("#region", "#endregion"))
    assert last - first > 100
    own = {number: line for number, line in enumerate(lines, 1) if not first <= number <= last}
    shown = printed(result)
    assert {number: text for number, text in shown.items() if number != first} == own
    assert f"#region … #endregion: {last - first - 1} lines, SHA-256 {REGION.digest}" in result.output
    assert "Not audited here: roomscope audit" in result.output
    assert "WARNING" not in result.output


def test_what_changes_exchange_is_marked(article: Files, put: Put) -> None:
    for step in EXCHANGE_SERVER.steps:
        result = run(put(article), step.number)
        marked = [line for line in result.output.splitlines() if line.startswith(">>")]
        lines = lines_of(article[step.file])
        assert [int(re.findall(r"\d+", line)[0]) for line in marked] == [
            number for number, line in enumerate(lines, 1) if re.match(rf"\s*(?:{'|'.join(step.writes) or '-'})\b", line)
        ]
        assert ("No line of it changes Exchange" in result.output) == (not step.writes)
        for command in step.writes:
            assert re.search(rf"{command} \(line \d+", result.output)


@pytest.mark.parametrize("name", [GRANT, "50-Grant-Access", "50"])
def test_a_step_is_named_by_number_or_file(article: Files, put: Put, name: str) -> None:
    assert run(put(article), name).output == run(put(article), 50).output


def test_the_region_is_printed_once_for_all(article: Files, put: Put) -> None:
    folder = put(article)
    result = run(folder, "--region")
    assert result.exit_code == 0
    assert list(printed(result).values()) == [line.rstrip() for line in REGION.text.splitlines()]
    assert REGION.digest in result.output
    assert printed(run(folder, 60, "--region")) == printed(result)


def test_without_a_step_there_is_an_overview(article: Files, put: Put) -> None:
    result = run(put(article))
    assert result.exit_code == 0
    for step in EXCHANGE_SERVER.steps:
        (line,) = (one for one in result.output.splitlines() if one.startswith(step.file))
        own = sum(1 for _ in lines_of(article[step.file])) - len(REGION.text.splitlines()) - 2
        assert f" {own} " in line
        assert all(command in line for command in step.writes) if step.writes else line.endswith("nothing")
    assert f"SHA-256 {REGION.digest}" in result.output
    assert digest(article[SUMS]) in result.output
    assert "roomscope show" in result.output
    assert "--region" in result.output
    assert "WARNING" not in result.output


def test_a_zip_is_shown_like_its_folder(article: Files, put: Put, tmp_path: Path) -> None:
    folder, packed = put(article), tmp_path / "b.zip"
    packed.write_bytes(zipped({f"cronofy-rooms/{name}": data for name, data in article.items()}, zipfile.ZIP_DEFLATED))
    for arguments in ((), (50,), ("--region",)):
        assert run(packed, *arguments).output == run(folder, *arguments).output.replace(str(folder), str(packed))


def test_a_signed_script_is_shown_without_its_signature(article: Files, put: Put) -> None:
    result = run(put({**article, GRANT: article[GRANT] + BLOCK}), 50)
    assert "SIG #" not in result.output
    assert "it carries a signature" in result.output
    assert printed(result) == printed(run(put(article), 50))


@pytest.mark.parametrize(
    "arguments", [("nowhere",), (__file__,), (Path(__file__).parent,)], ids=["nothing", "no bundle", "an odd folder"]
)
def test_what_is_no_bundle_exits_2(arguments: tuple[object, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "is not a bundle" in result.output


def test_a_loose_script_and_a_step_that_is_not_there_exit_2(article: Files, put: Put, tmp_path: Path) -> None:
    (tmp_path / GRANT).write_bytes(article[GRANT])
    assert run(tmp_path / GRANT).exit_code == 2
    for name in ("55", "", "x.ps1", "AUDIT.ps1", "../50-Grant-Access.ps1"):
        result = run(put(article), name)
        assert result.exit_code == 2
        assert "10-Test-Readiness.ps1" in result.output


REGION_LINE = b"$ErrorActionPreference = 'Stop'\r\n"
HOSTILE: Mapping[str, tuple[Callable[[bytes], bytes], str]] = {
    "an escape code": (lambda data: data.replace(b"# What", b"'\x1b[2J'\r\n# What", 1), "does not pass the audit"),
    "a mark from right to left": (lambda data: data.replace(b"# What", "'\u202e'\r\n# What".encode(), 1), "does not pass the audit"),
    "no text": (lambda data: data.replace(b"# What", b"\xff\xfe\r\n# What", 1), "does not pass the audit"),
    "UTF-16": (lambda data: data.decode("utf-8-sig").encode("utf-16"), "does not pass the audit"),
    "nothing": (lambda _: b"", "does not pass the audit"),
    "a form of no rendered script": (lambda data: data.replace(b"# What", b"& $x\r\n# What", 1), "does not pass the audit"),
    "no region": (lambda data: data.replace(b"#region", b"# region", 1).replace(b"#endregion", b"# x"), "has no shared region"),
    "two regions": (lambda data: data.replace(b"#endregion", b"#endregion\r\n#region x\r\n#endregion"), "has no shared region"),
    "a region that is closed twice": (lambda data: data.replace(b"#endregion", b"#endregion\r\n#EndRegion"), "has no shared region"),
    "another region": (lambda data: data.replace(REGION_LINE, b"$x = 1\r\n" + REGION_LINE), "NOT the same in every script"),
    "another digest in its line": (lambda data: data.replace(REGION.digest.encode(), b"0" * 64), "not the one of this release"),
    "a write in the region": (
        lambda data: data.replace(REGION_LINE, b"New-ManagementScope -Name 'x'\r\n" + REGION_LINE),
        "its region changes Exchange with New-ManagementScope",
    ),
    "code behind the region": (lambda data: data.replace(b"#endregion\r\n", b"#endregion\r\nremove-managementscope\r\n"), "marked with >>"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_script_is_shown_harmlessly_and_nothing_of_it_is_folded_unseen(
    article: Files, put: Put, change: Callable[[bytes], bytes], said: str
) -> None:
    changed = change(article[GRANT])
    assert changed != article[GRANT]
    folder = put({**article, GRANT: changed})
    result = run(folder, 50)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert said in " ".join(result.output.split())
    assert not set(map(chr, (*range(10), *range(11, 32), 0x7F, 0x9B, 0x202E))) & set(result.output)
    assert run(folder).exit_code == 1
    if "#region …" not in result.output:
        assert max(printed(result)) == len(changed.removesuffix(b"\n").split(b"\n"))
        assert run(folder, 50, "--region").exit_code == 2


@pytest.mark.parametrize("case", [name for name, (_, said) in HOSTILE.items() if said == "does not pass the audit"])
def test_of_a_script_that_cannot_be_read_nothing_is_claimed(article: Files, put: Put, seal: Callable[[Files], Files], case: str) -> None:
    folder = put(seal({**article, GRANT: HOSTILE[case][0](article[GRANT])}))
    for result in (run(folder, 50), run(folder)):
        assert result.exit_code == 1
        assert "it could not be read" in result.output
        assert "NOT the same" not in result.output
        assert "SHA256SUMS. Do not run it" not in result.output
    assert "Whether it changes Exchange cannot be told." in run(folder, 50).output
    assert "No line of it changes Exchange" not in run(folder, 50).output
    assert run(folder, 10).exit_code == 0


def test_the_digest_is_told_only_if_the_files_are_those_of_the_list(article: Files, put: Put) -> None:
    changes: Mapping[str, Files] = {
        "rooms.csv: its bytes are NOT those of SHA256SUMS": {**article, "rooms.csv": article["rooms.csv"] + b"x"},
        "new.txt: SHA256SUMS does not list it": {**article, "new.txt": b""},
        "RUNBOOK.md: SHA256SUMS lists it, and it is not there": {name: one for name, one in article.items() if name != "RUNBOOK.md"},
        "SHA256SUMS: this is no list of digests": {**article, SUMS: article[SUMS].upper()},
    }
    for said, files in changes.items():
        result = run(put(files))
        assert said in result.output
        assert digest(files[SUMS]) not in result.output
        assert result.exit_code == 1
    assert digest(article[SUMS]) in run(put(article)).output


def test_a_write_in_another_case_and_behind_the_region_is_marked(article: Files, put: Put) -> None:
    change, _ = HOSTILE["code behind the region"]
    result = run(put({**article, GRANT: change(article[GRANT])}), 50)
    assert any(line.startswith(">>") and line.endswith("remove-managementscope") for line in result.output.splitlines())


def test_another_region_is_told_in_the_overview_and_not_shown_as_that_of_all(article: Files, put: Put) -> None:
    change, _ = HOSTILE["another region"]
    folder = put({**article, GRANT: change(article[GRANT])})
    assert "WARNING: The region is NOT the same in every script" in run(folder).output
    assert run(folder, "--region").exit_code == 2
    assert "$x = 1" in run(folder, 50, "--region").output


def test_a_script_of_no_step_and_odd_names_are_told(article: Files, put: Put) -> None:
    folder = put({**article, "55-Fix.ps1": article[GRANT]})
    (folder / "x\x1b[2J.ps1").write_bytes(b"")
    output = run(folder).output
    assert "55-Fix.ps1: it is not a script of a step" in output
    assert "Not read, because no bundle has such files: 'x\\x1b[2J.ps1'" in output
    assert run(folder, 55).exit_code == 1
    assert "55-Fix.ps1: SHA256SUMS does not list it" in output


def test_an_unknown_product_is_told_and_nothing_marked(article: Files, put: Put) -> None:
    other = article[MANIFEST].replace(b'"exchange-server"', b'"exchange-nowhere"')
    for files in ({**article, MANIFEST: other}, {**article, MANIFEST: b"{"}):
        folder = put(files)
        result = run(folder, 50)
        assert "Which product this is for cannot be told" in result.output
        assert "Whether it changes Exchange cannot be told." in result.output
        assert "No line of it changes Exchange" not in result.output
        assert not any(line.startswith(">>") for line in result.output.splitlines())
        assert result.exit_code == 0
        assert not any(line.endswith("  nothing") for line in run(folder).output.splitlines())


def on_a_terminal(*arguments: object, **environment: str) -> str:
    """What a program prints where somebody looks."""
    pty = pytest.importorskip("pty", reason="there are no pseudo terminals on this system")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "roomscope", *map(str, arguments)]
    environment = {"PATH": os.defpath, "TERM": "xterm", **environment}
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment, cwd=Path(__file__).parents[2]):
        os.close(theirs)
        pieces = []
        with contextlib.suppress(OSError):
            while piece := os.read(ours, 65536):
                pieces.append(piece)
    os.close(ours)
    return b"".join(pieces).decode()


def test_colours_are_for_terminals_only(article: Files, put: Put) -> None:
    folder = put(article)
    assert "\x1b[" not in run(folder, 50).output
    assert "\x1b[31m\x1b[1m>>" in on_a_terminal("show", folder, 50)
    assert "\x1b[" not in on_a_terminal("show", folder, 50, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal("show", folder, 50, TERM="dumb")


def test_colours_change_no_text(article: Files, put: Put) -> None:
    outline = lay_out(take(put(article)))
    for view in (partial(overview, outline), partial(script, outline, outline.script("50"))):
        assert "\x1b" in view(coloured)
        assert re.sub(r"\x1b\[\d*(?:;\d+)*m", "", view(coloured)) == view()
