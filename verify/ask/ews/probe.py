"""Asks Exchange one question with one request; the only home of exchangelib."""

import logging
import re
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self, cast

from exchangelib import (
    BASIC,
    DELEGATE,
    IMPERSONATION,
    NTLM,
    UTC,
    Account,
    Configuration,
    Credentials,
    EWSDateTime,
    Version,
)
from exchangelib.folders import Calendar
from exchangelib.items import ID_ONLY, SHALLOW
from exchangelib.properties import CalendarView, DistinguishedFolderId, Mailbox
from exchangelib.protocol import FailFast, Protocol
from exchangelib.services import FindItem, GetFolder
from exchangelib.transport import NOAUTH
from exchangelib.version import EXCHANGE_2016
from requests import PreparedRequest, Response, Session
from requests.auth import HTTPBasicAuth
from requests_ntlm import HttpNtlmAuth

from roomscope.verify.ask.ews.folder import read_folder
from roomscope.verify.ask.ews.reader import read
from roomscope.verify.judge.answer import Answer, Http, Odd, Trouble, Wire
from roomscope.verify.judge.question import Question
from roomscope.verify.net.session import Net
from roomscope.verify.net.sign_ins import SignIns, WithheldError
from roomscope.verify.net.wire import USER_AGENT, BoundedAdapter, WireError, seconds
from roomscope.verify.sign_in.password import Credential, Scheme
from roomscope.verify.sign_in.tokens import Tokens

AUTH_TYPES = {Scheme.BASIC: BASIC, Scheme.NTLM: NTLM, Scheme.OAUTH: NOAUTH}
"""A token is put on by us: the library would want to renew it itself."""

_ACCEPTED = {Scheme.BASIC: {"basic"}, Scheme.NTLM: {"ntlm", "negotiate"}, Scheme.OAUTH: {"bearer"}}
_OFFER = re.compile(r"(?:^|,)\s*(basic|bearer|digest|kerberos|negotiate|ntlm)\b", re.IGNORECASE)
_TALKERS = ("exchangelib", "requests_ntlm", "requests_oauthlib", "oauthlib", "spnego", "urllib3")

# A day long past: access is checked all the same, and hardly a calendar has anything there to name.
_DAY = CalendarView(
    start=EWSDateTime(2001, 1, 1, tzinfo=UTC), end=EWSDateTime(2001, 1, 2, tzinfo=UTC), max_items=1
)


class HttpRefusalError(Exception):
    """Something answered before EWS; no exception of exchangelib, which would swallow it."""

    def __init__(self, answer: Http) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.answer = answer


class _Policy(FailFast):  # type: ignore[misc]  # exchangelib ships no types
    """Surfaces what the library would turn into text, and remembers the request id."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._last = threading.local()

    @property
    def request_id(self) -> str:
        """The server's name for the last answer that this thread got."""
        return getattr(self._last, "request_id", "")

    def forget(self) -> None:
        self._last.request_id = ""

    # The library looks at `connection: close` before 401 and 403, so nothing is left to it.
    def raise_response_errors(self, response: Response) -> None:
        self._last.request_id = response.headers.get("request-id", "")
        if response.status_code not in {200, 500} or "X-CasErrorCode" in response.headers:
            raise HttpRefusalError(self._refusal(response))
        # EWS sends a valid SOAP answer with HTTP 500, so the body decides.
        if b"Envelope" not in response.content[:1000]:
            if response.status_code == HTTPStatus.OK:
                raise WireError(Trouble.NOT_EWS, _kind(response))
            raise HttpRefusalError(self._refusal(response))

    def _refusal(self, response: Response) -> Http:
        header = response.headers.get
        offers = tuple(sorted({o.lower() for o in _OFFER.findall(header("www-authenticate", ""))}))
        return Http(
            status=response.status_code,
            policy=header("X-EWS-Policy-Reason", ""),
            diagnostics=header("x-ms-diagnostics", "") or header("X-CasErrorCode", ""),
            offers=offers,
            scheme_offered=not offers or bool(_ACCEPTED[self._scheme] & set(offers)),
            bearer=self._scheme is Scheme.OAUTH,
            locked=b"The referenced account is currently locked out" in response.content,
            location=header("location", ""),
            back_off=seconds(header("Retry-After", "")),
            request_id=self.request_id,
        )


