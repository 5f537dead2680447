"""The nouns that only Exchange Online has, as they stand in the state's files."""

from typing import Annotated, Literal

from pydantic import Field

from lab.state.record import Record

GRAPH = "00000003-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
MailboxState = Literal["soft-deleted", "on-premises", "unlicensed"]


class Tenant(Record):
    """The one tenant, as Entra knows it."""

    id: str
    initial_domain: str
    """The domain below onmicrosoft.com that the tenant was born with."""


class EntraRole(Record):
    """An application role that Entra granted for the whole tenant."""

    resource: str
    """The application id of the API that the role belongs to."""

    value: str


class Application(Record):
    """An application as Entra knows it."""

    client_id: str
    object_id: str
    """The object id of the service principal."""

    registration_id: str
    """The object id of the registration, which is another object."""

    display_name: str
    entra_roles: tuple[EntraRole, ...] = ()
    certificates: tuple[str, ...] = ()
    """The public certificates in PEM with which it may sign its assertions."""

    wids: tuple[str, ...] = ()
    """Directory roles, by template id."""


class ServicePrincipal(Record):
    """Exchange's pointer to a service principal of Entra."""

    app_id: str
    object_id: str
    display_name: str
    distinguished_name: str
    guid: str


class Gates(Record):
    """The switches that stand in front of EWS and, for user agents, of Graph too."""

    ews_enabled: bool | None = None
    ews_allowed_app_ids: str = ""
    """One text with commas, as Exchange keeps it."""

    ews_application_access_policy: Literal["", "EnforceAllowList", "EnforceBlockList"] = ""
    ews_allow_list: tuple[str, ...] = ()
    ews_block_list: tuple[str, ...] = ()
    mailboxes_without_ews: tuple[str, ...] = ()
    """Guids of recipients."""


class AccessPolicy(Record):
    """An application access policy; it narrows what Entra grants, never what Exchange grants."""

    app_id: str
    access_right: Literal["RestrictAccess", "DenyAccess"]
    scope_group: str
    """The guid of a recipient."""

    identity: str


class Hydration(Record):
    """How the organisation came to be customizable."""

    enabled_at: str | None = None
    lag_writes: Annotated[int, Field(ge=0)] = 0
    """How many writes are still refused afterwards."""
