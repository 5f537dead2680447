"""A request for a token, and what it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lab.entra.refusal import SignInRefusal
from lab.entra.tokens import resources
from lab.ews.access import Access
from lab.state.tenant import Application, Tenant
from lab.web.faults import SignInFaults

TENANT = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^.]+(\.[^.]+)+|adfs|devicelogin", re.IGNORECASE
)
SIDE_SCOPES = frozenset({"openid", "profile", "offline_access", "email"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a token."""

    origin: str
    authority: str
    """The first segment of the path: the tenant as the client names it."""

    form: Mapping[str, str] = field(repr=False)
    access: Access = field(repr=False)
    faults: SignInFaults = field(repr=False)

    def field(self, name: str) -> str:
        """A field that must be there."""
        if not self.form.get(name):
            raise SignInRefusal(90014, field=name)
        return self.form[name]

    @property
    def tenant(self) -> Tenant:
        """The one tenant, if the client means it."""
        known = self.access.directory.snapshot.tenant
        if not TENANT.fullmatch(self.authority):
            raise SignInRefusal(900023, tenant=self.authority)
        if known is None or self.authority.lower() not in names(known, self.access):
            raise SignInRefusal(90002, tenant=self.authority)
        return known

    @property
    def client(self) -> Application:
        """The application that asks."""
        client_id = self.field("client_id").lower()
        found = self.access.directory.snapshot.applications.get(client_id)
        if found is None:
            raise SignInRefusal(700016, client=client_id, tenant=self.tenant.initial_domain)
        return found

    @property
    def audience(self) -> str:
        """The API that the scope belongs to."""
        scope = self.field("scope")
        wanted = [one for one in scope.split() if one not in SIDE_SCOPES]
        if len(wanted) != 1 or "/" not in wanted[0].removeprefix("https://"):
            raise SignInRefusal(70011, scope=scope)
        audience = wanted[0].rpartition("/")[0]
        if not resources(audience):
            raise SignInRefusal(500011, resource=audience, tenant=self.tenant.initial_domain)
        return audience


def names(tenant: Tenant, access: Access) -> frozenset[str]:
    """Everything by which a tenant may be called."""
    accepted = (one.lower() for one in access.directory.snapshot.accepted_domains)
    return frozenset((tenant.id, tenant.initial_domain, "adfs", *accepted))


def audiences(asked: Asked) -> frozenset[str]:
    """What a client assertion may be made out to."""
    paths = (asked.authority, asked.tenant.id)
    endpoints = (f"{asked.origin}/{one}/oauth2/v2.0/token" for one in paths)
    return frozenset((*endpoints, f"{asked.origin}/adfs/oauth2/token"))
