"""The ways to a token: by an application's credential, by a code, by a user's password."""

import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab.entra.assertion import TYPE, Assertions
from lab.entra.refusal import SignInRefusal
from lab.entra.tokens import LIFETIME, Tokens, lifetime, resources, token_id
from lab.ews.access import Access
from lab.state.model import Recipient
from lab.state.tenant import Application, Tenant
from lab.web import passwords
from lab.web.faults import SignInFaults

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
SIDE_SCOPES = frozenset({"openid", "profile", "offline_access", "email"})
TENANT = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[^.]+(\.[^.]+)+|adfs|devicelogin", re.IGNORECASE
)
USER_SCOPE = "EWS.AccessAsUser.All"


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


@dataclass(slots=True)
class Device:
    """A sign-in on another device that was begun."""

    client_id: str
    audience: str
    user_code: str
    until: float
    user: Recipient | None = None


@dataclass(slots=True)
class Flows:
    """What the identity platform remembers between two requests."""

    folder: Path
    tokens: Tokens = field(default_factory=Tokens)
    assertions: Assertions = field(default_factory=Assertions)
    devices: dict[str, Device] = field(default_factory=dict, repr=False)
    refreshing: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    """The guid of the user and the audience of each refresh token."""

    def token(self, asked: Asked) -> dict[str, Any]:
        """The answer to a request for a token."""
        _ = asked.tenant, asked.client
        grant = asked.field("grant_type")
        if asked.faults.code is not None:
            raise SignInRefusal(
                asked.faults.code, client=asked.client.client_id, name=asked.client.display_name
            )
        match grant:
            case "client_credentials":
                return self.for_application(asked)
            case "password":
                return self.for_user(asked, asked.audience, self.by_password(asked))
            case "refresh_token":
                return self.again(asked)
            case _ if grant == DEVICE:
                return self.by_device(asked)
        raise SignInRefusal(70003, grant=grant)

    def for_application(self, asked: Asked) -> dict[str, Any]:
        """A token for an application that proved who it is."""
        method = self.proven(asked)
        if not asked.form.get("scope", "").endswith("/.default"):
            raise SignInRefusal(1002012, scope=asked.form.get("scope", ""))
        return self.answer(asked, of_application(asked, asked.client, asked.audience, method))

    def for_machine(self, asked: Asked, resource: str) -> dict[str, Any]:
        """A token for the application that this machine is."""
        if not resources(resource):
            raise SignInRefusal(500011, resource=resource, tenant=asked.tenant.initial_domain)
        return self.answer(asked, of_application(asked, asked.client, resource, "2"))

    def proven(self, asked: Asked) -> str:
        """How an application proved who it is: 1 by a secret, 2 by a certificate."""
        secret, assertion = asked.form.get("client_secret"), asked.form.get("client_assertion")
        if assertion and asked.form.get("client_assertion_type") == TYPE:
            once = asked.faults.assertions_once
            self.assertions.check(assertion, asked.client, audiences(asked), once=once)
            return "2"
        if not secret:
            raise SignInRefusal(7000218)
        known = passwords.read(self.folder).applications.get(asked.client.client_id, ())
        right = [one for one in known if one.accepts(secret)]
        if not right:
            raise SignInRefusal(7000215, client=asked.client.client_id)
        if all(one.expired(datetime.now(UTC)) for one in right):
            raise SignInRefusal(7000222, client=asked.client.client_id)
        return "1"

    def by_password(self, asked: Asked) -> Recipient:
        """The user whose name and password these are."""
        name, password = asked.field("username"), asked.field("password")
        user = asked.access.by_principal(name)
        if user is None:
            raise SignInRefusal(50034, user=name, tenant=asked.tenant.initial_domain)
        credential = passwords.read(self.folder).of_guid(user.guid)
        if credential is None or not credential.accepts(password):
            raise SignInRefusal(50126)
        return user

    def begin(self, asked: Asked) -> dict[str, Any]:
        """Begins a sign-in on another device."""
        _ = asked.tenant
        code, user_code = secrets.token_urlsafe(32), secrets.token_hex(4).upper()
        until = time.monotonic() + 900
        self.devices[code] = Device(asked.client.client_id, asked.audience, user_code, until)
        place = f"{asked.origin}/devicelogin"
        return {
            "user_code": user_code,
            "device_code": code,
            "verification_uri": place,
            "expires_in": 900,
            "interval": 1,
            "message": f"To sign in, use a web browser to open the page {place} and enter the code {user_code} to authenticate.",
        }

    def sign_in_elsewhere(self, asked: Asked) -> str:
        """What the page says on which a user enters the code."""
        code = asked.field("user_code").strip().upper()
        found = next((one for one in self.devices.values() if one.user_code == code), None)
        if found is None:
            return "That code didn't work. Check the code and try again."
        found.user = self.by_password(asked)
        return "You have signed in on your other device. You may now close this window."

    def by_device(self, asked: Asked) -> dict[str, Any]:
        """A token, once the user has signed in on another device."""
        found = self.devices.get(asked.field("device_code"))
        if found is None or found.until <= time.monotonic():
            raise SignInRefusal(70019)
        if found.user is None:
            raise SignInRefusal(70016)
        del self.devices[asked.field("device_code")]
        return self.for_user(asked, found.audience, found.user)

    def again(self, asked: Asked) -> dict[str, Any]:
        """A token for a user who signed in before."""
        known = self.refreshing.get(asked.field("refresh_token"))
        user = asked.access.directory.recipients.get(known[0]) if known else None
        if known is None or user is None:
            raise SignInRefusal(70043)
        return self.for_user(asked, known[1], user)

    def for_user(self, asked: Asked, audience: str, user: Recipient) -> dict[str, Any]:
        """Tokens for a user who proved who it is."""
        claims = {
            **common(asked, asked.client, audience),
            "idtyp": "user",
            "oid": user.guid,
            "sub": user.guid,
            "upn": user.user_principal_name,
            "unique_name": user.user_principal_name,
            "scp": USER_SCOPE,
        }
        fresh = secrets.token_urlsafe(32)
        self.refreshing[fresh] = (user.guid.lower(), audience)
        identity = {
            **lifetime(),
            "iss": f"{asked.origin}/{asked.tenant.id}/v2.0",
            "aud": asked.client.client_id,
            "sub": user.guid,
            "oid": user.guid,
            "tid": asked.tenant.id,
            "preferred_username": user.user_principal_name,
            "ver": "2.0",
        }
        return {
            **self.answer(asked, claims),
            "scope": f"{audience}/{USER_SCOPE}",
            "refresh_token": fresh,
            "id_token": self.tokens.signed(identity),
        }

    def answer(self, asked: Asked, claims: dict[str, Any]) -> dict[str, Any]:
        """A token in its answer, with the lies that were asked for."""
        told = {**claims, **asked.faults.token}
        truth = {name: value for name, value in told.items() if value is not None}
        seconds = truth["exp"] - truth["iat"]
        return {
            "token_type": "Bearer",
            "expires_in": seconds,
            "ext_expires_in": seconds,
            "access_token": asked.faults.token_text or self.tokens.signed(truth),
        }


