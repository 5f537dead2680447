"""The statement names everything that a script can do, with origins, gates and what it reaches of the region."""

import json
from collections.abc import Mapping

import pytest

from roomscope.generator.common.errors import AuditError
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.script.characters import encode
from roomscope.generator.script.script import ScriptError
from roomscope.generator.statement.derive import derive, step_of
from roomscope.generator.statement.model import CallRecord, ScriptRecord, Statement
from tests.generator.statement.frames import REGION, delivered, framed

Files = Mapping[str, bytes]
NAME = "50-Grant-Access.ps1"


def stated(code: str, data: str = "$planId = 'x'", region: str = REGION) -> Statement:
    return derive({NAME: delivered(code, data, region)}, EXCHANGE_SERVER)


def own(code: str, data: str = "$planId = 'x'", region: str = REGION) -> ScriptRecord:
    return stated(code, data, region).scripts[0]


def origins(text: str, parameter: str = "Message") -> list[tuple[str, ...]]:
    calls = own(text).calls
    return [one.origins for call in calls for one in call.given if one.parameter == parameter]


@pytest.fixture(scope="module")
def statement(article: Files) -> Statement:
    return derive({name: data for name, data in article.items() if name[0].isdigit()}, EXCHANGE_SERVER)


def test_nothing_cannot_be_stated() -> None:
    with pytest.raises(AuditError, match="no scripts"):
        derive({}, EXCHANGE_SERVER)


@pytest.mark.parametrize("name", ["x.ps1", "-x.ps1", "50-x.txt", "\u0665-x.ps1", ""])
def test_a_script_of_no_step_is_refused(name: str) -> None:
    with pytest.raises(AuditError):
        step_of(name)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# What this bundle stands for.", "# What it stands for."),
        ("# The step itself: the same in every bundle of this release.", "# The step."),
        ("#region Shared functions", "# Shared functions"),
        ("#endregion", "# end"),
        ("#endregion", "#endregion\n#region x"),
    ],
)
def test_a_script_without_its_parts_is_refused_by_name(old: str, new: str) -> None:
    script = encode(framed("Get-Date").replace(old, new, 1))
    with pytest.raises(AuditError, match=f"{NAME} does not have the parts"):
        derive({NAME: script}, EXCHANGE_SERVER)


def test_a_script_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(ScriptError):
        derive({NAME: delivered("& 'Get-Date'")}, EXCHANGE_SERVER)


def test_two_regions_cannot_be_stated_once() -> None:
    scripts = {NAME: delivered("Get-Date"), "60-Confirm-Access.ps1": delivered("Get-Date", region=f"{REGION}# x\n")}
    with pytest.raises(AuditError, match=r"region of 60-Confirm-Access\.ps1 is another than that of 50-Grant-Access\.ps1"):
        derive(scripts, EXCHANGE_SERVER)


