"""The rule about the beginning of every script: help, parameters, strictness and the guard against the session."""

from collections.abc import Iterator
from itertools import zip_longest

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.script.lexer import Fault, Token, lex

# '…' stands for any text, @('…') for any list of texts.
_FRAME = """
[CmdletBinding()]
param(
    [switch]$Apply,

    [ValidateNotNullOrEmpty()]
    [string]$EvidencePath = (Join-Path -Path $PSScriptRoot -ChildPath 'evidence'),

    [string]$DomainController = ''
)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'
if ([string]::IsNullOrEmpty($PSScriptRoot)) {
    throw '…'
}
if ($PSDefaultParameterValues.Count -ne 0) {
    throw '…'
}
if ($WhatIfPreference) {
    throw '…'
}
$exchangeCommands = @('…')
$plainCommands = @('…')
$absentCommands = @(
    foreach ($commandName in $exchangeCommands + $plainCommands) {
        try { Get-Command -Name $commandName -ErrorAction Stop | Out-Null }
        catch { $commandName }
    }
)
if ($absentCommands.Count -ne 0) {
    throw ('…' -f
        ($absentCommands -join ', '), '…')
}
$exchangeSources = @(
    foreach ($commandName in $exchangeCommands) {
        $command = Get-Command -Name $commandName -ErrorAction Stop
        if ('Alias' -eq [string]$command.CommandType -or [string]::IsNullOrEmpty([string]$command.Source)) {
            throw ('…' -f $commandName)
        }
        [string]$command.Source
    }
)
if (@($exchangeSources | Sort-Object -Unique).Count -ne 1) {
    throw ('…' -f
        (@($exchangeSources | Sort-Object -Unique) -join ', '))
}
foreach ($commandName in $plainCommands) {
    if ([string](Get-Command -Name $commandName -ErrorAction Stop).Source -notlike 'Microsoft.PowerShell.*') {
        throw ('…' -f $commandName)
    }
}
"""

RULES = (
    Rule(
        "RSA050",
        "Every script begins alike",
        "Requirement, help, parameters, strict mode and the guard stand first and are the same in every script: a session that sets "
        "default parameter values or -WhatIf, or that replaces a command by a function or an alias, is refused before anything "
        "is read. Only what is between quotes may differ.",
        "Take the beginning from a script that `roomscope render` wrote.",
        "$ErrorActionPreference = 'Stop'",
        "#Requires -Version 5.1\n<#\n.SYNOPSIS\n    x\n#>" + _FRAME,
    ),
    Rule(
        "RSA051",
        "The guard knows every command",
        "The guard can only refuse a replaced command that it is told about, so both of its lists name everything that is called.",
        "Add the command to the step in the profile.",
        "$plainCommands = @('Get-Date')\nJoin-Path -Path $PSScriptRoot -ChildPath 'x'",
        "$plainCommands = @('Get-Date')\nGet-Date",
    ),
)

_ANY = "'…'"
_LISTS = {"$exchangeCommands": True, "$plainCommands": False}


def check_frame(subject: Subject) -> Iterator[Fault]:
    """Compares the beginning of a script with the one of every script."""
    text = subject.script.text
    tokens = subject.script.tokens
    if [token.kind for token in tokens[:2]] != ["comment", "help"]:
        yield Fault("RSA050", 0, "The script does not begin with its requirement and its help.")
    given = _flat(text, [token for token in tokens if token.kind not in {"comment", "help"}])
    wanted = _flat(_FRAME, lex(_FRAME).tokens)
    for have, want in zip_longest(given[: len(wanted)], wanted):
        if have is None or want is None or not _same(have[:2], want[:2]):
            place = len(text) - 1 if have is None else have[2]
            yield Fault("RSA050", place, "The beginning differs here from that of every script.")
            return


def _flat(text: str, tokens: list[Token] | tuple[Token, ...]) -> list[tuple[str, bool, int]]:
    """Tokens with whether a line begins before them; a list of texts counts as one token."""
    flat: list[tuple[str, bool, int]] = []
    end = 0
    for token in tokens:
        new_line = "\n" in text[end : token.start]
        end = token.end
        if len(flat) > 1 and token.kind == "single" and flat[-1][0] == "," and flat[-2][0][:1] == "'":
            flat.pop()
        else:
            flat.append((token.text, new_line, token.start))
    return flat


def _same(have: tuple[str, bool], want: tuple[str, bool]) -> bool:
    return have == want or (want[0] == _ANY and have[0][:1] == "'" and have[1] == want[1])


def check_lists(subject: Subject) -> Iterator[Fault]:
    """Holds the two lists of the guard to what is called."""
    named = {name: _named(subject, name) for name in _LISTS}
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is not None and call.name not in named[_list_of(exchange=command.exchange)]:
            yield Fault("RSA051", call.node.start, f"The guard does not know {call.name}.")


def _list_of(*, exchange: bool) -> str:
    return next(name for name, value in _LISTS.items() if value is exchange)


def _named(subject: Subject, variable: str) -> frozenset[str]:
    """The texts of a list that is assigned once."""
    found = [
        node.children[-1]
        for node, _ in subject.script.walk()
        if node.kind == "assignment_expression" and node.children[0].text == variable
    ]
    if len(found) != 1:
        return frozenset()
    inside = (one for one in subject.script.strings.values() if found[0].start <= one.start < found[0].end)
    return frozenset(token.text[1:-1] for token in inside)


CHECKS: tuple[Check, ...] = (check_frame, check_lists)
