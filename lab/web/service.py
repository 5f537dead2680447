"""One request from its bytes to its answer; HTTP stays outside."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.ews.access import Access
from lab.ews.acting import Acting, impersonated, unknown
from lab.ews.bearer import Bearer, ClosedError, acted_for, check_gates
from lab.ews.operations import OPERATIONS
from lab.ews.soap import PREFIXES, Call, Element, Refusal, envelope, fault, parse, plain_fault
from lab.rights import Rights
from lab.state.directory import Directory
from lab.state.folder import Store
from lab.state.model import Recipient
from lab.web.misbehaviour import Misbehaviour
from lab.web.signin import SignIn


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and what the log says about it."""

    status: int
    body: bytes = field(repr=False)
    code: str
    operation: str = ""
    impersonated: str = ""
    mailbox: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Service:
    """The server's mind: everything it knows, kept up to date with its folder."""

    folder: Path
    store: Store = field(init=False)
    misbehaviour: Misbehaviour = field(init=False)
    sign_in: SignIn = field(init=False)
    access: Access | None = None
    generation: int = 0
    counting: Rights | None = None
    counted: tuple[int, int] = (-1, -1)

    def __post_init__(self) -> None:
        """Opens the folder."""
        self.store = Store(self.folder)
        self.misbehaviour = Misbehaviour(self.folder)
        self.sign_in = SignIn(self.folder)

    def now(self) -> Access:
        """The answers about the directory as it is now."""
        directory = self.store.current()
        if self.access is None or self.generation != self.store.generation:
            self.access, self.generation = Access(directory), self.store.generation
        return self.access

    def rights(self) -> Rights:
        """What applications may do, by the permissions that count now."""
        access = self.now()
        effective = self.store.effective(time.time())
        version = (self.generation, effective.version)
        if self.counting is None or self.counted != version:
            old = access if effective is access.directory else Access(effective)
            self.counting, self.counted = Rights(access, old), version
        return self.counting

    def answer(self, envelope_sent: bytes, account: Recipient | Bearer) -> Answer:
        """The answer to an envelope that this account sent."""
        try:
            self.misbehaviour.count()
            if isinstance(account, Bearer):
                check_gates(account, self.now())
            call = parse(envelope_sent)
        except Refusal as refusal:
            return self.faulty(refusal)
        except ClosedError as closed:
            return self.closed(closed)
        named = call.impersonation[0][1] if call.impersonation else ""
        about = (call.operation, named, ",".join(call.mailboxes))
        try:
            acting = self.acting(call, account)
            element = carried_out(call, acting)
        except Refusal as refusal:
            return self.faulty(refusal, *about)
        except ClosedError as closed:
            return self.closed(closed, *about)
        body = envelope(element, build(acting.access.directory))
        return Answer(200, body, code_of(element), *about)

    def acting(self, call: Call, account: Recipient | Bearer) -> Acting:
        """As whom a request acts: a user, a mailbox that it may impersonate, or the application's."""
        access = self.now()
        if isinstance(account, Bearer) and account.user is None:
            user = acted_for(account, call, self.rights(), self.misbehaviour)
            return Acting(access, self.misbehaviour, user, user)
        owner = account.user if isinstance(account, Bearer) else account
        assert owner is not None  # noqa: S101 - the other kind was answered above
        user = impersonated(call, access, self.misbehaviour, owner)
        return Acting(access, self.misbehaviour, owner, user)

    def faulty(
        self, refusal: Refusal, operation: str = "", impersonated: str = "", mailbox: str = ""
    ) -> Answer:
        """A refusal as a fault, in the manners that were asked for."""
        about = (operation, impersonated, mailbox)
        if self.misbehaviour.faults.manners == "gromox":
            return Answer(200, plain_fault(refusal), refusal.code, *about)
        return Answer(500, fault(refusal), refusal.code, *about)

    def closed(
        self, closed: ClosedError, operation: str = "", impersonated: str = "", mailbox: str = ""
    ) -> Answer:
        """What a closed gate answers, in the words that were asked for."""
        about = (operation, impersonated, mailbox)
        if closed.reason and self.misbehaviour.faults.gate_is == "fault":
            refusal = Refusal("ErrorAccessDenied", closed.reason, fault=True)
            return self.faulty(refusal, *about)
        headers = {"X-EWS-Policy-Reason": closed.reason} if closed.reason else {}
        return Answer(403, b"", closed.code, *about, headers)


def carried_out(call: Call, acting: Acting) -> Element:
    """The answer of the operation that was called."""
    operation = OPERATIONS.get(call.operation)
    if operation is None:
        raise unknown(call.operation)
    return operation(call.element, acting)


def code_of(answer: Element) -> str:
    """The first code of an answer that is not a good one, otherwise NoError."""
    codes = [one.text or "" for one in answer.iterfind(".//m:ResponseCode", PREFIXES)]
    return next((code for code in codes if code != "NoError"), "NoError")


def build(directory: Directory) -> tuple[int, int, int, int]:
    """The numbers of a text such as `Version 15.2 (Build 2562.17)`."""
    found = [int(one) for one in re.findall(r"\d+", directory.organization.version)]
    major, minor, first, second = (*found, 0, 0, 0, 0)[:4]
    return major, minor, first, second
