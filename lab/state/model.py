"""The nouns of the directory state, as they stand in its files."""

from typing import Annotated, Literal

from pydantic import Field

from lab.state.record import Record
from lab.state.tenant import (
    AccessPolicy,
    Application,
    Gates,
    Hydration,
    MailboxState,
    ServicePrincipal,
    Tenant,
)


class Organization(Record):
    """The one Exchange organisation."""

    name: str
    guid: str
    is_dehydrated: bool
    version: str
    language: str
    """The language of error sentences: `en` or `de`."""


class Domain(Record):
    """One Active Directory domain of the forest."""

    fqdn: str
    netbios: str
    dn: str


class DomainController(Record):
    """One domain controller; it answers from the state without its last `lag` changes."""

    fqdn: str
    domain: str
    lag: Annotated[int, Field(ge=0)] = 0


class Session(Record):
    """What the administrator's shell sees."""

    operator: str
    view_entire_forest: bool
    recipient_view_root: str
    absent_cmdlets: tuple[str, ...]
    absent_parameters: dict[str, tuple[str, ...]]


class Group(Record):
    """What a recipient has when it is a group."""

    managed_by: tuple[str, ...]
    """Guids of recipients."""

    member_join_restriction: Literal["Open", "Closed", "ApprovalRequired"]
    member_depart_restriction: Literal["Open", "Closed"]
    notes: str
    members: tuple[str, ...]
    """Guids of the direct members."""


class Recipient(Record):
    """One mailbox, user or group."""

    guid: str
    name: str
    display_name: str
    alias: str
    primary_smtp_address: str
    email_addresses: tuple[str, ...]
    """Proxy addresses; `SMTP:` marks the primary one."""

    distinguished_name: str
    recipient_type_details: str
    user_principal_name: str
    sam_account_name: str
    domain: str
    account_disabled: bool
    hidden_from_address_lists: bool
    is_dir_synced: bool
    group: Group | None


class ManagementScope(Record):
    """A set of recipients described by a filter and a root."""

    name: str
    guid: str
    distinguished_name: str
    recipient_root: str
    recipient_filter: str
    exclusive: bool
    scope_restriction_type: str


class RoleAssignment(Record):
    """Who holds which role over which scope."""

    name: str
    guid: str
    role: str
    role_assignee: str
    """The guid of a recipient, the name of a role group, or the object id of a service principal."""

    role_assignee_type: Literal["User", "RoleGroup", "SecurityGroup", "ServicePrincipal"]
    custom_recipient_write_scope: str
    recipient_write_scope: str
    enabled: bool
    delegating: bool
    custom_resource_scope: str = ""
    """Online, for an application: the name of a scope or, where the write scope is Group, of a group."""


class Role(Record):
    """A management role."""

    name: str
    parent: str
    role_type: str


class RoleGroup(Record):
    """A management role group."""

    name: str
    members: tuple[str, ...]
    roles: tuple[str, ...]


class FolderPermission(Record):
    """A right that one user has on another's calendar."""

    mailbox: str
    user: str
    rights: str


class Snapshot(Record):
    """The whole state at one moment."""

    format: Literal[1]
    organization: Organization
    domains: tuple[Domain, ...]
    domain_controllers: tuple[DomainController, ...]
    accepted_domains: tuple[str, ...]
    session: Session
    recipients: dict[str, Recipient]
    management_scopes: dict[str, ManagementScope]
    role_assignments: dict[str, RoleAssignment]
    roles: dict[str, Role]
    role_groups: dict[str, RoleGroup]
    folder_permissions: tuple[FolderPermission, ...]
    product: Literal["exchange-server", "exchange-online"] = "exchange-server"
    tenant: Tenant | None = None
    """Online; on a server, the tenant that signs its users in, if there is one."""

    applications: dict[str, Application] = Field(default={})
    """By client id: what Entra knows."""

    service_principals: dict[str, ServicePrincipal] = Field(default={})
    """By object id: what Exchange knows."""

    gates: Gates = Gates()
    access_policies: tuple[AccessPolicy, ...] = ()
    mailbox_states: dict[str, MailboxState] = Field(default={})
    """By the guid of a recipient."""

    permission_delay: Annotated[float, Field(ge=0, strict=False)] = 0
    """Seconds until a change of permissions counts for Graph and EWS."""

    hydration: Hydration = Hydration()
