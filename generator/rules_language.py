"""The rules about the language: which forms, types, members and variables a script may use."""

from collections.abc import Iterator

from generator.lexer import Fault, expanded
from generator.origins import base
from generator.rule import Check, Rule, Subject
from generator.tree import Node, Path

RULES = (
    Rule(
        "RSA011",
        "Only known forms",
        "Classes, traps, workflows, switch on files, ternaries, `exit`, data sections: what the audit has no opinion about is refused, "
        "so a form that a later PowerShell adds is refused too, and so is what Windows PowerShell 5.1 does not know.",
        "Write it with the forms that the templates use.",
        "trap { continue }",
        "try { Get-Date } catch { throw }",
    ),
    Rule(
        "RSA030",
        "Few types",
        "A type literal reaches all of .NET: files, processes, the network. Constrained Language Mode refuses most of them, too.",
        "Use a command or one of: " + "string, ordered, switch.",
        "[System.IO.File]::ReadAllText('x')",
        "[string]$name",
    ),
    Rule(
        "RSA031",
        "Few methods",
        "A method call runs code of the object: `.Invoke()` runs a command, `.Delete()` a change. Only methods of text, tables and "
        "dates are listed, which also work in Constrained Language Mode.",
        "Use one of the listed methods, or an operator.",
        "$block.Invoke()",
        "$name.Trim()",
    ),
    Rule(
        "RSA032",
        "Members are named and listed",
        "A member whose name is computed can be any member, and $x.InvokeCommand or $x.ScriptBlock lead to code. "
        "Properties are those that the templates read.",
        "Name one of the listed properties.",
        "$list.InvokeCommand",
        "$list.Name",
    ),
    Rule(
        "RSA033",
        "Script blocks in two places",
        "A script block that is stored can be run later, out of sight, or given to -replace, which 5.1 reads otherwise. They stand "
        "after -FilterScript and -Process, and as the Expression of Sort-Object and Select-Object.",
        "Write the block where it is used.",
        "$block = { Get-Date }",
        "$rooms | Where-Object -FilterScript { $_.Name -eq $name }",
    ),
    Rule(
        "RSA040",
        "No reserved variable is set",
        "Setting $PSDefaultParameterValues, a preference or an automatic variable changes what later commands do. Only "
        "$ErrorActionPreference is set, once, to Stop.",
        "Use another name.",
        "$ConfirmPreference = 'None'",
        "$confirmed = $true",
    ),
    Rule(
        "RSA041",
        "Only known variables are read",
        "A variable that the script does not set comes from the session, so the session decides. A few automatic ones are listed; "
        "$ExecutionContext, $PSCmdlet, $args and $Host are not.",
        "Set the variable in the script.",
        "$x = $ExecutionContext",
        "$x = $PSScriptRoot",
    ),
    Rule(
        "RSA042",
        "Set before use",
        "A variable that is read before the script sets it has the value that the session gave it.",
        "Move the assignment up.",
        "$x = $y\n$y = 1",
        "$y = 1\n$x = $y",
    ),
    Rule(
        "RSA043",
        "Functions are small helpers of known names",
        "A function of the script replaces a command of the same name. There are three kinds, Read-, Save- and Show-, none with the "
        "name of a command, each defined once, with plain text parameters.",
        "Rename the function or remove it.",
        "function Get-Mailbox {\n    'x'\n}",
        "function Show-Text {\n    'x'\n}",
    ),
)

