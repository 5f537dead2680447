"""The rules about the frame of a script, and what this release writes into it: region, code and data."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from roomscope.generator.audit.release import forms
from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.common.region import CLOSES, OPENS, Region
from roomscope.generator.script.lexer import REQUIRES, Token, normalised
from roomscope.generator.script.parts import CODE, DATA, WAY, markers
from roomscope.generator.script.tree import Node

_OPENING = """[CmdletBinding()]
param(
    [switch]$Apply,
    [ValidateNotNullOrEmpty()]
    [string]$EvidencePath = "$PSScriptRoot\\evidence"%s
)

end {
    %s
"""
_CLOSING = "}\n"
_GAP = re.compile(r"(?<=[^ \n]) {9,}(?=[^ \n])|\n(?: *\n){2,}")
_KEYWORD = re.compile(r"(?m)^[ \t]*\.[A-Za-z].*$")
_KEYWORDS = frozenset({".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE", ".PARAMETER Apply", ".PARAMETER EvidencePath"})
_OPENS = re.compile(re.escape(OPENS) + " [0-9a-f]{64}")

_ANOTHER_RELEASE = "If the bundle came from another release, audit it with that release. Otherwise do not run it; ask the author."


def _opening(names: tuple[str, ...]) -> str:
    """What stands between help and data: the parameters of every script and of the product, and the way into the own part."""
    return _OPENING % ("".join(f",\n    [string]${name} = ''" for name in names), DATA)


@Rule(
    id="RSA050",
    title="Every script has one frame",
    why="Requirement, help, parameters, the step's own part in `end`, the shared region in `begin`: nothing stands before, between or "
    "behind them, so nothing runs that a reader of the own part and the region has not seen.",
    cure="Take the frame from a script that `roomscope render` wrote.",
    bad="$ErrorActionPreference = 'Stop'",
    good=f"{REQUIRES}\n\n<#\n.SYNOPSIS\n    x\n#>\n{_opening(('DomainController',))}    $planId = 'x'\n\n    {CODE}\n    Show-Text -Text $planId\n{WAY}"
    + Region("function Show-Text {\n    param([string]$Text)\n    $Text\n}\n").whole
    + _CLOSING,
)
def every_script_has_one_frame(subject: Subject) -> Iterator[tuple[int, str]]:
    """Compares everything around data, code and region."""
    text, tokens = subject.script.text, subject.script.tokens
    if [token.kind for token in tokens[:2]] != ["comment", "help"]:
        yield 0, "The script does not begin with its requirement and its help."
    names = tuple(one.name for one in subject.release.product.parameters)
    strange = _strange_keywords(tokens, names)
    yield from ((tokens[1].start, f"{one} is no keyword of our help, or stands there again.") for one in strange)
    parts = subject.parts
    if parts is None:
        yield 0, f"The script lacks one of the lines {DATA!r}, {CODE!r} and those that open and close its one region."
        return
    if (at := _difference(text, tokens[1].end, f"\n{_opening(names)}", parts.data)) is not None:
        yield at, "The frame of every script reads otherwise between help and data."
    if not text[: parts.region].endswith(WAY):
        yield parts.region, "The frame of every script reads otherwise between code and region."
    if text[parts.closing :] != _CLOSING:
        yield min(parts.closing, len(text) - 1), "Something else than one brace stands behind the region."


@Rule(
    id="RSA112",
    title="The code is this release's",
    why="Conditions, order and messages are not calls, and still decide what happens. The code of a step is the same in every bundle of "
    "a release, so it is compared byte for byte, comments included.",
    cure=_ANOTHER_RELEASE,
    bad="if (0 -eq $conflicts.Count) {\n    throw 'Nothing was changed.'\n}",
    good="if (0 -ne $conflicts.Count) {\n    throw 'Nothing was changed.'\n}",
)
def the_code_is_of_this_release(subject: Subject) -> Iterator[tuple[int, str]]:
    """Compares the code with that of this release."""
    parts = subject.parts
    if parts is None:
        yield 0, "The code of this release is not there."
    elif (at := _difference(subject.script.text, parts.code, subject.own.code + WAY, parts.region)) is not None:
        yield at, "The code of this release reads otherwise here."


@Rule(
    id="RSA052",
    title="The region is this release's",
    why="What scripts share is read once a release, by its digest. So there is one region, its first line names the digest of what "
    "follows, and that is, byte for byte, the region of this product in this release.",
    cure=_ANOTHER_RELEASE,
    bad="function Show-Text {\n    param([string]$Text)\n    Write-Warning -Message $Text\n}",
    good="function Show-Text {\n    param([string]$Text)\n    $Text\n}",
)
def the_region_is_of_this_release(subject: Subject) -> Iterator[tuple[int, str]]:
    """Holds the region to its lines, its digest and this release."""
    text, around = subject.script.text, markers(subject.script.tokens)
    if len(around) != len(("opens", "closes")):
        yield (around[2].start if around[2:] else 0), "A script has one line that opens its region, and one that closes it."
        return
    opens, closes = around
    if not (_is_whole(text, opens) and _OPENS.fullmatch(opens.text)):
        yield opens.start, f"The line that opens the region is not {OPENS!r} with a digest."
    if not (_is_whole(text, closes) and closes.text == CLOSES):
        yield closes.start, f"The line that closes the region is not {CLOSES!r}."
    region, wanted = Region(text[opens.end + 1 : closes.start]), subject.release.region
    if not opens.text.endswith(region.digest):
        yield opens.start, f"The digest of the region is {region.digest}."
    if (at := _difference(text, opens.end + 1, wanted.text, closes.start)) is not None:
        yield at, f"The region of this release, {wanted.digest}, reads otherwise here."


@Rule(
    id="RSA053",
    title="Data is constant",
    why="What differs between bundles are the constants at the top of the own part, and nothing else: each name that the step has, once, "
    "in order, in plain sight, set to a text or to a list or table of texts. A value that is computed could be anything when the script runs. What is the "
    "same in every bundle of a release, such as the name of the step, is just that.",
    cure=_ANOTHER_RELEASE,
    bad="$planId = (Get-Date).ToString('o')",
    good="$planId = 'x'",
)
def data_is_constant(subject: Subject) -> Iterator[tuple[int, str]]:
    """Holds the data to the names and forms of the step."""
    parts = subject.parts
    if parts is None:
        yield 0, "The data of this release is not there."
        return
    found = tuple(one for one in _own_statements(subject) if one.start < parts.code)
    for one, datum in zip_longest(found, subject.own.data):
        if one is None:
            yield parts.code, f"{datum.name} is missing."
        elif datum is None or not _sets(one, datum.name) or one.end > parts.code:
            yield one.start, f"This does not set {'anything that this step knows' if datum is None else datum.name}."
            return
        elif not {*forms(subject.script, one.children[-1])} <= datum.forms:
            yield one.start, f"{datum.name} is set to something else than {' or '.join(sorted(datum.forms))}."
        elif len(datum.values) == 1 and subject.script.source(one.children[-1]) not in datum.values:
            yield one.start, f"{datum.name} is not what every bundle of this release has."
    plain = normalised(subject.script.text, subject.script.tokens)
    yield from ((found.start(), "Blanks push something out of sight.") for found in _GAP.finditer(plain, parts.data - 1, parts.code))
    comments = (token for token in subject.script.tokens if token.kind == "comment" and parts.data <= token.start < parts.code)
    yield from ((token.start, "A comment stands among the data.") for token in comments if token.text not in subject.own.comments)


def _strange_keywords(tokens: tuple[Token, ...], names: tuple[str, ...]) -> Iterator[str]:
    """What Get-Help takes for keywords in the help, and our help does not have, such as one that names a file elsewhere."""
    known = _KEYWORDS | {f".PARAMETER {name}" for name in names}
    found = [one.strip() for token in tokens[1:2] for one in _KEYWORD.findall(token.text)]
    yield from (one for at, one in enumerate(found) if one not in known or one in found[:at])


def _own_statements(subject: Subject) -> tuple[Node, ...]:
    """The statements of the step's own part."""
    for node, _ in subject.script.walk():
        if node.kind == "named_block" and node.children[0].text == "end":
            return tuple(one for statements in node.named("statement_list") for one in statements.children)
    return ()


def _sets(statement: Node, name: str) -> bool:
    """Whether a statement is nothing but one assignment to a variable."""
    if statement.kind != "assignment_expression":
        return False
    return [one.text for one in statement.children[:2]] == [name, "="] and len(statement.children) == len(("name", "=", "value"))


def _difference(text: str, start: int, wanted: str, end: int) -> int | None:
    """Where a piece of a text is not what was wanted; None if it is."""
    if text[start:end] == wanted:
        return None
    pairs = enumerate(zip_longest(text[start:end], wanted))
    return min(start + next(at for at, (have, want) in pairs if have != want), len(text) - 1)


def _is_whole(text: str, token: Token) -> bool:
    """Whether a comment stands at the very beginning of its line."""
    return text[max(token.start - 1, 0)] == "\n"


RULES = (
    every_script_has_one_frame,
    the_code_is_of_this_release,
    the_region_is_of_this_release,
    data_is_constant,
)
