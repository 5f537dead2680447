"""Settles where the credential may go; a file alone never does."""

import re
from urllib.parse import urlsplit

import click

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.common.errors import EndpointError
from roomscope.verify.common.text import harmless

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


def settle(bundle: Bundle, given: str | None, *, terminal: bool) -> str:
    """The endpoint: the operator's, a ticketed bundle's, or one confirmed by hand.

    1. What --endpoint says is used, whatever the bundle says.
    2. The bundle's is used if its digest was compared with the ticket's.
    3. Otherwise somebody at a terminal has to agree to the host.
    """
    if given is not None:
        return checked(given)
    if bundle.manifest.plan.endpoint is None:
        raise EndpointError("The bundle names no endpoint. Give --endpoint https://…/EWS/Exchange.asmx")
    endpoint = checked(bundle.manifest.plan.endpoint)
    if bundle.compared:
        return endpoint
    if not terminal:
        raise EndpointError(
            f"The password would go to {urlsplit(endpoint).hostname}, because a file says so. "
            "Give --digest from the ticket, or --endpoint."
        )
    if not click.confirm(
        f"The bundle, not compared with a ticket, sends the password to {harmless(endpoint)}. Right?", err=True
    ):
        raise EndpointError("Nothing was asked. Give the right address with --endpoint.")
    return endpoint


def checked(endpoint: str) -> str:
    """The endpoint, if it is an https address of one host and nothing cleverer."""
    shown = harmless(endpoint)
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError:
        raise EndpointError(f"'{shown}' is not an address of the form https://host/EWS/Exchange.asmx") from None
    if parts.scheme != "https":
        raise EndpointError(f"'{shown}' is not https, and a password goes over nothing else.")
    if not _HOST.fullmatch(parts.hostname or "") or port == 0:
        raise EndpointError(f"'{shown}' does not name a host.")
    plain = f"https://{parts.netloc}{parts.path}"
    if endpoint != plain or "@" in parts.netloc or not re.fullmatch(r"(/[A-Za-z0-9._-]+)+", parts.path):
        raise EndpointError(
            f"'{shown}' holds more or less than host and path. Give https://host/EWS/Exchange.asmx, "
            "without user, query or spaces."
        )
    return endpoint