class _Bearer:
    """Puts the token of this thread on its requests."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._own = threading.local()

    def fetch(self) -> Answer | None:
        """A good token for the next request, or why there is none."""
        got = self._tokens.get()
        if not isinstance(got, str):
            return got
        self._own.token = got
        return None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._own.token}"
        return request


class _Configuration(Configuration):  # type: ignore[misc]  # exchangelib ships no types
    """What the library needs to know, and how its sessions reach the server."""

    def __init__(self, net: Net, bearer: "_Bearer | None", **settings: Any) -> None:
        super().__init__(**settings)
        self.net = net
        self.sign_ins = SignIns()
        self.bearer = bearer


class _Protocol(Protocol):  # type: ignore[misc]  # exchangelib ships no types
    """Sessions that can reach the endpoint and nothing else."""

    USERAGENT = USER_AGENT

    def create_session(self) -> Session:
        session: Session = super().create_session()
        if self.config.bearer is not None:
            session.auth = self.config.bearer
        session.headers["Accept-Encoding"] = "identity"
        session.adapters.clear()
        net = self.config.net
        session.mount(self.service_endpoint, BoundedAdapter(net.context, net.patience, self.config.sign_ins))
        if self.auth_type == BASIC:
            # Given as text, a password outside Latin-1 ends up in the text of an exception.
            user, password = self.credentials.username.encode(), self.credentials.password.encode()
            session.auth = HTTPBasicAuth(user, password)
        if self.auth_type == NTLM:
            session.auth = _Ntlm(self.credentials.username, self.credentials.password)
        return session


class _Ntlm(HttpNtlmAuth):
    """NTLM whose handshake fails as an answer of the server, and never as a fault of ours."""

    def response_hook(self, r: Response, **more: Any) -> Response:
        try:
            return super().response_hook(r, **more)
        except (KeyError, PermissionError):
            # No challenge came; the first answer says what is offered instead.
            return r
        except (WireError, WithheldError):
            raise
        except Exception as error:
            raise WireError(Trouble.NOT_EWS, f"an NTLM challenge that is none ({type(error).__name__})") from error


class Probe:
    """One account or application at one endpoint; may be asked from several threads."""

    size = 1

    def __init__(self, endpoint: str, credential: Credential | Tokens, net: Net, workers: int) -> None:
        silence()
        self._bearer = _Bearer(credential) if isinstance(credential, Tokens) else None
        scheme = credential.scheme if isinstance(credential, Credential) else Scheme.OAUTH
        self._policy = _Policy(scheme)
        self._config = _Configuration(
            net, self._bearer, service_endpoint=endpoint, auth_type=AUTH_TYPES[scheme],
            credentials=Credentials(credential.user, credential.password) if isinstance(credential, Credential) else None,
            version=Version(build=EXCHANGE_2016), retry_policy=self._policy, max_connections=workers,
        )
        self._forget_protocol()
        # The library keeps protocols by endpoint and credentials; accounts made later find this one.
        self._protocol = _Protocol(config=self._config)

    def __enter__(self) -> Self:
        """The probe itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes the connections."""
        self._forget_protocol()
        self._protocol.close()

    def ask_many(self, questions: Sequence[Question]) -> Sequence[Answer]:
        """Each with one request of its own."""
        return [self.ask(question) for question in questions]

    def ask(self, question: Question) -> Answer:
        """What the server shows when the calendar is opened; sends exactly one request."""
        self._policy.forget()
        missing = self._bearer.fetch() if self._bearer else None
        if missing is not None:
            return missing
        try:
            response = self._open(question)
            return (read_folder if question.identity else read)(response.content, response.status_code, self._policy.request_id)
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not look like an answer
            return self._trouble(error)

    def fetch(self, make: Callable[[Protocol], tuple[Any, Any]]) -> bytes | Answer:
        """The bytes of the answer to another request, as the account itself, or what stood in the way; sends exactly one."""
        self._policy.forget()
        missing = self._bearer.fetch() if self._bearer else None
        if missing is not None:
            return missing
        try:
            service, payload = make(self._protocol)
            response: Response = service._get_response(payload, EXCHANGE_2016.api_version())  # noqa: SLF001
            return bytes(response.content)
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not look like an answer
            return self._trouble(error)

    def _trouble(self, error: Exception) -> Answer:
        bearer = self._bearer is not None
        match error:
            case HttpRefusalError(answer=answer):
                return answer
            case WithheldError():
                return Http(HTTPStatus.UNAUTHORIZED, diagnostics="not sent after a refused sign-in", bearer=bearer)
            case WireError(refused=True):
                return Http(error.status, diagnostics=f"then {error.trouble}", bearer=bearer)
            case WireError(trouble=trouble, text=text):
                return Wire(trouble, text, self._policy.request_id)
        # The text of an unexpected exception may hold anything, so only its kind is told.
        return Odd(type(error).__name__, ours=True, request_id=self._policy.request_id)

    def _open(self, question: Question) -> Response:
        account = Account(
            primary_smtp_address=question.acting or question.mailbox, config=self._config,
            access_type=IMPERSONATION if question.acting else DELEGATE, autodiscover=False,
            locale="en_US", default_timezone=UTC,
        )
        # The mailbox stands in the body, so that a server that ignores the header does not
        # answer with the account's own calendar.
        mailbox = Mailbox(email_address=question.mailbox)
        folder = Calendar(
            root=None, _distinguished_id=DistinguishedFolderId(id="calendar", mailbox=mailbox)
        )
        service: FindItem | GetFolder = GetFolder(account=account) if question.identity else FindItem(account=account)
        payload = service.get_payload(folders=[folder], additional_fields=None, shape=ID_ONLY) if question.identity else service.get_payload(
            folders=[folder], additional_fields=None, restriction=None, order_fields=None, query_string=None,
            shape=ID_ONLY, depth=SHALLOW, calendar_view=_DAY, page_size=1,
        )
        # Below the library's own reading, which recovers cut XML and asks for the pages that an answer announces.
        return cast("Response", service._get_response(payload, EXCHANGE_2016.api_version()))  # noqa: SLF001

    def _forget_protocol(self) -> None:
        try:
            del Protocol[self._config]
        except KeyError:
            return


def silence() -> None:
    """Keeps the libraries' loggers far above DEBUG, where they write out request headers."""
    for name in [*_TALKERS, *logging.root.manager.loggerDict]:
        if name.partition(".")[0] in _TALKERS:
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _kind(response: Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0]
