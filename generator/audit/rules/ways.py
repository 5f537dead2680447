"""The rule about the few variables that decide who gets what: each is made in one way, the same in every bundle."""

import re
from collections.abc import Iterator, Mapping

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.origins import base
from roomscope.generator.script.scopes import is_set_by
from roomscope.generator.script.tree import Node

RULES = (
    Rule(
        "RSA063",
        "What decides is made in one way",
        "The filter of a scope says who can be impersonated. It is made of the room type and the distinguished names of the lists, and of "
        "nothing else; the same goes for the tables from which lists, mailboxes and grants are taken. So each of these variables is "
        "only ever set by the one statement that every bundle has.",
        "Take the statement from a script that `roomscope render` wrote.",
        "$filters = @{}\n$filters['Rooms'] = 'Alias -ne $null'",
        "$filters = @{}",
    ),
)

# The statements that may set a variable, with single spaces; of a loop, what it runs over. '…' is any text.
_WAYS: Mapping[str, tuple[str, ...]] = {
    "$filters": (
        "$filters = @{}",
        "$filters[$grant['Scope']] = '(RecipientTypeDetails -eq ''RoomMailbox'') -and ({0})' -f ($terms -join ' -or ')",
    ),
    "$terms": (
        "$terms = @($grant['Lists'] | ForEach-Object -Process { 'MemberOfGroup -eq ''{0}''' -f $listNames[$_].Replace('''', '''''') })",
    ),
    "$listnames": ("$listNames = @{}", "$listNames[$state['Address']] = $state['DistinguishedName']"),
    "$mailboxbyaddress": ("$mailboxByAddress = @{}", "$mailboxByAddress[$address] = $mailbox"),
    "$guidbylist": ("$guidByList = @{}", "$guidByList[$state['Address']] = $state['Guid']"),
    "$mailbox": ("$mailboxes", "$mailbox = $mailboxByAddress[[string]$room.PrimarySmtpAddress]"),
    "$roomspath": ("$roomsPath = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'",),
    "$manifestpath": ("$manifestPath = Join-Path -Path $PSScriptRoot -ChildPath 'manifest.json'",),
    "$evidencepath": ("= (Join-Path -Path $PSScriptRoot -ChildPath 'evidence')",),
    "$evidencefolder": ("$evidenceFolder = [string](Get-Item -LiteralPath $EvidencePath).FullName",),
    "$evidencefile": ("$evidenceFile = Join-Path -Path $evidenceFolder -ChildPath $evidenceName",),
    "$evidencename": (
        r"$evidenceName = '{0}.{1}.{2}.json' -f '…', $mode, ($record['Start'] -replace '[-:]|\.\d+', '')",
    ),
    "$mode": ("$mode = 'apply'", "$mode = 'plan'"),
    "$grant": ("$grants",),
    "$list": ("$lists",),
    "$room": ("$rooms",),
}


def check_ways(subject: Subject) -> Iterator[Fault]:
    """Finds a deciding variable that is set in another way."""
    script = subject.script
    for node, path in script.walk():
        if node.kind == "assignment_expression":
            target, text = base(node.children[0]), " ".join(script.source(node).split())
        elif node.kind == "variable" and path and is_set_by(path[-1], node):
            target, text = node, " ".join(script.source(_run_over(path[-1])).split())
        else:
            continue
        ways = _WAYS.get("" if target is None else target.text.lower())
        if ways is not None and not any(_is_like(text, way) for way in ways):
            yield Fault("RSA063", node.start, f"{'' if target is None else target.text} is set in another way than in every bundle.")


def _is_like(text: str, way: str) -> bool:
    return text == way or re.fullmatch(re.escape(way).replace("…", "[^']*"), text) is not None


def _run_over(around: Node) -> Node:
    """What a loop runs over; a parameter is only itself."""
    after = [one for one in around.children if one.kind not in {"foreach", "(", ")", "in", "statement_block"}]
    return after[-1] if after else around


CHECKS: tuple[Check, ...] = (check_ways,)
