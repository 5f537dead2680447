"""The rules about what is called."""

from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.script.calls import splats


@Rule(
    id="RSA020",
    title="Only listed commands",
    why="The list of a step is closed: a command that is not needed there is not there, whatever it does. Names are written "
    "in full, so aliases, paths and programs are refused with everything else.",
    cure="Remove the call, or use one of the commands that AUDIT.md lists for this step.",
    bad="Set-Mailbox -Identity $address",
    good="Get-Date",
)
def only_listed_commands(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds calls of what is neither listed nor a function of the script."""
    for call in subject.calls:
        if call.name and call.name not in subject.origins.functions and subject.allowed.command(call.name) is None:
            yield call.node.start, f"{call.name} is not in the list of step {subject.allowed.step}."


@Rule(
    id="RSA025",
    title="Commands are named",
    why="A command that is computed cannot be read. So there is no call operator, no dot-sourcing, no method that runs text.",
    cure="Write the command's name.",
    bad=". $file",
    good="Get-Date",
)
def commands_are_named(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds commands that are computed."""
    for call in subject.calls:
        if not call.name or call.node.first("command_invocation_operator"):
            yield call.node.start, "This command is not named."


@Rule(
    id="RSA027",
    title="A splatted hashtable can be read",
    why="What is splatted decides what is called. So it is one hashtable with plain keys, written once, in the block of the call "
    "or around it, before the call, and used for nothing else. Entries may be added in between, each by its plain name.",
    cure="Write the hashtable just before the call, add entries as $table['Name'] = value, and use it for nothing else.",
    bad="$list = @{ Message = 'x' }\n$other = $list\nWrite-Warning @list",
    good="$list = @{ Message = 'x' }\n$list['ErrorAction'] = 'Stop'\nWrite-Warning @list",
)
def splats_can_be_read(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds splatted variables whose entries are not known, or that no command takes: PowerShell refuses those, the grammar does not."""
    for call in subject.calls:
        known = {argument.splat for argument in call.arguments}
        for splat in splats(call.node):
            if splat.start not in known:
                yield splat.start, f"{splat.text} is not one hashtable, written just before and used once."
    for node, path in subject.script.walk():
        if node.kind == "variable" and node.text.startswith("@") and path[-1].kind != "command_elements":
            yield node.start, f"{node.text} stands where no command takes it."


RULES = (
    only_listed_commands,
    commands_are_named,
    splats_can_be_read,
)