_KINDS = frozenset(
    """
    additive_argument_expression additive_expression argument_expression_list argument_list array_expression
    array_literal_expression assignment_expression attribute attribute_list attribute_name bareword_argument_list
    cast_expression catch_clause catch_clauses command command_elements command_name command_parameter
    comparison_expression decimal_integer_literal do_statement element_access else_clause elseif_clause elseif_clauses
    expandable_string_literal expression_with_unary_operator finally_clause flow_control_statement foreach_statement
    format_expression format_operator format_argument_expression comparison_argument_expression
    logical_argument_expression multiplicative_argument_expression function_name function_statement generic_token
    hash_entry hash_literal_body hash_literal_expression if_statement invocation_expression key_expression
    logical_expression member_access member_name multiplicative_expression param_block parameter_list
    parenthesized_expression pipeline_chain program real_literal script_block script_block_body script_block_expression
    script_parameter script_parameter_default simple_name statement_block statement_list try_statement type_identifier
    type_literal type_name type_spec variable verbatim_string_characters while_condition while_statement
    """.split()
)
_MARKS = frozenset(
    """
    ( ) { } [ ] @( @{ , . :: ; | = += + - * / -and -or -not -eq -ne -ceq -cne -gt -ge -lt -le -like -notlike -match
    -notmatch -contains -notcontains -in -notin -replace -split -join -f
    if elseif else foreach in while do try catch finally throw continue function param
    """.split()
)
_TYPES = frozenset({"[string]", "[ordered]", "[switch]"})
_ATTRIBUTES = frozenset({"CmdletBinding", "ValidateNotNullOrEmpty"})
_STATIC = frozenset({"IsNullOrEmpty", "IsNullOrWhiteSpace"})
_METHODS = frozenset(
    "Contains ContainsKey EndsWith Replace Split StartsWith ToLowerInvariant ToString ToUniversalTime Trim".split()
)
_PROPERTIES = frozenset(
    """
    AdminDisplayVersion Alias AssignmentMethod CategoryInfo CommandType Count CustomRecipientWriteScope DefaultGlobalCatalog
    DisplayName DistinguishedName DomainName EffectiveUserName EmailAddresses Enabled Exception ExchangeUserAccountControl
    Exclusive Fqdn FullName FullyQualifiedErrorId Guid Hash HiddenFromAddressListsEnabled Identity IsDehydrated IsDirSynced
    Keys Length ManagedBy ManifestSha256 MemberDepartRestriction MemberJoinRestriction Message Name Notes Organization
    Parameters Parent Plan PlanId PrimarySmtpAddress PSVersion Reason RecipientFilter RecipientRoot RecipientTypeDetails
    RecipientWriteScope RecipientViewRoot Result Role RoleAssignee RoleAssigneeType RoleAssignmentDelegationType RoleType
    RoomListAddress SamAccountName ScopeRestrictionType Source State Step UserPrincipalName Values ViewEntireForest
    """.split()
)
_AUTOMATIC = frozenset(
    """
    _ true false null psscriptroot psdefaultparametervalues psversiontable whatifpreference matches
    env:username env:userdomain env:computername
    """.split()
)
_RESERVED = _AUTOMATIC | frozenset(
    """
    args confirmpreference consolefilename debugpreference enabledexperimentalfeatures erroractionpreference errorview error
    event eventargs eventsubscriber executioncontext foreach formatenumerationlimit home host informationpreference input
    iscoreclr islinux ismacos iswindows lastexitcode logcommandhealthevent logcommandlifecycleevent logenginehealthevent
    logenginelifecycleevent logproviderhealthevent logproviderlifecycleevent maximumhistorycount myinvocation
    nestedpromptlevel ofs outputencoding pid profile progresspreference psboundparameters pscmdlet pscommandpath psculture
    psdebugcontext psedition psemailserver pshome psitem psmoduleautoloadingpreference pssenderinfo
    pssessionapplicationname pssessionconfigurationname pssessionoption psstyle psuiculture pwd sender shellid stacktrace
    switch this transcript verbosepreference warningpreference
    """.split()
)
_BLOCK_PARAMETERS = {("Where-Object", "-FilterScript"), ("ForEach-Object", "-Process")}
_KNOWN_FUNCTIONS = ("Read-", "Save-", "Show-")


def check_forms(subject: Subject) -> Iterator[Fault]:
    """Refuses every form, type and member that is not listed."""
    for node, path in subject.script.walk():
        if node.kind not in _KINDS and node.kind not in _MARKS:
            yield Fault("RSA011", node.start, f"{node.kind} is a form that a rendered script does not have.")
        match node.kind:
            case "type_literal":
                if node.text not in _TYPES:
                    yield Fault("RSA030", node.start, f"The type {node.text[:60]} is not listed.")
            case "attribute_name":
                if node.text not in _ATTRIBUTES:
                    yield Fault("RSA030", node.start, f"The attribute {node.text[:60]} is not listed.")
            case "member_access" | "invocation_expression":
                yield from _member(node)
            case "script_block_expression":
                yield from _block(node, path)
            case "hash_entry":
                yield from _key(node)
            case _:
                pass


def _member(node: Node) -> Iterator[Fault]:
    member = node.first("member_name")
    name = None if member is None else member.first("simple_name")
    if name is None or name.text.strip(" \n") != name.text:
        yield Fault("RSA032", node.start, "A member is not named.")
    elif node.kind == "member_access":
        if name.text not in _PROPERTIES or node.first("::"):
            yield Fault("RSA032", name.start, f"The property {name.text[:60]} is not listed.")
    elif node.first("::"):
        if node.children[0].text != "[string]" or name.text not in _STATIC:
            yield Fault("RSA031", name.start, f"The static method {name.text[:60]} is not listed.")
    elif name.text not in _METHODS:
        yield Fault("RSA031", name.start, f"The method {name.text[:60]} is not listed.")


