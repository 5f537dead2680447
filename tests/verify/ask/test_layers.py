"""What fails on the way is told apart by its layer, and asked again where that may help."""

import resource
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
import trustme

from lab.wire.hostile import AT_ANSWER, AT_HANDSHAKE
from roomscope.verify.judge.answer import Opened, Trouble
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Again, Unlearnt
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.net.wire import Patience

ROOM = Question("room1@contoso.com", Door.IMPERSONATED, "room1@contoso.com")
SLOW = {fault for fault in (*AT_HANDSHAKE, *AT_ANSWER) if "silence" in fault or "drips" in fault or "ever" in fault}


@pytest.mark.parametrize("fault", [*AT_HANDSHAKE, *AT_ANSWER])
def test_whatever_happens_on_the_way_is_no_untrusted_certificate_and_is_over_at_the_next_try(wire: Any, fault: str) -> None:
    wire.patience = Patience(20, 20, 1.5 if fault in SLOW else 20)
    first = 0 if fault in AT_HANDSHAKE else 2
    with wire.probe(wire.hostile(fault, lambda number: number == first)) as probe:
        came = [probe.ask(ROOM) for _ in range(3)]
    troubles = [each for each in came if each != Opened()]
    (learnt,) = map(learn, troubles)
    assert learnt == Unlearnt(Cause.TIMED_OUT if fault in SLOW else Cause.UNREACHABLE, Again.ALONE)


def test_only_a_failed_verification_is_an_untrusted_certificate_and_it_names_what_was_shown(
    wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = trustme.CA(organization_name="Another authority")
    wire.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    other.issue_cert("127.0.0.1", common_name="mail.contoso.com").configure_cert(wire.context)
    hostile = wire.hostile()
    with wire.probe(hostile) as probe:
        came = probe.ask(ROOM)
    assert came.trouble is Trouble.UNTRUSTED
    assert all(word in came.text for word in ("unable to get", "CN=mail.contoso.com", "issuer", "Another authority", "valid from 2"))
    assert hostile.requests == []


def test_connections_that_close_after_each_answer_do_not_load_the_authorities_anew(
    wire: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []
    with wire.probe(hostile := wire.hostile(keeps=False)) as probe:
        monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", lambda *given, **named: loaded.append((given, named)))
        assert [probe.ask(ROOM) for _ in range(4)] == [Opened()] * 4
    assert hostile.connections >= 4
    assert loaded == []


@contextmanager
def few_handles() -> Iterator[None]:
    """No file can be opened any more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_too_few_file_handles_are_a_limit_of_this_machine(wire: Any) -> None:
    with wire.probe(wire.hostile()) as probe:
        with few_handles():
            came = probe.ask(ROOM)
        assert came.trouble is Trouble.OURS
        assert learn(came) == Unlearnt(Cause.OWN_LIMIT, Again.ALONE)
        assert probe.ask(ROOM) == Opened()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("can't start new thread")])
def test_no_memory_and_no_threads_are_limits_of_this_machine(wire: Any, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_: object) -> None:
        raise error

    with wire.probe(wire.hostile()) as probe:
        monkeypatch.setattr("roomscope.verify.net.deadline.Deadline.start", fail)
        assert learn(probe.ask(ROOM)) == Unlearnt(Cause.OWN_LIMIT, Again.ALONE)


@pytest.mark.parametrize("answer", ["407 Proxy Authentication Required", "503 No"])
def test_a_proxy_that_lets_nobody_through_is_named(wire: Any, monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    import socket
    import threading

    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client:
            client.recv(65536)
            client.sendall(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())

    threading.Thread(target=serve, daemon=True).start()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{listener.getsockname()[1]}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with wire.probe(wire.hostile()) as probe:
        came = probe.ask(ROOM)
    listener.close()
    assert learn(came) == Unlearnt(Cause.PROXY, Again.ALONE)
    assert answer[:3] in came.text


def test_a_proxy_that_is_not_there_is_no_unknown_host(wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://nothing.invalid:8080")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with wire.probe(wire.hostile()) as probe:
        assert learn(probe.ask(ROOM)) == Unlearnt(Cause.PROXY, Again.ALONE)


def test_a_proxy_that_is_silent_is_left_in_time(wire: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    wire.patience = replace(wire.patience, whole=0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with wire.probe(wire.hostile()) as probe:
            assert learn(probe.ask(ROOM)) == Unlearnt(Cause.TIMED_OUT, Again.ALONE)
