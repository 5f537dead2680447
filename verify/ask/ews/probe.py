"""Asks Exchange one question with one request; the only home of exchangelib."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
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
from exchangelib.protocol import Protocol
from exchangelib.services import FindItem, GetFolder
from exchangelib.transport import NOAUTH
from exchangelib.version import EXCHANGE_2016
from requests import Session

from roomscope.verify.ask.ews.folder import read_folder
from roomscope.verify.ask.ews.origins import Origins
from roomscope.verify.ask.ews.reader import read
from roomscope.verify.ask.ews.signing import Bare, Basic, Bearer, HttpRefusalError, Ntlm, Policy
from roomscope.verify.judge.answer import Answer, Coded, Http, Odd, Opened, Trouble, Wire
from roomscope.verify.judge.learnt import Again, Unlearnt
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.question import Question
from roomscope.verify.net.doubts import Doubts
from roomscope.verify.net.session import Net
from roomscope.verify.net.sign_ins import SignIns, WithheldError
from roomscope.verify.net.wire import USER_AGENT, BoundedAdapter, BoundedResponse, WireError
from roomscope.verify.sign_in.password import Credential, Scheme
from roomscope.verify.sign_in.tokens import Tokens

AUTH_TYPES = {Scheme.BASIC: BASIC, Scheme.NTLM: NTLM, Scheme.OAUTH: NOAUTH}
"""A token is put on by us: the library would want to renew it itself."""

_SENT_AWAY = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, *range(300, 400)})
"""What a server may say to whoever brings no credential."""

_MAY_PASS = frozenset({429, *range(501, 600)})
"""What whoever is too busy to look at a credential says, or whoever cannot reach those who do."""

_TALKERS = ("exchangelib", "requests_ntlm", "requests_oauthlib", "oauthlib", "spnego", "urllib3")

# A day long past: access is checked all the same, and hardly a calendar has anything there to name.
_DAY = CalendarView(
    start=EWSDateTime(2001, 1, 1, tzinfo=UTC), end=EWSDateTime(2001, 1, 2, tzinfo=UTC), max_items=1
)


class _Configuration(Configuration):  # type: ignore[misc]  # exchangelib ships no types
    """What the library needs to know, and how its sessions reach the server."""

    def __init__(self, net: Net, bearer: "Bearer | None", bare: Bare, **settings: Any) -> None:
        super().__init__(**settings)
        self.net = net
        self.sign_ins = SignIns()
        self.doubts = Doubts()
        self.bearer = bearer
        self.bare = bare


class _Protocol(Protocol):  # type: ignore[misc]  # exchangelib ships no types
    """Sessions that can reach the endpoint and nothing else."""

    USERAGENT = USER_AGENT

    def create_session(self) -> Session:
        session: Session = super().create_session()
        if self.config.bearer is not None:
            session.auth = self.config.bearer
        session.headers["Accept-Encoding"] = "identity"
        session.adapters.clear()
        config, net = self.config, self.config.net
        session.mount(self.service_endpoint, BoundedAdapter(net.context, net.patience, config.sign_ins, config.doubts))
        if self.auth_type == BASIC:
            session.auth = Basic(self.credentials.username, self.credentials.password, config.bare)
        if self.auth_type == NTLM:
            session.auth = Ntlm(self.credentials.username, self.credentials.password)
        return session


class Probe:
    """One account or application at one endpoint; may be asked from several threads."""

    size = 1

    def __init__(self, endpoint: str, credential: Credential | Tokens, net: Net, workers: int, known: Sequence[Asked] = ()) -> None:
        silence()
        self._bare = Bare()
        self._bearer = Bearer(credential, self._bare) if isinstance(credential, Tokens) else None
        scheme = credential.scheme if isinstance(credential, Credential) else Scheme.OAUTH
        self._policy = Policy(scheme)
        self._config = _Configuration(
            net, self._bearer, self._bare, service_endpoint=endpoint, auth_type=AUTH_TYPES[scheme],
            credentials=Credentials(credential.user, credential.password) if isinstance(credential, Credential) else None,
            version=Version(build=EXCHANGE_2016), retry_policy=self._policy, max_connections=workers,
        )
        self._origins = Origins(self._config.doubts)
        self._origins.remember(known)
        self._guarded = threading.Lock()
        # NTLM speaks without a credential first, on each connection; what else signs in does so at once.
        self._is_guarded = scheme is Scheme.NTLM
        self._is_known = False
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

    def doubted(self, *, idle: bool) -> Sequence[Question]:
        """Questions whose answers turned out to be nobody's since the last time."""
        return [question for question in self._config.doubts.take(idle=idle) if isinstance(question, Question)]

    def ask(self, question: Question) -> Answer:
        """What the server shows when the calendar is opened; sends exactly one request, and once one that must be refused."""
        self._config.doubts.asking(question)
        missing = self._bearer.fetch() if self._bearer else None
        return missing or self._unguarded(question) or self._first(self._put(question))

    def _first(self, answer: Answer) -> Answer:
        """The same, and whether it came before any answer of EWS although it is none."""
        self._is_known = self._is_known or isinstance(answer, Opened | Coded)
        match answer:
            case (Wire(trouble=Trouble.NOT_EWS) | Http()) if not self._is_known:
                waits = isinstance(answer, Http) and (answer.status in _MAY_PASS or not answer.proved)
                return replace(answer, first=not waits)
        return answer

    def _unguarded(self, question: Question) -> Answer | None:
        """What is wrong with a server that does not ask for a sign-in; nothing where it refuses whoever has none."""
        with self._guarded:
            if self._is_guarded:
                return None
            self._bare.on = True
            try:
                answer = self._put(question)
            finally:
                self._bare.on = False
            if not isinstance(answer, Http) or answer.status not in _SENT_AWAY or (answer.offers and not answer.scheme_offered):
                return answer
            self._is_guarded = True
            return None

    def _put(self, question: Question) -> Answer:
        self._policy.forget()
        try:
            response = self._open(question)
            answer = (read_folder if question.identity else read)(response.content, response.status_code, self._policy.request_id)
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not look like an answer
            return self._trouble(error)
        if not response.signed_in:
            learnt = learn(answer)
            waits = isinstance(learnt, Unlearnt) and learnt.again is not Again.NO
            return answer if waits else Wire(Trouble.NOBODY, request_id=self._policy.request_id)
        return self._origins.checked(question, answer, response.headers)

    def fetch(self, make: Callable[[Protocol], tuple[Any, Any]]) -> bytes | Answer:
        """The bytes of the answer to another request, as the account itself, or what stood in the way; sends exactly one."""
        self._config.doubts.asking(None)
        self._policy.forget()
        missing = self._bearer.fetch() if self._bearer else None
        if missing is not None:
            return missing
        try:
            service, payload = make(self._protocol)
            response = cast("BoundedResponse", service._get_response(payload, EXCHANGE_2016.api_version()))  # noqa: SLF001
            return bytes(response.content) if response.signed_in else Wire(Trouble.NOBODY)
        except Exception as error:  # noqa: BLE001 - whatever a library raises must not look like an answer
            return self._trouble(error)

    def _trouble(self, error: Exception) -> Answer:
        bearer = self._bearer is not None
        match error:
            case HttpRefusalError(answer=answer):
                return answer
            case WithheldError():
                # The answer that refused it says why; this one would only guess.
                return Wire(Trouble.WITHHELD)
            case MemoryError():
                return Wire(Trouble.OURS, "no memory is left")
            case WireError(refused=True):
                return Http(error.status, diagnostics=f"then {error.trouble}", proved=True, bearer=bearer)
            case WireError(trouble=trouble, text=text):
                return Wire(trouble, text, self._policy.request_id)
        # The text of an unexpected exception may hold anything, so only its kind is told.
        return Odd(type(error).__name__, ours=True, request_id=self._policy.request_id)

    def _open(self, question: Question) -> BoundedResponse:
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
        return cast("BoundedResponse", service._get_response(payload, EXCHANGE_2016.api_version()))  # noqa: SLF001

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
