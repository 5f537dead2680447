"""Attacks on the frame of a script: its region, what stands around it, and its data. Nothing but the script is known."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from roomscope.generator.audit.check import audit_script
from roomscope.generator.audit.release import Release
from roomscope.generator.audit.vocabulary import VERBS
from roomscope.generator.bundle.release import release_of
from roomscope.generator.common.region import CLOSES, OPENS, Region
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.script.parts import CODE, DATA, WAY
from roomscope.generator.statement.derive import step_of
from tests.generator.audit.mutants import (
    BACK,
    GRANT,
    LISTS,
    Mutant,
    add,
    in_region,
    opening,
    region,
    resub,
    swap,
    text,
    whole_region,
)

Files = Mapping[str, bytes]
WRITE = "New-ManagementScope -Name 'x' -RecipientRestrictionFilter 'x' -DomainController $DomainController -ErrorAction Stop"
END = f"{CLOSES}\n}}\n"


def last(code: str) -> Callable[[bytes], bytes]:
    """Puts code behind the last brace."""
    return text(lambda before: before + code)


def begin_first(before: str) -> str:
    """Puts the blocks in the order in which they run."""
    head, _, rest = before.partition("\nend {\n")
    own, _, begin = rest.partition("}\n\nbegin {\n")
    return f"{head}\nbegin {{\n{begin}\nend {{\n{own}}}\n"


def doubled(whole: str) -> str:
    return whole + whole


def commented(whole: str) -> str:
    return "".join(f"# {line}" for line in whole.splitlines(keepends=True))


REGION = [
    Mutant("one byte of the region", "RSA052", swap("function Read-CleanText(", "function Read-CleanTex(")),
    Mutant("one byte of the region, digest adjusted", "RSA052", region(lambda before: before.replace("-ne ", "-eq ", 1))),
    Mutant("a comment in the region", "RSA052", region(lambda before: before.replace("# ", "# Harmless: ", 1))),
    Mutant("a blank line at the end of the region", "RSA052", in_region("")),
    Mutant("a space at the end of a line", "RSA052", region(lambda before: before.replace("\n", " \n", 1))),
    Mutant("a digest of something else", "RSA052", opening(lambda line: f"{line[:-64]}{'0' * 64}")),
    Mutant("a digest in capitals", "RSA052", opening(str.upper)),
    Mutant("no digest", "RSA052", opening(lambda line: line[:-65])),
    Mutant("half a digest", "RSA052", opening(lambda line: line[:-32])),
    Mutant("something behind the digest", "RSA052", opening(lambda line: f"{line} approved")),
    Mutant("another name", "RSA052", opening(lambda line: line.replace("Shared", "Common"))),
    Mutant("markers in other case", "RSA052", whole_region(lambda one: one.replace("#region", "#Region").replace(CLOSES, "#EndRegion"))),
    Mutant("the first marker in other case", "RSA052", opening(lambda line: line.replace("#region", "#REGION"))),
    Mutant("the last marker in other case", "RSA052", swap(END, END.replace(CLOSES, CLOSES.upper()))),
    Mutant("a blank in a marker", "RSA052", opening(lambda line: line.replace("#region", "# region"))),
    Mutant("a marker that is indented", "RSA052", opening(lambda line: f"    {line}")),
    Mutant("a last marker with a name", "RSA052", swap(END, END.replace(CLOSES, f"{CLOSES} Shared functions"))),
    Mutant("no first marker", "RSA052", opening(lambda _: "# Shared")),
    Mutant("no last marker", "RSA052", swap(END, "}\n")),
    Mutant("no region", "RSA052", whole_region(lambda _: "")),
    Mutant("an empty region", "RSA052", region(lambda _: "")),
    Mutant("two regions", "RSA052", whole_region(doubled)),
    Mutant("a region in the region", "RSA052", region(lambda before: f"#region Inner\n{before}{CLOSES}\n")),
    Mutant("a region in the own part", "RSA052", add(f"    #region Harmless\n    $harmless = 1\n    {CLOSES}")),
    Mutant("another region in the own part, the real one gone", "RSA052", text(lambda before: before.replace(f"    {CODE}", f"    {Region('').whole[:-1]}\n    {CODE}", 1).replace(END, "}\n"))),
    Mutant("a region in comments", "RSA052", whole_region(commented)),
    Mutant("a region in a block comment", "RSA007", whole_region(lambda whole: f"<#\n{whole}#>\n")),
    Mutant("a region in a here-string", "RSA005", whole_region(lambda whole: f"$text = @'\n{whole}'@\n")),
    Mutant("a region in a string", "RSA006", whole_region(lambda whole: f"$text = '\n{whole}'\n")),
    Mutant("a marker in a string only", "RSA052", opening(lambda line: f"$text = '{line}'")),
    Mutant("the region of the other product", "RSA052", region(lambda _: "function Read-CleanText {\n    param([string]$Text)\n    $Text\n}\n")),
    Mutant("the region of another release", "RSA052", region(lambda before: f"# Release 2.\n{before}")),
    Mutant("a function of the region is gone", "RSA052", region(lambda before: before.replace("function Read-CleanText", "function Read-CleanerText", 1))),
    Mutant("a function of the region stands there twice", "RSA043", in_region("function Read-CleanText {\n    param([string]$Text)\n    $Text\n}")),
    Mutant("a function of the region stands there twice in other case", "RSA043", in_region("function read-cleantext {\n    param([string]$Text)\n    $Text\n}")),
    Mutant("the region gets a command of the product", "RSA043", in_region("function New-ManagementScope {\n    'x'\n}")),
    Mutant("the region gets a command of the product in other case", "RSA043", in_region("function new-managementscope {\n    'x'\n}")),
    Mutant("the region writes", "RSA060", in_region(f"if ($Apply) {{\n    {WRITE}\n}}")),
    Mutant("a function of the region writes", "RSA060", in_region(f"function Save-Scope {{\n    param($Apply, $DomainController)\n    if ($Apply) {{\n        {WRITE}\n    }}\n}}")),
    Mutant("the region fills somebody else's table", "RSA044", in_region("function Save-Other {\n    param($Table)\n    $Table['x'] = 'y'\n}\n$one = @{}\nSave-Other -Table $one")),
    Mutant("the region reads a variable of the script", "RSA041", in_region("function Read-Plan {\n    $planId\n}")),
]  # fmt: skip
FRAME = [
    Mutant("code behind the region", "RSA050", swap(END, f"{CLOSES}\nGet-Date\n}}\n")),
    Mutant("a comment behind the region", "RSA050", swap(END, f"{CLOSES}\n# x\n}}\n")),
    Mutant("code behind the last brace", "RSA050", last("Get-Date\n")),
    Mutant("a comment behind the last brace", "RSA050", last("# x\n")),
    Mutant("a blank line behind the last brace", "RSA050", last("\n")),
    Mutant("code between end and begin", "RSA050", swap(WAY, "}\n\nGet-Date\n\nbegin {\n")),
    Mutant("code in begin before the region", "RSA050", swap(WAY, f"{WAY}Get-Date\n")),
    Mutant("a process block between end and begin", "RSA112", swap(WAY, "}\n\nprocess {\n    Get-Date\n}\n\nbegin {\n")),
    Mutant("a second end block", "RSA050", last("\nend {\n    Get-Date\n}\n")),
    Mutant("a second begin block", "RSA050", last("\nbegin {\n    Get-Date\n}\n")),
    Mutant("a process block", "RSA050", last("\nprocess {\n    Get-Date\n}\n")),
    Mutant("a process block calls what it likes", "RSA020", last("\nprocess {\n    Remove-Mailbox -Identity 'x'\n}\n")),
    Mutant("a clean block", "RSA050", last("\nclean {\n    Get-Date\n}\n")),
    Mutant("a dynamicparam block", "RSA050", swap("\nend {\n", "\ndynamicparam {\n    Get-Date\n}\n\nend {\n")),
    Mutant("a second end block first", "RSA050", swap("\nend {\n", "\nend {\n    Get-Date\n}\n\nend {\n")),
    Mutant("a second begin block first", "RSA050", swap("\nend {\n", "\nbegin {\n    Get-Date\n}\n\nend {\n")),
    Mutant("begin before end", "RSA050", text(begin_first)),
    Mutant("end in other case", "RSA050", swap("\nend {\n", "\nEnd {\n")),
    Mutant("begin in other case", "RSA050", swap("\nbegin {\n", "\nBEGIN {\n")),
    Mutant("process instead of end", "RSA050", swap("\nend {\n", "\nprocess {\n")),
    Mutant("code before end", "RSA050", swap("\nend {\n", "\nGet-Date\n\nend {\n")),
    Mutant("code before the data", "RSA050", swap(f"    {DATA}\n", f"    Get-Date\n    {DATA}\n")),
    Mutant("a comment before the data", "RSA050", swap(f"    {DATA}\n", f"    # x\n    {DATA}\n")),
    Mutant("no line before the data", "RSA050", swap(f"    {DATA}\n", "")),
    Mutant("no line before the code", "RSA050", swap(f"    {CODE}\n", "")),
    Mutant("the line before the code stands further up", "RSA112", swap(f"    {DATA}\n", f"    {DATA}\n    {CODE}\n")),
    Mutant("the line before the code stands there again", "RSA112", add(f"    {CODE}")),
    Mutant("no blank line before the help", "RSA007", swap("#Requires -Version 5.1\n\n", "#Requires -Version 5.1\n")),
    Mutant("the help is read elsewhere", "RSA050", swap(".DESCRIPTION", ".EXTERNALHELP \\\\evil\\share\\help.xml\n.DESCRIPTION")),
    Mutant("the help is that of another command", "RSA050", swap(".DESCRIPTION", "  .ForwardHelpTargetName Get-Process\n.DESCRIPTION")),
    Mutant("a signature in the help", "RSA009", swap(".DESCRIPTION", "# SIG # Begin signature block\n.DESCRIPTION")),
    Mutant("a synopsis that comes again", "RSA050", swap(".DESCRIPTION", ".SYNOPSIS\n    Harmless.\n.DESCRIPTION")),
    Mutant("a function in the own part", "RSA043", add("    function Show-Other {\n        'x'\n    }")),
    Mutant("a function of the region in the own part", "RSA043", add("    function Read-CleanText {\n        'x'\n    }")),
    Mutant("a function of the region in the own part in other case", "RSA043", add("    function READ-CLEANTEXT {\n        'x'\n    }")),
    Mutant("a command of the product in the own part", "RSA043", add("    function Get-Mailbox {\n        'x'\n    }")),
    Mutant("a write twice", "RSA064", swap("New-ManagementScope @newScope | Out-Null", f"New-ManagementScope @newScope | Out-Null\n{WRITE}")),
    Mutant("a write is left out", "RSA064", swap("New-ManagementRoleAssignment @newAssignment | Out-Null", "Get-Date | Out-Null")),
    Mutant("a write is left out on the way back", "RSA064", swap("Remove-DistributionGroup @old -BypassSecurityGroupManagerCheck -ErrorAction Stop", "Get-Date"), BACK),
    Mutant("a call of a function with a part of a parameter's name", "RSA021", swap("Show-Plan -Record $record", "Show-Plan -Rec $record")),
    Mutant("a call of a function with a table that is not known", "RSA027", add("    $one = @{ Text = 'x' }\n    $other = $one\n    Show-Line @one")),
    Mutant("something is piped into a function", "RSA024", add("    'x' | Show-Line -Text 'x'")),
    Mutant("a catch that goes on", "RSA062", resub(r"catch \{ if \([^\n]*\{ throw \} \}", "catch { 'x' }")),
    Mutant("a comparison in the code", "RSA112", swap("if ($Apply -and $plan.Count -ne 0) {", "if ($Apply -and $plan.Count -ne 1) {")),
    Mutant("a comment in the code", "RSA112", add("    # Approved.")),
    Mutant("the code of another step", "RSA112", text(lambda before: before.replace("'make-scope'", "'make-list'"))),
]  # fmt: skip
DATA_BLOCK = [
    Mutant("a value that is computed", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "[string](Get-Date)")),
    Mutant("a value that is put together", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "'a' + 'b'")),
    Mutant("a value in brackets", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "('a')")),
    Mutant("a value that is cast", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "[string]$planId")),
    Mutant("a value that expands", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", '"$planId"')),
    Mutant("a value of another variable", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "$planId")),
    Mutant("a number for a text", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "1")),
    Mutant("nothing for a text", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "$null")),
    Mutant("a flag for a text", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "$true")),
    Mutant("a list for a text", "RSA053", resub(r"(?<=\$bundle = )[^\n]*", "@('a')")),
    Mutant("a text for a list", "RSA053", resub(r"(?<=\$domains = )[^\n]*", "'a'")),
    Mutant("nothing in a list", "RSA053", resub(r"(?<=\$domains = )[^\n]*", "@($null)")),
    Mutant("a list that is computed", "RSA053", resub(r"(?<=\$domains = )[^\n]*", "@(Get-Date)")),
    Mutant("a list in a list", "RSA053", resub(r"(?<=\$domains = )[^\n]*", "@(@('a'))")),
    Mutant("a table in a list of texts", "RSA053", resub(r"(?<=\$domains = )[^\n]*", "@(@{ A = 'a' })")),
    Mutant("a row with another key", "RSA053", swap("@{ Address = ", "@{ Other = 'x'; Address = ")),
    Mutant("a row without a key", "RSA053", resub(r"@\{ Address = '[^']*'; ", "@{ ")),
    Mutant("a row whose keys change places", "RSA053", resub(r"@\{ Address = '[^']*'; Alias = '[^']*'; ", "@{ Alias = 'a'; Address = 'b'; ")),
    Mutant("a row that is computed", "RSA053", resub(r"(?<=Address = )'[^']*'", "(Get-Date)")),
    Mutant("a row of a variable", "RSA053", swap("$lists = @(\n", "$lists = @(\n        $planId\n")),
    Mutant("a row with a computed list", "RSA053", resub(r"(?<=Lists = @\()'[^)]*", "$planId")),
    Mutant("a name is missing", "RSA053", resub(r"    \$bundle = [^\n]*\n", "")),
    Mutant("the last name is missing", "RSA053", resub(r"    \$grants = @\(\n.*?\n    \)\n", "")),
    Mutant("a name that comes again", "RSA053", resub(r"(?=    \$domains = )", "    $bundle = 'x'\n")),
    Mutant("a name that comes again at the end", "RSA053", resub(rf"(?=\n    {CODE})", "\n    $bundle = 'x'")),
    Mutant("a name more", "RSA053", resub(r"(?=    \$domains = )", "    $other = 'x'\n")),
    Mutant("names change places", "RSA053", text(lambda before: _moved(before, "$bundle", "$domains"))),
    Mutant("a name in other case", "RSA053", swap("$bundle = ", "$Bundle = ")),
    Mutant("a name that grows", "RSA053", swap("$bundle = ", "$bundle += ")),
    Mutant("two names in a row", "RSA053", resub(r"\n    \$bundle = ", "; $bundle = ")),
    Mutant("two names at once", "RSA053", swap("$bundle = ", "$bundle = $other = ")),
    Mutant("a call among the data", "RSA053", resub(r"(?=    \$domains = )", "    Get-Date\n")),
    Mutant("a condition around data", "RSA053", resub(r"    (\$bundle = [^\n]*)\n", "    if ($Apply) { $bundle = 'x' }\n")),
    Mutant("an element among the data", "RSA053", resub(r"(?=    \$domains = )", "    $bundle['x'] = 'y'\n")),
    Mutant("a comment among the data", "RSA053", resub(r"(?=    \$domains = )", "    # Approved.\n")),
    Mutant("data that goes on in the code", "RSA010", swap(f"\n    {CODE}\n", f"    $other = @(\n    {CODE}\n")),
    Mutant("a text out of sight to the right", "RSA053", resub(r"(?<=\$domains = @\()", f"'a',{' ' * 300}'evil', ")),
    Mutant("a text out of sight below", "RSA053", resub(r"(?<=\$domains = @\()", "\n" * 200 + "'evil',\n")),
    Mutant("other roles", "RSA053", resub(r"(?<=\$roles = )[^\n]*", "'View-Only Organization Management'")),
    Mutant("another next step", "RSA053", resub(r"(?<=\$next = )[^\n]*", "'Next: run evil.ps1'")),
    Mutant("another product", "RSA112", swap("Product = 'exchange-server'", "Product = 'exchange-online'")),
    Mutant("the guard looks at one command less", "RSA053", swap("'Get-OrganizationConfig', ", "")),
    Mutant("the data of another step", "RSA053", text(lambda before: before.replace("    $grants = ", "    $organizationalUnit = ")), GRANT),
    Mutant("the unit is computed", "RSA053", resub(r"(?<=\$organizationalUnit = )[^\n]*", "$env:USERNAME"), LISTS),
]  # fmt: skip
MUTANTS = [*REGION, *FRAME, *DATA_BLOCK]


def _moved(before: str, name: str, behind: str) -> str:
    """Puts the line of a name behind that of another."""
    lines = before.split("\n")
    line = next(one for one in lines if one.startswith(f"    {name} = "))
    lines.remove(line)
    at = next(number for number, one in enumerate(lines) if one.startswith(f"    {behind} = "))
    return "\n".join([*lines[: at + 1], line, *lines[at + 1 :]])


@pytest.fixture(scope="module")
def release() -> Release:
    return release_of(EXCHANGE_SERVER)


def test_no_two_attacks_are_alike() -> None:
    assert len({mutant.id for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_an_attack_on_the_frame_is_caught_in_the_loose_script(article: Files, release: Release, mutant: Mutant) -> None:
    data = mutant.edit(article[mutant.file])
    found = audit_script(mutant.file, data, release, step_of(mutant.file))
    assert mutant.rule in {finding.rule for finding in found}


@pytest.mark.parametrize("mutant", MUTANTS[::12], ids=lambda mutant: mutant.id)
def test_the_audit_of_a_loose_script_is_told_neither_product_nor_release(article: Files, mutant: Mutant) -> None:
    delivery = Delivery(mutant.file, "scripts", {mutant.file: mutant.edit(article[mutant.file])}, ())
    assert mutant.rule in {finding.rule for finding in audit_delivery(delivery).findings}


def test_the_script_of_another_release_is_refused_as_such(article: Files, release: Release) -> None:
    later = replace(release, region=Region(f"{release.region.text}\n"))
    assert {one.rule for one in audit_script(GRANT, article[GRANT], later, 50)} == {"RSA052"}


HARMLESS = {
    "a marker in a text": f"'{OPENS} {'0' * 64}'",
    "a line of the frame in a text": f"'{CODE}'",
    "the end of a block in a text": "'} begin { Get-Process'",
    "a quote": "'o''brien'",
    "letters of others": "'R\u00e4ume \u2018\u2018Z\u00fcrich\u2019\u2019'",
    "nothing": "''",
}


@pytest.mark.parametrize("value", HARMLESS.values(), ids=HARMLESS)
def test_data_may_be_any_text(article: Files, release: Release, value: str) -> None:
    data = resub(r"(?<=\$bundle = )[^\n]*", value)(article[GRANT])
    assert audit_script(GRANT, data, release, 50) == ()


def test_only_what_the_product_says_is_the_same_in_every_bundle(release: Release) -> None:
    same = {datum.name for own in release.own.values() for datum in own.data if len(datum.values) == 1}
    assert same <= {"$roles", "$next", "$exchangeCommands", "$allRoles", "$needed"}
    assert "$exchangeCommands" in same


def test_the_guard_looks_for_aliases_before_every_function_that_may_be(release: Release) -> None:
    patterns = re.findall(r"'([A-Z][a-z]+)-\*'", release.region.text)
    assert set(patterns) == VERBS


def test_rows_may_be_more_or_none(article: Files, release: Release) -> None:
    row = "        @{ Address = 'a'; Alias = 'b'; Name = 'c' }\n"
    for rows in ("", row, row * 3):
        data = resub(r"(?<=\$lists = @\(\n).*?(?=    \)\n)", rows)(article[GRANT])
        assert audit_script(GRANT, data, release, 50) == ()
