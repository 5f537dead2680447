"""The rule about the guard, which refuses a session that replaces what a script calls."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject

_LISTS = {True: "$exchangeCommands", False: "$plainCommands"}
"""The variables that name the commands of Exchange, and those of PowerShell."""


@Rule(
    id="RSA051",
    title="The guard knows every command",
    why="A session can replace a command by a function or an alias. The guard can only refuse a replaced command that it is told about, so "
    "its two lists name everything that can be called.",
    cure="Add the command to the step in the product, or to the list in the region.",
    bad="$plainCommands = @('Get-Date')\nJoin-Path -Path $PSScriptRoot -ChildPath 'x'",
    good="$plainCommands = @('Get-Date')\nGet-Date",
)
def the_guard_knows_every_command(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds calls of commands that the guard does not look at."""
    known = {exchange: _named(subject, variable) for exchange, variable in _LISTS.items()}
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is not None and call.name not in known[not command.plain] and subject.reaches(call):
            yield call.node.start, f"The guard does not know {call.name}."


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


RULES = (the_guard_knows_every_command,)
