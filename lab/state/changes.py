"""The changes made to a snapshot, one JSON line each, and the schema of both."""

from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from lab.state.model import (
    ManagementScope,
    Organization,
    Recipient,
    Role,
    RoleAssignment,
    RoleGroup,
    Session,
    Snapshot,
)
from lab.state.record import Record
from lab.state.tenant import Hydration, ServicePrincipal

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Numbered(Record):
    """A change has a number; the first after the snapshot is 1."""

    n: Annotated[int, Field(ge=1)]


class Put(Numbered):
    """Adds or replaces one object."""

    op: Literal["put"]
    key: str


class PutRecipient(Put):
    """Adds or replaces a recipient."""

    kind: Literal["recipients"]
    value: Recipient


class PutManagementScope(Put):
    """Adds or replaces a scope."""

    kind: Literal["managementScopes"]
    value: ManagementScope


class PutRoleAssignment(Put):
    """Adds or replaces an assignment."""

    kind: Literal["roleAssignments"]
    value: RoleAssignment


class PutRole(Put):
    """Adds or replaces a role."""

    kind: Literal["roles"]
    value: Role


class PutRoleGroup(Put):
    """Adds or replaces a role group."""

    kind: Literal["roleGroups"]
    value: RoleGroup


class PutServicePrincipal(Put):
    """Adds or replaces a pointer to a service principal."""

    kind: Literal["servicePrincipals"]
    value: ServicePrincipal


class PutHydration(Put):
    """Replaces what is known of the organisation's hydration."""

    kind: Literal["hydration"]
    value: Hydration


class PutOrganization(Put):
    """Replaces the organisation."""

    kind: Literal["organization"]
    value: Organization


class PutSession(Put):
    """Replaces what the shell sees."""

    kind: Literal["session"]
    value: Session


class Remove(Numbered):
    """Removes one object."""

    op: Literal["remove"]
    kind: Literal[
        "recipients",
        "managementScopes",
        "roleAssignments",
        "roles",
        "roleGroups",
        "servicePrincipals",
    ]
    key: str


class AddMember(Numbered):
    """Puts a member at the end of a group."""

    op: Literal["addMember"]
    group: str
    member: str


class RemoveMember(Numbered):
    """Takes a member out of a group."""

    op: Literal["removeMember"]
    group: str
    member: str


AnyPut = Annotated[
    PutRecipient
    | PutManagementScope
    | PutRoleAssignment
    | PutRole
    | PutRoleGroup
    | PutServicePrincipal
    | PutHydration
    | PutOrganization
    | PutSession,
    Field(discriminator="kind"),
]
Change = Annotated[AnyPut | Remove | AddMember | RemoveMember, Field(discriminator="op")]
CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def schema() -> dict[str, Any]:
    """The JSON Schema of a snapshot and of a change line, as `state.schema.json` holds it."""
    modes: list[tuple[str, Literal["validation"], TypeAdapter[Any]]] = [
        ("Snapshot", "validation", TypeAdapter(Snapshot)),
        ("Change", "validation", CHANGE),
    ]
    found, definitions = TypeAdapter.json_schemas(modes, ref_template="#/$defs/{model}")
    definitions["$defs"]["Change"] = found["Change", "validation"]
    return {
        "$schema": SCHEMA_DIALECT,
        "title": "State of the loopback Exchange: a snapshot, or one line of changes",
        "oneOf": [{"$ref": "#/$defs/Snapshot"}, {"$ref": "#/$defs/Change"}],
        **definitions,
    }
