"""How an application proves itself: the variables that Azure's tools share, or a prompt; never the command line."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import click

from roomscope.verify.bundle.manifest import Application
from roomscope.verify.common.errors import CredentialError
from roomscope.verify.common.secrets import know
from roomscope.verify.common.text import harmless
from roomscope.verify.sign_in import certificate
from roomscope.verify.sign_in.certificate import Certificate
from roomscope.verify.sign_in.clouds import CLOUDS

SECRET = "AZURE_CLIENT_SECRET"  # noqa: S105 - the name of a variable
CERTIFICATE = "AZURE_CLIENT_CERTIFICATE_PATH"
PASSWORD = "AZURE_CLIENT_CERTIFICATE_PASSWORD"  # noqa: S105 - the name of a variable
_LONGEST = 1024


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that the application shares with Entra ID."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Managed:
    """What the machine is, by itself or as one of its identities."""

    client_id: str | None


Proof = Secret | Certificate | Managed


@dataclass(frozen=True, slots=True)
class Asking:
    """How the operator wants to sign in."""

    client_id: str
    """Of the application that signs in, which may be a twin of the bundle's."""

    managed: bool
    terminal: bool


def obtain(application: Application, asking: Asking, given: Mapping[str, str] = os.environ) -> Proof:
    """What proves the application, or a refusal that does not show any of it.

    1. Nothing in the environment may lead elsewhere: another tenant, application, authority or region.
    2. One way only: managed identity, secret or certificate.
    3. Nothing of it given: a prompt where there is a terminal.
    """
    _refuse_elsewhere(application, asking, given)
    ways = [name for name in (SECRET, CERTIFICATE) if given.get(name)]
    if len(ways) + asking.managed > 1:
        raise CredentialError(f"Give one way to sign in, not {' and '.join([*ways, *['--managed-identity'] * asking.managed])}.")
    if asking.managed:
        return Managed(given.get("AZURE_CLIENT_ID"))
    if ways == [CERTIFICATE]:
        return _certificate(Path(given[CERTIFICATE]), given.get(PASSWORD), asking)
    return Secret(_usable(given[SECRET] if ways else _prompt(application, asking)))


def _refuse_elsewhere(application: Application, asking: Asking, given: Mapping[str, str]) -> None:
    if given.get("MSAL_FORCE_REGION"):
        raise CredentialError("MSAL_FORCE_REGION would take the credential to another host. Unset it.")
    for name, expected in (("AZURE_TENANT_ID", application.tenant_id), ("AZURE_CLIENT_ID", asking.client_id)):
        if given.get(name, expected).strip().lower() != expected:
            raise CredentialError(f"{name} is {harmless(given[name])}, expected {expected}. Unset it, or take the right bundle.")
    host = urlsplit(CLOUDS[application.cloud].authority).hostname
    named = given.get("AZURE_AUTHORITY_HOST", "")
    if named and (urlsplit(named).hostname or named) != host:
        raise CredentialError(f"AZURE_AUTHORITY_HOST is {harmless(named)}, but the cloud of the bundle signs in at {host}. Unset it.")


def _certificate(path: Path, password: str | None, asking: Asking) -> Certificate:
    try:
        return certificate.read(path, password)
    except certificate.LockedError:
        if not asking.terminal:
            raise
    return certificate.read(path, click.prompt(f"Password of {harmless(str(path))}", hide_input=True, err=True))


def _prompt(application: Application, asking: Asking) -> str:
    if not asking.terminal:
        twin = " The application is a vendor's: sign in as its twin with --as-application, or let the vendor run this." * (
            application.owner is not None and asking.client_id == application.client_id)
        raise CredentialError(f"There is no terminal to ask at. Set {SECRET} or {CERTIFICATE}, or give --managed-identity.{twin}")
    answer: str = click.prompt(f"Client secret of application {asking.client_id}", hide_input=True, err=True)
    return answer


def _usable(secret: str) -> str:
    if len(secret) > _LONGEST or not secret.isascii() or not secret.isprintable():
        raise CredentialError("The client secret must be one line of plain characters. Give the secret's value, nothing else.")
    know(secret)
    return secret
