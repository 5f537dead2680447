"""The command as an operator speaks it, against a server on loopback."""

import base64
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from roomscope.verify.bundle.bundle import open_bundle
from roomscope.verify.cli import verify
from roomscope.verify.reports.report import GIVES, schema
from roomscope.verify.sign_in.endpoint import settle
from roomscope.verify.sign_in.password import Scheme, Source, obtain

ROOMS = {"room1@contoso.com", "room2@contoso.com", "room3@contoso.com"}
OTHERS = {"ceo@contoso.com", "svc@contoso.com"}

ROOT = Path(__file__).parents[2]

Speak = Callable[..., Result]


@pytest.fixture
def speak(maker: Any, server: Any, says: Any, password: str, monkeypatch: pytest.MonkeyPatch) -> Speak:
    """Runs the command with what it needs; the server is as it should be."""
    server.answer = says.exchange(ROOMS, OTHERS)
    monkeypatch.setenv("ROOM_PASSWORD", password)

    def run(*arguments: str, plain: bool = False) -> Result:
        folder = maker.folder if maker.folder.exists() else maker.write()
        usual = () if plain else (
            "--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic",
            "--password-env", "ROOM_PASSWORD",
        )
        return CliRunner().invoke(verify, [str(folder), *usual, *arguments])

    return run


def test_a_right_grant_is_kept(speak: Speak, server: Any, maker: Any) -> None:
    maker.write()
    result = speak("--digest", maker.digest())
    assert result.exit_code == 0, result.output
    assert "Verdict: KEPT - As promised (RS001); 3 of 3 rooms and 1 of 1 control as promised, controls tried from 1 of 3 rooms." in result.stdout
    assert "as on the ticket" in result.stdout
    assert len(server.calls) == 3 + 3 + 3 + 3 + 4


def test_the_report_says_first_what_the_right_gives_and_then_what_was_not_tested(speak: Speak) -> None:
    result = speak()
    assert " ".join(result.stdout.split()).startswith(GIVES)
    assert "Not tested: free/busy times" in result.stdout
    assert "not compared with a ticket" in result.stdout


def test_a_room_out_of_scope_is_broken(speak: Speak, server: Any, says: Any) -> None:
    server.answer = says.exchange(ROOMS - {"room2@contoso.com"}, OTHERS | {"room2@contoso.com"})
    result = speak()
    assert result.exit_code == 1
    assert "RS010  Room outside the scope (1)" in result.stdout
    assert "room2@contoso.com: impersonated: ErrorImpersonateUserDenied" in result.stdout


def test_a_control_that_answers_is_broken_and_named(speak: Speak, server: Any, says: Any) -> None:
    server.answer = says.exchange(ROOMS | {"ceo@contoso.com"}, OTHERS)
    result = speak()
    assert result.exit_code == 1
    assert "RS020" in result.stdout
    assert "control ceo@contoso.com" in result.stdout


def test_a_control_that_the_account_opens_as_itself_is_broken(speak: Speak, server: Any, says: Any) -> None:
    usual = says.exchange(ROOMS, OTHERS)
    server.answer = lambda call: usual(call) if call.impersonated or call.mailbox not in OTHERS else says.items()
    result = speak()
    assert (result.exit_code, "RS021" in result.stdout) == (1, True)


def test_a_control_that_a_room_opens_is_broken(speak: Speak, server: Any, says: Any) -> None:
    usual = says.exchange(ROOMS, OTHERS)
    server.answer = lambda call: says.items() if call.impersonated in ROOMS and call.mailbox in OTHERS else usual(call)
    result = speak()
    assert (result.exit_code, "RS022" in result.stdout) == (1, True)


def test_a_server_that_ignores_the_impersonation_header_is_caught(speak: Speak, server: Any, says: Any) -> None:
    def ignoring(call: Any) -> Any:
        return says.items() if call.mailbox == "svc@contoso.com" else says.error("ErrorAccessDenied")

    server.answer = ignoring
    result = speak()
    assert (result.exit_code, "RS012" in result.stdout) == (1, True)


def test_a_room_that_does_not_exist_is_unasked_and_not_refused(speak: Speak, server: Any, says: Any) -> None:
    server.answer = says.exchange(ROOMS - {"room2@contoso.com"}, OTHERS)
    result = speak()
    assert result.exit_code == 4
    assert "RS044  Room does not exist (1)" in result.stdout


