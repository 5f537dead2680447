"""The identity platform on the wire: which path answers what."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.entra.asked import Asked
from lab.entra.flows import Flows
from lab.entra.refusal import FederationRefusal, SignInRefusal

TENANT = r"/(?P<tenant>[^/]+)"
ADFS = "adfs"
INVALID_INSTANCE = {
    "error": "invalid_instance",
    "error_description": "AADSTS50049: Unknown or invalid instance.",
    "error_codes": [50049],
}
MANAGED = {"ver": "1.0", "account_type": "Managed", "cloud_instance_name": "lab"}
NOT_PLAYED = {"error": "unsupported", "error_description": "The lab has no page to sign in on."}
PATHS = {
    name: re.compile(pattern + "$", re.IGNORECASE)
    for name, pattern in {
        "metadata": TENANT + r"(?:/v2\.0)?/\.well-known/openid-configuration",
        "token": TENANT + r"/oauth2(?:/v2\.0)?/token",
        "devicecode": TENANT + r"/oauth2(?:/v2\.0)?/devicecode",
        "keys": TENANT + r"/discovery(?:/v2\.0)?/keys",
        "instance": TENANT + r"/discovery/instance",
        "realm": TENANT + r"/userrealm/(?P<user>[^/]+)",
        "devicelogin": r"/(?P<tenant>devicelogin)",
        "authorize": TENANT + r"/oauth2(?:/v2\.0)?/authorize",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back, and what the log says about it."""

    status: int
    body: Any = field(repr=False)
    operation: str = ""
    user: str = ""
    code: str = "NoError"


def operation(path: str) -> tuple[str, str]:
    """What a path asks of the identity platform, and of which tenant; empty for any other path."""
    for name, pattern in PATHS.items():
        found = pattern.match(path)
        if found:
            return name, found["tenant"]
    return "", ""


def reply(name: str, asked: Asked, flows: Flows) -> Reply:
    """The answer to a request, a refusal too."""
    user = asked.form.get("username") or asked.form.get("client_id", "")
    try:
        return Reply(200, answer(name, asked, flows), name, user)
    except SignInRefusal as refusal:
        said = refusal
        if asked.authority.lower() == ADFS:
            said = FederationRefusal(refusal.code, **refusal.values)
        return Reply(refusal.kind.status, said.body(), name, user, f"AADSTS{refusal.code}")


def answer(name: str, asked: Asked, flows: Flows) -> Any:
    """The body of a good answer."""
    answers: dict[str, Callable[[], Any]] = {
        "metadata": lambda: metadata(asked),
        "token": lambda: flows.token(asked),
        "devicecode": lambda: flows.begin(asked),
        "devicelogin": lambda: flows.sign_in_elsewhere(asked),
        "keys": flows.tokens.keys,
        "instance": lambda: INVALID_INSTANCE,
        "realm": lambda: MANAGED,
        "authorize": lambda: NOT_PLAYED,
    }
    return answers[name]()


def metadata(asked: Asked) -> dict[str, Any]:
    """The metadata document of the tenant, with the lies that were asked for."""
    tenant, federation = asked.tenant, asked.authority.lower() == ADFS
    place = f"{asked.origin}/{ADFS}" if federation else f"{asked.origin}/{tenant.id}"
    version = "oauth2" if federation else "oauth2/v2.0"
    issuer = f"{place}/v2.0" if not federation else place
    truth: dict[str, Any] = {
        "token_endpoint": f"{place}/{version}/token",
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
        "jwks_uri": f"{asked.origin}/{tenant.id}/discovery/v2.0/keys",
        "issuer": issuer,
        "authorization_endpoint": f"{place}/{version}/authorize",
        "device_authorization_endpoint": f"{place}/{version}/devicecode",
        "tenant_region_scope": "EU",
        "cloud_instance_name": "lab",
    }
    told = {**truth, **asked.faults.metadata}
    return {name: value for name, value in told.items() if value is not None}
