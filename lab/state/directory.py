"""The directory as it is after all changes, held in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, assert_never

from lab.errors import StateError
from lab.state.changes import (
    AddMember,
    Change,
    PutHydration,
    PutManagementScope,
    PutOrganization,
    PutRecipient,
    PutRole,
    PutRoleAssignment,
    PutRoleGroup,
    PutServicePrincipal,
    PutSession,
    Remove,
    RemoveMember,
)
from lab.state.model import (
    FolderPermission,
    ManagementScope,
    Organization,
    Recipient,
    Role,
    RoleAssignment,
    RoleGroup,
    Session,
    Snapshot,
)
from lab.state.tenant import Hydration, ServicePrincipal


@dataclass(slots=True)
class Directory:
    """Every object by its key in lower case; `version` counts the changes that it holds."""

    snapshot: Snapshot
    organization: Organization
    session: Session
    recipients: dict[str, Recipient]
    scopes: dict[str, ManagementScope]
    assignments: dict[str, RoleAssignment]
    roles: dict[str, Role]
    role_groups: dict[str, RoleGroup]
    permissions: tuple[FolderPermission, ...]
    service_principals: dict[str, ServicePrincipal]
    hydration: Hydration
    version: int = 0
    tables: dict[str, dict[str, Any]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Names the tables as change lines name them."""
        self.tables = {
            "recipients": self.recipients,
            "managementScopes": self.scopes,
            "roleAssignments": self.assignments,
            "roles": self.roles,
            "roleGroups": self.role_groups,
            "servicePrincipals": self.service_principals,
        }

    @classmethod
    def of(cls, snapshot: Snapshot) -> "Directory":
        """The directory before the first change."""
        return cls(
            snapshot=snapshot,
            organization=snapshot.organization,
            session=snapshot.session,
            recipients={key.lower(): one for key, one in snapshot.recipients.items()},
            scopes={key.lower(): one for key, one in snapshot.management_scopes.items()},
            assignments={key.lower(): one for key, one in snapshot.role_assignments.items()},
            roles={key.lower(): one for key, one in snapshot.roles.items()},
            role_groups={key.lower(): one for key, one in snapshot.role_groups.items()},
            permissions=snapshot.folder_permissions,
            service_principals={
                key.lower(): one for key, one in snapshot.service_principals.items()
            },
            hydration=snapshot.hydration,
        )

    def apply(self, change: Change) -> None:
        """Carries out the next change."""
        if change.n != self.version + 1:
            raise StateError("changes.jsonl", f"change {change.n} follows change {self.version}.")
        match change:
            case PutOrganization():
                self.organization = change.value
            case PutSession():
                self.session = change.value
            case PutHydration():
                self.hydration = change.value
            case (
                PutRecipient()
                | PutManagementScope()
                | PutRoleAssignment()
                | PutRole()
                | PutRoleGroup()
                | PutServicePrincipal()
            ):
                self.tables[change.kind][change.key.lower()] = change.value
            case Remove():
                self.remove(change)
            case AddMember() | RemoveMember():
                self.change_members(change)
            case _:
                assert_never(change)
        self.version = change.n

    def remove(self, change: Remove) -> None:
        """Takes away one object, which must be there."""
        if self.tables[change.kind].pop(change.key.lower(), None) is None:
            raise StateError(
                "changes.jsonl", f"change {change.n} removes {change.key!r}, which is not there."
            )

    def change_members(self, change: AddMember | RemoveMember) -> None:
        """Adds or takes one member of a group, which must be there."""
        recipient = self.recipients.get(change.group.lower())
        if recipient is None or recipient.group is None:
            raise StateError(
                "changes.jsonl", f"change {change.n} names {change.group!r}, which is no group."
            )
        member = change.member.lower()
        members = tuple(one for one in recipient.group.members if one.lower() != member)
        if isinstance(change, AddMember):
            members = (*members, change.member)
        group = recipient.group.model_copy(update={"members": members})
        self.recipients[change.group.lower()] = recipient.model_copy(update={"group": group})

    def by_address(self, address: str) -> Recipient | None:
        """The recipient that has this primary address; a slow search, for commands."""
        wanted = address.lower()
        return next((one for one in self.named(wanted)), None)

    def named(self, address: str) -> Iterator[Recipient]:
        """All recipients that have this primary address in lower case."""
        return (
            one for one in self.recipients.values() if one.primary_smtp_address.lower() == address
        )
