"""What tokens say."""

from typing import Any

from lab.entra.asked import Asked
from lab.entra.tokens import LIFETIME, lifetime, resources, token_id
from lab.state.model import Recipient
from lab.state.tenant import Application

USER_SCOPE = "EWS.AccessAsUser.All"


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


def of_user(asked: Asked, audience: str, user: Recipient) -> dict[str, Any]:
    """What the access token of a user says."""
    return {
        **common(asked, asked.client, audience),
        "idtyp": "user",
        "oid": user.guid,
        "sub": user.guid,
        "upn": user.user_principal_name,
        "unique_name": user.user_principal_name,
        "scp": USER_SCOPE,
    }


def identity(asked: Asked, user: Recipient) -> dict[str, Any]:
    """What the identity token of a user says."""
    return {
        **lifetime(),
        "iss": f"{asked.origin}/{asked.tenant.id}/v2.0",
        "aud": asked.client.client_id,
        "sub": user.guid,
        "oid": user.guid,
        "tid": asked.tenant.id,
        "preferred_username": user.user_principal_name,
        "ver": "2.0",
    }
