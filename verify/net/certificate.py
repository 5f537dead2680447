"""Names the certificate that was not trusted: what a server shows to anybody, read without a word to it."""

import socket
import ssl
from contextlib import suppress
from urllib.parse import urlsplit

from cryptography import x509

from roomscope.verify.net.deadline import Deadline

_KEPT = 200
"""Characters of a name that are kept; whoever made the certificate chose it."""


def shown_at(url: str, patience: float) -> str:
    """Whose certificate stands there, by whom, and from when to when; nothing where none can be read in time."""
    parts = urlsplit(url)
    deadline = Deadline(patience)
    with suppress(OSError, ValueError):
        deadline.start()
        try:
            with socket.create_connection((parts.hostname or "", parts.port or 443), patience) as line:
                deadline.hold(line)
                return _named(_read(line, parts.hostname or ""))
        finally:
            deadline.stop()
            deadline.leave()
    return ""


def _read(line: socket.socket, name: str) -> bytes:
    # Nothing is sent over this connection and nothing believed: the library hands over no certificate that it refused.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(line, server_hostname=name) as client:
        return client.getpeercert(binary_form=True) or b""


def _named(certificate: bytes) -> str:
    found = x509.load_der_x509_certificate(certificate)
    subject, issuer = (name.rfc4514_string()[:_KEPT] or "without a name" for name in (found.subject, found.issuer))
    start, end = (f"{when:%Y-%m-%d}" for when in (found.not_valid_before_utc, found.not_valid_after_utc))
    return f"subject {subject}, issuer {issuer}, valid from {start} to {end}"
