"""A server that misbehaves on the wire, and a probe that asks it."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from lab.wire.hostile import Hostile, Request, listening
from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import Patience
from roomscope.verify.sign_in.password import Credential, Scheme


@dataclass
class Wire:
    """Makes hostile servers, and probes for them."""

    context: ssl.SSLContext
    ca: Path
    good: bytes
    password: str
    patience: Patience = field(default_factory=lambda: Patience(20, 20, 20))

    def answer(self, request: Request) -> bytes:
        """Whoever signs in is answered well."""
        return self.good if "authorization" in request.headers else framed("", "401 No", 'WWW-Authenticate: Basic realm="x"')

    def hostile(self, fault: str = "", turn: Callable[[int], bool] = lambda number: number == 0, **more: Any) -> Hostile:
        return Hostile(self.context, more.pop("answer", self.answer), fault, turn, **more)

    @contextmanager
    def probe(self, hostile: Hostile, scheme: Scheme = Scheme.BASIC, workers: int = 1) -> Iterator[Probe]:
        credential = Credential("CONTOSO\\svc", scheme, self.password)
        with listening(hostile) as port:
            endpoint = f"https://127.0.0.1:{port}/EWS/Exchange.asmx"
            with Probe(endpoint, credential, Net.trusting(self.ca, self.patience), workers) as probe:
                yield probe


def framed(body: str, status: str = "200 OK", *headers: str) -> bytes:
    """An answer of HTTP with its length."""
    data = body.encode()
    head = "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/xml", f"Content-Length: {len(data)}", *headers])
    return f"{head}\r\n\r\n".encode() + data


@pytest.fixture
def framing() -> Callable[..., bytes]:
    """Answers of HTTP."""
    return framed


@pytest.fixture
def wire(authority: trustme.CA, tmp_path: Path, says: Any, password: str) -> Wire:
    """Hostile servers whose certificate is trusted."""
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return Wire(context, tmp_path / "ca.pem", framed(says.items().body), password)
