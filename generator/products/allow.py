"""What the scripts of each step may call: a closed list of commands, parameters and the values of the risky ones.

A line of the table reads ``Command: Any Switch! Fixed=value|value From<origin|origin Must*``: any value, none, one of these
constants, a value that comes from these places only, and a parameter that must be there. The star comes last.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from roomscope.generator.common.errors import AuditError

_PARAMETER = re.compile(r"(?P<name>[A-Za-z]+)(?P<switch>!)?(?:=(?P<values>[^*<\s]+))?(?:<(?P<origins>[^*\s]+))?(?P<required>\*)?")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that may be used."""

    name: str
    switch: bool = False
    """It stands alone."""

    values: tuple[str, ...] = ()
    """If not empty: the only values, as constants."""

    origins: tuple[str, ...] = ()
    """If not empty: the only places that its value may come from."""

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


@cache
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
            parameters.append(Parameter("DomainController", origins=_CONTROLLER, required=True))
    else:
        parameters.append(Parameter("ErrorAction", values=("Stop",)))
    return Command(name, tuple(parameters), exchange, writes)


def _parameter(part: str) -> Parameter:
    match = _PARAMETER.fullmatch(part)
    if match is None:
        raise ValueError(part)
    return Parameter(
        match["name"], bool(match["switch"]), _split(match["values"]), _split(match["origins"]), bool(match["required"])
    )


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


_CONTROLLER = ("-DomainController", "Get-ADServerSettings")


_SAME = "Get-Mailbox|Get-Recipient|Get-DistributionGroup|Get-DistributionGroupMember|Get-Group"
_READ = f"literal|rooms.csv|{_SAME}|Get-User|Get-ManagementScope|Get-ManagementRoleAssignment"
_BESIDE = "$psscriptroot|literal"
_PLAIN = (
    "Compare-Object: ReferenceObject* DifferenceObject* Property PassThru! IncludeEqual! SyncWindow",
    "ConvertFrom-Json: InputObject",
    "ConvertTo-Json: InputObject Depth* Compress!",
    "ForEach-Object: Process*",
    "Format-Table: Property AutoSize! Wrap! HideTableHeaders!",
    "Get-ChildItem: LiteralPath=$EvidencePath<-EvidencePath* File!",
    "Get-Command: Name<literal* ListImported!",
    "Get-Content: LiteralPath<Get-ChildItem* Raw! Encoding=utf8*",
    "Get-Date:",
    f"Get-FileHash: LiteralPath=$roomsPath|$manifestPath|$evidenceFiles[-1].FullName<{_BESIDE}|Get-ChildItem* Algorithm=SHA256*",
    "Get-Item: LiteralPath=$EvidencePath<-EvidencePath*",
    "Group-Object: Property* NoElement!",
    f"Import-Csv: LiteralPath=$roomsPath<{_BESIDE}* Encoding=utf8*",
    "Join-Path: Path=$PSScriptRoot|$evidenceFolder<$psscriptroot|Get-Item* ChildPath*",
    "Measure-Object: Property Sum! Maximum! Minimum!",
    "New-Item: ItemType=Directory* Path=$EvidencePath<-EvidencePath*",
    "Out-Null:",
    "Out-String: Width",
    "Select-Object: Property First Last Skip Unique! ExpandProperty",
    "Set-Content: LiteralPath=$evidenceFile* Encoding=utf8*",
    "Set-StrictMode: Version=3.0*",
    "Sort-Object: Property Unique! Descending!",
    "Start-Sleep: Milliseconds Seconds",
    "Test-Path: LiteralPath=$EvidencePath<-EvidencePath* PathType=Leaf|Container",
    "Where-Object: FilterScript*",
    "Write-Information: MessageData* InformationAction=Continue*",
    "Write-Output: InputObject* NoEnumerate!",
    "Write-Progress: Activity* Status PercentComplete Completed! Id",
    "Write-Warning: Message*",
)
_CAN_ADD = "Cmdlet=Add-DistributionGroupMember CmdletParameters=BypassSecurityGroupManagerCheck"
_READS = (
    "Get-ADServerSettings:",
    "Get-OrganizationConfig:",
    "Get-AcceptedDomain:",
    "Get-ExchangeServer:",
    "Get-Mailbox: Identity Filter RecipientTypeDetails=RoomMailbox|EquipmentMailbox ResultSize=Unlimited",
    "Get-Recipient: Identity Filter RecipientPreviewFilter ResultSize=Unlimited",
    "Get-User: Identity*",
    "Get-Group: RecipientTypeDetails=RoomList ResultSize=Unlimited*",
    "Get-DistributionGroup: RecipientTypeDetails=RoomList ResultSize=Unlimited*",
    "Get-DistributionGroupMember: Identity* ResultSize=Unlimited*",
    "Get-ManagementScope: Exclusive=$true",
    "Get-ManagementRoleAssignment: Role RoleAssignee GetEffectiveUsers!",
    f"Get-ManagementRole: Identity=ApplicationImpersonation Recurse! {_CAN_ADD}",
)
_NEW_LIST = (
    "New-DistributionGroup: RoomList!* Name=$list['Name']<literal* Alias=$list['Alias']<literal* "
    "DisplayName=$list['Name']<literal PrimarySmtpAddress=$list['Address']<literal* Notes=$mark<literal* "
    "ManagedBy=$listOwner<literal OrganizationalUnit<literal MemberJoinRestriction=Closed* MemberDepartRestriction=Closed*"
)
_NEW_MEMBER = (
    f"Add-DistributionGroupMember: Identity=$guidByList[[string]$room.RoomListAddress]<{_READ}* "
    "Member=[string]$mailboxByAddress[$address].Guid<Get-Mailbox* BypassSecurityGroupManagerCheck!"
)
_LIMITED = "Role=ApplicationImpersonation* User=[string]$account.DistinguishedName<Get-User* CustomRecipientWriteScope=$grant['Scope']<literal*"
_NEW_GRANT = (
    f"New-ManagementScope: Name=$grant['Scope']<literal* RecipientRestrictionFilter=$filters[$grant['Scope']]<{_READ}*",
    f"New-ManagementRoleAssignment: Name=$grant['Assignment']<literal* {_LIMITED}",
)
_WAY_BACK = (
    f"Remove-ManagementRoleAssignment: Identity=$state['Name']<{_READ}* Confirm=$false*",
    f"Remove-ManagementScope: Identity=$state['Name']<{_READ}* Confirm=$false*",
    f"Remove-DistributionGroup: Identity=$state['Guid']<{_READ}* BypassSecurityGroupManagerCheck! Confirm=$false*",
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
