"""Parts, draws, and what follows from them."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from roomscope.verify.addresses import read_addresses
from roomscope.verify.cli import verify
from roomscope.verify.draw import draw
from roomscope.verify.reach import bound

OTHERS = [f"person{number}@contoso.com" for number in range(40)]
ROOMS = [f"room{number:02}@contoso.com" for number in range(8)]

Speak = Callable[..., Result]


@pytest.fixture
def speak(maker: Any, server: Any, says: Any, password: str, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Runs the command; the server is as it should be."""
    maker.rooms = list(ROOMS)
    server.answer = says.exchange(set(ROOMS), {"ceo@contoso.com", "svc@contoso.com", *OTHERS})
    monkeypatch.setenv("ROOM_PASSWORD", password)
    folder = maker.write()

    def run(*arguments: str) -> Result:
        usual = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD")
        return CliRunner().invoke(verify, [str(folder), *usual, *arguments])

    return run


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """All mailboxes, as PowerShell exports them; the rooms and the account are among them."""
    rows = "".join(f'"{name.partition("@")[0]}","{name.title()}"\r\n' for name in (*OTHERS, *ROOMS, "svc@contoso.com"))
    path = tmp_path / "export.csv"
    path.write_bytes(f'#TYPE x\r\n"Name","PrimarySmtpAddress"\r\n{rows}'.encode("utf-16"))
    return path


def test_a_part_is_asked_and_called_one(speak: Speak, server: Any, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = speak("--only", "ROOM03@contoso.com", "--only", "room05@contoso.com", "--report", str(report))
    assert result.exit_code == 0
    assert "Verdict: KEPT - As promised, for the part that was asked (RS142); 2 of 2 rooms and 1 of 1 control" in result.stdout
    assert "; a part, 2 of 8 rooms." in result.stdout
    assert {call.mailbox for call in server.calls} & set(ROOMS) == {"room03@contoso.com", "room05@contoso.com"}
    said = json.loads(report.read_text())["extent"]
    assert (said["rooms"], said["rooms_of_bundle"], said["chosen"]) == (2, 8, "--only room03@contoso.com --only room05@contoso.com")
    assert "(RS142)" in speak("--only", "rooms@contoso.com").stdout


@pytest.mark.parametrize(
    "words",
    [("--only", "ceo@contoso.com"), ("--only", "x"), ("--sample", "9"), ("--sample", "0"), ("--seed", "1"), ("--draw-controls", "3"), ("--controls-file", "nowhere")],
)
def test_what_cannot_be_chosen_is_misuse(speak: Speak, server: Any, words: tuple[str, ...]) -> None:
    assert (speak(*words).exit_code, server.calls) == (2, [])


def test_a_sample_is_the_same_for_the_same_seed(speak: Speak, server: Any) -> None:
    def asked(*seed: str) -> set[str]:
        server.calls.clear()
        assert speak("--sample", "3", *seed).exit_code == 0
        return {call.mailbox for call in server.calls} & set(ROOMS)

    assert len(asked("--seed", "7")) == 3
    assert asked("--seed", "7") == asked("--seed", "7")
    assert len({frozenset(asked("--seed", str(seed))) for seed in range(6)}) > 1
    assert len({frozenset(asked()) for _ in range(8)}) > 1


def test_a_draw_does_not_depend_on_order_and_takes_everybody_as_often() -> None:
    assert draw(OTHERS, 5, "a") == draw(reversed(OTHERS), 5, "a")
    met = Counter(address for seed in range(2000) for address in draw(OTHERS, 4, str(seed)))
    assert set(met) == set(OTHERS)
    assert all(140 < count < 260 for count in met.values())


def test_only_a_draw_from_an_export_gives_a_bound(speak: Speak, server: Any, says: Any, export: Path, tmp_path: Path) -> None:
    assert "Drawn     1 control of the author's choice, from which nothing follows" in speak().stdout
    listed = tmp_path / "controls.txt"
    listed.write_text("\n".join(OTHERS[:3]))
    result = speak("--controls-file", str(listed))
    assert (result.exit_code, "4 controls of the author's choice" in result.stdout, "95 %" in result.stdout) == (0, True, False)
    drawn = ("--controls-file", str(export), "--draw-controls", "20", "--seed", "s")
    result = speak(*drawn)
    assert result.exit_code == 0
    assert (
        "Drawn     20 drawn from an export of 40 mailboxes (--seed s), and 1 control of the author's choice; all refused, so at most about "
        "14 % of the mailboxes of that export can be reached (95 %)"
    ) in result.stdout
    (first, *_) = draw(OTHERS, 20, "s")
    usual = server.answer
    server.answer = lambda call: says.error("ErrorInternalServerError") if call.mailbox == first else usual(call)
    result = speak(*drawn)
    assert (result.exit_code, "no share follows" in result.stdout, "95 %" in result.stdout) == (4, True, False)
    assert speak(*drawn[:3], "41").exit_code == 2


@pytest.mark.parametrize(("count", "share"), [(1, 0.95), (10, 0.2589), (60, 0.0487), (300, 0.00994)])
def test_the_bound_is_about_three_by_n(count: int, share: float) -> None:
    assert bound(count) == pytest.approx(share, rel=0.01)


@pytest.mark.parametrize(
    "data",
    [
        b"A@x.com\nb@x.com\n", b"\xef\xbb\xbfa@x.com\r\n\r\n# note\r\nb@x.com", b"Name;Mail\n\"x;y\";a@x.com\n;b@x.com\n",
        "Address\tName\na@x.com\t\u4f1a\nb@x.com\t\n".encode("utf-16"), b"PrimarySmtpAddress\na@x.com\na@x.com\nb@x.com\n",
    ],
)
def test_lists_and_tables_are_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    assert read_addresses(tmp_path / "file") == ("a@x.com", "b@x.com")


@pytest.mark.parametrize("data", [b"", b"\n", b"Name,Other\na,b\n", b"a@x.com,b@x.com\n", b"Mail\nnobody\n", b"Name,Mail\nx\n", b"\xff\xff", b"a@x.com\x1b[2J\n"])
def test_what_is_no_list_of_addresses_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(click.ClickException) as refused:
        read_addresses(tmp_path / "file")
    assert refused.value.exit_code == 2
    assert "\x1b" not in str(refused.value)
