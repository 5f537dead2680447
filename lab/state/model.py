"""The nouns of the directory state, as they stand in its files."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class Record(BaseModel):
    """What every part of the state has in common: frozen, strict, nothing unknown."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
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
    """The guid of a recipient, or the name of a role group."""

    role_assignee_type: Literal["User", "RoleGroup", "SecurityGroup"]
    custom_recipient_write_scope: str
    recipient_write_scope: str
    enabled: bool
    delegating: bool


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
