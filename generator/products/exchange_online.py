"""Exchange Online: RBAC for Applications, granted in the Exchange Online PowerShell module; one product for each kind of access."""

from datetime import date

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.products.powershell import PLAIN, free, must, switches
from roomscope.generator.products.product import Command, Parameter, Product, Step

_RECIPIENTS = "View-Only Recipients"
_CONFIGURATION = "View-Only Configuration"
_SETTINGS = "Organization Configuration"
_GROUPS = "Distribution Groups"
_ROLES = "Role Management"
_ALL = "Organization Management"

_ERROR_ACTION = must("ErrorAction", "Stop")
_UNLIMITED = Parameter("ResultSize", values=("Unlimited",))
_ALL_OF_THEM = must("ResultSize", "Unlimited")
_ROOM_LISTS = must("RecipientTypeDetails", "RoomList")
_ROOMS = must("RecipientTypeDetails", "RoomMailbox")
_NO_QUESTION = must("Confirm", "$false")
_BYPASS = Parameter("BypassSecurityGroupManagerCheck", switch=True)

# What the directory said, or stands in the bundle; nothing of the session, nothing of a record.
_READ = (
    "literal",
    "rooms.csv",
    "Get-Mailbox",
    "Get-Recipient",
    "Get-DistributionGroup",
    "Get-DistributionGroupMember",
    "Get-Group",
    "Get-ServicePrincipal",
    "Get-ManagementScope",
    "Get-ManagementRoleAssignment",
)


def _read(name: str, role: str, *parameters: Parameter) -> Command:
    return Command(name, (*parameters, _ERROR_ACTION), role)


def _write(name: str, role: str, *parameters: Parameter) -> Command:
    return Command(name, (*parameters, _ERROR_ACTION), role, writes=True)


_COMMANDS = (
    # The module that connects holds it; it talks to nobody. First, because its version is the one that a record needs.
    _read("Get-ConnectionInformation", ""),
    _read("Get-OrganizationConfig", _CONFIGURATION, *switches("RetrieveEwsOperationAccessPolicy")),
    _read("Get-AcceptedDomain", _CONFIGURATION),
    _read("Get-Mailbox", _RECIPIENTS, _ROOMS, _ALL_OF_THEM),
    _read("Get-CASMailbox", _RECIPIENTS, _ROOMS, _ALL_OF_THEM),
    _read("Get-Recipient", _RECIPIENTS, *free("Filter", "RecipientPreviewFilter"), _ALL_OF_THEM),
    _read("Get-Group", _RECIPIENTS, _ROOM_LISTS, _ALL_OF_THEM),
    _read("Get-DistributionGroup", _RECIPIENTS, _ROOM_LISTS, _ALL_OF_THEM),
    _read("Get-DistributionGroupMember", _RECIPIENTS, must("Identity"), _ALL_OF_THEM),
    _read("Get-ServicePrincipal", _ROLES),
    _read("Get-ManagementScope", _ROLES),
    _read(
        "Get-ManagementRoleAssignment",
        _ROLES,
        *free("Role", "RoleAssignee"),
        *switches("GetEffectiveUsers"),
    ),
    _read(
        "Get-ManagementRole",
        _ROLES,
        Parameter("Cmdlet", values=("Add-DistributionGroupMember",)),
        Parameter("CmdletParameters", values=("BypassSecurityGroupManagerCheck",)),
    ),
    _read("Get-ApplicationAccessPolicy", _CONFIGURATION),
    _read(
        "Test-ServicePrincipalAuthorization",
        _ROLES,
        must("Identity", origins=("literal",)),
        must("Resource", origins=("literal", "rooms.csv")),
    ),
    _read("Get-MgContext", ""),
    _read(
        "Get-MgServicePrincipal",
        "",
        Parameter("Filter", origins=("literal",)),
        Parameter("ServicePrincipalId", origins=("Get-MgServicePrincipalAppRoleAssignment",)),
    ),
    _read("Get-MgServicePrincipalAppRoleAssignment", "", must("ServicePrincipalId", origins=("literal",)), *switches("All")),
    _write("Enable-OrganizationCustomization", _SETTINGS, _NO_QUESTION),
    _write(
        "New-DistributionGroup",
        _GROUPS,
        Parameter("RoomList", switch=True, required=True),
        must("Name", origins=("literal",)),
        must("Alias", origins=("literal",)),
        Parameter("DisplayName", origins=("literal",)),
        must("PrimarySmtpAddress", origins=("literal",)),
        must("Notes", origins=("literal",)),
        Parameter("ManagedBy", origins=("literal",)),
        must("MemberJoinRestriction", "Closed"),
        must("MemberDepartRestriction", "Closed"),
    ),
    _write(
        "Update-DistributionGroupMember",
        _GROUPS,
        must("Identity", origins=_READ),
        must("Members", origins=("Get-Mailbox",)),
        _BYPASS,
        _NO_QUESTION,
    ),
    _write(
        "Add-DistributionGroupMember",
        _GROUPS,
        must("Identity", origins=_READ),
        must("Member", origins=("Get-Mailbox",)),
        _BYPASS,
    ),
    _write(
        "New-ServicePrincipal",
        _ROLES,
        must("AppId", origins=("literal",)),
        must("ObjectId", origins=("literal",)),
        must("DisplayName", origins=("literal",)),
    ),
    _write(
        "New-ManagementScope",
        _ROLES,
        must("Name", origins=("literal",)),
        must("RecipientRestrictionFilter", origins=_READ),
    ),
    _write(
        "New-ManagementRoleAssignment",
        _ROLES,
        must("Name", origins=("literal",)),
        # A datum that is the same in every bundle of one kind of access.
        must("Role", origins=("literal",)),
        must("App", origins=("literal",)),
        must("CustomResourceScope", origins=("literal",)),
    ),
    _write("Remove-ManagementRoleAssignment", _ROLES, must("Identity", origins=_READ), _NO_QUESTION),
    _write("Remove-ManagementScope", _ROLES, must("Identity", origins=_READ), _NO_QUESTION),
    _write("Remove-DistributionGroup", _GROUPS, must("Identity", origins=_READ), _BYPASS, _NO_QUESTION),
    _write("Remove-ServicePrincipal", _ROLES, must("Identity", origins=_READ), _NO_QUESTION),
)

