"""What only the records of Exchange Online hold: a pointer, what Exchange says of a mailbox, customization, Entra."""

import json
from collections.abc import Mapping

import pytest

from roomscope.verify.evidence.actions import changes
from roomscope.verify.evidence.contradictions import contradictions
from roomscope.verify.evidence.course import Progress, Run, follow_course
from roomscope.verify.evidence.record import Record, RecordError, parse
from roomscope.verify.evidence.things import Authorization, PointerState
from tests.verify.evidence.test_record import WRITTEN_BY_5_1

POINTER = {"Kind": "pointer", "Name": "rooms", "State": "kept", "Differences": [], "Guid": "c0ffee12-3456-4789-abcd-ef0123456789"}
ASKED = {"Kind": "authorization", "Mailbox": "a@contoso.com", "By": ["Application Calendars.Read, CustomRecipientScope s"], "Permissions": ["Calendars.Read"]}


def record(**changed: object) -> Record:
    data: Mapping[str, object] = json.loads(WRITTEN_BY_5_1.decode("utf-8-sig"))
    nothing = {"Plan": [], "Actions": [], "Before": [], "After": [], "Warnings": [], "Writes": 0, "Result": "unchanged"}
    return parse(json.dumps({**data, **nothing, "Product": "exchange-online", "DomainController": "", **changed}).encode())


def doing(kind: str, target: str, step: str, **changed: object) -> Record:
    plan = {"Kind": kind, "Target": target, "Details": [], "Text": "x"}
    action = {"Kind": kind, "Target": target, "Outcome": "done", "Text": "x"}
    return record(Step=step, Plan=[plan], Actions=[action], Writes=1, Result="applied", **changed)


def test_a_pointer_and_an_answer_about_a_mailbox_are_read() -> None:
    read = record(Step="60-Confirm-Access", Mode="plan", Before=[POINTER], After=[ASKED])
    assert isinstance(read.before[0], PointerState)
    assert isinstance(read.after[0], Authorization)
    assert read.things == ()


def test_a_pointer_that_was_made_is_to_be_seen() -> None:
    assert [one.read_back for one in changes(doing("make-pointer", "rooms", "50-Grant-Access", After=[POINTER]))] == [True]
    absent = {"Kind": "pointer", "Name": "rooms", "State": "absent", "Differences": []}
    assert [one.read_back for one in changes(doing("make-pointer", "rooms", "50-Grant-Access", After=[absent]))] == [False]
    assert [one.read_back for one in changes(doing("remove-pointer", "rooms", "90-Remove-Access", After=[absent]))] == [True]


def test_customization_shows_in_a_later_run_only() -> None:
    run = Run("x", doing("enable-customization", "contoso", "20-Enable-Customization"))
    assert {found.text for found in contradictions(run, ())} == {"no recorded plan of this step stands before it"}


def test_a_change_in_another_step_contradicts_itself() -> None:
    run = Run("x", doing("make-pointer", "rooms", "30-New-RoomLists", After=[POINTER]))
    assert any("it says of itself" in found.text for found in contradictions(run, ()))


def test_the_way_online_has_its_own_steps() -> None:
    steps = follow_course((), "exchange-online").steps
    assert [found.step.value[:2] for found in steps] == ["10", "15", "20", "30", "40", "50", "60", "70"]
    assert {found.progress for found in steps} == {Progress.MISSING}
    assert [found.step.value[:2] for found in follow_course((), "exchange-server").steps] == ["10", "30", "40", "50", "60"]


@pytest.mark.parametrize("kind", ["entra-grant", "entra-other", "access-policy", "gate-closed", "gate-narrow", "dehydrated", "application", "pointer-stays"])
def test_what_scripts_warn_of_online_is_known(kind: str) -> None:
    warning = {"Kind": kind, "Target": "x", "Outcome": "noted", "Text": "x"}
    assert record(Step="70-Test-Entra", Mode="plan", Warnings=[warning]).warnings[0].kind == kind


def test_another_product_is_no_record() -> None:
    with pytest.raises(RecordError):
        record(Product="exchange-elsewhere")
