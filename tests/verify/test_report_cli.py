"""A report that somebody sent is held to its bundle, in whatever it was changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from roomscope.verify.cli import verify
from roomscope.verify.report_cli import report

ROOMS = {"room1@contoso.com", "room2@contoso.com", "room3@contoso.com"}
OTHERS = {"ceo@contoso.com", "svc@contoso.com"}


@pytest.fixture
def path(maker: Any, server: Any, says: Any, password: str, tmp_path: Path) -> Path:
    """The report of a run in which everything was kept."""
    server.answer = says.exchange(ROOMS, OTHERS)
    found = tmp_path / "report.json"
    words = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD")
    result = CliRunner(env={"ROOM_PASSWORD": password}).invoke(verify, [str(maker.write()), *words, "--report", str(found)])
    assert result.exit_code == 0, result.output
    return found


@pytest.fixture
def hold(maker: Any, path: Path) -> Callable[..., Result]:
    """Changes the report and holds it to the bundle."""

    def run(change: Callable[[dict[str, Any]], object] = lambda _: None, *more: str) -> Result:
        content = json.loads(path.read_text("utf-8"))
        change(content)
        path.write_text(json.dumps(content), "utf-8")
        return CliRunner().invoke(report, [str(maker.folder), str(path), *more])

    return run


def test_a_report_of_this_bundle_is_shown_as_the_word_of_its_sender(hold: Callable[..., Result], maker: Any) -> None:
    result = hold(lambda _: None, "--digest", maker.digest())
    assert result.exit_code == 0, result.output
    assert "What it says is the word of whoever sent it." in result.stdout
    assert "Verdict: KEPT" in result.stdout


def test_whether_the_digest_is_that_of_the_ticket_is_the_word_of_whoever_holds_it(hold: Callable[..., Result], maker: Any) -> None:
    def claim(content: dict[str, Any]) -> None:
        content["about"]["digest_compared"] = True
        content["not_proven"] = []

    result = hold(claim)
    assert result.exit_code == 0
    assert "Not proven: that this is the bundle of the ticket: no digest was given." in result.stdout
    assert "(not compared with a ticket)" in result.stdout
    assert "Exit code 0." in result.stdout
    assert "(as on the ticket)" in hold(lambda _: None, "--digest", maker.digest()).stdout


def _line(content: dict[str, Any], number: int, **values: object) -> None:
    content["mailboxes"][number] |= values


def _seen(content: dict[str, Any], number: int, seen: str) -> None:
    content["mailboxes"][number]["doors"][0]["seen"] = seen


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda c: c["about"].update(digest="0" * 64), "digest: got 0000"),
        (lambda c: c["about"].update(plan_id="0" * 64), "plan id: got 0000"),
        (lambda c: c["about"].update(bundle="other"), "bundle: got other"),
        (lambda c: c["about"].update(profile="exchange-online"), "product: got exchange-online"),
        (lambda c: c["subject"]["identity"].update(address="somebody@contoso.com"), "the account is not the bundle's"),
        (lambda c: c["subject"].update(lab=True), "it was made in a lab"),
        (lambda c: c["mailboxes"].pop(0), "missing: room1@contoso.com"),
        (lambda c: c["mailboxes"].pop(3), "missing: ceo@contoso.com"),
        (lambda c: c["mailboxes"].append(c["mailboxes"][0]), "named twice: room1@contoso.com"),
        (lambda c: _line(c, 0, mailbox="room9@contoso.com"), "not of the bundle: room9@contoso.com"),
        (lambda c: _line(c, 0, room_list="other@contoso.com"), "not of the bundle: room1@contoso.com"),
        (lambda c: _line(c, 0, expected="refusal"), "another promise than the bundle's: room1@contoso.com"),
        (lambda c: _line(c, 3, expected="answer"), "another promise than the bundle's: ceo@contoso.com"),
        (lambda c: _line(c, 0, verdict="broken", cause="RS010"), "the verdict is kept, but its mailboxes amount to broken"),
        (lambda c: _line(c, 0, cause="RS999"), "unknown causes: RS999"),
        (lambda c: c["rooms"].update(kept=9), "the rooms are counted wrongly"),
        (lambda c: c["mailboxes"][0]["doors"][0].update(seen=""), "kept without an answer: room1@contoso.com"),
        (lambda c: c["mailboxes"][0].update(doors=[]), "kept without an answer"),
        (lambda c: c.update(cause="RS999"), "unknown causes: RS999"),
        (lambda c: c["lists"].clear(), "its room lists are not the bundle's"),
        (lambda c: c["lists"][0].update(name="Other"), "its room lists are not the bundle's"),
        (lambda c: c["lists"][0]["rooms"].update(kept=2), "the rooms of rooms@contoso.com are counted wrongly"),
        (lambda c: c["mailboxes"][0]["doors"][0].update(seen="\x1b[2Jkept"), "holds characters that do not show"),
        (lambda c: c["about"].update(ticket="CHG\u202e1"), "holds characters that do not show"),
        (lambda c: c["about"].update(started="2001-01-01T00:00:00"), "about.started: Input should have timezone info"),
        (lambda c: c["about"].update(finished="2001-01-01T00:00:00Z"), "it ended before it began"),
        (lambda c: c["about"].update(started="2099-01-01T00:00:00Z", finished="2099-01-01T00:00:01Z"), "it was made in the future"),
        (lambda c: _seen(c, 0, "ErrorImpersonateUserDenied: No."), "kept by an answer that says otherwise: room1@contoso.com"),
        (lambda c: _seen(c, 3, "the calendar opened"), "kept by an answer that says otherwise: ceo@contoso.com"),
        (lambda c: _seen(c, 3, "HTTP 503"), "kept by an answer that says otherwise: ceo@contoso.com"),
        (lambda c: c["mailboxes"][3]["doors"].pop(), "not tried by every door: ceo@contoso.com"),
        (lambda c: c["decoys"].clear(), "no address that cannot exist was tried by the same doors: ceo@contoso.com"),
        (lambda c: c["decoys"].pop(), "no address that cannot exist was tried by the same doors: ceo@contoso.com"),
        (lambda c: c["decoys"][0]["door"].update(seen="the calendar opened"), "an address that cannot exist was opened"),
        (lambda c: c.update(requests=0), "it counts 0 requests, and its mailboxes more"),
        (lambda c: c.update(stopped="RS072"), "it is kept, but the asking was stopped"),
        (lambda c: c.update(cause="RS010"), "the cause RS010 does not lead to the verdict kept"),
        (lambda c: _line(c, 0, cause="RS010"), "a cause that does not lead to the verdict kept: room1@contoso.com"),
        (lambda c: c.update(exit_code=1), "the exit code is 1, but that of the verdict kept is 0"),
        (lambda c: c["extent"].update(rooms=2), "it tells another extent than its mailboxes"),
        (lambda c: c["extent"].update(rooms_of_bundle=4), "it tells another extent than its mailboxes"),
        (lambda c: c["extent"].update(third_door=2), "it tells another extent than its mailboxes"),
        (lambda c: c["extent"].update(chosen="--sample 1 --seed 1"), "it is a part, 3 of 3 rooms (--only or --sample)"),
        (lambda c: c.update(more=1), "more: Extra inputs are not permitted"),
        (lambda c: c.pop("verdict"), "verdict: Field required"),
    ],
)
def test_a_report_that_is_not_of_this_bundle_or_contradicts_itself_is_refused(
    hold: Callable[..., Result], change: Callable[[dict[str, Any]], object], said: str
) -> None:
    result = hold(change)
    assert (result.exit_code, said in result.stderr, result.stdout) == (2, True, ""), result.output


def test_what_the_sender_explains_is_not_shown(hold: Callable[..., Result]) -> None:
    def lie(content: dict[str, Any]) -> None:
        content["not_tested"] = ["nothing: all was tested"]
        content["subject"]["gives"] = "It gives hardly anything."
        content["extent"]["controls"] = "hardly any mailbox can be reached"
        content["causes"][0]["headline"] = "Proven beyond doubt"

    result = hold(lie)
    assert result.exit_code == 0
    assert "whole mailbox" in result.stdout
    for word in ("hardly", "beyond doubt", "all was tested"):
        assert word not in result.stdout


def test_a_verdict_worse_than_its_mailboxes_is_believed(hold: Callable[..., Result]) -> None:
    assert hold(lambda c: c.update(verdict="unasked", cause="RS050", exit_code=4)).exit_code == 4


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[]"])
def test_what_is_no_report_is_refused(hold: Callable[..., Result], path: Path, maker: Any, content: bytes) -> None:
    path.write_bytes(content)
    result = CliRunner().invoke(report, [str(maker.folder), str(path)])
    assert (result.exit_code, "is no report" in result.stderr) == (2, True)


def test_a_key_that_stands_twice_is_refused(hold: Callable[..., Result], path: Path, maker: Any) -> None:
    assert hold().exit_code == 0
    path.write_text(path.read_text("utf-8").replace('"requests":', '"stopped": null, "requests":', 1), "utf-8")
    result = CliRunner().invoke(report, [str(maker.folder), str(path)])
    assert (result.exit_code, "holds 'stopped' twice" in result.stderr) == (2, True), result.output


def test_a_report_that_is_not_there_is_refused(maker: Any, tmp_path: Path) -> None:
    assert CliRunner().invoke(report, [str(maker.write()), str(tmp_path / "none.json")]).exit_code == 2
