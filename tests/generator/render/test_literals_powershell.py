"""What PowerShell's own parser makes of rendered literals and comments, many in one process."""

import base64
import itertools
import random
import subprocess
from pathlib import Path

import pytest
from jinja2 import Environment

from roomscope.generator.common.errors import LiteralError
from roomscope.generator.render.literals import comment, finalize

QUOTES = "'\u2018\u2019\u201a\u201b"
FRAGMENTS = (
    *QUOTES,
    '"',
    "\u201d",
    "`",
    "$(Get-Date)",
    "$x",
    "; Get-Date",
    "| Get-Date",
    "& Get-Date",
    "#>",
    "<#",
    "#",
    "{{ x }}",
    "{% y %}",
    "'@",
    "@'",
    "}",
    ")",
    "\\",
    "%",
    "\u2013x",
    "\u2212x",
    "ü",
    "\u3000",
    "\U0001f600",
    "--% ",
    " -Force",
    "a",
)
WHOLE = (
    "",
    "x" * 64,
    "\u2019" * 65,
    "o'brien@contoso.com",
    "Salle d\u2019Attente",
    ".EXTERNALHELP \\\\host\\share\\x.xml",
    "SIG # Begin signature block",
    "Requires -Modules Evil",
    "using module Evil",
    "'; Get-Date; '",
    "\u2019; Get-Date; \u2018",
    "$($x.Invoke())",
    "2027-06-30T00:00:00Z",
)
TEMPLATE = """<#
.SYNOPSIS
    {{ value | comment }}
.DESCRIPTION
    {{ value | comment }}, and more. {{ value | comment }}
#>
Get-Thing -Name {{ value }} -In {{ [value, value] }}
$x = {{ value }}
"""
# Prints the number of each case in which PowerShell reads anything but what was written, and what it reads.
CHECK = """
param([string]$Path)
$ErrorActionPreference = 'Stop'
function Read-Text([string]$Coded) { [Text.Encoding]::Unicode.GetString([Convert]::FromBase64String($Coded)) }
$lines = [IO.File]::ReadAllLines($Path)
for ($i = 0; $i -lt $lines.Count; $i++) {
    $coded = $lines[$i].Split(' ')
    $value = Read-Text $coded[0]
    $tokens = $errors = $null
    $ast = [Management.Automation.Language.Parser]::ParseInput((Read-Text $coded[1]), [ref]$tokens, [ref]$errors)
    $commands = @($ast.FindAll({ $args[0] -is [Management.Automation.Language.CommandAst] }, $true))
    $strings = @($ast.FindAll({
        $args[0] -is [Management.Automation.Language.StringConstantExpressionAst] -and
        $args[0].StringConstantType -eq 'SingleQuoted' }, $true))
    $same = @($strings | Where-Object { [string]::Equals($_.Value, $value, 'Ordinal') })
    $comments = @($tokens | Where-Object Kind -eq 'Comment')
    $help = $ast.GetHelpContent()
    $got = "$($errors.Count) $($commands.Count) $($commands[0].GetCommandName()) $($commands[0].CommandElements.Count) " +
        "$($strings.Count) $($same.Count) $($ast.EndBlock.Statements.Count) $($comments.Count) $($help.MamlHelpFile)"
    if ($got -cne '0 1 Get-Thing 5 4 4 2 1 ') { "$i : $got" }
}
"checked $($lines.Count)"
"""


def hostile_values() -> tuple[str, ...]:
    """Every fragment, every pair, every three quotes, and some hundreds of longer ones, the same in every run."""
    chance = random.Random(0)  # noqa: S311 - repeatable, not secret
    pairs = map("".join, itertools.product(FRAGMENTS, repeat=2))
    threes = map("".join, itertools.product(QUOTES, repeat=3))
    longer = ("".join(chance.choices(FRAGMENTS, k=chance.randint(3, 12))) for _ in range(500))
    return (*WHOLE, *FRAGMENTS, *pairs, *threes, *longer)


def coded(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


def disagreements(pwsh: str, folder: Path, cases: list[tuple[str, str]]) -> list[str]:
    """What PowerShell reads differently from what was meant, case by case."""
    script, data = folder / "check.ps1", folder / "cases.txt"
    script.write_text(CHECK, encoding="utf-8")
    data.write_text("".join(f"{coded(value)} {coded(source)}\n" for value, source in cases), encoding="ascii")
    command = [pwsh, "-NoProfile", "-NonInteractive", "-File", str(script), "-Path", str(data)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    *found, last = done.stdout.splitlines() or [done.stderr]
    assert last == f"checked {len(cases)}", done.stderr
    return found


@pytest.fixture(scope="module")
def environment() -> Environment:
    """An environment as the templates have it."""
    made = Environment(autoescape=True, finalize=finalize)
    made.filters["comment"] = comment
    return made


def test_powershell_reads_every_hostile_value_back_unchanged_and_calls_nothing_else(
    pwsh: str, tmp_path: Path, environment: Environment
) -> None:
    template = environment.from_string(TEMPLATE)
    cases = [(value, template.render(value=value)) for value in hostile_values()]
    assert len(cases) > 1000
    assert disagreements(pwsh, tmp_path, cases) == []


def test_the_check_itself_sees_a_value_that_breaks_out(pwsh: str, tmp_path: Path, environment: Environment) -> None:
    naive = TEMPLATE.replace("{{ value }}", "'{{ value | safe }}'").replace("{{ [value, value] }}", "'a', 'b'")
    template = environment.from_string(naive)
    cases = [(value, template.render(value=value)) for value in ("x", "\u2019; Get-Date; \u2018")]
    assert [line.split(" ")[0] for line in disagreements(pwsh, tmp_path, cases)] == ["0", "1"]


def test_powershell_stops_reading_at_a_quoted_stop_parsing_sign_so_it_is_refused(
    pwsh: str, tmp_path: Path, environment: Environment
) -> None:
    unguarded = [("--%", TEMPLATE.replace("{{ value }}", "'--%'").replace("{{ [value, value] }}", "@('--%', '--%')"))]
    assert [line.split(" ")[0] for line in disagreements(pwsh, tmp_path, unguarded)] == ["0"]
    with pytest.raises(LiteralError, match="PowerShell stops reading values there"):
        environment.from_string(TEMPLATE).render(value="--%")
