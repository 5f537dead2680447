"""One request from its bytes to its answer; HTTP stays outside."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from lab.ews.access import Access
from lab.ews.acting import Acting, impersonated, unknown
from lab.ews.operations import OPERATIONS
from lab.ews.soap import PREFIXES, Call, Element, Refusal, envelope, fault, parse
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


@dataclass(slots=True)
class Service:
    """The server's mind: everything it knows, kept up to date with its folder."""

    folder: Path
    store: Store = field(init=False)
    misbehaviour: Misbehaviour = field(init=False)
    sign_in: SignIn = field(init=False)
    access: Access | None = None
    generation: int = 0

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

    def answer(self, envelope_sent: bytes, account: Recipient) -> Answer:
        """The answer to an envelope that this account sent."""
        try:
            self.misbehaviour.count()
            call = parse(envelope_sent)
        except Refusal as refusal:
            return Answer(500, fault(refusal), refusal.code)
        acting = Acting(self.now(), self.misbehaviour, account, account)
        named = call.impersonation[0][1] if call.impersonation else ""
        about = (call.operation, named, ",".join(call.mailboxes))
        try:
            element = self.carried_out(call, acting)
        except Refusal as refusal:
            return Answer(500, fault(refusal), refusal.code, *about)
        body = envelope(element, build(acting.access.directory))
        return Answer(200, body, code_of(element), *about)

    def carried_out(self, call: Call, acting: Acting) -> Element:
        """The answer of the operation that was called."""
        acting.user = impersonated(call, acting.access, self.misbehaviour, acting.account)
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
