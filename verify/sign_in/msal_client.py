"""Gets tokens from Entra ID, AD FS or the machine itself; the only home of msal."""

import logging
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import time
from typing import Any

import msal
from requests import Response, Session
from requests.exceptions import RequestException

from roomscope.verify.common.secrets import masked
from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import Answer, NoToken, Wire
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import WireError
from roomscope.verify.sign_in.certificate import Certificate
from roomscope.verify.sign_in.environment import Managed, Proof, Secret
from roomscope.verify.sign_in.line import Authority, ElsewhereError, Line, refusal_of
from roomscope.verify.sign_in.tokens import Acquire, Granted

_MACHINE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class User:
    """A person's or service's account that signs in by itself; without a password by device code."""

    client_id: str
    name: str
    password: str | None = field(repr=False)


def as_application(net: Net, authority: Authority, client_id: str, proof: Proof, resource: str) -> Acquire:
    """Signs the application in; each time with a client of its own, because msal answers again from what it keeps."""
    if isinstance(proof, Managed):
        return lambda: _from_machine(proof, resource)
    known = proof.value if isinstance(proof, Secret) else proof.key

    def sign_in(line: Line) -> Mapping[str, Any]:
        client = msal.ConfidentialClientApplication(
            client_id, authority=authority.url, client_credential=_credential(proof), http_client=line,
            instance_discovery=False, azure_region=False,
        )
        return dict(client.acquire_token_for_client([f"{resource}/.default"]))

    def acquire() -> Granted | Answer:
        if isinstance(proof, Certificate) and not proof.holds(datetime.now(UTC)):
            return NoToken("expired certificate", f"from {proof.begins:%Y-%m-%d} to {proof.ends:%Y-%m-%d}")
        return _tried(net, authority, known, sign_in)

    return acquire


def as_user(net: Net, authority: Authority, user: User, resource: str, tell: Callable[[str], None]) -> Acquire:
    """Signs the service account in, for a server with modern authentication."""

    def sign_in(line: Line) -> Mapping[str, Any]:
        client = msal.PublicClientApplication(
            user.client_id, authority=authority.url, http_client=line, instance_discovery=False
        )
        scopes = [f"{resource}/.default"]
        if user.password is not None:
            with warnings.catch_warnings():
                # msal warns that Microsoft wants this way gone; the operator has chosen it knowingly.
                warnings.simplefilter("ignore", DeprecationWarning)
                return dict(client.acquire_token_by_username_password(user.name, user.password, scopes))
        flow = client.initiate_device_flow(scopes)
        if "user_code" not in flow:
            return dict(flow)
        tell(f"To sign in as {harmless(user.name)}, open {harmless(str(flow['verification_uri']))} and enter {harmless(str(flow['user_code']))}")
        return dict(client.acquire_token_by_device_flow(flow))

    return lambda: _tried(net, authority, user.password or "", sign_in)


def _credential(proof: Secret | Certificate) -> object:
    if isinstance(proof, Secret):
        return proof.value
    # Without a thumbprint msal computes one of SHA-256 and signs with PS256.
    return {"private_key": proof.key, "public_certificate": proof.public}


def _tried(net: Net, authority: Authority, known: str, sign_in: Callable[["Line"], Mapping[str, Any]]) -> Granted | Answer:
    silence()
    with net.session(authority.root) as session:
        line = Line(authority, session)
        try:
            result = sign_in(line)
        except WireError as error:
            return line.cut_off(error) if known else Wire(error.trouble, error.text)
        except ElsewhereError as error:
            return NoToken("elsewhere", harmless(masked(str(error))))
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not show a credential
            return line.refusal(known) or NoToken("page", type(error).__name__)
        token, lasts = result.get("access_token"), result.get("expires_in", 0)
        if isinstance(token, str) and isinstance(lasts, int):
            return Granted(token, time() + lasts)
        return line.busy() or refusal_of(result, known)


def _from_machine(proof: Managed, resource: str) -> Granted | Answer:
    silence()
    identity = msal.UserAssignedManagedIdentity(client_id=proof.client_id) if proof.client_id else msal.SystemAssignedManagedIdentity()
    try:
        with _MachineSession() as session:
            result = msal.ManagedIdentityClient(identity, http_client=session).acquire_token_for_client(resource=resource)
    except Exception as error:  # noqa: BLE001 - whatever a library raises must not look like an answer
        name = type(error).__name__
        return NoToken("no managed identity", "nobody answered" if isinstance(error, RequestException) else name)
    token = result.get("access_token")
    if isinstance(token, str):
        return Granted(token, time() + int(result.get("expires_in", 0)))
    return NoToken("no managed identity", harmless(str(result.get("error_description") or result.get("error"))))


class _MachineSession(Session):
    """The machine's own endpoint speaks plain http, on an address that is not routed; no proxy and no redirect."""

    def __init__(self) -> None:
        super().__init__()
        self.trust_env = False

    def request(self, *arguments: Any, **more: Any) -> Response:
        return super().request(*arguments, **{**more, "allow_redirects": False, "timeout": _MACHINE_SECONDS})


def silence() -> None:
    """Keeps msal's loggers above ERROR, at which it writes out what a server said."""
    for name in ["msal", *logging.root.manager.loggerDict]:
        if name.partition(".")[0] == "msal":
            logging.getLogger(name).setLevel(logging.CRITICAL)
