"""The command against the lab's Exchange: another process, over TLS, with unpatched exchangelib."""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from roomscope.verify.cli import verify

ROOT = Path(__file__).parents[2]
ROOMS = 40


@dataclass
class Lab:
    """A folder of the lab with its server."""

    folder: Path
    bundle: Path
    address: str
    authorities: str
    earlier: int = 0

    def misbehave(self, **faults: object) -> None:
        (self.folder / "faults.json").write_text(json.dumps({"ews": faults}), encoding="utf-8")

    def lines(self) -> list[str]:
        path = self.folder / "requests.jsonl"
        return path.read_text("utf-8").splitlines() if path.exists() else []

    def requests(self) -> list[dict[str, Any]]:
        """What was asked with a credential since the test began."""
        return [line for line in map(json.loads, self.lines()[self.earlier :]) if line["code"] != "NoCredential"]

    def guid(self, address: str) -> str:
        recipients = {
            **json.loads((self.folder / "state.json").read_text("utf-8"))["recipients"],
            **{c["key"]: c["value"] for c in self.changes() if c.get("kind") == "recipients" and c["op"] == "put"},
        }
        (found,) = [guid for guid, one in recipients.items() if one["primarySmtpAddress"] == address]
        return str(found)

    def changes(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / "changes.jsonl").read_text("utf-8").splitlines()]

    def change(self, operation: str, member: str) -> None:
        """Somebody adds a member to the list, or takes one out."""
        group = self.guid("rooms@contoso.com")
        line = {"n": len(self.changes()) + 1, "op": operation, "group": group, "member": self.guid(member)}
        with (self.folder / "changes.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _lab(*arguments: str, password: str) -> None:
    command = [sys.executable, "-m", "lab", *arguments]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "LAB_PASSWORD": password}, check=True, capture_output=True)


@contextmanager
def serving(folder: Path, bundle: Path) -> Iterator[Lab]:
    """The folder, answered for by another process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "lab", "serve", str(folder)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        endpoint = folder / "endpoint"
        end = time.monotonic() + 900
        while not endpoint.exists():
            assert process.poll() is None, "the lab did not start"
            assert time.monotonic() < end
            time.sleep(0.02)
        yield Lab(folder, bundle, endpoint.read_text("utf-8").strip(), str(folder / "ca.pem"))
    finally:
        process.terminate()
        process.wait(900)


@contextmanager
def made(folder: Path, bundle: Path, password: str, *options: str, seeded: bool = True) -> Iterator[Lab]:
    """A lab in which the bundle was carried out, or not yet."""
    _lab(
        "new", str(folder), "--inventory", str(bundle), "--service-account", "svc@contoso.com", "--sam", "svc",
        "--password-env", "LAB_PASSWORD", *options, password=password,
    )
    if seeded:
        _lab("seed", str(bundle), str(folder), password=password)
    with serving(folder, bundle) as running:
        yield running


@pytest.fixture(scope="module")
def bundle(new_maker: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with forty rooms."""
    maker = new_maker(tmp_path_factory.mktemp("given") / "bundle")
    maker.rooms = [f"room{number:02}@contoso.com" for number in range(ROOMS)]
    folder: Path = maker.write()
    return folder


@pytest.fixture(scope="module")
def shared_lab(bundle: Path, tmp_path_factory: pytest.TempPathFactory, password: str) -> Iterator[Lab]:
    """One lab for all tests that put it back."""
    with made(tmp_path_factory.mktemp("lab") / "folder", bundle, password) as running:
        yield running


@pytest.fixture
def lab(shared_lab: Lab) -> Lab:
    """The lab, as it should be, with no request seen yet."""
    shared_lab.misbehave()
    shared_lab.earlier = len(shared_lab.lines())
    return shared_lab