@pytest.mark.parametrize("hides", [True, False])
def test_a_control_that_does_not_exist_proves_nothing_in_either_wording(
    speak: Speak, server: Any, says: Any, hides: object
) -> None:
    server.answer = says.exchange(ROOMS, {"svc@contoso.com"}, hides_unknown=hides)
    result = speak()
    assert result.exit_code == 4
    assert "RS041  Control does not exist (1)" in result.stdout
    assert "proves nothing" in result.stdout


def test_without_controls_the_scope_is_unproven(speak: Speak, maker: Any) -> None:
    maker.plan["controls"] = []
    result = speak()
    assert result.exit_code == 4
    assert "Verdict: UNASKED - Scope unproven: no controls (RS040); 3 of 3 rooms" in result.stdout


def test_a_control_of_the_operator_is_asked_too(speak: Speak, maker: Any, server: Any) -> None:
    maker.plan["controls"] = []
    result = speak("--control", "CEO@contoso.com")
    assert result.exit_code == 0
    assert "1 of 1 control " in result.stdout


@pytest.mark.parametrize(
    ("control", "said"),
    [
        ("room1@contoso.com", "is a room of the bundle"),
        ("svc@contoso.com", "is the service account"),
        ("ceo", "is not an address"),
        ("a@b.c\x1b[2J", "is not an address"),
    ],
)
def test_a_control_that_proves_nothing_is_misuse(speak: Speak, server: Any, control: str, said: str) -> None:
    result = speak("--control", control)
    assert (result.exit_code, server.calls) == (2, [])
    assert said in result.stderr
    assert "\x1b" not in result.output


