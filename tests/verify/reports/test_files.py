"""Where a report goes: proven before anything is asked, whole or not there, and never an old one as if it were today's."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner, Result

from roomscope.verify.cli import verify
from roomscope.verify.reports.files import NAMES
from roomscope.verify.reports.output import Output

ROOMS = {"room1@contoso.com", "room2@contoso.com", "room3@contoso.com"}
OTHERS = {"ceo@contoso.com", "svc@contoso.com"}

Speak = Callable[..., Result]


@pytest.fixture
def speak(maker: Any, server: Any, says: Any, password: str, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Runs the command; the server is as it should be."""
    server.answer = says.exchange(ROOMS, OTHERS)
    monkeypatch.setenv("ROOM_PASSWORD", password)

    def run(*arguments: str) -> Result:
        folder = maker.folder if maker.folder.exists() else maker.write()
        usual = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD")
        return CliRunner().invoke(verify, [str(folder), *usual, *arguments])

    return run


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_holds_every_format_and_nothing_else(speak: Speak, tmp_path: Path) -> None:
    result = speak("--report", str(tmp_path / "papers"))
    assert result.exit_code == 0, result.output
    assert names(tmp_path / "papers") == sorted(NAMES.values())
    assert all(path.stat().st_size for path in (tmp_path / "papers").iterdir())
    assert json.loads((tmp_path / "papers" / "report.json").read_text("utf-8"))["verdict"] == "kept"
    assert result.stderr == ""


def test_only_the_formats_that_are_wanted_are_written(speak: Speak, tmp_path: Path) -> None:
    assert speak("--report", str(tmp_path / "papers"), "--format", "html", "--format", "txt").exit_code == 0
    assert names(tmp_path / "papers") == ["report.html", "summary.txt"]