@pytest.fixture
def speak(shared_lab: Lab, password: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Runs the command against the lab, or against another one."""
    monkeypatch.setenv("ROOM_PASSWORD", password)

    def run(*arguments: str, lab: Lab = shared_lab) -> Result:
        digest = hashlib.sha256((lab.bundle / "SHA256SUMS").read_bytes()).hexdigest()
        usual = (
            str(lab.bundle), "--digest", digest, "--endpoint", lab.address, "--ca", lab.authorities,
            "--auth", "basic", "--password-env", "ROOM_PASSWORD",
        )
        return CliRunner().invoke(verify, [*usual, *arguments])

    return run


def test_a_grant_is_kept_with_one_request_a_room_and_three_a_control(lab: Lab, speak: Callable[..., Result]) -> None:
    result = speak()
    assert result.exit_code == 0, result.output
    asked = lab.requests()
    assert [request["operation"] for request in asked].count("GetFolder") == 3
    rooms = [request for request in asked if request["mailbox"].startswith("room0") and request["operation"] == "FindItem"]
    assert len(rooms) == 10 + 1
    assert [request["code"] for request in asked if request["mailbox"] == "ceo@contoso.com"].count("NoError") == 0
    assert len(asked) == ROOMS + 3 + 3 + 3 + 4


def test_a_room_taken_out_of_the_list_is_caught(lab: Lab, speak: Callable[..., Result]) -> None:
    lab.change("removeMember", "room07@contoso.com")
    result = speak()
    assert (result.exit_code, "room07@contoso.com" in result.stdout) == (1, True)
    assert "RS010" in result.stdout
    lab.change("addMember", "room07@contoso.com")
    assert speak("--expect-none").exit_code == 1


def test_faults_on_the_way_neither_break_nor_keep_anything(lab: Lab, speak: Callable[..., Result]) -> None:
    for faults, exit_code, said in (
        ({"throttle": {"every": 9, "backOffMs": 50}}, 0, "KEPT"),
        ({"cut": {"every": 13}}, 0, "KEPT"),
        ({"delegateIs": "ErrorFolderNotFound"}, 0, "KEPT"),
        ({"ignoreImpersonation": True}, 1, "RS012"),
        ({"redirect": "http://127.0.0.1:1/"}, 4, "RS062"),
        ({"status": 403, "policyReason": "EWS is disabled for this mailbox"}, 4, "RS053"),
        ({"hugeBody": 4_000_000}, 4, "RS066"),
        ({"mailboxes": {"room03@contoso.com": {"code": "ErrorMailboxMoveInProgress", "times": 1}}}, 0, "KEPT"),
        ({"mailboxes": {"room03@contoso.com": {"code": "ErrorInternalServerError"}}}, 4, "RS069"),
        ({"mailboxes": {"room03@contoso.com": {"code": "ErrorItemNotFound"}}}, 1, "RS012"),
        ({"mailboxes": {"ceo@contoso.com": {"code": "NoError"}}}, 1, "RS020"),
    ):
        lab.misbehave(**faults)
        result = speak("--workers", "3")
        assert (result.exit_code, said in result.stdout) == (exit_code, True), (faults, result.output)


def test_an_unknown_control_proves_nothing_in_either_wording(lab: Lab, speak: Callable[..., Result]) -> None:
    for unknown, cause in (("missing", "RS041"), ("denied", "RS042")):
        lab.misbehave(unknownIs=unknown)
        result = speak("--control", "nobody@contoso.com")
        assert result.exit_code == 4
        assert "control nobody@contoso.com" in result.stdout
        assert cause in result.stdout


def test_in_the_manners_of_another_server_kept_is_reached_and_what_is_missing_is_named(
    lab: Lab, speak: Callable[..., Result], bundle: Path, tmp_path: Path, password: str
) -> None:
    lab.misbehave(manners="gromox")
    result = speak()
    assert (result.exit_code, "(RS001)" in result.stdout) == (0, True), result.output
    said = {(each["mailbox"].partition("-asks-")[0], each["impersonated"] != "", each["status"], each["code"]) for each in lab.requests()}
    assert {(name, True, 200, code) for name, code in (
        ("ceo@contoso.com", "ErrorImpersonateUserDenied"), ("roomscope", "ErrorCannotFindUser"),
    )} < said
    assert {(name, False, 200, "ErrorAccessDenied") for name in ("ceo@contoso.com", "roomscope")} < said
    result = speak("--control", "nobody@contoso.com")
    assert (result.exit_code, "RS041" in result.stdout) == (4, True)
    with made(tmp_path / "lab", bundle, password, seeded=False) as bare:
        bare.misbehave(manners="gromox")
        result = speak("--expect-none", lab=bare)
        assert (result.exit_code, "(RS001)" in result.stdout) == (0, True), result.output


def test_a_wrong_password_reaches_the_server_once(
    lab: Lab, speak: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROOM_PASSWORD", "wrong")
    result = speak()
    assert (result.exit_code, "RS050" in result.stdout) == (4, True)
    assert [request["status"] for request in lab.requests()] == [401]


def test_a_run_ends_when_its_time_is_up_and_says_so(lab: Lab, speak: Callable[..., Result], tmp_path: Path) -> None:
    lab.misbehave(delayMs=400)
    result = speak("--deadline", "3s", "--workers", "1", "--report", str(tmp_path / "report.json"))
    assert (result.exit_code, "RS122" in result.stdout) == (4, True), result.output
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    causes = [line["cause"] for line in report["mailboxes"]]
    assert (report["cause"], causes[0], causes[-1]) == ("RS122", "RS001", "RS122")
    time.sleep(1)  # what was under way then is not of the next test


@pytest.mark.parametrize("text", ["", "soon", "0s", "-3m", "3"])
def test_a_time_that_is_none_is_misuse(speak: Callable[..., Result], text: str) -> None:
    result = speak("--deadline", text)
    assert (result.exit_code, "--deadline" in result.output) == (2, True)


def test_a_gateway_that_signs_everybody_in_proves_nothing(lab: Lab, speak: Callable[..., Result]) -> None:
    lab.misbehave(gateway="CONTOSO\\svc")
    result = speak()
    assert (result.exit_code, "RS120" in result.stdout) == (4, True), result.output
    assert [(line["code"], line["user"] != "") for line in lab.requests()] == [("NoError", True)]


def test_ntlm_against_basic_only_names_the_other_way(lab: Lab, speak: Callable[..., Result]) -> None:
    result = speak("--auth", "ntlm")
    assert (result.exit_code, "RS051" in result.stdout) == (4, True)


def test_an_account_without_a_mailbox_is_no_failure(
    speak: Callable[..., Result], bundle: Path, tmp_path: Path, password: str
) -> None:
    with made(tmp_path / "lab", bundle, password, "--no-mailbox") as bare:
        result = speak(lab=bare)
    assert result.exit_code == 0, result.output


def test_the_password_stands_nowhere_in_the_lab(lab: Lab, speak: Callable[..., Result], password: str) -> None:
    assert speak("--report", str(lab.bundle / "evidence.json")).exit_code == 2
    result = speak()
    written = "".join(path.read_text("utf-8") for path in lab.folder.glob("*.json*"))
    assert password not in result.output + written


def test_the_room_lists_are_compared_as_a_booking_service_reads_them(lab: Lab, speak: Callable[..., Result], tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    result = speak("--room-lists", "--report", str(report))
    assert (result.exit_code, "Places: rooms@contoso.com: exactly the rooms of the bundle" in result.stdout) == (0, True), result.output
    assert [request["operation"] for request in lab.requests()][-2:] == ["GetRoomLists", "GetRooms"]
    lab.change("removeMember", "room07@contoso.com")
    result = speak("--room-lists", "--only", "room01@contoso.com")
    assert (result.exit_code, "Places: rooms@contoso.com: missing: room07@contoso.com" in result.stdout) == (0, True), result.output
    lab.change("addMember", "room07@contoso.com")


def test_every_room_of_the_lab_has_a_calendar_of_its_own(lab: Lab, speak: Callable[..., Result]) -> None:
    assert speak("--identity-check", "--every-room").exit_code == 0
    asked = [request["operation"] for request in lab.requests()]
    assert (asked.count("GetFolder"), asked.count("FindItem")) == (ROOMS + 1, ROOMS + 2 + 2 + ROOMS + 1 + 4)
    lab.misbehave(ignoreImpersonation=True)
    assert speak("--identity-check").exit_code == 1
