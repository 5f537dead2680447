"""The least that an operator needs follows from what the scripts reach, and is what the documentation knows."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_online import EXCHANGE_ONLINE
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.statement.derive import derive
from roomscope.generator.statement.model import Statement
from roomscope.generator.statement.privilege import needed, role_script, roleless, roles_of
from tests.generator.statement.frames import delivered

Files = Mapping[str, bytes]


@pytest.fixture(scope="module")
def statement(article: Files) -> Statement:
    return derive({name: data for name, data in article.items() if name[0].isdigit()}, EXCHANGE_SERVER)


def test_what_a_function_of_the_region_calls_is_needed_where_it_is_reached() -> None:
    scripts = {"10-Test-Readiness.ps1": delivered("Read-All -Name 'x'"), "30-New-RoomLists.ps1": delivered("Get-Date")}
    made = derive(scripts, EXCHANGE_SERVER)
    first, second = made.scripts
    assert [(one.command, one.role, one.parameters) for one in needed(made, EXCHANGE_SERVER, (first,))] == [
        ("Get-User", "View-Only Recipients", ("DomainController", "Identity"))
    ]
    assert roles_of(made, EXCHANGE_SERVER, second) == ()


def test_the_least_rights_are_documented_commands_and_parameters(statement: Statement, shared: Path) -> None:
    cmdlets = json.loads((shared / "facts" / "cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]
    entries = needed(statement, EXCHANGE_SERVER)
    assert {entry.command for entry in entries} == {one.name for one in EXCHANGE_SERVER.commands}
    for entry in entries:
        known = {*cmdlets[entry.command]["params"], *cmdlets[entry.command].get("shouldProcess", {})}
        assert "EXSE" in cmdlets[entry.command]["products"]
        assert set(entry.parameters) <= known


def test_the_commands_for_roles_are_documented_too(statement: Statement, shared: Path) -> None:
    cmdlets = json.loads((shared / "facts" / "cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]
    script = role_script(statement, EXCHANGE_SERVER, "Room access")
    used = set(re.findall(r"(?m)^(?:    \S+ -Process \{ )?([A-Z][a-z]+-(?:Management|Role)\w+)", script))
    assert used == {
        "New-ManagementRole",
        "Get-ManagementRoleEntry",
        "Remove-ManagementRoleEntry",
        "Set-ManagementRoleEntry",
        "New-RoleGroup",
    }
    for line in script.splitlines():
        for command, rest in re.findall(r"(\w+-(?:ManagementRole\w*|RoleGroup)) (-[^|}]*)", line):
            given = set(re.findall(r"(?<![\w'])-([A-Z]\w+)", re.sub(r"'[^']*'", "''", rest)))
            assert given <= {*cmdlets[command]["params"], *cmdlets[command].get("shouldProcess", {})}, line


def test_every_step_has_the_roles_of_what_it_calls_and_no_other(statement: Statement) -> None:
    roles = {script.step: roles_of(statement, EXCHANGE_SERVER, script) for script in statement.scripts}
    for step in EXCHANGE_SERVER.steps:
        called = {*step.reads, *step.writes}
        assert roles[step.number] == tuple(sorted({one.role for one in EXCHANGE_SERVER.commands if one.name in called}))
    assert {step for step, held in roles.items() if "Distribution Groups" in held} == {30, 40, 90}
    assert "Role Management" in roles[50]


_PRODUCTS = {"exchange-server": "EXSE", "exchange-online": "EXO"}
_GRAPH = {"Get-MgContext", "Get-MgServicePrincipal", "Get-MgServicePrincipalAppRoleAssignment"}


def test_every_listed_command_and_parameter_of_exchange_is_documented(shared: Path) -> None:
    cmdlets = json.loads((shared / "facts" / "cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]
    for product in PRODUCTS.values():
        code = _PRODUCTS[product.name]
        assert {one.name for one in product.commands} - set(cmdlets) == (_GRAPH if code == "EXO" else set())
        for command in (one for one in product.commands if one.name in cmdlets):
            facts = cmdlets[command.name]
            known = {name for name, one in facts["params"].items() if code in one["products"]}
            known |= {*facts.get("shouldProcess", {}), *facts.get("mentioned", {}), "ErrorAction"}
            assert code in facts["products"], command.name
            assert {one.name for one in command.parameters} <= known, command.name


@pytest.mark.parametrize("sample", ["online-graph", "online-ews"])
def test_online_a_command_of_no_role_is_named_and_needs_none(samples: Mapping[str, Files], sample: str) -> None:
    product = next(one for one in EXCHANGE_ONLINE if one.access == {"online-graph": "calendars-read", "online-ews": "ews"}[sample])
    stated = derive({name: data for name, data in samples[sample].items() if name[0].isdigit()}, product)
    assert set(roleless(stated, product)) == {"Get-ConnectionInformation", *_GRAPH}
    assert {one.command for one in needed(stated, product)} == {one.name for one in product.commands if one.role}
    assert [roles_of(stated, product, script) for script in stated.scripts if script.step == 70] == [()]
    text = samples[sample]["AUDIT.md"].decode()
    assert f"**{product.grants}**" in text
    assert f"- Role: `{product.role}`" in text
    assert "No role of Exchange holds `Get-ConnectionInformation`, `Get-MgContext`" in text
