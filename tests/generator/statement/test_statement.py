"""The statement names everything that a script can do, with origins, gates and the least rights for it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from roomscope.generator.common.errors import AuditError
from roomscope.generator.products.allow import allowed, steps
from roomscope.generator.script.script import Script
from roomscope.generator.statement.derive import observe, observe_script, step_of
from roomscope.generator.statement.files import second_opinion, statement_files
from roomscope.generator.statement.model import CallRecord, ScriptRecord, Statement
from roomscope.generator.statement.privilege import PARENTS, needed, role_script, roles_of

Files = Mapping[str, bytes]


def stated(text: str) -> ScriptRecord:
    return observe_script("50-x.ps1", Script.read(f"{text}\n"), "exchange-server")


def origins(text: str, parameter: str = "Message") -> list[tuple[str, ...]]:
    calls = stated(text).calls
    return [one.origins for call in calls for one in call.given if one.parameter == parameter]


@pytest.fixture(scope="module")
def statement(article: Files) -> Statement:
    return observe({name: data for name, data in article.items() if name[0].isdigit()})


def test_nothing_cannot_be_stated() -> None:
    with pytest.raises(AuditError, match="no scripts"):
        observe({})


@pytest.mark.parametrize("name", ["x.ps1", "-x.ps1", "50-x.txt", "\u0665-x.ps1", ""])
def test_a_script_of_no_step_is_refused(name: str) -> None:
    with pytest.raises(AuditError):
        step_of(name)


def test_an_empty_script_can_do_nothing() -> None:
    assert stated("") == ScriptRecord(
        file="50-x.ps1", step=50, calls=(), files=(), members=(), types=(), variables=(), texts=()
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write-Warning -Message 'x'", [("literal",)]),
        ("Write-Warning -Message x", [("literal",)]),
        ("Write-Warning -Message $null", [("literal",)]),
        ("$a = 'x'\nWrite-Warning -Message $a", [("literal",)]),
        ("$a = $b\n$b = $c\n$c = 'x'\nWrite-Warning -Message $a", [("literal",)]),
        ("Write-Warning -Message $evil", [("$evil",)]),
        ("$a = $evil\nWrite-Warning -Message $a", [("$evil",)]),
        ("$a = 'x'\n$A = Get-User -Identity 'y'\nWrite-Warning -Message $a", [("Get-User", "literal")]),
        ("$a = Import-Csv -LiteralPath 'x'\nWrite-Warning -Message $a.Name", [("rooms.csv",)]),
        ("$a = @{}\n$a['x'] = Get-Date\nWrite-Warning -Message $a['y']", [("Get-Date",)]),
        ("foreach ($a in Get-Mailbox) { Write-Warning -Message $a }", [("Get-Mailbox",)]),
        ("$a = foreach ($b in Get-Mailbox) { $b.Guid }\nWrite-Warning -Message $a", [("Get-Mailbox",)]),
        ("$a = if (Get-Date) { 'x' } else { Get-User }\nWrite-Warning -Message $a", [("Get-User", "literal")]),
        ("Get-User | ForEach-Object -Process { Write-Warning -Message $_ }", [("Get-User",)]),
        ("$a = Get-User | Where-Object -FilterScript { $_ -eq 'x' }\nWrite-Warning -Message $a", [("Get-User",)]),
        ("$a = Get-User | Select-Object -First 1\nWrite-Warning -Message $a", [("Get-User",)]),
        ("try { 'x' } catch { Write-Warning -Message $_.Exception }", [("error",)]),
        ("param([string]$Name)\nWrite-Warning -Message $Name", [("-Name",)]),
        ("function Read-X { Get-User }\n$a = Read-X\nWrite-Warning -Message $a", [("Get-User",)]),
        ("function Read-X {\n param([string]$T)\n Write-Warning -Message $T\n}\nRead-X -T (Get-User)", [("Get-User",)]),
        ("$a = 'x' + (Get-User).Name.Trim()\nWrite-Warning -Message $a", [("Get-User", "literal")]),
        ('$a = Get-User\nWrite-Warning -Message "x $a"', [("Get-User", "literal")]),
        ("$a = Join-Path -Path $PSScriptRoot -ChildPath 'x'\nWrite-Warning -Message $a", [("$psscriptroot", "literal")]),
    ],
)  # fmt: skip
def test_a_value_is_followed_to_where_it_can_come_from(text: str, expected: list[tuple[str, ...]]) -> None:
    assert origins(text) == expected


def test_a_splatted_table_is_stated_like_parameters() -> None:
    call = stated("$a = @{ Message = 'x'; Other = $true }\nWrite-Warning @a").calls[0]
    assert [(one.parameter, one.value) for one in call.given] == [("Message", "'x'"), ("Other", "$true")]


def test_members_types_variables_and_texts_are_listed_once_and_sorted() -> None:
    record = stated("$b = [string]$a.Name.Trim('x') + [string]::IsNullOrEmpty('\u00e4')\n$a = 'x''y'\n$b = \"$a\"")
    assert record.members == ("method Trim", "property Name", "static IsNullOrEmpty")
    assert record.types == ("[string]",)
    assert [one.name for one in record.variables] == ["$a", "$b"]
    assert record.texts == ("$a", "x", "x'y", "\u00e4")


def writes(statement: Statement) -> list[tuple[int, CallRecord]]:
    return [(script.step, call) for script in statement.scripts for call in script.calls if call.writes]


def test_every_write_of_a_sample_stands_in_the_gate(statement: Statement) -> None:
    found = writes(statement)
    assert [(step, call.command) for step, call in found] == [
        (30, "New-DistributionGroup"),
        (40, "Add-DistributionGroupMember"),
        (50, "New-ManagementScope"),
        (50, "New-ManagementRoleAssignment"),
        *((90, call.command) for step, call in found if step == 90),
    ]
    assert {call.gate for _, call in found} == {"$Apply"}
    assert {call.function for _, call in found} == {""}


def test_the_assignment_comes_from_constants_and_the_account_that_was_read(statement: Statement) -> None:
    (call,) = (call for _, call in writes(statement) if call.command == "New-ManagementRoleAssignment")
    assert {one.parameter: one.origins for one in call.given} == {
        "Name": ("literal",),
        "Role": ("literal",),
        "User": ("Get-User",),
        "CustomRecipientWriteScope": ("literal",),
        "DomainController": ("-DomainController", "Get-ADServerSettings"),
        "ErrorAction": ("literal",),
    }


def test_a_member_is_a_room_mailbox_that_was_read(statement: Statement) -> None:
    (call,) = (call for _, call in writes(statement) if call.command == "Add-DistributionGroupMember")
    assert [one.origins for one in call.given if one.parameter == "Member"] == [("Get-Mailbox",)]


def test_the_statement_reads_back(statement: Statement) -> None:
    assert Statement.model_validate_json(statement.text()) == statement
    assert json.loads(statement.text())["format"] == "roomscope-audit/1"


def test_the_page_begins_with_what_the_grant_really_gives(article: Files) -> None:
    page = article["AUDIT.md"].decode()
    first = page.split("\n")[2]
    assert "whole mailbox" in first
    assert "reading and for writing" in first
    assert len(page.splitlines()) < 200
    for command in ("New-ManagementRoleAssignment", "CronofyImpersonationScope", "cronofy.service.account@"):
        assert command in page


def test_a_hostile_name_does_not_break_the_page(article: Files) -> None:
    scripts = {name: data for name, data in article.items() if name[0].isdigit()}
    name = "`|x|` <b> ``"
    scripts = {one: data.replace(b"CronofyImpersonationScope", name.encode()) for one, data in scripts.items()}
    page = statement_files(scripts)["AUDIT.md"].decode()
    assert "``` `\\|x\\|` <b> `` ```" in page


def test_the_least_rights_are_documented_commands_and_parameters(statement: Statement, shared: Path) -> None:
    cmdlets = json.loads((shared / "facts" / "cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]
    entries = needed(statement)
    assert {entry.command for entry in entries} <= {one for commands in PARENTS.values() for one in commands}
    for entry in entries:
        known = {*cmdlets[entry.command]["params"], *cmdlets[entry.command].get("shouldProcess", {})}
        assert "EXSE" in cmdlets[entry.command]["products"]
        assert set(entry.parameters) <= known
    script = role_script(statement, "Room access")
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


def test_every_step_has_its_roles(statement: Statement) -> None:
    assert roles_of(statement, 30) == ("Distribution Groups", "View-Only Configuration", "View-Only Recipients")
    assert "Role Management" in roles_of(statement, 50)
    assert "Distribution Groups" not in roles_of(statement, 60)


def test_every_listed_command_and_parameter_of_exchange_is_documented(shared: Path) -> None:
    cmdlets = json.loads((shared / "facts" / "cmdlets.json").read_text(encoding="utf-8"))["cmdlets"]
    for step in steps("exchange-server"):
        for command in allowed("exchange-server", step).commands:
            if command.exchange:
                facts = cmdlets[command.name]
                known = {*facts["params"], *facts.get("shouldProcess", {}), "ErrorAction"}
                assert {one.name for one in command.parameters} <= known, command.name


def test_the_second_opinion_is_short_ascii_and_the_same_for_every_bundle(samples: Mapping[str, Files]) -> None:
    data = second_opinion()
    text = data.decode("utf-8-sig")
    assert text.isascii()
    assert text.count("\r\n") == text.count("\n") < 200
    assert {files["AUDIT.ps1"] for files in samples.values()} == {data}
