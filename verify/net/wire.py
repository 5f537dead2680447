"""One TLS connection to one host: verified, bounded in size and time, never redirected."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import certifi
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException, SSLError, Timeout
from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError

from roomscope.verify.common.errors import EndpointError
from roomscope.verify.judge.answer import Trouble
from roomscope.verify.net.deadline import Deadline, pool
from roomscope.verify.net.sign_ins import REFUSALS, SignIns, proves

USER_AGENT = "roomscope"
"""How every request signs itself; rules of an organisation may look at it, so it never changes."""

LARGEST_ANSWER = 1024 * 1024
"""An answer to one question has about 2 kB, one to a batch of twenty about 20."""

_CHUNK = 65536


class WireError(Exception):
    """There is no answer to read; no exception of a library, so that none swallows it."""

    def __init__(self, trouble: Trouble, text: str = "", status: int = 0, *, refused: bool = False) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.text = text
        self.status = status
        """The status line that came all the same; 0 where none did."""

        self.refused = refused
        """Whether that status line refused a sign-in."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, in seconds."""

    connect: float = 10
    read: float = 30
    whole: float = 60
    """For one exchange, from the connection to the last byte of the answer."""


def trust(extra: Path | None) -> ssl.SSLContext:
    """Certificate verification with the usual authorities and one extra file of them."""
    # The default context would write the keys of each connection to the file that SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = True, ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs()
    context.load_verify_locations(certifi.where())
    try:
        if extra is not None:
            context.load_verify_locations(extra)
    except (OSError, ssl.SSLError):
        raise EndpointError(f"{extra} is not a readable file of certificates in PEM form.") from None
    return context


class BoundedResponse(Response):
    """A response whose body is read up to a bound, whoever reads it."""

    deadline = Deadline(60)

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: bool = False) -> Iterator[bytes]:  # noqa: FBT001, FBT002 - the library's signature
        """The body in large pieces."""
        del chunk_size, decode_unicode
        if isinstance(self._content, bytes):
            yield self._content
            return
        try:
            yield from self._pieces()
        except WireError as error:
            # The status line of a refused sign-in is enough; what comes behind it must not bring another one.
            if self.status_code not in REFUSALS or not proves(self.request.headers):
                raise WireError(error.trouble, error.text, self.status_code) from error

    def _pieces(self) -> Iterator[bytes]:
        size = 0
        try:
            while piece := self.raw.read1(_CHUNK, decode_content=True):
                size += len(piece)
                if size > LARGEST_ANSWER:
                    raise WireError(Trouble.TOO_LARGE, f"more than {LARGEST_ANSWER} bytes")
                yield piece
            self._check()
            self.raw.release_conn()
            if self.deadline.more:
                self.connection.close()
                raise WireError(Trouble.NOT_ONE, "more came than was announced")
        except ReadTimeoutError as error:
            raise WireError(Trouble.TIMED_OUT) from error
        except (HTTPError, OSError) as error:
            self._check()
            raise WireError(Trouble.NO_CONNECTION, "cut within the answer") from error
        finally:
            self.deadline.stop()
            if size > LARGEST_ANSWER or self.deadline.passed:
                self.raw.close()

    def _check(self) -> None:
        """A line that was cut by the deadline looks like an end."""
        if self.deadline.passed:
            raise WireError(Trouble.TIMED_OUT, "the answer did not end")


class BoundedAdapter(HTTPAdapter):
    """Carries requests; what goes wrong on the way becomes a `WireError`."""

    def __init__(self, context: ssl.SSLContext, patience: Patience, sign_ins: SignIns | None = None) -> None:
        self._context = context
        self._patience = patience
        self._deadline = Deadline(patience.whole)
        self._sign_ins = sign_ins
        self._sent: Mapping[str, str] = {}
        self._status = 0
        super().__init__(pool_connections=1, pool_maxsize=1, pool_block=True, max_retries=0)

    def init_poolmanager(self, *args: int, **kwargs: object) -> None:
        """Every connection uses our trust."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = {"https": pool(self._deadline, self._heard)}

    def proxy_manager_for(self, proxy: str, **kwargs: object) -> object:
        """Behind a proxy as well."""
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)
        manager.pool_classes_by_scheme = {"https": pool(self._deadline, self._heard)}
        return manager

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """The library's response, bounded."""
        bounded = BoundedResponse()
        bounded.__dict__.update(super().build_response(req, resp).__dict__)
        bounded.deadline = self._deadline
        return bounded

    def send(  # noqa: PLR0913, PLR0917 - the library's signature
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - the library's signature
        timeout: object = None,
        verify: object = True,  # noqa: FBT002 - the library's signature
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Sends with our own patience and trust, whatever environment or caller wish."""
        del timeout, verify, cert
        with self._sign_ins.attempt(request.headers) if self._sign_ins else nullcontext():
            return self._exchange(request, stream=stream, proxies=proxies)

    def _exchange(self, request: PreparedRequest, *, stream: bool, proxies: Mapping[str, str] | None) -> Response:
        limits = (self._patience.connect, self._patience.read)
        self._sent, self._status = request.headers, 0
        self._deadline.start()
        try:
            # The body is always read by the bounded response, which ends the deadline.
            return super().send(request, stream=stream, timeout=limits, verify=True, proxies=proxies)
        except (RequestException, HTTPError, OSError) as error:
            self._deadline.stop()
            refused = self._status in REFUSALS and proves(self._sent)
            raise WireError(*self._trouble(error), self._status, refused=refused) from error

    def _heard(self, status: int) -> None:
        self._status = status
        if self._sign_ins is not None:
            self._sign_ins.heard(status, self._sent)

    def _trouble(self, error: Exception) -> tuple[Trouble, str]:
        if self._deadline.passed:
            return Trouble.TIMED_OUT, "the answer did not end"
        if isinstance(error, SSLError):
            return Trouble.UNTRUSTED, _tls_reason(error)
        return (Trouble.TIMED_OUT, "") if isinstance(error, Timeout) else _no_connection(error)


def seconds(text: str) -> float | None:
    """How long a server wants to be left alone; nothing where it does not say so in whole seconds."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - 30 years


def _tls_reason(error: BaseException) -> str:
    for cause in _chain(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message
    return ""


def _no_connection(error: BaseException) -> tuple[Trouble, str]:
    chain = list(_chain(error))
    if any(isinstance(cause, NameResolutionError | socket.gaierror) for cause in chain):
        return Trouble.UNKNOWN_HOST, ""
    named = [cause.strerror for cause in chain if isinstance(cause, OSError) and cause.strerror]
    return Trouble.NO_CONNECTION, named[-1] if named else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and what urllib3 carries in `reason`."""
    waiting: list[object] = [error]
    known: set[int] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, BaseException) and id(found) not in known:
            known.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