def test_a_script_with_nothing_of_its_own_can_do_nothing() -> None:
    record = own("$x = 1", data="", region="")
    assert (record.calls, record.data, record.reaches, record.reads, record.functions, record.members) == ((),) * 6
    assert record.types == ("CmdletBinding", "ValidateNotNullOrEmpty", "[string]", "[switch]")
    assert record.texts == ("", "$PSScriptRoot\\evidence")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Write-Warning -Message 'x'", [("literal",)]),
        ("Write-Warning -Message x", [("literal",)]),
        ("Write-Warning -Message $null", [("literal",)]),
        ("$a = 'x'\nWrite-Warning -Message $a", [("literal",)]),
        ("$c = 'x'\n$b = $c\n$a = $b\nWrite-Warning -Message $a", [("literal",)]),
        ("$a = $b\n$b = 'x'\nWrite-Warning -Message $a", [("$b", "literal")]),
        ("Write-Warning -Message $evil", [("$evil",)]),
        ("$a = $evil\nWrite-Warning -Message $a", [("$evil",)]),
        ("$a = 'x'\n$A = Get-User -Identity 'y'\nWrite-Warning -Message $a", [("Get-User", "literal")]),
        ("$a = Import-Csv -LiteralPath 'x'\nWrite-Warning -Message $a.Name", [("rooms.csv",)]),
        ("$a = @{}\n$a['x'] = Get-Date\nWrite-Warning -Message $a['x']", [("Get-Date",)]),
        ("$k = 'x'\n$a = @{}\n$a['x'] = Get-Date\nWrite-Warning -Message $a[$k]", [("Get-Date",)]),
        ("foreach ($a in Get-Mailbox) { Write-Warning -Message $a }", [("Get-Mailbox",)]),
        ("$a = foreach ($b in Get-Mailbox) { $b.Guid }\nWrite-Warning -Message $a", [("Get-Mailbox",)]),
        ("$a = if (Get-Date) { 'x' } else { Get-User }\nWrite-Warning -Message $a", [("Get-User", "literal")]),
        ("Get-User | ForEach-Object -Process { Write-Warning -Message $_ }", [("Get-User",)]),
        ("$a = Get-User | Where-Object -FilterScript { $_ -eq 'x' }\nWrite-Warning -Message $a", [("Get-User",)]),
        ("$a = Get-User | Select-Object -First 1\nWrite-Warning -Message $a", [("Get-User",)]),
        ("try { 'x' } catch { Write-Warning -Message $_.Exception }", [("error",)]),
        ("Write-Warning -Message $EvidencePath", [("-EvidencePath",)]),
        ("function Read-X { Get-User }\n$a = Read-X\nWrite-Warning -Message $a", [("Get-User",)]),
        ("function Read-X {\n param([string]$T)\n Write-Warning -Message $T\n}\nRead-X -T (Get-User)", [("Get-User",)]),
        ("$a = 'x' + (Get-User).Name.Trim()\nWrite-Warning -Message $a", [("Get-User", "literal")]),
        ('$a = Get-User\nWrite-Warning -Message "x $a"', [("Get-User", "literal")]),
        ("$a = Join-Path -Path $PSScriptRoot -ChildPath 'x'\nWrite-Warning -Message $a", [("$psscriptroot", "literal")]),
    ],
)  # fmt: skip
def test_a_value_is_followed_to_where_it_can_come_from(text: str, expected: list[tuple[str, ...]]) -> None:
    assert origins(text) == expected


def test_a_splatted_table_is_stated_like_parameters_and_what_may_be_added_is_said_to_be_optional() -> None:
    text = "$a = @{ Message = 'x'; Other = $true }\nif ($Apply) { $a['More'] = 'y' }\nWrite-Warning @a"
    assert [(one.parameter, one.value, one.optional) for one in own(text).calls[0].given] == [
        ("Message", "'x'", False),
        ("Other", "$true", False),
        ("More", "'y'", True),
    ]


def test_members_types_variables_and_texts_are_listed_once_and_sorted() -> None:
    record = own("$b = [string]$a.Name.Trim('x') + [string]::IsNullOrEmpty('\u00e4')\n$a = 'x''y'\n$b = \"$a\"")
    assert record.members == ("method Trim", "property Name", "static IsNullOrEmpty")
    assert [one.name for one in record.variables] == ["$Apply", "$DomainController", "$EvidencePath", "$a", "$b", "$planId"]
    assert record.texts == ("", "$PSScriptRoot\\evidence", "$a", "x", "x'y", "\u00e4")


def test_data_is_stated_as_it_stands_and_its_texts_only_there() -> None:
    record = own("$x = 'code'", data="$planId = 'x'\n$lists = @(\n    @{ Address = 'a@x' }\n)\n$none = $null")
    assert [(one.name, one.value.replace("    ", "")) for one in record.data] == [
        ("$planId", "'x'"),
        ("$lists", "@(\n@{ Address = 'a@x' }\n)"),
        ("$none", "$null"),
    ]
    assert "a@x" not in record.texts
    assert "code" in record.texts


