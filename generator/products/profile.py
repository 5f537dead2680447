"""What a platform can do: its steps in their order, the commands of each and the roles that they need."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered script."""

    number: int
    title: str
    """Verb and noun, as in the file's name."""

    summary: str
    roles: str
    """Role groups of Exchange that are enough for it."""

    waits: str
    """What to wait for before the next step."""

    next: str
    """What the person who ran it does next."""

    exchange_commands: tuple[str, ...]
    """The commands of Exchange that it calls, each of them."""

    plain_commands: tuple[str, ...]
    """The commands of PowerShell that it calls, each of them."""

    @property
    def stem(self) -> str:
        """The name that its file and its evidence begin with."""
        return f"{self.number}-{self.title}"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.stem}.ps1"

    @property
    def writes(self) -> bool:
        """Whether it can change the directory at all."""
        return any(not command.startswith("Get-") for command in self.exchange_commands)


@dataclass(frozen=True, slots=True)
class Need:
    """A command with the parameters that some step uses, so that the first step can look for them."""

    command: str
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A product and the way through it."""

    name: str
    steps: tuple[Step, ...]
    needs: tuple[Need, ...]
    all_roles: str


_PLACE = ("Get-ADServerSettings", "Get-OrganizationConfig", "Get-AcceptedDomain")
_LISTS = ("Get-DistributionGroup", "Get-Group", "Get-Recipient", "Get-DistributionGroupMember")
_GRANTS = ("Get-User", "Get-ManagementScope", "Get-ManagementRoleAssignment")
_PLAIN = (
    "ConvertFrom-Json",
    "ConvertTo-Json",
    "ForEach-Object",
    "Get-ChildItem",
    "Get-Command",
    "Get-Content",
    "Get-Date",
    "Get-FileHash",
    "Get-Item",
    "Import-Csv",
    "Join-Path",
    "New-Item",
    "Out-Null",
    "Select-Object",
    "Set-Content",
    "Set-StrictMode",
    "Sort-Object",
    "Start-Sleep",
    "Test-Path",
    "Where-Object",
    "Write-Information",
)

EXCHANGE_SERVER = Profile(
    name="exchange-server",
    steps=(
        Step(
            10,
            "Test-Readiness",
            "Tests session, rooms, service account, controls and names. Reads only.",
            "Organization Management, as for the later steps, which it looks ahead to",
            "Nothing.",
            "Next: .\\30-New-RoomLists.ps1, without -Apply first.",
            (*_PLACE, "Get-Mailbox", *_LISTS, *_GRANTS, "Get-ManagementRole"),
            _PLAIN,
        ),
        Step(
            30,
            "New-RoomLists",
            "Makes the room lists, closed and empty.",
            "Organization Management",
            "Nothing on one domain controller. Elsewhere: replication of the directory.",
            "Next: .\\40-Add-Rooms.ps1, without -Apply first.",
            (*_PLACE, *_LISTS, "New-DistributionGroup"),
            _PLAIN,
        ),
        Step(
            40,
            "Add-Rooms",
            "Puts each room of rooms.csv into its list.",
            "Organization Management",
            "Nothing on one domain controller. Elsewhere: replication of the directory.",
            "Next: .\\50-Grant-Access.ps1, without -Apply first.",
            (*_PLACE, "Get-Mailbox", *_LISTS, "Add-DistributionGroupMember"),
            (*_PLAIN, "Write-Progress"),
        ),
        Step(
            50,
            "Grant-Access",
            "Makes the management scope over the lists and the role assignment that it limits.",
            "Organization Management",
            "Up to two hours, for replication and for what the servers remember of rights.",
            "Next: .\\60-Confirm-Access.ps1.",
            (
                *_PLACE,
                "Get-Mailbox",
                *_LISTS,
                *_GRANTS,
                "New-ManagementScope",
                "New-ManagementRoleAssignment",
            ),
            _PLAIN,
        ),
        Step(
            60,
            "Confirm-Access",
            "Compares what the stored scope reaches with rooms.csv. Reads only.",
            "Organization Management, or View-Only Organization Management together with the role Role Management",
            "Nothing.",
            "Next: the operator proves it as the service account; section 4 of RUNBOOK.md.",
            (*_PLACE, *_LISTS, *_GRANTS, "Get-ManagementRole"),
            _PLAIN,
        ),
        Step(
            90,
            "Remove-Access",
            "The way back: takes the right away, then what the bundle made and nobody changed.",
            "Organization Management",
            "Up to two hours, before the refusal can be proven.",
            "Next: the operator proves that nobody is reached any more, with --expect-none; section 5 of RUNBOOK.md.",
            (
                *_PLACE,
                *_LISTS,
                *_GRANTS,
                "Get-ManagementRole",
                "Remove-ManagementRoleAssignment",
                "Remove-ManagementScope",
                "Remove-DistributionGroup",
            ),
            _PLAIN,
        ),
    ),
    needs=(
        Need(
            "New-DistributionGroup",
            (
                "RoomList",
                "Name",
                "Alias",
                "DisplayName",
                "PrimarySmtpAddress",
                "ManagedBy",
                "Notes",
                "MemberJoinRestriction",
                "MemberDepartRestriction",
                "OrganizationalUnit",
                "DomainController",
            ),
        ),
        Need(
            "Add-DistributionGroupMember",
            ("Identity", "Member", "BypassSecurityGroupManagerCheck", "DomainController"),
        ),
        Need("New-ManagementScope", ("Name", "RecipientRestrictionFilter", "DomainController")),
        Need(
            "New-ManagementRoleAssignment",
            ("Name", "Role", "User", "CustomRecipientWriteScope", "DomainController"),
        ),
        Need("Get-ADServerSettings", ()),
        Need("Get-OrganizationConfig", ("DomainController",)),
        Need("Get-AcceptedDomain", ("DomainController",)),
        Need("Get-Mailbox", ("RecipientTypeDetails", "ResultSize", "DomainController")),
        Need("Get-Recipient", ("Identity", "Filter", "RecipientPreviewFilter", "ResultSize", "DomainController")),
        Need("Get-User", ("Identity", "DomainController")),
        Need("Get-Group", ("RecipientTypeDetails", "ResultSize", "DomainController")),
        Need("Get-DistributionGroup", ("RecipientTypeDetails", "ResultSize", "DomainController")),
        Need("Get-DistributionGroupMember", ("Identity", "ResultSize", "DomainController")),
        Need("Get-ManagementScope", ("Exclusive", "DomainController")),
        Need("Get-ManagementRole", ("Identity", "Recurse", "Cmdlet", "CmdletParameters", "DomainController")),
        Need("Get-ManagementRoleAssignment", ("Role", "RoleAssignee", "GetEffectiveUsers", "DomainController")),
        Need("Remove-ManagementRoleAssignment", ("Identity", "Confirm", "DomainController")),
        Need("Remove-ManagementScope", ("Identity", "Confirm", "DomainController")),
        Need(
            "Remove-DistributionGroup",
            ("Identity", "BypassSecurityGroupManagerCheck", "Confirm", "DomainController"),
        ),
    ),
    all_roles="Organization Management",
)

PROFILES = {EXCHANGE_SERVER.name: EXCHANGE_SERVER}
