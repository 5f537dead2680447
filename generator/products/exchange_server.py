"""Exchange Server: impersonation through EWS, granted in the Exchange Management Shell."""

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.products.powershell import PLAIN, free, must, switches
from roomscope.generator.products.product import Command, Parameter, Product, ScriptParameter, Step

_RECIPIENTS = "View-Only Recipients"
_CONFIGURATION = "View-Only Configuration"
_GROUPS = "Distribution Groups"
_ROLES = "Role Management"
_ALL = "Organization Management"

_ERROR_ACTION = must("ErrorAction", "Stop")
_CONTROLLER = must("DomainController", origins=("-DomainController", "Get-ADServerSettings"))
_UNLIMITED = Parameter("ResultSize", values=("Unlimited",))
_ALL_OF_THEM = must("ResultSize", "Unlimited")
_ROOM_LISTS = must("RecipientTypeDetails", "RoomList")
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
    "Get-User",
    "Get-ManagementScope",
    "Get-ManagementRoleAssignment",
)


def _read(name: str, role: str, *parameters: Parameter) -> Command:
    return Command(name, (*parameters, _CONTROLLER, _ERROR_ACTION), role)


def _write(name: str, role: str, *parameters: Parameter) -> Command:
    return Command(name, (*parameters, _CONTROLLER, _ERROR_ACTION), role, writes=True)


_PLACE = ("Get-ADServerSettings", "Get-OrganizationConfig", "Get-AcceptedDomain")
_LISTS = ("Get-DistributionGroup", "Get-Group", "Get-Recipient", "Get-DistributionGroupMember")
_ACCOUNT = ("Get-User",)
_GRANTS = ("Get-ManagementScope", "Get-ManagementRoleAssignment")

