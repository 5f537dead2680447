"""The endpoint from which a machine gets tokens of its own, without a credential."""

import time
from collections.abc import Mapping
from typing import Any

from lab.entra.asked import Asked
from lab.entra.flows import Flows
from lab.entra.refusal import SignInRefusal

PATH = "/metadata/identity/oauth2/token"


def token(asked: Asked, flows: Flows, headers: Mapping[str, str]) -> tuple[int, dict[str, Any]]:
    """The status and the body of the answer; the machine is the first application, or the one it names."""
    if headers.get("metadata") != "true":
        return 400, {"error": "invalid_request", "error_description": "Required metadata header not specified"}
    resource = asked.form.get("resource", "")
    try:
        made = flows.for_machine(asked, resource)
    except SignInRefusal as refusal:
        if refusal.kind.error == "unauthorized_client":
            return 400, {"error": "invalid_request", "error_description": "Identity not found"}
        return refusal.kind.status, refusal.body()
    lasts = made["expires_in"]
    del made["ext_expires_in"]
    when = {"expires_in": str(lasts), "expires_on": str(int(time.time()) + lasts)}
    return 200, {**made, **when, "resource": resource, "client_id": asked.client.client_id}
