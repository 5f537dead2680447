"""One TLS connection to one host: verified, bounded in size and time, never redirected."""

import ssl
from collections.abc import Hashable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import certifi
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from requests.utils import select_proxy
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError, ReadTimeoutError

from roomscope.verify.common.errors import EndpointError
from roomscope.verify.common.secrets import know_token
from roomscope.verify.judge.answer import Trouble
from roomscope.verify.net.certificate import shown_at
from roomscope.verify.net.connection import EARLY, hang_up, pool, until_end
from roomscope.verify.net.deadline import Deadline
from roomscope.verify.net.doubts import Doubts
from roomscope.verify.net.sign_ins import REFUSALS, SignIns, proves
from roomscope.verify.net.trouble import trouble_of

USER_AGENT = "roomscope"
"""How every request signs itself; rules of an organisation may look at it, so it never changes."""

LARGEST_ANSWER = 3 * 1024 * 1024
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

    adapter: "BoundedAdapter"
    signed_in = False
    """Whether somebody had signed in, by this request or on this connection, when it was answered."""

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
        size, whole = 0, False
        try:
            while piece := self.raw.read1(_CHUNK, decode_content=True):
                size += len(piece)
                if size > LARGEST_ANSWER:
                    raise WireError(Trouble.TOO_LARGE, f"more than {LARGEST_ANSWER} bytes")
                yield piece
            self._check()
            self.raw.release_conn()
            whole = True
            if self.adapter.behind:
                self.adapter.close()
                raise WireError(Trouble.NOT_ONE, "more came than was announced")
        except ReadTimeoutError as error:
            raise WireError(Trouble.TIMED_OUT) from error
        except (HTTPError, OSError, MemoryError) as error:
            self._check()
            found = trouble_of(error)
            raise WireError(*(found if found[0] is Trouble.OURS else (Trouble.NO_CONNECTION, "cut within the answer"))) from error
        finally:
            self.adapter.deadline.stop()
            if not whole:
                # Closed and given back: the pool has one place, and the next exchange would wait for it for ever.
                self.raw.close()
                self.raw.release_conn()

    def _check(self) -> None:
        """A line that was cut by the deadline looks like an end."""
        if self.adapter.deadline.passed:
            raise WireError(Trouble.TIMED_OUT, "the answer did not end")


class BoundedAdapter(HTTPAdapter):
    """Carries requests; what goes wrong on the way becomes a `WireError`."""

    def __init__(
        self, context: ssl.SSLContext, patience: Patience, sign_ins: SignIns | None = None, doubts: Doubts | None = None
    ) -> None:
        self._context = context
        self._patience = patience
        self.deadline = Deadline(patience.whole)
        self.behind = False
        """Whether bytes came behind the end of this answer."""

        self._sign_ins = sign_ins
        self._signed_in = False
        self._doubts = doubts or Doubts()
        self._doubts.watch(self)
        self._answered: list[Hashable] = []
        """What was answered over this connection; if one answer is nobody's, it is not known since when."""

        self._connection: HTTPSConnection | None = None
        self._looking = False
        self._sent: Mapping[str, str] = {}
        self._status = 0
        super().__init__(pool_connections=1, pool_maxsize=1, pool_block=True, max_retries=0)

    def init_poolmanager(self, *args: int, **kwargs: object) -> None:
        """Every connection uses our trust."""
        super().init_poolmanager(*args, **kwargs, ssl_context=self._context)  # type: ignore[arg-type]
        self.poolmanager.pool_classes_by_scheme = {"https": pool(self)}

    def proxy_manager_for(self, proxy: str, **kwargs: object) -> object:
        """Behind a proxy as well."""
        manager = super().proxy_manager_for(proxy, **kwargs, ssl_context=self._context)
        manager.pool_classes_by_scheme = {"https": pool(self)}
        return manager

    def cert_verify(self, conn: object, url: str, verify: object, cert: object) -> None:
        """Nothing is left to do: a file named here would be loaded into the context anew for each connection."""

    def build_response(self, req: PreparedRequest, resp: BaseHTTPResponse) -> Response:
        """The library's response, bounded."""
        bounded = BoundedResponse()
        bounded.__dict__.update(super().build_response(req, resp).__dict__)
        bounded.adapter, bounded.signed_in = self, self._signed_in or proves(req.headers)
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
        know_token(request.headers.get("Authorization", "").partition(" ")[2])
        with self._sign_ins.attempt(request.headers) if self._sign_ins else nullcontext():
            return self._exchange(request, stream=stream, proxies=proxies)

    def _exchange(self, request: PreparedRequest, *, stream: bool, proxies: Mapping[str, str] | None) -> Response:
        limits = (self._patience.connect, self._patience.read)
        self._sent, self._status, self.behind = request.headers, 0, False
        try:
            self.deadline.start()
            # The body is always read by the bounded response, which ends the deadline.
            response = super().send(request, stream=stream, timeout=limits, verify=True, proxies=proxies)
            self._answered.append(self._doubts.question)
            return response  # noqa: TRY300 - what is raised above is what is caught
        except (RequestException, HTTPError, OSError, MemoryError, RuntimeError) as error:
            self.deadline.stop()
            refused = self._status in REFUSALS and proves(self._sent)
            straight = select_proxy(request.url or "", proxies) is None
            raise WireError(*self._trouble(error, request.url if straight else None), self._status, refused=refused) from error

    def opened(self, connection: HTTPSConnection) -> None:
        """On a new connection nobody has signed in."""
        self._connection, self._signed_in, self._answered = connection, False, []

    def heard(self, status: int) -> None:
        """The status line says whether a sign-in was accepted."""
        self._status = status
        if proves(self._sent):
            self._signed_in = status not in REFUSALS
        if self._sign_ins is not None:
            self._sign_ins.heard(status, self._sent)

    def more(self) -> None:
        """This answer is doubtful, and so are those before."""
        self.behind = True
        self.late()

    def late(self) -> None:
        """The answers before are doubtful; the connection is not used again."""
        for question in self._answered:
            if question != self._doubts.question or self._looking:
                self._doubts.doubt(question)
        self._answered = []

    def hang_up(self) -> None:
        """Says that nothing more will be asked; a server answers what it still has to, and then ends the connection."""
        if self._connection is not None:
            hang_up(self._connection.sock)

    def look(self, patience: float) -> None:
        """Waits so many seconds for that end: what comes before it was asked by nobody."""
        if self._connection is None:
            return
        if until_end(self._connection.sock, patience):
            self._looking = True
            self.late()
            self._looking = False
        self._connection.close()

    def _trouble(self, error: Exception, url: str | None) -> tuple[Trouble, str]:
        if self.deadline.passed:
            return Trouble.TIMED_OUT, "the answer did not end"
        if EARLY in str(error):
            return Trouble.NOT_ONE, EARLY
        trouble, text = trouble_of(error)
        if trouble is Trouble.UNTRUSTED and url is not None:
            text = "; ".join(filter(None, (text, shown_at(url, self._patience.connect))))
        return trouble, text


def seconds(text: str) -> float | None:
    """How long a server wants to be left alone; nothing where it does not say so in whole seconds."""
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - 30 years
