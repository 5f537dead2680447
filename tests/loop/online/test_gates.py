"""Step 15 shows the gates: the switch of EWS and its list, rules on programs, mailboxes without EWS."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import pytest

from tests.loop.cells import Cell, Run
from tests.loop.checks import check
from tests.loop.online.cells import CLIENT, EWS, OTHER
from tests.loop.stage import Stage, render_at

SWITCHES = {"$null": "(not set)", "$true": "True", "$false": "False"}
LISTS = {"": False, OTHER: False, f"{OTHER},{CLIENT}": True, f"{OTHER}, {CLIENT.upper()}": True}
"""Texts in which the application is, or is not."""

CLOSED, NARROW = ("gate-closed", "EwsEnabled", "not done"), ("gate-narrow", "EwsEnabled", "noted")
AGENTS = ("gate-narrow", "EwsApplicationAccessPolicy", "noted")


@dataclass(frozen=True, slots=True)
class Gate:
    """The settings of an organisation, and the warnings that they are worth."""

    cell: Cell
    warnings: set[tuple[str, str, str]]


def _gate(name: str, bundle: str, change: str, warnings: set[tuple[str, str, str]], *says: str) -> Gate:
    before = f"Edit-Snapshot {{ param($one) $gates = $one['gates']; {change} }}"
    run = Run(15, writes=0, before=before, bundle=bundle, says=says, result="unchanged")
    return Gate(Cell(f"15 {bundle} {name}", "fresh", (run,), end="fresh"), warnings)


def switches() -> Iterator[Gate]:
    for (number, (switch, shown)), (at, (listed, named)) in product(enumerate(SWITCHES.items()), enumerate(LISTS.items())):
        wanted = {NARROW} if switch == "$null" else {CLOSED} if switch == "$false" or not named else set()
        change = f"$gates['ewsEnabled'] = {switch}; $gates['ewsAllowedAppIds'] = '{listed}'"
        says = (f"EwsEnabled = {shown}", f"EwsAllowedAppIDs = {', '.join(listed.replace(' ', '').split(',')) or '(empty)'}", f"Gates that are closed: {len(wanted & {CLOSED})}.")
        yield _gate(f"switch {number} list {at}", "ews", change, wanted, *says)
    yield _gate("switch off", "bundle", "$gates['ewsEnabled'] = $false", set(), "EwsEnabled = False", "Gates that are closed: 0.")


def agents() -> Iterator[Gate]:
    opened = f"$gates['ewsEnabled'] = $true; $gates['ewsAllowedAppIds'] = '{CLIENT}'; "
    for bundle, rule in product(("ews", "bundle"), ("Allow", "Block")):
        change = f"{opened}$gates['ewsApplicationAccessPolicy'] = 'Enforce{rule}List'; $gates['ews{rule}List'] = @('Outlook*', 'Probe/*')"
        yield _gate(f"rule {rule}", bundle, change, {AGENTS}, f"Enforce{rule}List with Outlook*, Probe/*", f"Ews{rule}List = Outlook*, Probe/*")
        empty = f"{opened}$gates['ewsApplicationAccessPolicy'] = 'Enforce{rule}List'"
        yield _gate(f"rule {rule} with an empty list", bundle, empty, {AGENTS}, f"Enforce{rule}List with nothing")
    unused = "$gates['ewsAllowList'] = @('Outlook*')"
    yield _gate("a list without a rule", "bundle", unused, set(), "EwsAllowList = Outlook*", "EwsApplicationAccessPolicy = (not set)")
    room = "$gates['mailboxesWithoutEws'] = @($one['recipients'].Values | Where-Object { $_['primarySmtpAddress'] -in 'a1@contoso.com', 'ceo@contoso.com' } | ForEach-Object { $_['guid'] })"
    yield _gate("a room without it", "ews", opened + room, {("gate-closed", "a1@contoso.com", "not done")}, "EWS is off for a1@contoso.com", "Gates that are closed: 1.")
    yield _gate("a room without it", "bundle", opened + room, set())


@pytest.fixture(scope="module")
def gated(stage: Stage) -> Stage:
    """The same bundle through EWS beside the one through Graph."""
    render_at(stage, "ews", EWS)
    return stage


@pytest.mark.parametrize("gate", [*switches(), *agents()], ids=lambda gate: gate.cell.name)
def test_each_gate_is_shown_and_read(gate: Gate, gated: Stage) -> None:
    played = gated.play(gate.cell)
    check(gate.cell, played, gated)
    found = {(one["Kind"], one["Target"], one["Outcome"]) for one in played[0].record["Warnings"]}
    assert found == gate.warnings, played[0].output
