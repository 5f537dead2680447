"""The cmdlets are those of Exchange Online: they belong to the module of a connection, and declare what is documented."""

import json
from typing import Any

import pytest

from tests.lab.shell.test_shell_parameters import CMDLETS

OWN = {"Connect-ExchangeOnline", "Connect-IPPSSession", "Disconnect-ExchangeOnline", "Get-ConnectionInformation"}
ONE_OF_TWO = {("New-ServicePrincipal", "ObjectId"), ("New-ServicePrincipal", "ServiceId")}


@pytest.fixture(scope="module")
def declared(new_online: Any) -> dict[str, Any]:
    shell = new_online()
    done = shell.run(CMDLETS.replace("-Module Exchange)", "-Module tmpEXO_*, ExchangeOnlineManagement)"))
    assert done.returncode == 0, done.stderr
    read: dict[str, Any] = json.loads((shell.folder / "answers.json").read_text("utf-8-sig"))
    return read


def test_a_connection_brings_the_documented_cmdlets(declared: dict[str, Any], documented_online: dict[str, Any]) -> None:
    assert set(declared) == set(documented_online) | {"Connect-IPPSSession"}
    sources = {declared[name]["source"] for name in set(declared) - OWN}
    assert len(sources) == 1
    assert sources.pop().startswith("tmpEXO_")
    assert {declared[name]["source"] for name in OWN} == {"ExchangeOnlineManagement"}


def test_every_parameter_is_documented_for_exchange_online(declared: dict[str, Any], documented_online: dict[str, Any]) -> None:
    for cmdlet, facts in documented_online.items():
        for name, parameter in declared[cmdlet]["parameters"].items():
            known = facts["parameters"].get(name)
            assert known is not None, f"{cmdlet} -{name} is not documented online"
            assert parameter["switch"] == (known == "switch"), f"{cmdlet} -{name}"
            if isinstance(known, list):
                assert set(parameter["values"]) <= set(known), f"{cmdlet} -{name}"


def test_what_is_always_mandatory_is_mandatory_here(declared: dict[str, Any], documented_online: dict[str, Any]) -> None:
    for cmdlet, facts in documented_online.items():
        here = declared[cmdlet]["parameters"]
        lacking = {(cmdlet, name) for name in facts["mandatory"] if not here.get(name, {}).get("mandatory")}
        assert lacking <= ONE_OF_TWO


def test_what_can_be_tried_out_is_so_where_documented(declared: dict[str, Any], documented_online: dict[str, Any]) -> None:
    for cmdlet, facts in documented_online.items():
        for name in ("WhatIf", "Confirm", "Identity"):
            expected = name in facts["parameters"]
            assert (name in declared[cmdlet]["parameters"]) == expected, f"{cmdlet} -{name}"
