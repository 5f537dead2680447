"""What the scripts of each step may call: a closed list of commands, parameters and the values of the risky ones.

A line of the table reads ``Command: Parameter Parameter! Parameter=value|value Parameter*``: anything, a switch that
stands alone, one of these values, and a parameter that must be there. The marks combine, the star comes last.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.errors import AuditError

_PARAMETER = re.compile(r"(?P<name>[A-Za-z]+)(?P<switch>!)?(?:=(?P<values>[^*\s]+))?(?P<required>\*)?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that may be used."""

    name: str
    switch: bool = False
    """It stands alone."""

    values: tuple[str, ...] = ()
    """If not empty: the only values, as constants."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command that may be called."""

    name: str
    parameters: tuple[Parameter, ...]
    exchange: bool
    """It talks to the directory."""

    writes: bool
    """It changes the directory."""

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of this exact name."""
        return next((one for one in self.parameters if one.name == name), None)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Everything that one step may call."""

    profile: str
    step: int
    commands: tuple[Command, ...]

    def command(self, name: str) -> Command | None:
        """The command of this exact name."""
        return next((one for one in self.commands if one.name == name), None)


def allowed(profile: str, step: int) -> AllowList:
    """The list of a step; a step without a list is refused."""
    steps = _STEPS.get(profile, {})
    if step not in steps:
        message = f"There is no step {step} in profile {profile!r}, so nothing is allowed there."
        raise AuditError(message)
    lines = (*_PLAIN, *_READS, *steps[step])
    return AllowList(profile, step, tuple(_command(line) for line in lines))


def steps(profile: str) -> tuple[int, ...]:
    """The numbers of the steps of a profile."""
    return tuple(_STEPS.get(profile, ()))


def _command(line: str) -> Command:
    name, _, rest = line.partition(":")
    exchange = line not in _PLAIN
    writes = exchange and not name.startswith("Get-")
    parameters = [_parameter(part) for part in rest.split()]
    if exchange:
        parameters.append(Parameter("ErrorAction", values=("Stop",), required=True))
        if name != "Get-ADServerSettings":
            parameters.append(Parameter("DomainController", required=True))
        if writes:
            parameters.append(Parameter("Confirm", values=("$false",)))
    else:
        parameters.append(Parameter("ErrorAction", values=("Stop",)))
    return Command(name, tuple(parameters), exchange, writes)


def _parameter(part: str) -> Parameter:
    match = _PARAMETER.fullmatch(part)
    if match is None:
        raise ValueError(part)
    values = tuple(match["values"].split("|")) if match["values"] else ()
    return Parameter(match["name"], bool(match["switch"]), values, bool(match["required"]))


_PLAIN = (
    "Compare-Object: ReferenceObject* DifferenceObject* Property PassThru! IncludeEqual! SyncWindow",
    "ConvertFrom-Json: InputObject",
    "ConvertTo-Json: InputObject Depth* Compress!",
    "ForEach-Object: Process*",
    "Format-Table: Property AutoSize! Wrap! HideTableHeaders!",
    "Get-ChildItem: LiteralPath* File!",
    "Get-Command: Name* All!",
    "Get-Content: LiteralPath* Raw! Encoding=utf8",
    "Get-Date:",
    "Get-FileHash: LiteralPath* Algorithm=SHA256*",
    "Get-Item: LiteralPath*",
    "Group-Object: Property* NoElement!",
    "Import-Csv: LiteralPath* Encoding=utf8*",
    "Join-Path: Path* ChildPath*",
    "Measure-Object: Property Sum! Maximum! Minimum!",
    "New-Item: ItemType=Directory* Path*",
    "Out-Null:",
    "Out-String: Width",
    "Select-Object: Property First Last Unique! ExpandProperty",
    "Set-Content: LiteralPath* Encoding=utf8* Value",
    "Set-StrictMode: Version=3.0*",
    "Sort-Object: Property Unique! Descending!",
    "Start-Sleep: Milliseconds Seconds",
    "Test-Path: LiteralPath* PathType=Leaf|Container",
    "Where-Object: FilterScript*",
    "Write-Information: MessageData* InformationAction=Continue*",
    "Write-Output: InputObject* NoEnumerate!",
    "Write-Progress: Activity* Status PercentComplete Completed! Id",
    "Write-Warning: Message*",
)
_READS = (
    "Get-ADServerSettings:",
    "Get-OrganizationConfig:",
    "Get-AcceptedDomain:",
    "Get-ExchangeServer:",
    "Get-Mailbox: Identity Filter RecipientTypeDetails=RoomMailbox|EquipmentMailbox ResultSize=Unlimited",
    "Get-Recipient: Identity Filter RecipientPreviewFilter OrganizationalUnit ResultSize=Unlimited",
    "Get-User: Identity Filter ResultSize=Unlimited",
    "Get-Group: Identity Filter ResultSize=Unlimited",
    "Get-DistributionGroup: Identity Filter RecipientTypeDetails=RoomList ResultSize=Unlimited",
    "Get-DistributionGroupMember: Identity* ResultSize=Unlimited*",
    "Get-ManagementScope: Identity",
    "Get-ManagementRoleAssignment: Identity Role RoleAssignee GetEffectiveUsers! Enabled Delegating",
    "Get-ManagementRole: Identity Recurse! GetChildren! Cmdlet CmdletParameters",
    "Get-RoleGroup: Identity ResultSize=Unlimited",
    "Get-RoleGroupMember: Identity* ResultSize=Unlimited",
)
_NEW_LIST = (
    "New-DistributionGroup: Name* Alias* DisplayName PrimarySmtpAddress* RoomList!* Notes* ManagedBy OrganizationalUnit "
    "MemberJoinRestriction=Closed* MemberDepartRestriction=Closed*"
)
_NEW_MEMBER = "Add-DistributionGroupMember: Identity* Member* BypassSecurityGroupManagerCheck!"
_NEW_GRANT = (
    "New-ManagementScope: Name* RecipientRestrictionFilter*",
    "New-ManagementRoleAssignment: Name* Role=ApplicationImpersonation* User* CustomRecipientWriteScope*",
)
_WAY_BACK = (
    "Remove-ManagementRoleAssignment: Identity*",
    "Remove-ManagementScope: Identity*",
    "Remove-DistributionGroup: Identity* BypassSecurityGroupManagerCheck!",
)

_STEPS: Mapping[str, Mapping[int, tuple[str, ...]]] = {
    "exchange-server": {
        10: (),
        30: (_NEW_LIST,),
        40: (_NEW_MEMBER,),
        50: _NEW_GRANT,
        60: (),
        90: _WAY_BACK,
    },
}
