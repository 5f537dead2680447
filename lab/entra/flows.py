"""The ways to a token: by an application's credential, by a code, by a user's password."""

import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lab.entra.asked import Asked, audiences
from lab.entra.assertion import TYPE, Assertions
from lab.entra.claims import USER_SCOPE, identity, of_application, of_user
from lab.entra.refusal import SignInRefusal
from lab.entra.tokens import Tokens, resources
from lab.state.model import Recipient
from lab.web import passwords

DEVICE = "urn:ietf:params:oauth:grant-type:device_code"


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
        fresh = secrets.token_urlsafe(32)
        self.refreshing[fresh] = (user.guid.lower(), audience)
        return {
            **self.answer(asked, of_user(asked, audience, user)),
            "scope": f"{audience}/{USER_SCOPE}",
            "refresh_token": fresh,
            "id_token": self.tokens.signed(identity(asked, user)),
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
