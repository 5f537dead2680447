"""NTLM: signs a connection in, as Exchange Server does by default, bound to the TLS certificate."""

import os
import ssl
import struct
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import spnego
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError
from uvicorn.protocols.http.h11_impl import H11Protocol

from lab.errors import LabError
from lab.state import folder as state
from lab.web import passwords

SCHEME = "NTLM"
USER_FILE = "NTLM_USER_FILE"


@dataclass(slots=True)
class Connection:
    """What is known of one connection, until it is closed."""

    context: spnego.ContextProxy | None = field(default=None, repr=False)
    principal: str = ""
    """Who signed in on it; empty for nobody."""


class NtlmProtocol(H11Protocol):
    """HTTP whose requests know the connection they came by."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.app_state = {**self.app_state, "connection": Connection()}


@dataclass(frozen=True, slots=True)
class Ntlm:
    """The server's side of the handshake."""

    bindings: GssChannelBindings

    @classmethod
    def bound_to(cls, certificate: str) -> "Ntlm":
        """Extended protection: the handshake counts only inside this TLS connection."""
        digest = sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest()
        return cls(GssChannelBindings(application_data=b"tls-server-end-point:" + digest))

    def step(self, connection: Connection, header: str) -> str:
        """Takes a connection one step on; answers what the next challenge says."""
        scheme, _, value = header.partition(" ")
        if scheme.upper() != SCHEME:
            return SCHEME
        connection.principal = ""
        try:
            return self.accepted(connection, b64decode(value, validate=True))
        except (SpnegoError, ValueError, IndexError, struct.error):
            connection.context = None
            return SCHEME

    def accepted(self, connection: Connection, token: bytes) -> str:
        """The challenge to a first message; nothing after a second one that was right."""
        if connection.context is None:
            connection.context = spnego.server(
                protocol="ntlm",
                channel_bindings=self.bindings,
                options=spnego.NegotiateOptions.use_ntlm,
            )
        answer = connection.context.step(token)
        if answer is not None:
            return f"{SCHEME} {b64encode(answer).decode()}"
        connection.principal = connection.context.client_principal or ""
        connection.context = None
        return ""


@contextmanager
def user_file(folder: Path, password: str) -> Iterator[Path]:
    """Names a file of the users with this password, as the NTLM library wants it."""
    if ":" in password:
        raise LabError("--password-env", "a password for NTLM may not contain a colon here.")
    handle, name = tempfile.mkstemp(prefix="lab-ntlm-")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as users:
        users.writelines(f"{line}:{password}\n" for line in principals(folder, password))
    os.environ[USER_FILE] = name
    try:
        yield Path(name)
    finally:
        del os.environ[USER_FILE]
        Path(name).unlink(missing_ok=True)


def principals(folder: Path, password: str) -> Iterator[str]:
    """Every way to name each user whose password this is."""
    directory = state.read(folder)
    homes = {one.fqdn: one.netbios for one in directory.snapshot.domains}
    known = passwords.read(folder).users.values()
    found = [directory.recipients[one.guid] for one in known if one.accepts(password)]
    if not found:
        raise LabError(folder, "nobody in this lab has that password.")
    for user in found:
        yield f":{user.user_principal_name}"
        yield f"{homes[user.domain]}:{user.sam_account_name}"
        yield f"{user.domain}:{user.sam_account_name}"
