"""How deep the command asks: calibration at both ends, the third door, whose calendar it is."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from roomscope.verify.cli import verify

OTHERS = {"ceo@contoso.com", "svc@contoso.com"}
ROOMS = [f"room{number:02}@contoso.com" for number in range(8)]

Speak = Callable[..., Result]


@pytest.fixture
def speak(maker: Any, server: Any, says: Any, password: str, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Runs the command; the server is as it should be."""
    maker.rooms = list(ROOMS)
    server.answer = says.exchange(set(ROOMS), OTHERS)
    monkeypatch.setenv("ROOM_PASSWORD", password)
    folder = maker.write()

    def run(*arguments: str) -> Result:
        usual = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD")
        return CliRunner().invoke(verify, [str(folder), *usual, *arguments])

    return run


def is_identity(call: Any) -> bool:
    return "GetFolder" in call.body


def test_a_directory_that_goes_down_in_the_middle_breaks_nothing(speak: Speak, server: Any, says: Any) -> None:
    usual = server.answer

    def answer(call: Any) -> Any:
        if len(server.calls) < 6 or call.impersonated not in ROOMS:
            return usual(call)
        return says.fault("ErrorImpersonateUserDenied" if call.impersonated == "room06@contoso.com" else "ErrorCannotFindUser")

    server.answer = answer
    result = speak("--workers", "1")
    assert (result.exit_code, "RS136" in result.stdout, "BROKEN" in result.stdout) == (4, True, False), result.stdout


def test_a_room_that_was_refused_while_the_directory_was_away_is_not_broken(speak: Speak, server: Any, says: Any) -> None:
    usual, left = server.answer, [says.fault("ErrorImpersonateUserDenied")]
    server.answer = lambda call: left.pop() if call.mailbox == "room06@contoso.com" and left else usual(call)
    result = speak()
    assert (result.exit_code, "RS137  Refused first, then not (1)" in result.stdout) == (4, True), result.stdout
    server.answer = lambda call: says.fault("ErrorImpersonateUserDenied") if call.mailbox == "room06@contoso.com" else usual(call)
    assert speak().exit_code == 1


def test_a_control_that_only_one_room_opens_is_found_from_every_room(speak: Speak, server: Any, says: Any) -> None:
    usual = server.answer
    server.answer = lambda call: says.items() if (call.impersonated, call.mailbox) == ("room06@contoso.com", "ceo@contoso.com") else usual(call)
    result = speak()
    assert (result.exit_code, "controls tried from 1 of 8 rooms." in result.stdout) == (0, True), result.stdout
    result = speak("--every-room")
    assert (result.exit_code, "RS022" in result.stdout, "controls tried from 8 of 8 rooms." in result.stdout) == (1, True, True)


def test_two_rooms_and_the_account_are_always_told_apart(speak: Speak, server: Any, says: Any, tmp_path: Path) -> None:
    usual = server.answer
    assert speak("--report", str(tmp_path / "report.json")).exit_code == 0
    assert json.loads((tmp_path / "report.json").read_text())["extent"]["identified"] == 2
    assert {call.mailbox for call in server.calls if is_identity(call)} == {ROOMS[0], ROOMS[-1], "svc@contoso.com"}
    for identity, cause in (("svc@contoso.com", "RS138"), ("room00@contoso.com", "RS139")):
        server.answer = lambda call, identity=identity: says.folder(identity if call.mailbox in ROOMS else call.mailbox) if is_identity(call) else usual(call)
        result = speak()
        assert (result.exit_code, f"({cause}); 0 of 8 rooms" in result.stdout) == (4, True), result.stdout


def test_with_identity_check_every_room_is_told_apart(speak: Speak, server: Any, says: Any, tmp_path: Path) -> None:
    usual = server.answer
    assert speak("--identity-check", "--report", str(tmp_path / "report.json")).exit_code == 0
    assert json.loads((tmp_path / "report.json").read_text())["extent"]["identified"] == 8
    server.answer = lambda call: says.folder(ROOMS[3]) if is_identity(call) and call.mailbox == ROOMS[4] else usual(call)
    result = speak("--identity-check")
    assert (result.exit_code, "RS139  One calendar for several rooms (2)" in result.stdout) == (4, True), result.stdout
    server.answer = lambda call: says.error("ErrorInternalServerError") if is_identity(call) and call.mailbox == ROOMS[4] else usual(call)
    result = speak("--identity-check")
    assert (result.exit_code, "RS140  Folder not identified (1)" in result.stdout) == (4, True), result.stdout


def test_neither_folder_ids_nor_changes_of_depth_are_lost_in_a_journal(speak: Speak, server: Any, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    assert speak("--identity-check", "--journal", str(journal)).exit_code == 0
    whole = len(server.calls)
    server.calls.clear()
    assert speak("--resume", str(journal)).exit_code == 2
    assert server.calls == []
    assert speak("--identity-check", "--resume", str(journal)).exit_code == 0
    assert len(server.calls) < whole - 5
    assert "id-of-" not in journal.read_text()
