"""The verb explain: every id that roomscope says has a page, which needs no network."""

import re
import socket
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

from roomscope.explain import explain
from roomscope.generator.delivery.rulebook import RULES
from roomscope.verify.evidence.catalogue import FindingKind
from roomscope.verify.judge.causes import Cause, When, Who


def say(*words: str) -> Result:
    return CliRunner().invoke(explain, words)


def test_without_an_id_everything_is_listed_once() -> None:
    result = say()
    listed = re.findall(r"^  (R[A-Z]+\d{3}) +\S", result.stdout, re.MULTILINE)
    assert sorted(listed) == sorted([*(rule.id for rule in RULES), *Cause, *FindingKind])
    assert result.exit_code == 0


@pytest.mark.parametrize("cause", Cause)
def test_a_cause_says_what_it_means_what_to_do_who_can_and_when_to_ask_again(cause: Cause) -> None:
    assert re.fullmatch(r"RS\d{3}", cause.value)
    assert cause.meaning.endswith(".")
    assert cause.action.endswith(".")
    assert isinstance(cause.who, Who)
    assert isinstance(cause.when, When)
    words = " ".join(say(cause.value.lower()).stdout.split())
    for text in (cause.value, cause.headline, cause.meaning, cause.action, f"Who can: {cause.who}.", f"Ask again: {cause.when}."):
        assert " ".join(text.split()) in words


@pytest.mark.parametrize("cause", [cause for cause in Cause if re.search(r"wait|(?<!or )later|hours?\b", cause.action)])
def test_what_needs_time_does_not_send_anybody_back_at_once(cause: Cause) -> None:
    assert cause.when not in {When.MENDED, When.SOON, When.NO_NEED}


def test_only_what_is_as_promised_needs_no_asking_again() -> None:
    assert {cause for cause in Cause if cause.when is When.NO_NEED} == {Cause.AS_PROMISED, Cause.ON_RECORD}


@pytest.mark.parametrize("kind", FindingKind)
def test_a_finding_in_records_has_a_page(kind: FindingKind) -> None:
    words = " ".join(say(kind.value).stdout.split())
    assert all(" ".join(text.split()) in words for text in (kind.value, kind.headline, kind.action))


def test_a_rule_of_the_audit_has_its_page() -> None:
    result = say("rsa060")
    assert result.exit_code == 0
    assert "RSA060  Writes stand inside the gate" in result.output
    assert max(map(len, result.output.splitlines())) <= 120


def test_several_ids_are_explained_at_once() -> None:
    assert re.findall(r"^R[A-Z]+\d+", say("RS010", "RSA060", "RE301").stdout, re.MULTILINE) == ["RS010", "RSA060", "RE301"]


def test_what_is_not_there_is_said_to_be_so_and_where_all_stand() -> None:
    for wanted in ("RSA999", "RS999", "RE999", "", "\u202e"):
        result = say(wanted)
        assert result.exit_code == 2
        assert "`roomscope explain` lists all that there are" in result.stderr
        assert "\u202e" not in result.stderr


def test_no_network_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "socket")
    assert say("RS010").exit_code == 0


def test_a_cause_is_explained_without_the_audit_and_without_exchange() -> None:
    code = (
        "import sys; from roomscope.explain import _page; _page('RS010'); "
        "print([n for n in ('tree_sitter', 'pydantic', 'rich', 'requests', 'exchangelib') if n in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