def of_application(
    asked: Asked, client: Application, audience: str, method: str
) -> dict[str, Any]:
    """What the token of an application says."""
    apis = resources(audience)
    roles = sorted({one.value for one in client.entra_roles if one.resource in apis})
    return {
        **common(asked, client, audience),
        "appidacr": method,
        "idtyp": "app",
        "oid": client.object_id,
        "sub": client.object_id,
        **({"roles": roles} if roles else {}),
        **({"wids": list(client.wids)} if client.wids else {}),
    }


def common(asked: Asked, client: Application, audience: str) -> dict[str, Any]:
    """What every access token says."""
    seconds = LIFETIME if asked.faults.lifetime is None else asked.faults.lifetime
    return {
        **lifetime(seconds),
        "aud": audience,
        "iss": f"https://sts.windows.net/{asked.tenant.id}/",
        "tid": asked.tenant.id,
        "appid": client.client_id,
        "azp": client.client_id,
        "app_displayname": client.display_name,
        "uti": token_id(),
        "ver": "1.0",
    }


def audiences(asked: Asked) -> frozenset[str]:
    """What a client assertion may be made out to."""
    paths = (asked.authority, asked.tenant.id)
    endpoints = (f"{asked.origin}/{one}/oauth2/v2.0/token" for one in paths)
    return frozenset((*endpoints, f"{asked.origin}/adfs/oauth2/token"))
