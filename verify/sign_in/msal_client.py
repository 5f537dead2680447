"""Gets tokens from Entra ID, AD FS or the machine itself; the only home of msal."""

import json
import logging
import re
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from time import time
from typing import Any
from urllib.parse import urlsplit

import msal
from requests import Response, Session
from requests.exceptions import RequestException

from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import Answer, NoToken, Wire
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import WireError, seconds
from roomscope.verify.sign_in.certificate import Certificate
from roomscope.verify.sign_in.environment import Managed, Proof, Secret
from roomscope.verify.sign_in.tokens import Acquire, Granted

_NUMBER = re.compile(r"AADSTS(\d{4,9})\b")
_MACHINE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked for tokens."""

    root: str
    tenant: str
    """The tenant's id; `adfs` where it is an AD FS."""

    names: tuple[str, ...] = ()
    """Other hosts of the same authority."""

    @property
    def url(self) -> str:
        """As msal wants it."""
        return f"{self.root}/{self.tenant}"


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

    def sign_in(line: _Line) -> Mapping[str, Any]:
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

    def sign_in(line: _Line) -> Mapping[str, Any]:
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


def _tried(net: Net, authority: Authority, known: str, sign_in: Callable[["_Line"], Mapping[str, Any]]) -> Granted | Answer:
    silence()
    with net.session(authority.root) as session:
        line = _Line(authority, session)
        try:
            result = sign_in(line)
        except WireError as error:
            return Wire(error.trouble, error.text)
        except _ElsewhereError as error:
            return NoToken("elsewhere", harmless(str(error)))
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not show a credential
            return line.refusal(known) or NoToken("page", type(error).__name__)
        token, lasts = result.get("access_token"), result.get("expires_in", 0)
        if isinstance(token, str) and isinstance(lasts, int):
            return Granted(token, time() + lasts)
        return line.busy() or _refusal(result, known)


class _ElsewhereError(Exception):
    """The credential would have gone to another host."""


class _Line:
    """What msal sends its requests through: to the authority only, and never on to where it points."""

    def __init__(self, authority: Authority, session: Session) -> None:
        self._origins = {authority.root, *(f"https://{name}" for name in authority.names)}
        self._session = session
        self._last: Response | None = None
        for origin in self._origins:
            session.mount(f"{origin}/", session.get_adapter(f"{authority.root}/"))

    def get(self, url: str, params: Any = None, headers: Any = None, **_: object) -> Response:
        if "/common/userrealm/" in url:
            # The answer could send the password to yet another host; without one msal asks the authority itself.
            return _not_found()
        response = self._send("GET", url, params=params, headers=headers)
        self._check_metadata(response)
        return response

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: object) -> Response:
        return self._send("POST", url, params=params, data=data, headers=headers)

    def close(self) -> None:
        """Whoever made the session closes it."""

    def busy(self) -> NoToken | None:
        """That the endpoint had trouble of its own, if it had."""
        last = self._last
        if last is None or (last.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and last.status_code != HTTPStatus.TOO_MANY_REQUESTS):
            return None
        return NoToken("busy", f"HTTP {last.status_code}", seconds(last.headers.get("Retry-After", "")))

    def refusal(self, known: str) -> NoToken | None:
        """What the endpoint said where msal made an exception of it."""
        if self._last is None or self.busy():
            return self.busy()
        with suppress(ValueError):
            said = json.loads(self._last.text)
            if isinstance(said, dict) and "error" in said:
                return _refusal(said, known)
        kind = self._last.headers.get("content-type", "").partition(";")[0]
        return NoToken("page", harmless(f"HTTP {self._last.status_code}, {kind}"))

    def _check_metadata(self, response: Response) -> None:
        """Where credentials would be sent to must be known before one is made."""
        with suppress(ValueError):
            said = json.loads(response.text)
            named = (said.get(key) for key in ("token_endpoint", "device_authorization_endpoint")) if isinstance(said, dict) else ()
            for endpoint in filter(None, named):
                self._check(str(endpoint))

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise _ElsewhereError(f"to {parts.scheme}://{parts.netloc}")

    def _send(self, method: str, url: str, **content: Any) -> Response:
        self._check(url)
        self._last = self._session.request(method, url, allow_redirects=False, **content)
        if self._last.is_redirect or self._last.status_code in range(300, 400):
            raise _ElsewhereError(f"HTTP {self._last.status_code} to {self._last.headers.get('location', '')}")
        return self._last


def _refusal(said: Mapping[str, Any], known: str) -> NoToken:
    text = str(said.get("error_description") or "")
    number = _NUMBER.search(text)
    codes = said.get("error_codes")
    first = str(codes[0]) if isinstance(codes, list) and codes else ""
    code = number[1] if number else first or str(said.get("error") or "no reason")
    # A server may say a credential back.
    shown = text.splitlines()[0] if text else str(said.get("suberror") or "")
    shown = shown.replace(known, "***") if known else shown
    return NoToken(harmless(code), harmless(shown), request_id=harmless(str(said.get("trace_id") or said.get("correlation_id") or "")))


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


def _not_found() -> Response:
    response = Response()
    response.status_code = HTTPStatus.NOT_FOUND
    return response