def _block(node: Node, path: Path) -> Iterator[Fault]:
    around = path[-1]
    if around.kind == "command_elements":
        before = [one for one in around.children if one.end <= node.start]
        name = path[-2].first("command_name")
        if before and name is not None and (name.text, before[-1].text) in _BLOCK_PARAMETERS:
            return
    if around.kind == "hash_entry" and around.children[0].text == "Expression" and path[-4].kind == "command_elements":
        return
    yield Fault("RSA033", node.start, "A script block stands where it could be kept.")


def _key(node: Node) -> Iterator[Fault]:
    key = node.first("key_expression")
    if key is None or key.first("simple_name") is None:
        yield Fault("RSA011", node.start, "A key of a hashtable is not a plain name.")


def check_variables(subject: Subject) -> Iterator[Fault]:
    """Refuses variables that belong to PowerShell or to the session."""
    yield from _assigned(subject)
    yield from _read(subject)


def _assigned(subject: Subject) -> Iterator[Fault]:
    for node, name in _targets(subject):
        if name is None:
            yield Fault("RSA040", node.start, "What this assignment changes is not one variable.")
        elif name.text.lower() == "$erroractionpreference":
            if subject.script.source(node) != "$ErrorActionPreference = 'Stop'":
                yield Fault("RSA040", node.start, "$ErrorActionPreference is set to something else than 'Stop'.")
        elif name.text[1:].lower() in _RESERVED:
            yield Fault("RSA040", node.start, f"{name.text} belongs to PowerShell.")


def _targets(subject: Subject) -> Iterator[tuple[Node, Node | None]]:
    for node, path in subject.script.walk():
        if node.kind == "assignment_expression":
            yield node, base(node.children[0])
        elif node.kind == "variable" and path and path[-1].kind in {"foreach_statement", "script_parameter"}:
            if path[-1].kind == "script_parameter" or _is_loop_variable(node, path[-1]):
                yield node, node


def _is_loop_variable(node: Node, loop: Node) -> bool:
    return node is loop.first("variable") and all(one.kind != "in" or one.start > node.start for one in loop.children)


def _read(subject: Subject) -> Iterator[Fault]:
    set_at = _set_at(subject)
    for node, name, function in _uses(subject):
        here, top = set_at.get((name, function)), set_at.get((name, _TOP))
        if name in _AUTOMATIC or (here is not None and here <= node.start) or (function != _TOP and top is not None):
            continue
        if here is None and top is None:
            yield Fault("RSA041", node.start, f"${name} is not set by this script.")
        else:
            yield Fault("RSA042", node.start, f"${name} is read before it is set.")


def _set_at(subject: Subject) -> dict[tuple[str, int], int]:
    """Where each variable is first set, by its name and the function around it."""
    places: dict[tuple[str, int], int] = {}
    targets = {id(name): node for node, name in _targets(subject)}
    for node, path in subject.script.walk():
        if (setting := targets.get(id(node))) is not None:
            end = setting.end if setting.kind == "assignment_expression" else setting.start
            places.setdefault((node.text[1:].lower(), _function(path)), end)
    return places


def _uses(subject: Subject) -> Iterator[tuple[Node, str, int]]:
    """Where a variable is read, its name in lower case, and the function around it."""
    targets = {id(name) for _, name in _targets(subject)}
    for node, path in subject.script.walk():
        if node.kind == "variable" and id(node) not in targets:
            yield node, node.text[1:].lower(), _function(path)
        elif node.kind == "expandable_string_literal":
            token = subject.script.strings[node.start]
            yield from ((node, name.lower(), _function(path)) for name in expanded(token))


_TOP = -1


def _function(path: Path) -> int:
    return next((one.start for one in path if one.kind == "function_statement"), _TOP)


def check_functions(subject: Subject) -> Iterator[Fault]:
    """Refuses functions that could stand in for a command."""
    seen: set[str] = set()
    for node, path in subject.script.walk():
        if node.kind != "function_statement":
            continue
        name = node.first("function_name")
        text = "" if name is None else name.text
        if not text.startswith(_KNOWN_FUNCTIONS) or subject.allowed.command(text) or text.lower() in seen:
            yield Fault("RSA043", node.start, f"The function {text[:60]} may not have this name.")
        if [one.kind for one in path] != ["program", "statement_list"]:
            yield Fault("RSA043", node.start, f"The function {text[:60]} is inside something else.")
        seen.add(text.lower())


CHECKS: tuple[Check, ...] = (check_forms, check_variables, check_functions)
