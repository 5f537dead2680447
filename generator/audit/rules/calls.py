"""The rules about what is called, and how."""

import re
from collections.abc import Iterator

from roomscope.generator.audit.rule import Check, Rule, Subject
from roomscope.generator.products.product import Command, Parameter
from roomscope.generator.script.calls import Argument, Call, splats
from roomscope.generator.script.lexer import Fault

RULES = (
    Rule(
        "RSA020",
        "Only listed commands",
        "The list of a step is closed: a command that is not needed there is not there, whatever it does. Names are written "
        "in full, so aliases, paths and programs are refused with everything else.",
        "Remove the call, or use one of the commands that AUDIT.md lists for this step.",
        "Set-Mailbox -Identity $address",
        "Get-Date",
    ),
    Rule(
        "RSA021",
        "Only listed parameters",
        "A listed command can do other things with another parameter, such as an exclusive scope or a second recipient. "
        "Names are written in full, because a prefix can come to mean something else.",
        "Remove the parameter or write out its name.",
        "Get-ManagementScope -Id $scopeName -DomainController $DomainController -ErrorAction Stop",
        "Get-ManagementScope -DomainController $DomainController -ErrorAction Stop",
    ),
    Rule(
        "RSA022",
        "Fixed values where they decide",
        "The role, the restriction of joining, the size of a result: these are constants, the same in every bundle.",
        "Use the value that `roomscope explain` and AUDIT.md name.",
        "Get-Recipient -ResultSize 5 -DomainController $DomainController -ErrorAction Stop",
        "Get-Recipient -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop",
    ),
    Rule(
        "RSA023",
        "Required parameters",
        "An assignment without its scope reaches every mailbox; a read without -ErrorAction Stop takes an error for an empty answer; "
        "a call without -DomainController may see another state than the one before.",
        "Give the parameter.",
        "Get-Mailbox -ResultSize Unlimited",
        "Get-Mailbox -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop",
    ),
    Rule(
        "RSA024",
        "Nothing by position or by pipe",
        "A value without a parameter lands wherever the command's next version puts it, and what is piped into a command of Exchange "
        "is taken for whatever parameter likes it.",
        "Name the parameter.",
        "Write-Warning 'x'",
        "Write-Warning -Message 'x'",
    ),
    Rule(
        "RSA025",
        "Commands are named",
        "A command that is computed cannot be read. So there is no call operator, no dot-sourcing, no method that runs text.",
        "Write the command's name.",
        ". $file",
        "Get-Date",
    ),
    Rule(
        "RSA026",
        "Each parameter once",
        "PowerShell refuses a parameter that is given twice, and a reader looks at the first only.",
        "Give the parameter once.",
        "Write-Warning -Message 'x' -Message 'y'",
        "Write-Warning -Message 'x'",
    ),
    Rule(
        "RSA027",
        "A splatted hashtable can be read",
        "What is splatted decides what is called. So it is one hashtable with plain keys, written once, in the block of the call "
        "or around it, before the call, and used for nothing else.",
        "Write the hashtable just before the call and do not touch it again.",
        "$list = @{ Message = 'x' }\n$list['WarningAction'] = 'Stop'\nWrite-Warning @list",
        "$list = @{ Message = 'x' }\nWrite-Warning @list",
    ),
    Rule(
        "RSA028",
        "Values come from where the step says",
        "The scope of an assignment is a constant of the bundle, a new member is a mailbox that was read as a room mailbox, the "
        "assignee is the account that was looked up. A value from elsewhere would let data or a session decide who gets what.",
        "Take the value from one of the places that AUDIT.md names for this parameter.",
        "$name = Import-Csv -LiteralPath $roomsPath -Encoding utf8\nNew-ManagementScope -Name $name",
        "$name = 'Rooms'\nNew-ManagementScope -Name $name",
    ),
    Rule(
        "RSA029",
        "Files are beside the script",
        "A path such as \\\\server\\share makes the session sign in elsewhere, and ..\\ leaves the bundle. Files are named beside the "
        "script or in the evidence folder, always literally.",
        "Join a plain file name to $PSScriptRoot or to the evidence folder.",
        "Get-Item -LiteralPath '\\\\server\\share\\x'",
        "$path = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'\nGet-Item -LiteralPath $path",
    ),
)


_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_PATHS = frozenset({"LiteralPath", "Path", "ChildPath"})