def test_what_stands_in_the_data_besides_data_is_stated_as_well() -> None:
    record = own("Get-Date", data="if ($Apply) {\n    Remove-Mailbox -Identity 'evil'\n}\n$planId = 'x'")
    assert [call.command for call in record.calls] == ["Remove-Mailbox", "Get-Date"]
    assert "evil" in record.texts
    assert [one.name for one in record.data] == ["$planId"]


@pytest.mark.parametrize(
    ("command", "counts"),
    [
        ("New-ManagementScope", "a change"),
        ("Get-User", "no change"),
        ("Read-All", "no change"),
        ("Get-Date", "no change"),
        ("Get-Evil", "a change"),
        ("evil", "a change"),
    ],
)
def test_a_command_of_which_nothing_is_known_counts_as_a_change(command: str, counts: str) -> None:
    assert own(f"{command} -Name 'x'").calls[0].writes is (counts == "a change")


def test_what_a_step_reaches_of_the_region_is_followed_through_its_functions() -> None:
    record = own("Read-All -Name 'x'\nGet-Mailbox")
    assert record.reaches == ("Read-Account", "Read-All")
    assert record.reads == ("Get-Mailbox", "Get-User")
    assert own("Read-Account -Name 'x'").reaches == ("Read-Account",)
    assert own("Get-Date").reads == ()


def test_what_the_region_does_at_its_top_every_script_reaches() -> None:
    region = f"Read-Account -Name 'x'\n{REGION}"
    assert own("Get-Date", region=region).reads == ("Get-User",)


def test_the_region_is_stated_once_with_what_is_its_own() -> None:
    found = stated("Read-All -Name 'x'")
    region = found.region
    assert region.functions == ("Read-Account", "Read-All")
    assert [(call.line, call.command, call.function) for call in region.calls] == [
        (4, "Get-User", "Read-Account"),
        (9, "Read-Account", "Read-All"),
    ]
    assert [one.origins for one in region.calls[0].given] == [("-Name",), ("-DomainController",), ("literal",)]
    assert [call.command for call in found.scripts[0].calls] == ["Read-All"]


def test_a_function_of_the_own_part_is_named() -> None:
    record = own("function Read-All {\n    'x'\n}\nRead-All")
    assert record.functions == ("Read-All",)


def writes(statement: Statement) -> list[tuple[int, CallRecord]]:
    return [(script.step, call) for script in statement.scripts for call in script.calls if call.writes]


def test_every_write_of_a_sample_stands_in_the_gate_of_a_step_and_none_in_the_region(statement: Statement) -> None:
    found = writes(statement)
    assert [(step, call.command) for step, call in found if step != 90] == [
        (30, "New-DistributionGroup"),
        (40, "Update-DistributionGroupMember"),
        (40, "Add-DistributionGroupMember"),
        (50, "New-ManagementScope"),
        (50, "New-ManagementRoleAssignment"),
    ]
    assert {call.command for step, call in found if step == 90} == set(EXCHANGE_SERVER.step(90).writes)
    assert all(call.gate.startswith("$Apply") and not call.function for _, call in found)
    assert not any(call.writes for call in statement.region.calls)


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
    given = [one for _, call in writes(statement) for one in call.given if one.parameter in {"Member", "Members"}]
    assert [(one.parameter, one.origins) for one in given] == [("Members", ("Get-Mailbox",)), ("Member", ("Get-Mailbox",))]


def test_every_step_reads_what_the_product_says_that_it_reads(statement: Statement) -> None:
    for script in statement.scripts:
        assert set(script.reads) == set(EXCHANGE_SERVER.step(script.step).reads), script.file


def test_the_statement_reads_back(statement: Statement) -> None:
    assert Statement.model_validate_json(statement.text()) == statement
    assert json.loads(statement.text())["format"] == "roomscope-audit/2"
