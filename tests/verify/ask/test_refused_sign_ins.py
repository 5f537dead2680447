"""A wrong password is tried once, whatever comes behind the status line that refuses it."""

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import spnego
import trustme
from requests import Session

from roomscope.verify.ask.engine import Engine
from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.ask.pace import Limits
from roomscope.verify.judge.answer import Trouble
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Again, Unlearnt
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.impersonation import Impersonation
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import Patience, WireError
from roomscope.verify.sign_in.line import Authority, Line
from roomscope.verify.sign_in.password import Credential, Scheme

PROMISES = [Promise(f"room{n}@x.com", Role.ROOM, Expected.ANSWER, "list@x.com") for n in range(40)]
HANG = 900.0


@dataclass
class Raw:
    """Speaks bytes over TLS: the first answers of the run are good, the others begin with a refusal."""

    context: ssl.SSLContext
    good: bytes
    pieces: list[bytes | float]
    """What a refusal consists of; a number is a pause."""

    after: int
    ntlm: bool = False
    signed_in: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    end: threading.Event = field(default_factory=threading.Event)

    def serve(self, plain: socket.socket) -> None:
        with suppress(OSError), self.context.wrap_socket(plain, server_side=True) as client, client.makefile("rb") as lines:
            known, handshake = False, None
            while headers := _request(lines):
                token = headers.get("authorization", "").partition(" ")[2]
                if self.ntlm and not known and not token.startswith("TlRMTVNTUAAD"):
                    handshake = handshake or spnego.server(protocol="ntlm")
                    client.sendall(b"HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM%s\r\nContent-Length: 0\r\n\r\n" % _challenge(handshake, token))
                    continue
                if not self.ntlm and not token:
                    client.sendall(b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n')
                    continue
                with self.lock:
                    if token:
                        self.signed_in.append(token)
                    good = len(self.signed_in) <= self.after
                if good:
                    known = True
                    client.sendall(self.good)
                elif not self._refuse(client):
                    return

    def _refuse(self, client: ssl.SSLSocket) -> bool:
        for piece in self.pieces:
            if isinstance(piece, float):
                self.end.wait(piece)
            else:
                client.sendall(piece)
        return False


def _challenge(handshake: Any, token: str) -> bytes:
    return b" " + base64.b64encode(handshake.step(base64.b64decode(token))) if token else b""


def _request(lines: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := lines.readline().decode().strip()) or not headers:
        if not line and not headers:
            return {}
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    lines.read(int(headers.get("content-length", "0")))
    return headers


@contextmanager
def listening(server: Raw) -> Iterator[str]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=20)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=server.serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}/EWS/Exchange.asmx"
    server.end.set()
    listener.close()


class Silent:
    def heard(self, asked: Asked) -> None:
        return

    def waits(self, seconds: float) -> None:
        return