_PLACE = ("Get-ConnectionInformation", "Get-OrganizationConfig", "Get-AcceptedDomain")
_LISTS = ("Get-DistributionGroup", "Get-Group", "Get-Recipient", "Get-DistributionGroupMember")
_STATE = (*_LISTS, "Get-ServicePrincipal", "Get-ManagementScope", "Get-ManagementRoleAssignment")

_STEPS = (
    Step(
        number=10,
        title="Test-Readiness",
        summary="Tests session, rooms, application, controls and names. Reads only.",
        roles="Organization Management, as for the later steps, which it looks ahead to",
        waits="Nothing.",
        next="Next: .\\15-Test-Gates.ps1.",
        reads=(*_PLACE, "Get-Mailbox", *_STATE, "Get-ApplicationAccessPolicy"),
    ),
    Step(
        number=15,
        title="Test-Gates",
        summary="Shows what else keeps an application out, or a program: the settings of the organisation for EWS and REST. Reads only.",
        roles="View-Only Organization Management",
        waits="Nothing. Opening a gate takes up to 24 hours; section 4.",
        next="Next: .\\20-Enable-Customization.ps1, without -Apply first.",
        reads=(*_PLACE, "Get-CASMailbox"),
    ),
    Step(
        number=20,
        title="Enable-Customization",
        summary="Enables the organisation for customization, if that was never done. There is no way back.",
        roles=_ALL,
        waits="If it changed something: an hour, then a new session.",
        next="Next: .\\30-New-RoomLists.ps1, without -Apply first.",
        reads=_PLACE,
        writes=("Enable-OrganizationCustomization",),
    ),
    Step(
        number=30,
        title="New-RoomLists",
        summary="Makes the room lists, closed and empty.",
        roles=f"{_ALL}, or Recipient Management together with the role {_CONFIGURATION}",
        waits="Nothing.",
        next="Next: .\\40-Add-Rooms.ps1, without -Apply first.",
        reads=(*_PLACE, *_LISTS),
        writes=("New-DistributionGroup",),
    ),
    Step(
        number=40,
        title="Add-Rooms",
        summary="Puts each room of rooms.csv into its list.",
        # The last role is for lists that somebody else owns.
        roles=f"{_ALL}, or Recipient Management, {_CONFIGURATION}, Security Group Creation and Membership",
        waits="Nothing.",
        next="Next: .\\50-Grant-Access.ps1, without -Apply first.",
        reads=(*_PLACE, "Get-Mailbox", *_LISTS),
        writes=("Update-DistributionGroupMember", "Add-DistributionGroupMember"),
    ),
    Step(
        number=50,
        title="Grant-Access",
        summary="Makes the pointer to the application, the management scope over the lists, and the role assignment that it limits.",
        roles=_ALL,
        waits="Revoke what Entra grants now; section 3. Then 30 minutes to two hours, in which the application had better not ask.",
        next="Next: revoke what Entra grants the application, section 3 of RUNBOOK.md, then .\\60-Confirm-Access.ps1.",
        reads=(*_PLACE, "Get-Mailbox", *_STATE),
        writes=("New-ServicePrincipal", "New-ManagementScope", "New-ManagementRoleAssignment"),
    ),
    Step(
        number=60,
        title="Confirm-Access",
        summary="Compares what the stored scope reaches with rooms.csv, and asks Exchange about rooms and controls. Reads only.",
        roles="Organization Management, or View-Only Organization Management together with the role Role Management",
        waits="Nothing.",
        next="Next: .\\70-Test-Entra.ps1, in a session of its own.",
        reads=(*_PLACE, *_STATE, "Get-ApplicationAccessPolicy", "Get-ManagementRole", "Test-ServicePrincipalAuthorization"),
    ),
    Step(
        number=70,
        title="Test-Entra",
        summary="Shows what Entra grants the application beside the scope, in a session of Microsoft Graph. Reads only.",
        roles="Global Reader in Entra, and consent to Application.Read.All for Microsoft Graph PowerShell",
        waits="Nothing.",
        next="Next: the operator proves it as the application; section 5 of RUNBOOK.md.",
        reads=("Get-MgContext", "Get-MgServicePrincipal", "Get-MgServicePrincipalAppRoleAssignment"),
        apart=True,
    ),
    Step(
        number=90,
        title="Remove-Access",
        summary="The way back: takes the right away, then what the bundle made and nobody changed.",
        roles=_ALL,
        waits="Up to two hours, before the refusal can be proven.",
        next="Next: the operator proves that nobody is reached any more, with --expect-none; section 6 of RUNBOOK.md.",
        reads=(*_PLACE, *_STATE, "Get-ApplicationAccessPolicy"),
        writes=(
            "Remove-ManagementRoleAssignment",
            "Remove-ManagementScope",
            "Remove-DistributionGroup",
            "Remove-ServicePrincipal",
        ),
    ),
)