EXCHANGE_SERVER = Product(
    name="exchange-server",
    title="Exchange Server",
    identity="service-account",
    templates=TEMPLATES / "exchange-server",
    grants=(
        "ApplicationImpersonation gives the service account the whole mailbox of each room in scope, for reading and for "
        "writing: calendar, mail, contacts, tasks, and sending as the room. Exchange has no smaller right for this."
    ),
    role="ApplicationImpersonation",
    roles=_ALL,
    plain=PLAIN,
    on_every_call=frozenset({"DomainController", "ErrorAction"}),
    commands=(
        # It says which domain controller the others shall ask, so it is asked before one is known.
        Command("Get-ADServerSettings", (_ERROR_ACTION,), _CONFIGURATION),
        _read("Get-OrganizationConfig", _CONFIGURATION),
        _read("Get-AcceptedDomain", _CONFIGURATION),
        _read("Get-Mailbox", _RECIPIENTS, Parameter("RecipientTypeDetails", values=("RoomMailbox",)), _UNLIMITED),
        _read("Get-Recipient", _RECIPIENTS, *free("Identity", "Filter", "RecipientPreviewFilter"), _UNLIMITED),
        _read("Get-User", _RECIPIENTS, must("Identity")),
        _read("Get-Group", _RECIPIENTS, _ROOM_LISTS, _ALL_OF_THEM),
        _read("Get-DistributionGroup", _RECIPIENTS, _ROOM_LISTS, _ALL_OF_THEM),
        _read("Get-DistributionGroupMember", _RECIPIENTS, must("Identity"), _ALL_OF_THEM),
        _read("Get-ManagementScope", _ROLES, Parameter("Exclusive", values=("$true",))),
        _read("Get-ManagementRoleAssignment", _ROLES, *free("Role", "RoleAssignee"), *switches("GetEffectiveUsers")),
        _read(
            "Get-ManagementRole",
            _ROLES,
            Parameter("Identity", values=("ApplicationImpersonation",)),
            *switches("Recurse"),
            Parameter("Cmdlet", values=("Add-DistributionGroupMember",)),
            Parameter("CmdletParameters", values=("BypassSecurityGroupManagerCheck",)),
        ),
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
            Parameter("OrganizationalUnit", origins=("literal",)),
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
            "New-ManagementScope",
            _ROLES,
            must("Name", origins=("literal",)),
            must("RecipientRestrictionFilter", origins=_READ),
        ),
        _write(
            "New-ManagementRoleAssignment",
            _ROLES,
            must("Name", origins=("literal",)),
            must("Role", "ApplicationImpersonation"),
            must("User", origins=("Get-User",)),
            must("CustomRecipientWriteScope", origins=("literal",)),
        ),
        _write("Remove-ManagementRoleAssignment", _ROLES, must("Identity", origins=_READ), _NO_QUESTION),
        _write("Remove-ManagementScope", _ROLES, must("Identity", origins=_READ), _NO_QUESTION),
        _write("Remove-DistributionGroup", _GROUPS, must("Identity", origins=_READ), _BYPASS, _NO_QUESTION),
    ),
    steps=(
        Step(
            number=10,
            title="Test-Readiness",
            summary="Tests session, rooms, service account, controls and names. Reads only.",
            roles="Organization Management, as for the later steps, which it looks ahead to",
            waits="Nothing.",
            next="Next: .\\30-New-RoomLists.ps1, without -Apply first.",
            reads=(*_PLACE, "Get-Mailbox", *_LISTS, *_ACCOUNT, *_GRANTS, "Get-ManagementRole"),
        ),
        Step(
            number=30,
            title="New-RoomLists",
            summary="Makes the room lists, closed and empty.",
            roles=f"{_ALL}, or Recipient Management together with the role {_CONFIGURATION}",
            waits="Nothing on one domain controller. Elsewhere: replication of the directory.",
            next="Next: .\\40-Add-Rooms.ps1, without -Apply first.",
            reads=(*_PLACE, *_LISTS, *_ACCOUNT),
            writes=("New-DistributionGroup",),
        ),
        Step(
            number=40,
            title="Add-Rooms",
            summary="Puts each room of rooms.csv into its list.",
            # The last role is for lists that somebody else owns.
            roles=f"{_ALL}, or Recipient Management, {_CONFIGURATION}, Security Group Creation and Membership",
            waits="Nothing on one domain controller. Elsewhere: replication of the directory.",
            next="Next: .\\50-Grant-Access.ps1, without -Apply first.",
            reads=(*_PLACE, "Get-Mailbox", *_LISTS, *_ACCOUNT),
            writes=("Update-DistributionGroupMember", "Add-DistributionGroupMember"),
        ),
        Step(
            number=50,
            title="Grant-Access",
            summary="Makes the management scope over the lists and the role assignment that it limits.",
            roles=_ALL,
            waits="Up to two hours, for replication and for what the servers remember of rights.",
            next="Next: .\\60-Confirm-Access.ps1.",
            reads=(*_PLACE, "Get-Mailbox", *_LISTS, *_ACCOUNT, *_GRANTS),
            writes=("New-ManagementScope", "New-ManagementRoleAssignment"),
        ),
        Step(
            number=60,
            title="Confirm-Access",
            summary="Compares what the stored scope reaches with rooms.csv. Reads only.",
            roles="Organization Management, or View-Only Organization Management together with the role Role Management",
            waits="Nothing.",
            next="Next: the operator proves it as the service account; section 4 of RUNBOOK.md.",
            reads=(*_PLACE, *_LISTS, *_ACCOUNT, *_GRANTS, "Get-ManagementRole"),
        ),
        Step(
            number=90,
            title="Remove-Access",
            summary="The way back: takes the right away, then what the bundle made and nobody changed.",
            roles=_ALL,
            waits="Up to two hours, before the refusal can be proven.",
            next="Next: the operator proves that nobody is reached any more, with --expect-none; section 5 of RUNBOOK.md.",
            reads=(*_PLACE, *_LISTS, *_ACCOUNT, *_GRANTS, "Get-ManagementRole"),
            writes=("Remove-ManagementRoleAssignment", "Remove-ManagementScope", "Remove-DistributionGroup"),
        ),
    ),
    parameters=(
        ScriptParameter("DomainController", "The domain controller that answers every call. Without it: the global catalog of this session."),
    ),
)
