"""Plays one misbehaviour at one place: a whole verification over TLS, and what the server saw of it."""

import ssl
import threading
from dataclasses import dataclass, field, replace
from pathlib import Path

from lab.wire.hostile import Act, Hostile, Request, listening
from roomscope.verify.ask.halt import Halt
from roomscope.verify.ask.pace import Limits
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import Patience
from roomscope.verify.on_server import OnServer
from roomscope.verify.reports.report import Report
from roomscope.verify.sign_in.password import Credential
from roomscope.verify.verification import Verification, carry_out
from tests.verify.fire.answers import Ask, Place, framed, refused, usual
from tests.verify.fire.row import Row

_LIMITS = Limits(pause=0.002, busy=0.05)
SLOW = 0.3
"""Seconds for one exchange where only the deadline ends it."""



@dataclass(frozen=True, slots=True)
class Ground:
    """What all rows share: a bundle, a certificate, and who trusts it."""

    verification: Verification
    way: OnServer
    password: str
    context: ssl.SSLContext
    ca: Path
    nets: dict[float, Net] = field(default_factory=dict)

    def net(self, whole: float) -> Net:
        """The trust is loaded once."""
        if whole not in self.nets:
            self.nets[whole] = Net.trusting(self.ca, Patience(whole, whole, whole))
        return self.nets[whole]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run."""

    verdict: str
    cause: str
    exit_code: int
    requests: int
    refused: int
    """Requests with a credential that were told 401 or 403."""

    report: Report = field(repr=False, compare=False)


@dataclass(slots=True)
class Server:
    """An Exchange that misbehaves at one place."""

    row: Row
    place: Place
    met: int = 0
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> bytes:
        """What it should say."""
        ask = Ask.of(request)
        return framed(usual(ask)) if ask.signed else refused()

    def act(self, request: Request) -> Act | None:
        """What it does instead."""
        ask = Ask.of(request)
        if not (ask.signed or self.row.unsigned) or not ask.stands(self.place):
            return None
        with self.lock:
            self.met += 1
            self.refused += self.row.refuses and ask.signed
            number = self.met
        return self.row.act(ask, number)


def play(ground: Ground, row: Row, place: Place, patience: float) -> Outcome:
    """One run."""
    server = Server(row, place)
    turn = (lambda _: True) if row.fault else (lambda _: False)
    hostile = Hostile(ground.context, server.answer, row.fault, turn, server.act)
    with listening(hostile) as port:
        credential = Credential("CONTOSO\\svc", row.scheme, ground.password)
        way = replace(ground.way, endpoint=f"https://127.0.0.1:{port}/EWS/Exchange.asmx", net=ground.net(patience), credential=credential, identity=row.identity)
        report = carry_out(replace(ground.verification, limits=replace(_LIMITS, workers=row.workers)), way, Halt(), quiet=True)
    return Outcome(report.verdict.value, report.cause, report.exit_code, len(hostile.requests), server.refused, report)