@pytest.mark.parametrize(("name", "begins"), [("a.html", "<!DOCTYPE"), ("a.json", "{"), ("a.csv", "\ufeff"), ("a.xml", "<?xml"), ("a.TXT", "Not proven")])
def test_a_name_that_ends_like_a_format_is_one_file(speak: Speak, tmp_path: Path, name: str, begins: str) -> None:
    assert speak("--report", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / name).read_text("utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--format", "html"), "--format goes with --report"),
        (("--report", "{}/a.json", "--format", "html"), "is one file, of the format json"),
        (("--report", "{}/none/papers"), "Name a folder"),
        (("--report", "{}/file"), "Name a folder"),
        (("--report", "{}/none/a.json"), "Name a file in an existing folder"),
    ],
)
def test_a_place_that_cannot_be_meant_is_misuse_and_nothing_is_asked(
    speak: Speak, server: Any, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    (tmp_path / "file").touch()
    result = speak(*(word.format(tmp_path) for word in words))
    assert (result.exit_code, server.calls) == (2, [])
    assert said in result.stderr


@pytest.mark.parametrize("place", ["", "papers", "evidence/../papers"])
def test_the_files_of_the_bundle_stay_alone(speak: Speak, server: Any, maker: Any, place: str) -> None:
    folder = maker.write()
    (folder / "evidence").mkdir()
    result = speak("--report", str(folder / place))
    assert (result.exit_code, server.calls) == (2, [])
    assert "would stand among the files of the bundle" in result.stderr


@pytest.mark.parametrize("place", ["evidence", "evidence/papers"])
def test_a_report_may_stand_with_the_records(speak: Speak, maker: Any, place: str) -> None:
    folder = maker.write()
    (folder / "evidence").mkdir()
    assert speak("--report", str(folder / place)).exit_code == 0
    assert speak().exit_code == 0


def test_an_earlier_report_is_kept_under_its_time_and_that_is_said(speak: Speak, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    for name in NAMES.values():
        (papers / name).write_text("earlier")
        os.utime(papers / name, (1_790_000_000, 1_790_000_000))
    result = speak("--report", str(papers), "--format", "json")
    assert result.exit_code == 0
    assert names(papers) == sorted([
        "report.json", *(f"{Path(name).stem}.20260921T141320Z{Path(name).suffix}" for name in NAMES.values()),
    ])
    assert "Earlier report: report.html is now report.20260921T141320Z.html." in result.stderr
    assert (papers / "report.20260921T141320Z.json").read_text() == "earlier"
    assert (papers / "report.json").read_text("utf-8").startswith("{")


def test_no_report_is_lost_however_fast_they_come(speak: Speak, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    for _ in range(3):
        assert speak("--report", str(path)).exit_code == 0
        os.utime(path, (1_790_000_000, 1_790_000_000))
    assert sorted(each.name for each in tmp_path.glob("report*")) == [
        "report.20260921T141320Z-2.json", "report.20260921T141320Z.json", "report.json",
    ]


def test_a_run_that_breaks_down_leaves_no_old_report_as_its_own(speak: Speak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from roomscope.verify import verification

    def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    assert speak("--report", str(tmp_path / "papers")).exit_code == 0
    monkeypatch.setattr(verification, "carry_out", crash)
    assert speak("--report", str(tmp_path / "papers")).exit_code == 4
    assert not set(names(tmp_path / "papers")) & set(NAMES.values())


def test_a_link_is_taken_away_and_nothing_is_written_through_it(speak: Speak, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (tmp_path / "victim").write_text("precious")
    for name in NAMES.values():
        (papers / name).symlink_to(tmp_path / "victim")
    assert speak("--report", str(papers)).exit_code == 0
    assert (tmp_path / "victim").read_text() == "precious"
    assert not any(path.is_symlink() for path in papers.iterdir())


@pytest.mark.parametrize("number", [28, 30], ids=["full", "read-only"])
def test_a_place_that_takes_nothing_is_noticed_before_anything_is_asked(
    speak: Speak, server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    (tmp_path / "papers").mkdir()
    monkeypatch.setattr(os, "fsync", refuse)
    result = speak("--report", str(tmp_path / "papers"))
    assert (result.exit_code, server.calls, names(tmp_path / "papers")) == (2, [], [])
    assert f"{os.strerror(number)}. Nothing was asked." in result.stderr


@pytest.mark.parametrize("left", range(5))
def test_a_disk_that_fills_up_is_no_pass_and_every_file_is_whole_or_not_there(  # noqa: PLR0917 - fixtures
    speak: Speak, server: Any, says: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    usual, fsync = says.exchange(ROOMS, OTHERS), os.fsync
    written: list[int] = []

    def fill(descriptor: int) -> None:
        if len(written) >= left:
            raise OSError(28, "No space left on device")
        written.append(descriptor)
        fsync(descriptor)

    def answer(call: Any) -> Any:
        monkeypatch.setattr(os, "fsync", fill)
        return usual(call)

    server.answer = answer
    result = speak("--report", str(tmp_path / "papers"))
    assert result.exit_code == 4
    assert result.stderr.count("No space left on device. The report is not there.") == 5 - left
    assert names(tmp_path / "papers") == sorted([*NAMES.values()][:left])
    assert "Verdict: KEPT" in result.stdout


def test_a_folder_that_vanishes_is_no_pass(speak: Speak, server: Any, says: Any, tmp_path: Path) -> None:
    usual = says.exchange(ROOMS, OTHERS)

    def answer(call: Any) -> Any:
        shutil.rmtree(tmp_path / "papers", ignore_errors=True)
        return usual(call)

    server.answer = answer
    result = speak("--report", str(tmp_path / "papers"))
    assert result.exit_code == 4
    assert result.stderr.count("The report is not there.") == 5
    assert "Verdict: KEPT" in result.stdout


def test_a_report_that_another_run_has_written_meanwhile_is_kept_too(speak: Speak, server: Any, says: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    usual = says.exchange(ROOMS, OTHERS)

    def answer(call: Any) -> Any:
        path.write_text("of another run")
        return usual(call)

    server.answer = answer
    assert speak("--report", str(path)).exit_code == 0
    (other,) = tmp_path.glob("report.2*.json")
    assert (other.read_text(), json.loads(path.read_text("utf-8"))["verdict"]) == ("of another run", "kept")


def test_a_file_that_the_run_reads_is_not_replaced(speak: Speak, server: Any, tmp_path: Path) -> None:
    for name in NAMES.values():
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        (folder / name).write_bytes(server.ca.read_bytes())
        result = speak("--ca", str(folder / name), "--report", str(folder))
        assert (result.exit_code, "which this run reads" in result.stderr) == (2, True)
        assert names(folder) == [name]


def test_every_format_can_be_asked_for_and_is_documented() -> None:
    (option,) = (each for each in verify.params if each.name == "formats")
    assert isinstance(option.type, click.Choice)
    assert tuple(option.type.choices) == tuple(NAMES) == get_args(get_args(Output.model_fields["formats"].annotation)[0])
    text = (Path(__file__).parents[3] / "docs" / "reports.md").read_text("utf-8")
    assert [form for form, name in NAMES.items() if f"| `{form}` | `{name}` |" not in text] == []


class TestScreen:
    """What stands on stdout and stderr."""

    def test_json_is_all_that_stands_on_stdout(self, speak: Speak, server: Any, says: Any) -> None:
        server.answer = lambda _: says.fault("ErrorImpersonateUserDenied", "\u4f1a\u8b70 \u202e\U0001f600")
        result = speak("--json", "--expect-none")
        content = json.loads(result.stdout)
        assert result.stdout.isascii()
        assert content["verdict"] in {"kept", "unasked"}
        assert content["mailboxes"][0]["doors"][0]["seen"].endswith("\u4f1a\u8b70 \\u{202e}\U0001f600")

    def test_json_and_a_folder_say_the_same(self, speak: Speak, tmp_path: Path) -> None:
        result = speak("--json", "--report", str(tmp_path / "papers"))
        assert json.loads(result.stdout) == json.loads((tmp_path / "papers" / "report.json").read_text("utf-8"))

    def test_quiet_shows_the_verdict_alone(self, speak: Speak, server: Any, says: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        usual, left = says.exchange(ROOMS, OTHERS), [says.busy(100)]
        server.answer = lambda call: left.pop() if left else usual(call)
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        result = speak("--quiet")
        shown = re.sub(r"\x1b\[\d+m", "", result.stdout)
        assert re.fullmatch(r"Verdict: KEPT - As promised \(RS001\); 3 of 3 rooms and 1 of 1 control as promised.*\. Exit code 0\.\n", shown)
        assert (result.exit_code, result.stderr) == (0, "")

    def test_no_color_takes_every_colour_away(self, speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("TTY_COMPATIBLE", "1")
        coloured = re.compile(r"\x1b\[[\d;]*3\dm")
        assert coloured.search(speak().stdout)
        monkeypatch.setenv("NO_COLOR", "1")
        result = speak()
        assert not coloured.search(result.stdout + result.stderr)