@pytest.fixture
def run(authority: trustme.CA, tmp_path: Path, says: Any, monkeypatch: pytest.MonkeyPatch, password: str) -> Callable[..., Any]:
    """A whole run against such a server, with the sign-ins that it drew."""
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    (tmp_path / "users").write_text(f"CONTOSO:svc:{password}\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "users"))
    body = says.items().body.encode()
    good = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body

    def once(pieces: list[bytes | float], after: int = 0, scheme: Scheme = Scheme.BASIC) -> tuple[Result, int]:
        server = Raw(context, good, pieces, after, scheme is Scheme.NTLM)
        with listening(server) as endpoint:
            net = Net.trusting(ca, Patience(20, 0.4, 1.5))
            with Probe(endpoint, Credential("CONTOSO\\svc", scheme, password), net, 4) as probe:
                engine = Engine(probe, Limits(workers=4, pause=0.01), Silent())
                result = engine.pursue(Impersonation(PROMISES, fresh=False))
        return result, len(server.signed_in)

    return once


REFUSED = b"HTTP/1.1 %d No\r\n"
LONG = b"Content-Length: 5000\r\n"
TAILS: list[Any] = [
    pytest.param([b"Content-Length: 0\r\n\r\n"], id="whole"),
    pytest.param([LONG, b"\r\nsome", HANG], id="stalled in the body"),
    pytest.param([HANG], id="stalled in the head"),
    pytest.param([LONG, b"\r\n", *([b"x", 0.1] * 50)], id="dripping"),
    pytest.param([b"X: ", *([b"x", 0.1] * 50)], id="dripping in the head"),
    pytest.param([LONG, b"\r\ncut"], id="cut in the body"),
    pytest.param([b"X: "], id="cut in the head"),
    pytest.param([b"Content-Length: 3000000\r\n\r\n", b"x" * 2_000_000], id="endless"),
    pytest.param([b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"], id="of two lengths"),
    pytest.param([b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnone"], id="not decoded"),
    pytest.param([b"Transfer-Encoding: chunked\r\n\r\nno\r\n"], id="wrongly chunked"),
]


EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
WHOLE = REFUSED % 401 + b"Content-Length: 0\r\n\r\n"
OTHERS: list[Any] = [
    pytest.param([b"HTTP/1.1 102 Processing\r\n\r\n" + WHOLE], id="behind 102"),
    pytest.param([EARLY + WHOLE], id="behind 103"),
    pytest.param([EARLY, 0.3, WHOLE], id="some time behind 103"),
    pytest.param([b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n" + WHOLE], id="behind 101"),
    pytest.param([b"HTTP/1.1 101 Switching\r\n\r\n", 0.2, WHOLE], id="some time behind 101"),
    pytest.param([b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"], id="407"),
    pytest.param([b"HTTP/1.1 440 No\r\nContent-Length: 0\r\n\r\n"], id="440"),
]


@pytest.mark.parametrize("scheme", [Scheme.BASIC, Scheme.NTLM])
@pytest.mark.parametrize("pieces", OTHERS)
def test_a_refusal_that_comes_otherwise_is_one_too(run: Callable[..., Any], pieces: list[bytes | float], scheme: Scheme) -> None:
    result, sign_ins = run(pieces, scheme=scheme)
    assert sign_ins == 1
    assert result.stopped is Cause.SIGN_IN


@pytest.mark.parametrize("scheme", [Scheme.BASIC, Scheme.NTLM])
@pytest.mark.parametrize(("page", "cause"), [
    (b"200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>", Cause.NOT_EWS),
    (b"204 No Content\r\n\r\n", Cause.NOT_EWS),
    (b"404 No\r\nContent-Length: 0\r\n\r\n", Cause.NOT_EWS),
    (b"500 No\r\nContent-Length: 12\r\n\r\nUnauthorized", Cause.IN_FRONT),
])
def test_before_any_answer_of_ews_a_page_ends_the_run(run: Callable[..., Any], page: bytes, cause: Cause, scheme: Scheme) -> None:
    result, sign_ins = run([b"HTTP/1.1 " + page], scheme=scheme)
    assert (sign_ins, result.stopped) == (1, cause)


def test_behind_an_answer_of_ews_a_page_is_one_page(run: Callable[..., Any]) -> None:
    _, sign_ins = run([b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"], after=3)
    assert sign_ins > 3 + 4


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("tail", TAILS)
def test_from_the_start_a_wrong_password_is_tried_once(run: Callable[..., Any], tail: list[bytes | float], status: int) -> None:
    result, sign_ins = run([REFUSED % status, *tail])
    assert sign_ins == 1
    assert result.stopped is (Cause.SIGN_IN if status == 401 else Cause.FORBIDDEN)


@pytest.mark.parametrize("tail", TAILS)
def test_a_password_that_changes_in_the_middle_is_refused_once_a_worker_at_most(
    run: Callable[..., Any], tail: list[bytes | float]
) -> None:
    result, sign_ins = run([REFUSED % 401, *tail], after=12)
    assert 13 <= sign_ins <= 12 + 4
    assert result.stopped is Cause.SIGN_IN


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("tail", TAILS[:4])
def test_connections_sign_in_one_after_the_other_so_that_ntlm_is_refused_once(
    run: Callable[..., Any], tail: list[bytes | float], after: int
) -> None:
    result, sign_ins = run([REFUSED % 401, *tail], after=after, scheme=Scheme.NTLM)
    assert sign_ins == after + 1
    assert result.stopped is Cause.SIGN_IN


class Broken:
    """A session whose answers break off behind this status line."""

    def __init__(self, status: int) -> None:
        self.status = status

    def get_adapter(self, _url: str) -> object:
        return self

    def mount(self, *_: object) -> None:
        return

    def request(self, *_: object, **__: object) -> object:
        raise WireError(Trouble.TIMED_OUT, status=self.status)


@pytest.mark.parametrize(("status", "ends"), [(400, True), (401, True), (403, True), (429, False), (503, False), (200, False), (0, False)])
def test_a_token_is_asked_for_once_where_the_status_line_refused_it(status: int, ends: object) -> None:
    line = Line(Authority("https://login.x.com", "adfs"), cast("Session", Broken(status)))
    with pytest.raises(WireError) as raised:
        line.post("https://login.x.com/adfs/oauth2/token", data={"password": "a"})
    learnt = learn(line.cut_off(raised.value))
    assert isinstance(learnt, Unlearnt)
    assert (learnt.stops, learnt.again is Again.NO) == (ends, ends)