def check_calls(subject: Subject) -> Iterator[Fault]:
    """Holds every call to the list of its step."""
    for call in subject.calls:
        if not call.name or call.node.first("command_invocation_operator"):
            yield Fault("RSA025", call.node.start, "This command is not named.")
        elif call.name in subject.origins.functions:
            yield from _own(call)
        elif (command := subject.allowed.command(call.name)) is None:
            yield Fault("RSA020", call.node.start, f"{call.name} is not in the list of step {subject.allowed.step}.")
        else:
            yield from _listed(subject, call, command)
            if command.exchange and _is_fed(call):
                yield Fault("RSA024", call.node.start, f"Something is piped into {call.name}.")


def _is_fed(call: Call) -> bool:
    return bool(call.path) and call.path[-1].kind == "pipeline_chain" and call.path[-1].children[0] is not call.node


def _own(call: Call) -> Iterator[Fault]:
    for argument in call.arguments:
        if not argument.parameter:
            yield Fault("RSA024", argument.at, f"A value of {call.name} has no parameter.")


def _listed(subject: Subject, call: Call, command: Command) -> Iterator[Fault]:
    seen: set[str] = set()
    for splat in splats(call.node):
        if not any(one.splatted for one in call.arguments):
            yield Fault("RSA027", splat.start, f"{splat.text} is not one hashtable, written just before and used once.")
    for argument in call.arguments:
        yield from _argument(subject, call, command, argument)
        if argument.parameter in seen:
            yield Fault("RSA026", argument.at, f"-{argument.parameter} of {call.name} is given twice.")
        seen |= {argument.parameter} - {""}
    for parameter in command.parameters:
        if parameter.required and parameter.name not in seen:
            yield Fault("RSA023", call.node.start, f"{call.name} is called without -{parameter.name}.")


def _argument(subject: Subject, call: Call, command: Command, argument: Argument) -> Iterator[Fault]:
    parameter = command.parameter(argument.parameter)
    if not argument.parameter:
        yield Fault("RSA024", argument.at, f"A value of {call.name} has no parameter.")
    elif parameter is None:
        yield Fault("RSA021", argument.at, f"{call.name} may not be given -{argument.parameter} in this step.")
    else:
        yield from _value(subject, call, parameter, argument)


def _value(subject: Subject, call: Call, parameter: Parameter, argument: Argument) -> Iterator[Fault]:
    value = argument.value
    said = f"-{parameter.name} of {call.name}"
    if parameter.switch:
        if value is not None and not (argument.splatted and value.text == "$true"):
            yield Fault("RSA024", argument.at, f"{said} is a switch and stands alone.")
    elif value is None:
        yield Fault("RSA022", argument.at, f"{said} has no value.")
    elif parameter.values:
        constant = subject.script.constant(value)
        text = subject.script.source(value) if constant is None else constant
        if text not in parameter.values:
            yield Fault("RSA022", argument.at, f"{said} is {text[:60]}, not {' or '.join(parameter.values)}.")
    yield from _origin(subject, call, parameter, argument)


def _origin(subject: Subject, call: Call, parameter: Parameter, argument: Argument) -> Iterator[Fault]:
    if argument.value is None:
        return
    found = subject.origins.at(argument.value, (*call.path, call.node))
    strange = [one for one in found if parameter.origins and one not in parameter.origins]
    said = f"-{parameter.name} of {call.name}"
    if strange or (parameter.origins and not found):
        yield Fault("RSA028", argument.at, f"{said} can come from {', '.join(strange) or 'nowhere'}.")
    constant = subject.script.constant(argument.value)
    if argument.value.kind == "generic_token":
        constant = argument.value.text
    if constant is not None and not _is_path_kept(parameter.name, constant):
        yield Fault("RSA029", argument.at, f"{said} is {constant[:60]!r}, which is not a plain file name.")


def _is_path_kept(parameter: str, constant: str) -> bool:
    return parameter not in _PATHS or (parameter == "ChildPath" and _PLAIN_NAME.fullmatch(constant) is not None)


def check_splats(subject: Subject) -> Iterator[Fault]:
    """Finds a splatted variable that no command takes; PowerShell refuses it, the grammar does not."""
    for node, path in subject.script.walk():
        if node.kind == "variable" and node.text.startswith("@") and path[-1].kind != "command_elements":
            yield Fault("RSA027", node.start, f"{node.text} stands where no command takes it.")


CHECKS: tuple[Check, ...] = (check_calls, check_splats)