def test_a_wrong_password_is_tried_once(speak: Speak, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    result = speak()
    assert (result.exit_code, len(server.calls)) == (4, 1)
    assert "Sign-in refused (RS050)" in result.stdout


@pytest.mark.parametrize("name", ["rooms.csv", "manifest.json", "RUNBOOK.md"])
def test_an_altered_bundle_is_misuse_and_nothing_is_asked(speak: Speak, maker: Any, server: Any, name: str) -> None:
    path = maker.write() / name
    path.write_bytes(path.read_bytes() + b" ")
    result = speak()
    assert (result.exit_code, server.calls) == (2, [])


def test_an_empty_rooms_csv_is_misuse(speak: Speak, maker: Any, server: Any) -> None:
    maker.files["rooms.csv"] = b"\xef\xbb\xbfPrimarySmtpAddress,RoomListAddress,DisplayName\r\n"
    result = speak()
    assert (result.exit_code, server.calls) == (2, [])
    assert "holds no room" in result.stderr


@pytest.mark.parametrize(
    "endpoint",
    ["http://127.0.0.1/EWS/Exchange.asmx", "https://user:pw@host/EWS/Exchange.asmx", "https://host", "mail.contoso.com",
     "https://host/EWS/Exchange.asmx?x=1", "https://host/EWS/Exchange.asmx#x", "https:///EWS/Exchange.asmx",
     "https://host:99999/EWS/Exchange.asmx", "https://ho st/EWS", "file:///etc/passwd", "https://h\u043est/EWS", ""],
)
def test_an_endpoint_that_is_not_plain_https_is_misuse(speak: Speak, server: Any, endpoint: str) -> None:
    result = speak("--endpoint", endpoint)
    assert (result.exit_code, server.calls) == (2, [])


def test_the_bundles_endpoint_needs_the_digest_where_nobody_can_be_asked(speak: Speak, server: Any) -> None:
    result = speak("--password-env", "ROOM_PASSWORD", plain=True)
    assert result.exit_code == 2
    assert "The password would go to mail.contoso.com, because a file says so" in result.stderr


def test_the_bundles_endpoint_is_used_with_the_digest(speak: Speak, server: Any, maker: Any) -> None:
    maker.plan["endpoint"] = server.endpoint
    maker.write()
    arguments = ("--digest", maker.digest(), "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD")
    assert speak(*arguments, plain=True).exit_code == 0


def test_the_bundles_http_endpoint_is_refused_even_with_the_digest(speak: Speak, maker: Any) -> None:
    maker.plan["endpoint"] = "http://mail.contoso.com/EWS/Exchange.asmx"
    maker.write()
    result = speak("--digest", maker.digest(), "--password-env", "ROOM_PASSWORD", plain=True)
    assert (result.exit_code, "is not https" in result.stderr) == (2, True)


def test_after_the_way_back_nobody_must_be_reached(speak: Speak, server: Any, says: Any) -> None:
    assert speak("--expect-none").exit_code == 1
    server.answer = says.exchange(set(), ROOMS | OTHERS)
    result = speak("--expect-none")
    assert result.exit_code == 0, result.output
    assert "nobody is reached" in result.stdout


def _evidence(folder: Path, end: str, step: str = "50-Grant-Access", result: str = "applied", **more: Any) -> None:
    (folder / "evidence").mkdir(exist_ok=True)
    change = {"Kind": "make-assignment", "Target": "Assignment", "Text": "assign"}
    done = [change | {"Outcome": "done"}] if result == "applied" else []
    record = {
        "Format": "roomscope-evidence/2", "Product": "exchange-server", "Step": step, "Mode": "apply", "Bundle": "contoso-rooms", "PlanId": "a" * 64,
        "ManifestSha256": hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest(), "Previous": None,
        "PreviousSha256": None, "Who": "", "Computer": "", "Organization": "", "OrganizationGuid": "", "Version": "",
        "DomainController": "", "PowerShell": "5.1", "Module": "", "ModuleVersion": "", "Start": "2026-11-22T10:11:12Z",
        "End": end, "Result": result, "Error": "", "Reads": 1, "Writes": len(done),
        "Plan": [change | {"Details": ["CN=svc", "Scope"]}], "Actions": done, "Before": [], "After": [], "Warnings": [], **more,
    }
    path = folder / "evidence" / f"{step}.apply.20261122T101112Z.json"
    path.write_text(json.dumps(record), encoding="utf-8-sig")


def test_where_every_door_answers_alike_the_record_of_step_10_decides_and_the_report_says_so(
    speak: Speak, maker: Any, server: Any, says: Any
) -> None:
    real = says.exchange(set(maker.rooms), {"ceo@contoso.com"}, hides_unknown=True)
    unknown = says.error("ErrorAccessDenied", "Access is denied.")
    server.answer = lambda call: unknown if "nobody" in call.mailbox and "nobody" not in call.impersonated else real(call)
    folder = maker.write()
    assert (lambda result: (result.exit_code, "RS042" in result.stdout))(speak()) == (4, True)
    _evidence(folder, _ago(days=9), "10-Test-Readiness", "stopped", Who="CONTOSO\\admin")
    assert speak().exit_code == 4
    _evidence(folder, _ago(days=9), "10-Test-Readiness", "unchanged", Who="CONTOSO\\admin", PlanId="c" * 64)
    assert speak().exit_code == 4
    _evidence(folder, _ago(days=9), "10-Test-Readiness", "unchanged", Who="CONTOSO\\admin")
    result = speak()
    assert (result.exit_code, "(RS003)" in result.stdout) == (0, True), result.output
    assert "Controls  found in the directory by CONTOSO\\admin in 10-Test-Readiness.apply.20261122T101112Z.json" in result.stdout
    assert speak("--control", "other@contoso.com").exit_code == 4


def _ago(**much: int) -> str:
    return (datetime.now(UTC) - timedelta(**much)).strftime("%Y-%m-%dT%H:%M:%S.1234567Z")


@pytest.mark.parametrize(
    "record",
    [(_ago(minutes=10), 3), (_ago(hours=3), 1), (_ago(hours=-3), 1), ("yesterday", 1), ("", 1)],
)
def test_a_refusal_is_pending_only_within_two_hours_of_the_recorded_change(
    speak: Speak, server: Any, says: Any, maker: Any, record: tuple[str, int]
) -> None:
    end, exit_code = record
    server.answer = says.exchange(set(), ROOMS | OTHERS)
    _evidence(maker.write(), end)
    assert speak().exit_code == exit_code


@pytest.mark.parametrize(
    "run",
    [
        ("40-Add-Rooms", "applied", 3),
        ("50-Grant-Access", "interrupted", 3),
        ("50-Grant-Access", "unchanged", 1),
        ("50-Grant-Access", "stopped", 1),
        ("90-Remove-Access", "applied", 1),
    ],
)
def test_only_a_run_that_widened_the_grant_makes_pending(
    speak: Speak, server: Any, says: Any, maker: Any, run: tuple[str, str, int]
) -> None:
    step, result, exit_code = run
    server.answer = says.exchange(set(), ROOMS | OTHERS)
    _evidence(maker.write(), _ago(minutes=1), step, result)
    assert speak().exit_code == exit_code


@pytest.mark.parametrize(
    "record",
    [
        ({"Result": "stopped", "Writes": 2}, 3),
        ({"Bundle": "other"}, 1),
        ({"PlanId": "b" * 64}, 1),
        ({"ManifestSha256": "b" * 64}, 1),
        ({"Unknown": 1}, 1),
        ({"Mode": "plan"}, 1),
    ],
)
def test_only_a_whole_record_of_this_bundle_that_touched_something_makes_pending(
    speak: Speak, server: Any, says: Any, maker: Any, record: tuple[dict[str, Any], int]
) -> None:
    more, exit_code = record
    server.answer = says.exchange(set(), ROOMS | OTHERS)
    _evidence(maker.write(), _ago(minutes=1), **more)
    assert speak().exit_code == exit_code


def test_evidence_makes_nothing_kept_and_a_broken_record_harms_nothing(
    speak: Speak, server: Any, says: Any, maker: Any
) -> None:
    _evidence(maker.write(), _ago(minutes=1))
    (maker.folder / "evidence" / "50-x.apply.y.json").write_bytes(b"\xff\xfe{")
    (maker.folder / "evidence" / "50-y.apply.y.json").write_text("[]")
    server.answer = says.exchange(ROOMS | {"ceo@contoso.com"}, OTHERS)
    assert speak().exit_code == 1


def test_the_report_keeps_its_schema_and_names_every_mailbox(speak: Speak, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    assert speak("--report", str(path)).exit_code == 0
    report = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.validate(report, schema())
    assert [line["mailbox"] for line in report["mailboxes"]] == [*sorted(ROOMS), "ceo@contoso.com"]
    assert report["mailboxes"][3]["doors"][1]["seen"] == "ErrorAccessDenied: Access is denied."
    assert (report["requests"], report["verdict"], report["lists"][0]["rooms"]["kept"]) == (16, "kept", 3)


def test_the_published_schema_is_the_one_of_the_code() -> None:
    published = ROOT / "verify" / "schemas" / "report.schema.json"
    assert json.loads(published.read_text(encoding="utf-8")) == schema()


def test_a_report_among_the_files_of_the_bundle_is_misuse(speak: Speak, maker: Any) -> None:
    folder = maker.write()
    assert speak("--report", str(folder / "report.json")).exit_code == 2
    assert speak("--report", str(folder / "nowhere" / "report.json")).exit_code == 2


def test_a_report_that_cannot_be_written_is_no_pass(
    speak: Speak, server: Any, says: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    usual = says.exchange(ROOMS, OTHERS)

    def answer(call: Any) -> Any:
        monkeypatch.setattr(tempfile, "mkstemp", full)
        return usual(call)

    server.answer = answer
    result = speak("--report", str(tmp_path / "report.json"))
    assert result.exit_code == 4
    assert "No space left on device. The report is not there" in result.stderr
    assert "Verdict: KEPT" in result.stdout


def test_a_report_is_written_through_no_link_and_over_nothing_that_the_run_reads(
    speak: Speak, server: Any, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "report.json.part").symlink_to(victim)
    (tmp_path / "report.json").symlink_to(victim)
    assert speak("--report", str(tmp_path / "report.json")).exit_code == 0
    assert victim.read_text() == "precious"
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["verdict"] == "kept"
    assert sorted(path.name for path in tmp_path.glob("report*")) == ["report.json", "report.json.part"]
    for place in (server.ca, Path(os.devnull)):
        assert speak("--report", str(place)).exit_code == 2
    assert server.ca.read_text().startswith("-----BEGIN")


def test_what_a_server_says_cannot_steer_the_terminal_or_add_markup(
    speak: Speak, server: Any, says: Any, tmp_path: Path
) -> None:
    hostile = "\u202eevil [bold red]kept[/] \u2028x &#x85;" + "y" * 1000
    server.answer = lambda _: says.error("ErrorAccessDenied", hostile)
    result = speak("--report", str(tmp_path / "report.json"))
    assert result.exit_code == 1
    assert "\\u{202e}evil [bold red]kept[/] \\u{2028}x \\u{0085}yyy" in result.stdout
    assert "y" * 300 not in result.stdout
    assert not re.search("[\u202e\u2028\x85\x1b]", result.stdout + (tmp_path / "report.json").read_text("utf-8"))


def test_the_password_is_in_no_output_and_in_no_file(  # noqa: PLR0917 - fixtures
    speak: Speak, server: Any, says: Any, password: str, reply: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    usual = says.exchange(ROOMS, OTHERS)
    told = ""
    answers = (lambda _: reply(401), lambda _: reply(403), lambda _: reply(302, headers={"Location": "https://x/1"}), usual)
    for number, answer in enumerate(answers):
        server.answer = answer
        for more in ((), ("--json",), ("--quiet",)):
            result = speak("--report", str(tmp_path / f"papers{number}"), "--workers", "1", *more)
            assert result.exit_code == (0 if answer is usual else 4)
            told += result.output + repr(result.exception)
    files = list(tmp_path.glob("papers*/*"))
    assert len(files) == 4 * 3 * 5
    told += caplog.text + "".join(path.read_text("utf-8") for path in files)
    for word in (password, json.dumps(password)[1:-1], base64.b64encode(f"CONTOSO\\svc:{password}".encode()).decode(), "Basic "):
        assert word not in told
    sent = {call.headers["Authorization"].split()[1] for call in server.calls}
    assert not {each for each in sent if each in told}
    assert sent


def test_an_over_long_pause_says_that_it_waits(speak: Speak, server: Any, says: Any) -> None:
    usual = says.exchange(ROOMS, OTHERS)
    left = [says.busy(100)]
    server.answer = lambda call: left.pop() if left else usual(call)
    result = speak()
    assert result.exit_code == 0
    assert "The server wants a pause of 0 seconds." in result.stderr


def test_talk_is_on_stderr_and_the_product_on_stdout(speak: Speak) -> None:
    result = speak()
    assert "Verdict" in result.stdout
    assert not result.stderr


def test_what_was_not_asked_stands_on_one_line(speak: Speak, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401)
    result = speak()
    assert "  Not asked: room2@contoso.com, room3@contoso.com, ceo@contoso.com\n" in result.stdout
    assert "0 of 3 rooms and 0 of 1 control as promised" in result.stdout


def test_an_archive_is_to_be_unpacked_first(tmp_path: Path) -> None:
    (tmp_path / "bundle.zip").write_bytes(b"PK")
    result = CliRunner().invoke(verify, [str(tmp_path / "bundle.zip")])
    assert (result.exit_code, "Unpack it first" in result.stderr) == (2, True)


def test_what_a_bundle_says_of_its_user_or_endpoint_hides_nothing(speak: Speak, maker: Any) -> None:
    maker.plan["ticket"] = "CHG\u202e1"
    result = speak()
    assert (result.exit_code, "does not show" in result.stderr) == (2, True)

    @click.command()
    def asks() -> None:
        obtain("svc\u202e", Scheme.BASIC, Source(), terminal=True)

    assert "Password of svc\\u{202e}" in CliRunner().invoke(asks, input="x\n").stderr


def test_a_terminal_gets_a_bar_and_a_table(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    result = speak()
    assert result.exit_code == 0
    assert "━" in result.stdout
    assert "Asking" in result.stderr


def test_somebody_at_the_terminal_agrees_to_the_host_or_nothing_is_asked(maker: Any) -> None:
    bundle = open_bundle(maker.write())

    @click.command()
    def asks() -> None:
        click.echo(settle(bundle, None, terminal=True))

    agreed = CliRunner().invoke(asks, input="y\n")
    assert "sends the password to https://mail.contoso.com/EWS/Exchange.asmx. Right?" in agreed.stderr
    assert agreed.stdout == "https://mail.contoso.com/EWS/Exchange.asmx\n"
    assert CliRunner().invoke(asks, input="n\n").exit_code == 2
    assert CliRunner().invoke(asks, input="\n").exit_code == 2


def test_the_prompt_for_the_password_names_the_user_and_shows_nothing(password: str) -> None:
    @click.command()
    def asks() -> None:
        click.echo(obtain("CONTOSO\\svc", Scheme.BASIC, Source(), terminal=True))

    result = CliRunner().invoke(asks, input=f"{password}\n")
    assert "Password of CONTOSO\\svc" in result.stderr
    assert "svc" in result.stdout
    assert password not in result.output


def test_a_report_may_stand_with_the_evidence(speak: Speak, maker: Any) -> None:
    folder = maker.write()
    (folder / "evidence").mkdir()
    assert speak("--report", str(folder / "evidence" / "report.json")).exit_code == 0
    assert speak().exit_code == 0


class TestPassword:
    """Where it may come from."""

    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        path = tmp_path / "password"
        path.touch(0o600)
        return path

    def run(self, speak: Speak, server: Any, *arguments: str) -> Result:
        usual = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic")
        return speak(*usual, *arguments, plain=True)

    @pytest.mark.parametrize("end", ["", "\n", "\r\n"])
    def test_a_file_of_ones_own_with_one_line_is_taken(
        self, speak: Speak, server: Any, file: Path, password: str, end: str
    ) -> None:
        file.write_bytes((password + end).encode())
        assert self.run(speak, server, "--password-file", str(file)).exit_code == 0

    @pytest.mark.parametrize("content", ["", "\n", "a\nb", "a\n\n", "a" * 2000])
    def test_a_file_with_anything_else_is_refused(self, speak: Speak, server: Any, file: Path, content: str) -> None:
        file.write_text(content)
        result = self.run(speak, server, "--password-file", str(file))
        assert (result.exit_code, server.calls) == (2, [])

    def test_a_file_that_others_can_read_is_refused(self, speak: Speak, server: Any, file: Path) -> None:
        file.write_text("secret")
        file.chmod(0o640)
        result = self.run(speak, server, "--password-file", str(file))
        assert (result.exit_code, server.calls) == (2, [])
        assert "can be read by others" in result.stderr
        assert "secret" not in result.output

    def test_a_password_given_in_place_of_a_variables_name_is_not_repeated(self, speak: Speak, server: Any) -> None:
        result = self.run(speak, server, "--password-env", "hunter2")
        assert result.exit_code == 2
        assert "hunter2" not in result.output

    def test_an_empty_variable_is_refused(self, speak: Speak, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("EMPTY", "")
        assert self.run(speak, server, "--password-env", "EMPTY").exit_code == 2

    def test_without_a_terminal_and_a_source_it_is_refused(self, speak: Speak, server: Any) -> None:
        assert self.run(speak, server).exit_code == 2

    def test_both_sources_at_once_are_refused(self, speak: Speak, server: Any, file: Path) -> None:
        both = ("--password-env", "ROOM_PASSWORD", "--password-file", str(file))
        assert self.run(speak, server, *both).exit_code == 2

    def test_there_is_no_option_that_takes_the_password_itself(self) -> None:
        names = [name for parameter in verify.params for name in parameter.opts if "password" in name]
        assert sorted(names) == ["--password-env", "--password-file"]


def test_a_crash_says_that_nothing_was_proven(speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    from roomscope.verify import verification

    def crash(_: object) -> None:
        raise RuntimeError("something secret")

    monkeypatch.setattr(verification, "carry_out", crash)
    result = speak()
    assert result.exit_code == 4
    assert "nothing was proven" in result.stderr
    assert "something secret" not in result.output


def test_ctrl_c_ends_the_run_with_a_report_of_what_was_learnt(
    maker: Any, server: Any, says: Any, password: str, tmp_path: Path
) -> None:
    waiting, ended = threading.Event(), threading.Event()
    usual = says.exchange(ROOMS, OTHERS)

    def hang(call: Any) -> Any:
        # Three rooms, a control twice, an address that cannot exist: the other room has long been answered.
        if len(server.calls) == 6:
            waiting.set()
        if call.mailbox == "room2@contoso.com":
            ended.wait(900)
        return usual(call)

    server.answer = hang
    arguments = (
        str(maker.write()), "--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic",
        "--password-env", "ROOM_PASSWORD", "--report", str(tmp_path / "report.json"), "--workers", "2",
    )
    with subprocess.Popen(
        [sys.executable, "-m", "roomscope", "verify", *arguments], cwd=ROOT, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "ROOM_PASSWORD": password},
    ) as process:
        assert waiting.wait(900)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=900)
    ended.set()
    assert process.returncode == 4, err
    assert "Verdict: UNASKED - Interrupted (RS072); 2 of 3 rooms" in out
    assert "Traceback" not in err
    assert json.loads((tmp_path / "report.json").read_text("utf-8"))["stopped"] == "RS072"


def test_the_command_alone_imports_no_library_for_exchange_or_tables() -> None:
    code = "import sys, roomscope.verify.cli, roomscope.verify.report_cli; print([n for n in ('exchangelib', 'rich', 'pydantic', 'requests', 'msal', 'cryptography') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": "."}
    )
    assert done.stdout.strip() == "[]"
