"""The rules about what is given to a command: which parameters, which values, from where."""

import re
from collections.abc import Iterator

from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.products.product import Command, Parameter
from roomscope.generator.script.calls import Argument, Call
from roomscope.generator.script.scopes import parameters

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_PATHS = frozenset({"LiteralPath", "Path", "ChildPath"})


def _listed(subject: Subject) -> Iterator[tuple[Call, Command]]:
    """The calls of commands that the step may call."""
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        if command is not None:
            yield call, command


def _given(subject: Subject) -> Iterator[tuple[Call, Parameter, Argument]]:
    """What is given to parameters that may be used."""
    for call, command in _listed(subject):
        for argument in call.arguments:
            parameter = command.parameter(argument.parameter)
            if parameter is not None:
                yield call, parameter, argument


def _said(call: Call, argument: Argument) -> str:
    return f"-{argument.parameter} of {call.name}"


@Rule(
    id="RSA021",
    title="Only listed parameters",
    why="A listed command can do other things with another parameter, such as an exclusive scope or a second recipient. "
    "Names are written in full, because a prefix can come to mean something else.",
    cure="Remove the parameter or write out its name.",
    bad="Get-ManagementScope -Id $scopeName -DomainController $DomainController -ErrorAction Stop",
    good="Get-ManagementScope -DomainController $DomainController -ErrorAction Stop",
)
def only_listed_parameters(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds parameters that the step's list, or the script's own function, does not have."""
    for call in subject.calls:
        known = _parameters(subject, call)
        for argument in call.arguments:
            if known is not None and argument.parameter not in {*known, ""}:
                yield argument.at, f"{call.name} may not be given -{argument.parameter} in this step."


def _parameters(subject: Subject, call: Call) -> frozenset[str] | None:
    """The names of what a call may be given; None if nothing is known of what is called."""
    function = subject.origins.functions.get(call.name)
    if function is not None:
        return frozenset(name.text[1:] for name in parameters(function))
    command = subject.allowed.command(call.name)
    return None if command is None else frozenset(one.name for one in command.parameters)


@Rule(
    id="RSA022",
    title="Fixed values where they decide",
    why="The role, the restriction of joining, the size of a result: these are constants, the same in every bundle.",
    cure="Use the value that `roomscope explain` and AUDIT.md name.",
    bad="Get-Recipient -ResultSize 5 -DomainController $DomainController -ErrorAction Stop",
    good="Get-Recipient -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop",
)
def fixed_values(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds other values where the list names them, and parameters without a value."""
    for call, parameter, argument in _given(subject):
        value = argument.value
        if parameter.switch:
            continue
        if value is None:
            yield argument.at, f"{_said(call, argument)} has no value."
        elif parameter.values:
            constant = subject.script.constant(value)
            text = subject.script.source(value) if constant is None else constant
            if text not in parameter.values:
                yield argument.at, f"{_said(call, argument)} is {text[:60]}, not {' or '.join(parameter.values)}."


@Rule(
    id="RSA023",
    title="Required parameters",
    why="An assignment without its scope reaches every mailbox; a read without -ErrorAction Stop takes an error for an empty answer; "
    "a call without -DomainController may see another state than the one before.",
    cure="Give the parameter.",
    bad="Get-Mailbox -ResultSize Unlimited",
    good="Get-Mailbox -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop",
)
def required_parameters(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds calls without what must be given."""
    for call, command in _listed(subject):
        given = {argument.parameter for argument in call.arguments if not argument.optional}
        for parameter in command.parameters:
            if parameter.required and parameter.name not in given:
                yield call.node.start, f"{call.name} is called without -{parameter.name}."


@Rule(
    id="RSA024",
    title="Nothing by position or by pipe",
    why="A value without a parameter lands wherever the command's next version puts it, and what is piped into a command of Exchange "
    "is taken for whatever parameter likes it.",
    cure="Name the parameter.",
    bad="Write-Warning 'x'",
    good="Write-Warning -Message 'x'",
)
def nothing_by_position(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds values without a parameter, switches with a value, and what is piped where it matters."""
    for call in subject.calls:
        for argument in call.arguments:
            if not argument.parameter:
                yield argument.at, f"A value of {call.name} has no parameter."
    for call, parameter, argument in _given(subject):
        alone = argument.value is None or (argument.splatted and argument.value.text == "$true")
        if parameter.switch and not alone:
            yield argument.at, f"{_said(call, argument)} is a switch and stands alone."
    for call in subject.calls:
        command = subject.allowed.command(call.name)
        is_plain = command is not None and command.plain
        if _is_fed(call) and not is_plain:
            yield call.node.start, f"Something is piped into {call.name}."


def _is_fed(call: Call) -> bool:
    return bool(call.path) and call.path[-1].kind == "pipeline_chain" and call.path[-1].children[0] is not call.node


@Rule(
    id="RSA026",
    title="Each parameter once",
    why="PowerShell refuses a parameter that is given twice, and a reader looks at the first only.",
    cure="Give the parameter once.",
    bad="Write-Warning -Message 'x' -Message 'y'",
    good="Write-Warning -Message 'x'",
)
def each_parameter_once(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds parameters that are given again."""
    for call in subject.calls:
        given: set[str] = set()
        for argument in call.arguments:
            name = argument.parameter.lower()
            if name and name in given:
                yield argument.at, f"{_said(call, argument)} is given twice."
            given.add(name)


@Rule(
    id="RSA028",
    title="Values come from where the step says",
    why="The scope of an assignment is a constant of the bundle, a new member is a mailbox that was read as a room mailbox, the "
    "assignee is the account that was looked up. A value from elsewhere would let data or a session decide who gets what.",
    cure="Take the value from one of the places that AUDIT.md names for this parameter.",
    bad="$name = Import-Csv -LiteralPath $roomsPath -Encoding utf8\nNew-ManagementScope -Name $name",
    good="$name = 'Rooms'\nNew-ManagementScope -Name $name",
)
def values_from_known_places(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds values that can come from a place that is not listed."""
    for call, parameter, argument in _given(subject):
        if argument.value is None or not parameter.origins:
            continue
        found = subject.origins.at(argument.value, argument.path)
        strange = [one for one in found if one not in parameter.origins]
        if strange or (not found and subject.reaches(call)):
            yield argument.at, f"{_said(call, argument)} can come from {', '.join(strange) or 'nowhere'}."


@Rule(
    id="RSA029",
    title="Files are beside the script",
    why="A path such as \\\\server\\share makes the session sign in elsewhere, and ..\\ leaves the bundle. Files are named beside the "
    "script or in the evidence folder, always literally.",
    cure="Join a plain file name to $PSScriptRoot or to the evidence folder.",
    bad="Get-Item -LiteralPath '\\\\server\\share\\x'",
    good="$path = Join-Path -Path $PSScriptRoot -ChildPath 'rooms.csv'\nGet-Item -LiteralPath $path",
)
def files_beside_the_script(subject: Subject) -> Iterator[tuple[int, str]]:
    """Finds constants that lead elsewhere."""
    for call, parameter, argument in _given(subject):
        if argument.value is None or parameter.name not in _PATHS:
            continue
        constant = subject.script.constant(argument.value)
        if argument.value.kind == "generic_token":
            constant = argument.value.text
        if constant is not None and not (parameter.name == "ChildPath" and _PLAIN_NAME.fullmatch(constant)):
            yield argument.at, f"{_said(call, argument)} is {constant[:60]!r}, which is not a plain file name."


RULES = (
    only_listed_parameters,
    fixed_values,
    required_parameters,
    nothing_by_position,
    each_parameter_once,
    values_from_known_places,
    files_beside_the_script,
)
