"""What is kept of a run, and with which run it goes on."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import pytest

from roomscope.verify.journal.belonging import Belonging
from roomscope.verify.journal.header import Header, digest_of
from roomscope.verify.journal.journal import Journal
from roomscope.verify.journal.lines import LineError, line_of, read_line
from roomscope.verify.judge.answer import (
    Answer,
    Coded,
    Graph,
    Http,
    NoToken,
    Odd,
    Opened,
    Trouble,
    Wire,
)
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.question import Door, Question

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
ROOM = Question("room1@x.com", Door.IMPERSONATED, "room1@x.com")
ANSWERS: tuple[Answer, ...] = (
    Opened("7"), Coded("ErrorServerBusy", "a\u2028\u4f1a\n\"", 1.5, "8", "Inner", fault=True), Http(403, "x", offers=("ntlm", "basic"), bearer=True),
    Graph(404, "ResourceNotFound", back_off=3.0), NoToken("7000215"), Wire(Trouble.CUT, "x"), Odd("KeyError", ours=True),
)


def header(**changed: object) -> Header:
    usual = {
        "tool": "roomscope 1", "bundle": "rooms", "digest": "a" * 64, "endpoint": "https://x/EWS", "identity": "svc@x.com as svc",
        "expects": "grant", "options": (), "mailboxes": 1, "questions": digest_of([]), "started": NOW,
    }
    return Header.model_validate(usual | changed)


def asked(answer: Answer, question: Question = ROOM) -> Asked:
    return Asked(question, answer, learn(answer), 2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.journal"


@pytest.fixture
def begun(path: Path) -> Path:
    """A journal with one answer."""
    with Journal.create(path, header()) as journal:
        journal.keep(asked(Opened("7")))
    return path


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: type(answer).__name__)
def test_what_was_answered_is_read_back_as_it_was(answer: Answer) -> None:
    line = line_of(asked(answer))
    back = read_line(line)
    assert (back, line.count(b"\n")) == (asked(answer), 1)
    assert repr(back) == repr(asked(answer))


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"null", b'{"question":{},"attempts":1,"Opened":{}}', line_of(asked(Opened()))[:-9], b"[" * 100_000])
def test_a_line_that_is_none_is_named_so(line: bytes) -> None:
    with pytest.raises(LineError):
        read_line(line)


def test_a_journal_goes_on_where_it_was_and_loses_a_torn_line_only(begun: Path) -> None:
    whole = begun.read_bytes()
    begun.write_bytes(whole + line_of(asked(Opened("8")))[:-5])
    with Journal.resume(begun, header(started=NOW + timedelta(hours=1)), None) as journal:
        assert (journal.known, journal.begun) == ((asked(Opened("7")),), NOW)
        journal.keep(asked(Coded("ErrorAccessDenied")))
    assert begun.read_bytes().startswith(whole)
    with Journal.resume(begun, header(), None) as journal:
        assert journal.known == (asked(Opened("7")), asked(Coded("ErrorAccessDenied")))


def test_a_line_is_in_the_file_at_once(path: Path) -> None:
    with Journal.create(path, header()) as journal:
        journal.keep(asked(Opened()))
        assert len(path.read_bytes().splitlines()) == 2
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"digest": "b" * 64}, "of another bundle"),
        ({"endpoint": "https://y/EWS"}, "of another endpoint"),
        ({"identity": "other@x.com as svc"}, "of another account"),
        ({"expects": "none"}, "of another kind of proof"),
        ({"questions": digest_of([Promise("a@x.com", Role.ROOM, Expected.ANSWER)])}, "another set of questions"),
        ({"options": ("--every-room",)}, "another set of questions"),
        ({"started": NOW + timedelta(hours=25)}, "answers count for 24 hours"),
        ({"started": NOW - timedelta(hours=1)}, "answers count for 24 hours"),
    ],
)
def test_a_journal_of_another_run_is_refused(begun: Path, changed: dict[str, object], said: str) -> None:
    before = begun.read_bytes()
    with pytest.raises(click.ClickException, match=said) as refused:
        Journal.resume(begun, header(**changed), None)
    assert (refused.value.exit_code, begun.read_bytes()) == (2, before)


def test_answers_from_before_a_change_of_the_grant_are_refused(begun: Path) -> None:
    with pytest.raises(click.ClickException, match="the grant was changed"):
        Journal.resume(begun, header(), NOW + timedelta(minutes=1))


@pytest.mark.parametrize("content", [b"", b"{}\n", b"torn", b'{"format":"roomscope-journal/2"}\n', b"\xff\xfe\n"])
def test_what_is_no_journal_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(click.ClickException, match="is no journal") as refused:
        Journal.resume(path, header(), None)
    assert refused.value.exit_code == 2


def test_a_damaged_line_in_the_middle_is_refused_with_its_number(begun: Path) -> None:
    begun.write_bytes(begun.read_bytes() + b"{}\n" + line_of(asked(Opened())))
    with pytest.raises(click.ClickException, match="line 3, is damaged"):
        Journal.resume(begun, header(), None)


@pytest.mark.parametrize("attempts", ["-1", "0", "true", "1.0", "1001", "1" + "0" * 30, '"2"', "null"])
def test_a_number_of_requests_that_cannot_be_is_damage(begun: Path, attempts: str) -> None:
    begun.write_bytes(begun.read_bytes().replace(b'"attempts":2', f'"attempts":{attempts}'.encode()))
    with pytest.raises(click.ClickException, match="line 2, is damaged") as refused:
        Journal.resume(begun, header(), None)
    assert refused.value.exit_code == 2


def test_two_answers_with_one_request_id_are_refused(path: Path) -> None:
    with Journal.create(path, header()) as journal:
        for number in (1, 2):
            journal.keep(asked(Opened("7"), Question(f"room{number}@x.com", Door.IMPERSONATED, f"room{number}@x.com")))
    with pytest.raises(click.ClickException, match="line 3, has the request id of an earlier line") as refused:
        Journal.resume(path, header(), None)
    assert refused.value.exit_code == 2


@pytest.mark.parametrize(
    "question",
    [
        Question("other@x.com", Door.IMPERSONATED, "other@x.com"), Question("room1@x.com", Door.APPLICATION, None),
        Question("room1@x.com", Door.IMPERSONATED, "ceo@x.com"), Question("room1@x.com", Door.ACCOUNT, "room1@x.com"),
        Question("ceo@x.com", Door.ROOM, "ceo@x.com"), Question("svc@x.com", Door.ACCOUNT, None),
    ],
)
def test_a_question_of_another_run_is_refused(path: Path, question: Question) -> None:
    ours = Belonging.of([Promise("room1@x.com", Role.ROOM, Expected.ANSWER), Promise("ceo@x.com", Role.CONTROL, Expected.REFUSAL)], "svc@x.com")
    with Journal.create(path, header()) as journal:
        journal.keep(asked(Opened("7"), question))
    with pytest.raises(click.ClickException, match="line 2, is of a question that this run does not put"):
        Journal.resume(path, header(), None, ours.holds)


def test_a_new_journal_replaces_nothing_and_follows_no_link(begun: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(begun)
    for place in (begun, tmp_path / "link"):
        with pytest.raises(click.ClickException, match="is there already") as refused:
            Journal.create(place, header())
        assert refused.value.exit_code == 2
    with pytest.raises(click.ClickException):
        Journal.resume(tmp_path / "link", header(), None)


def test_two_runs_do_not_write_into_one_journal(path: Path) -> None:
    with Journal.create(path, header()), pytest.raises(click.ClickException, match="in use by another run"):
        Journal.resume(path, header(), None)


def test_a_disk_that_is_too_full_and_a_folder_that_is_gone_are_errors_before_the_first_question(path: Path, tmp_path: Path) -> None:
    for place, mailboxes in ((path, 10**15), (tmp_path / "gone" / "journal", 1)):
        with pytest.raises(click.ClickException) as refused:
            Journal.create(place, header(mailboxes=mailboxes))
        assert (refused.value.exit_code, place.exists()) == (4, False)


def test_a_file_that_was_replaced_meanwhile_is_noticed(path: Path) -> None:
    with Journal.create(path, header()) as journal:
        path.unlink()
        with pytest.raises(OSError, match=r"."):
            journal.force()
        path.touch()
        with pytest.raises(OSError, match="another file"):
            journal.force()


def test_the_first_line_names_the_run(begun: Path) -> None:
    first = json.loads(begun.read_bytes().splitlines()[0])
    assert (first["format"], first["digest"], first["endpoint"], first["identity"], first["tool"]) == (
        "roomscope-journal/1", "a" * 64, "https://x/EWS", "svc@x.com as svc", "roomscope 1",
    )
