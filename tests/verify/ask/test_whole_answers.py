"""What is no whole answer by its own account is none, however good its beginning looks."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import trustme

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.judge.answer import Answer, Opened
from roomscope.verify.judge.learnt import Unlearnt
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import Patience
from roomscope.verify.sign_in.password import Credential, Scheme

ROOM = Question("room1@contoso.com", Door.IMPERSONATED, "room1@contoso.com")
HEAD = b"HTTP/1.%d 200 OK\r\nContent-Type: text/xml\r\n"


@pytest.fixture
def ask(authority: trustme.CA, tmp_path: Path, password: str) -> Callable[..., list[Answer]]:
    """Questions to a server that sends one of these bytes for each, and then closes or keeps the connection."""
    ca = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)

    @contextmanager
    def serving(*sent: bytes, keeps: bool) -> Iterator[str]:
        listener, left = socket.create_server(("127.0.0.1", 0)), list(sent)

        def serve() -> None:
            while left:
                plain, _ = listener.accept()
                with suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
                    while left and _asked(client):
                        client.sendall(left.pop(0))
                        if not keeps:
                            break

        threading.Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}/EWS/Exchange.asmx"
        listener.close()

    net, credential = Net.trusting(ca, Patience(900, 900, 900)), Credential("CONTOSO\\svc", Scheme.BASIC, password)

    def asked(*sent: bytes, keeps: bool = False) -> list[Answer]:
        with serving(*sent, keeps=keeps) as endpoint, Probe(endpoint, credential, net, workers=1) as probe:
            return [probe.ask(ROOM) for _ in sent]

    return asked


def _asked(client: ssl.SSLSocket) -> bool:
    data = b""
    while not data.endswith(b"Envelope>"):
        piece = client.recv(65536)
        if not piece:
            return False
        data += piece
        if data.endswith(b"Envelope>") and b"Authorization" not in data:
            client.sendall(b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n")
            data = b""
    return True


def framed(body: bytes, announced: int | None = None) -> bytes:
    return HEAD % 1 + b"Content-Length: %d\r\n\r\n" % (len(body) if announced is None else announced) + body


def test_an_answer_that_is_cut_in_any_framing_is_none(ask: Callable[..., list[Answer]], says: Any) -> None:
    for answer in (says.items(), says.error("ErrorAccessDenied"), says.fault("ErrorImpersonateUserDenied")):
        whole = answer.body.encode()
        for end in (len(whole) - 1, len(whole) - 14, whole.rindex(b"</s:Body>"), whole.rindex(b"</")):
            cut = whole[:end]
            for sent in (
                HEAD % 0 + b"\r\n" + cut, HEAD % 1 + b"Connection: close\r\n\r\n" + cut, framed(whole, end), framed(cut, len(whole)),
                HEAD % 1 + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (end, cut),
                HEAD % 1 + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s" % (len(whole), cut),
            ):
                (came,) = ask(sent)
                assert isinstance(learn(came), Unlearnt), sent
    whole = says.items().body.encode()
    assert [*ask(HEAD % 0 + b"\r\n" + whole), *ask(framed(whole))] == [Opened(), Opened()]


def test_an_answer_that_is_sent_twice_is_doubtful_and_never_that_to_the_next_question(
    ask: Callable[..., list[Answer]], says: Any
) -> None:
    good, denied = framed(says.items().body.encode()), framed(says.error("ErrorAccessDenied").body.encode())
    came = ask(good + good, denied, keeps=True)
    assert isinstance(learn(came[0]), Unlearnt)
    assert not isinstance(came[1], Opened)
    assert ask(good, denied, good, keeps=True)[2] == Opened()


def test_two_documents_in_one_answer_are_none(ask: Callable[..., list[Answer]], says: Any) -> None:
    good, denied = says.items().body.encode(), says.error("ErrorAccessDenied").body.encode()
    for pair in (good + denied, denied + good, good + good):
        (came,) = ask(framed(pair))
        assert isinstance(learn(came), Unlearnt)