def _online(access: str, role: str, title: str, grants: str, ends: date | None = None) -> Product:
    return Product(
        name="exchange-online",
        access=access,
        ends=ends,
        title=title,
        identity="application",
        templates=TEMPLATES / "exchange-online",
        grants=grants,
        role=role,
        roles=_ALL,
        plain=PLAIN,
        on_every_call=frozenset({"ErrorAction"}),
        commands=_COMMANDS,
        steps=_STEPS,
    )


EXCHANGE_ONLINE = (
    _online(
        "calendars-read",
        "Application Calendars.Read",
        "Exchange Online, calendars for reading",
        "Application Calendars.Read lets the application read the calendars of the rooms in scope, through Microsoft Graph: what is in an "
        "appointment, and no mail, no contact, no file. It changes nothing.",
    ),
    _online(
        "calendars-readwrite",
        "Application Calendars.ReadWrite",
        "Exchange Online, calendars for reading and writing",
        "Application Calendars.ReadWrite lets the application read, make, change and delete appointments in the calendars of the rooms in "
        "scope, through Microsoft Graph; no mail, no contact, no file.",
    ),
    _online(
        "ews",
        "Application EWS.AccessAsApp",
        "EWS in Exchange Online",
        "Application EWS.AccessAsApp gives the application the whole mailbox of each room in scope, for reading and for writing: calendar, "
        "mail, contacts, tasks, and sending as the room. Microsoft switches EWS off for everybody on 2027-04-01.",
        date(2027, 4, 1),
    ),
)
"""By rising right; the last one gives the whole mailbox."""
