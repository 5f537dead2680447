"""One question to a server on loopback, by unpatched exchangelib."""

import base64
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import spnego
import trustme
from spnego.exceptions import SpnegoError

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.common.errors import EndpointError
from roomscope.verify.judge.answer import Coded, Http, Opened, Trouble, Wire
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Unlearnt
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import LARGEST_ANSWER, Patience, trust
from roomscope.verify.sign_in.password import Credential, Scheme

ROOM = Question("room1@contoso.com", Door.IMPERSONATED, "room1@contoso.com")
ITEM = '<t:CalendarItem><t:ItemId Id="AAA" ChangeKey="BBB"/></t:CalendarItem>'

Ask = Callable[..., Any]
PATIENT = Patience(900, 900, 900)
PACES = (1, 5, 25, 125)
"""How much slower than an idle machine one may be."""



@pytest.fixture
def ask(server: Any, password: str) -> Ask:
    """Puts one question to the server."""

    def once(question: Question = ROOM, endpoint: str | None = None, **options: Any) -> Any:
        server.asks = options.get("scheme") is not Scheme.NTLM
        with probing(endpoint or server.endpoint, options.pop("ca", server.ca), password, **options) as probe:
            return probe.ask(question)

    return once


@contextmanager
def probing(
    endpoint: str, ca: Path | None, password: str, scheme: Scheme = Scheme.BASIC, patience: Patience = PATIENT
) -> Iterator[Probe]:
    credential = Credential("CONTOSO\\svc", scheme, password)
    with Probe(endpoint, credential, Net.trusting(ca, patience), workers=2) as probe:
        yield probe


def test_an_empty_calendar_is_an_answer(ask: Ask, server: Any) -> None:
    assert ask() == Opened()
    assert len(server.calls) == 1


def test_the_request_is_the_documented_one(ask: Ask, server: Any, password: str) -> None:
    ask()
    (call,) = server.calls
    assert (call.impersonated, call.mailbox) == ("room1@contoso.com", "room1@contoso.com")
    assert call.headers["X-AnchorMailbox"] == "room1@contoso.com"
    assert call.headers["User-Agent"] == "roomscope"
    assert call.headers["Accept-Encoding"] == "identity"
    assert '<t:RequestServerVersion Version="Exchange2016"/>' in call.body
    assert "<t:BaseShape>IdOnly</t:BaseShape>" in call.body
    assert "AdditionalProperties" not in call.body
    assert 'MaxEntriesReturned="1"' in call.body
    assert '<t:DistinguishedFolderId Id="calendar"><t:Mailbox><t:EmailAddress>' in call.body
    assert password not in call.body


def test_as_the_account_itself_nobody_is_impersonated_and_the_mailbox_is_named(ask: Ask, server: Any) -> None:
    ask(Question("ceo@contoso.com", Door.ACCOUNT, None))
    assert (server.calls[0].impersonated, server.calls[0].mailbox) == ("", "ceo@contoso.com")


def test_as_a_room_the_room_is_impersonated_and_the_control_is_named(ask: Ask, server: Any) -> None:
    ask(Question("ceo@contoso.com", Door.ROOM, "room1@contoso.com"))
    assert (server.calls[0].impersonated, server.calls[0].mailbox) == ("room1@contoso.com", "ceo@contoso.com")


def test_many_questions_over_one_probe_are_one_request_each(server: Any, password: str) -> None:
    with probing(server.endpoint, server.ca, password) as probe:
        threads = [threading.Thread(target=lambda: [probe.ask(ROOM) for _ in range(10)]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(server.calls) == 20


def test_a_page_that_is_not_the_last_is_not_asked_for_again(ask: Ask, server: Any, says: Any) -> None:
    server.answer = lambda _: says.items(ITEM, last="false" if len(server.calls) < 9 else "true", total=5)
    assert ask() == Opened()
    assert len(server.calls) == 1


@pytest.mark.parametrize("code", ["ErrorItemNotFound", "ErrorCorruptData", "ErrorItemCorrupt", "ErrorFolderNotFound"])
def test_an_error_that_the_library_yields_is_no_answer(ask: Ask, server: Any, says: Any, code: str) -> None:
    server.answer = lambda _: says.error(code, "Not found.")
    assert ask() == Coded(code, "Not found.")


@pytest.mark.parametrize(
    "code",
    ["ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorNonExistentMailbox", "ErrorSchemaValidation",
     "ErrorExceededConnectionCount", "ErrorTimeoutExpired", "ErrorInternalServerTransientError"],
)
def test_a_fault_keeps_its_code_and_request_id_and_is_asked_once(
    ask: Ask, server: Any, says: Any, code: str
) -> None:
    server.answer = lambda _: says.fault(code, "No.", headers={"request-id": "4f8c"})
    assert ask() == Coded(code, "No.", request_id="4f8c")
    assert len(server.calls) == 1


@pytest.mark.parametrize("code", ["ErrorInvalidRequest", "ErrorInvalidServerVersion", "ErrorIncorrectSchemaVersion"])
def test_a_version_that_is_refused_is_not_tried_in_every_other_one(ask: Ask, server: Any, says: Any, code: str) -> None:
    server.answer = lambda _: says.fault(code)
    assert learn(ask()) == Unlearnt(Cause.CLIENT_FAULT)
    assert len(server.calls) == 1


def test_a_busy_server_tells_how_long_to_wait_and_only_if_it_did(ask: Ask, server: Any, says: Any) -> None:
    server.answer = lambda _: says.busy(297749)
    assert ask().back_off == 297.749
    server.answer = lambda _: says.fault("ErrorServerBusy", "Busy.")
    assert ask().back_off is None


def test_busy_inside_another_error_is_busy(ask: Ask, server: Any, says: Any, reply: Any) -> None:
    inner = (
        '<m:MessageXml><t:Value Name="InnerErrorResponseCode">ErrorServerBusy</t:Value>'
        '<t:Value Name="InnerErrorMessageText">Busy.</t:Value></m:MessageXml>'
    )
    plain = says.error("ErrorInternalServerError")
    server.answer = lambda _: reply(body=plain.body.replace("<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>", inner))
    assert ask().code == "ErrorServerBusy"


def test_a_code_that_nobody_knows_is_told_and_has_no_meaning(ask: Ask, server: Any, says: Any) -> None:
    for answer in (says.fault("ErrorBrandNew", "New."), says.error("ErrorBrandNew", "New.")):
        server.answer = lambda _, answer=answer: answer
        came = ask()
        assert (came, learn(came)) == (Coded("ErrorBrandNew", "New."), Unlearnt(Cause.UNCLASSIFIED))


def test_a_success_of_another_shape_is_no_answer(ask: Ask, server: Any, says: Any, reply: Any) -> None:
    body = says.items().body
    for old, new in [
        ("NoError", "ErrorAccessDenied"), ('ResponseClass="Success"', 'ResponseClass="Warning"'),
        ("FindItemResponse>", "GetItemResponse>"), ("<t:Items></t:Items>", ""), ("m:RootFolder", "m:Other"),
        ("<m:ResponseCode>NoError</m:ResponseCode>", ""),
    ]:
        changed = body.replace(old, new).replace('InView="0"', 'InView="1"')
        server.answer = lambda _, text=changed: reply(body=text)
        assert not isinstance(ask(), Opened), new


def test_401_names_what_is_offered(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, headers={"WWW-Authenticate": 'Negotiate, NTLM, Basic realm="mail"'})
    assert ask() == Http(401, offers=("basic", "negotiate", "ntlm"))
    server.answer = lambda _: reply(401, headers={"WWW-Authenticate": "Negotiate, NTLM"})
    assert ask() == Http(401, offers=("negotiate", "ntlm"), scheme_offered=False)
    assert len(server.calls) == 2


def test_a_locked_account_is_told_apart_from_a_wrong_password(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, "The referenced account is currently locked out and may not be logged on to.")
    assert ask().locked


def test_ntlm_against_a_server_with_basic_only_says_so(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, headers={"WWW-Authenticate": 'Basic realm="mail"'})
    assert ask(scheme=Scheme.NTLM) == Http(401, offers=("basic",), scheme_offered=False)
    assert "Authorization" not in server.calls[0].headers


def test_ntlm_without_a_challenge_is_a_refused_sign_in(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, headers={"WWW-Authenticate": "NTLM"})
    assert ask(scheme=Scheme.NTLM).status == 401


def test_ntlm_offers_itself_before_it_is_refused(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, headers={"WWW-Authenticate": "NTLM"})
    ask(scheme=Scheme.NTLM)
    assert server.calls[1].headers["Authorization"].startswith("NTLM TlRMTVNTUAAB")


class NtlmServer:
    """Signs connections in as IIS does: offer, challenge, proof, and then the connection is known."""

    def __init__(self, says: Any, reply: Any) -> None:
        self.says, self.reply = says, reply
        self.handshakes: dict[int, Any] = {}

    def answer(self, call: Any) -> Any:
        scheme, _, token = call.headers.get("Authorization", "").partition(" ")
        context = self.handshakes.get(call.connection)
        if context is not None and context.complete:
            return self.says.items()
        if scheme != "NTLM":
            return self.reply(401, headers={"WWW-Authenticate": "Negotiate, NTLM"})
        context = self.handshakes.setdefault(call.connection, spnego.server(protocol="ntlm"))
        try:
            challenge = context.step(base64.b64decode(token))
        except SpnegoError:
            return self.reply(401, headers={"WWW-Authenticate": "Negotiate, NTLM"})
        if context.complete:
            return self.says.items()
        return self.reply(401, headers={"WWW-Authenticate": f"NTLM {base64.b64encode(challenge).decode()}"})


@pytest.fixture
def ntlm(server: Any, says: Any, reply: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes the server ask for NTLM, with this password."""

    def expect(word: str) -> None:
        server.asks = False
        (tmp_path / "users").write_text(f"CONTOSO:svc:{word}\n", encoding="utf-8")
        monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "users"))
        server.answer = NtlmServer(says, reply).answer

    return expect


def test_ntlm_signs_a_connection_in_once(ntlm: Callable[[str], None], server: Any, password: str) -> None:
    ntlm(password)
    with probing(server.endpoint, server.ca, password, Scheme.NTLM) as probe:
        assert [probe.ask(ROOM), len(server.calls)] == [Opened(), 3]
        assert [probe.ask(ROOM), len(server.calls)] == [Opened(), 4]


def test_ntlm_offers_a_wrong_password_once(ntlm: Callable[[str], None], ask: Ask, server: Any) -> None:
    ntlm("another")
    assert ask(scheme=Scheme.NTLM) == Http(401, offers=("negotiate", "ntlm"))
    assert len(server.calls) == 3


@pytest.mark.parametrize("connection", ["close", "keep-alive"])
def test_403_keeps_its_policy_reason_also_behind_connection_close(
    ask: Ask, server: Any, reply: Any, connection: str
) -> None:
    headers = {"X-EWS-Policy-Reason": "EWS is disabled", "Connection": connection, "request-id": "77"}
    server.answer = lambda _: reply(403, headers=headers)
    assert ask() == Http(403, policy="EWS is disabled", request_id="77")


def test_401_behind_connection_close_is_a_refused_sign_in(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(401, headers={"Connection": "close"})
    assert ask() == Http(401)


def test_a_redirect_is_told_and_never_followed(ask: Ask, server: Any, reply: Any) -> None:
    for target in ("http://127.0.0.1:1/EWS/Exchange.asmx", "https://elsewhere.contoso.com/", "/owa/"):
        server.calls.clear()
        server.answer = lambda _, target=target: reply(302, headers={"Location": target})
        assert ask() == Http(302, location=target)
        assert len(server.calls) == 1


@pytest.mark.parametrize("status", [200, 500])
def test_a_page_for_people_is_not_ews(ask: Ask, server: Any, reply: Any, status: int) -> None:
    page = "<!DOCTYPE html><html><body>Sign in</body></html>"
    server.answer = lambda _: reply(status, page, {"Content-Type": "text/html"})
    came = ask()
    assert came == Wire(Trouble.NOT_EWS, "text/html") if status == 200 else came == Http(500)


@pytest.mark.parametrize("body", ["", "nothing", "<?xml version='1.0'?><Envelope/>", "<Envelope", "<s:Envelope>"])
def test_what_cannot_be_read_is_not_ews(ask: Ask, server: Any, reply: Any, body: str) -> None:
    server.answer = lambda _: reply(200, body)
    came = ask()
    assert isinstance(came, Wire)
    assert came.trouble is Trouble.NOT_EWS


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    "body",
    [
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><Envelope>&l11;</Envelope>',
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Envelope>&f;</Envelope>',
        "<Envelope>" + "<a>" * 300_000,
    ],
    ids=["entities that grow", "a file as an entity", "deep nesting"],
)
def test_hostile_xml_is_left_in_time_and_teaches_nothing(ask: Ask, server: Any, reply: Any, body: str) -> None:
    server.answer = lambda _: reply(200, body)
    started = time.process_time()
    came = ask()
    assert came.trouble is Trouble.NOT_EWS
    assert "root:" not in came.text
    assert time.process_time() - started < 5


def test_503_tells_how_long_to_wait(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(503, headers={"Retry-After": "7"})
    assert ask() == Http(503, back_off=7)
    server.answer = lambda _: reply(503, headers={"Retry-After": "Fri, 01 Jan 2027 00:00:00 GMT"})
    assert ask() == Http(503)


def test_a_cut_connection_is_no_connection(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(cut=True)
    assert ask().trouble is Trouble.NO_CONNECTION


def test_a_closed_port_is_no_connection(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert ask(endpoint=f"https://127.0.0.1:{port}/EWS/Exchange.asmx").trouble is Trouble.NO_CONNECTION


def test_an_unknown_host_is_named_as_such(ask: Ask) -> None:
    came = ask(endpoint="https://nothing.invalid/EWS/Exchange.asmx")
    assert came == Wire(Trouble.UNKNOWN_HOST)


def test_an_authority_nobody_trusts_gets_no_request(ask: Ask, server: Any) -> None:
    came = ask(ca=None)
    assert (came.trouble, server.calls) == (Trouble.UNTRUSTED, [])
    assert "unable to get" in came.text


def test_a_certificate_for_another_name_gets_no_request(
    ask: Ask, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda _host, *rest, **more: lookup("127.0.0.1", *rest, **more))
    came = ask(endpoint=server.endpoint.replace("127.0.0.1", "mail.contoso.com"))
    assert (came.trouble, server.calls) == (Trouble.UNTRUSTED, [])
    assert "mail.contoso.com" in came.text


@pytest.mark.parametrize("name", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("value", ["", "0", "/dev/null"])
def test_no_environment_switches_the_verification_off(
    ask: Ask, server: Any, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert ask(ca=None).trouble is Trouble.UNTRUSTED
    assert server.calls == []
    assert ask() == Opened()


def test_a_file_of_authorities_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EndpointError, match="not a readable file of certificates"):
        trust(tmp_path / "nothing.pem")
    (tmp_path / "bad.pem").write_text("no certificate")
    with pytest.raises(EndpointError, match="not a readable file of certificates"):
        trust(tmp_path / "bad.pem")


def test_a_hanging_server_is_left_in_time(ask: Ask, server: Any, reply: Any) -> None:
    release = threading.Event()

    def hang(_: object) -> Any:
        release.wait(900)
        return reply(cut=True)

    server.answer = hang
    assert ask(patience=Patience(900, 0.3, 900)) == Wire(Trouble.TIMED_OUT)
    release.set()


def test_a_body_without_end_is_not_read(ask: Ask, server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(body="<Envelope>" + "x" * (LARGEST_ANSWER + 1))
    assert ask().trouble is Trouble.TOO_LARGE
    server.answer = lambda _: reply(500, "x" * (LARGEST_ANSWER + 1))
    assert ask().trouble is Trouble.TOO_LARGE


def test_a_body_that_drips_is_left_in_time(ask: Ask, authority: trustme.CA, server: Any) -> None:
    with dripping(authority) as endpoint:
        came = ask(endpoint=endpoint, patience=Patience(900, 900, 0.5))
    assert came.trouble is Trouble.TIMED_OUT


DRIPS = [
    pytest.param(b"HTTP/1.1 200 OK\r\nX: ", b"x", id="a header"),
    pytest.param(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", id="header after header"),
    pytest.param(b"", b"HTTP/1.1 100 Continue\r\n\r\n", id="endless 100"),
    pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", id="the size of a chunk"),
    pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", id="small chunks"),
    pytest.param(b"HTTP/1.1 200 OK\r\n\r\n", b"x", id="a body that ends with the connection"),
    pytest.param(b"HTTP/1.1 500 No\r\nContent-Length: 9999\r\n\r\n", b"x", id="the body of an error"),
]


@pytest.mark.parametrize(("head", "drop"), DRIPS)
def test_whatever_drips_is_left_in_time(
    ask: Ask, authority: trustme.CA, server: Any, head: bytes, drop: bytes
) -> None:
    def came(seconds: float) -> Any:
        with dripping(authority, head, drop) as endpoint:
            return ask(endpoint=endpoint, patience=Patience(900, 900, seconds))

    # On a busy machine the time may be up before the answer has begun.
    assert any(came(0.4 * pace) == Wire(Trouble.TIMED_OUT, "the answer did not end") for pace in PACES)


def test_a_handshake_that_never_ends_is_left_in_time(ask: Ask) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"https://127.0.0.1:{listener.getsockname()[1]}/EWS/Exchange.asmx"
        came = ask(endpoint=endpoint, patience=Patience(900, 900, 0.3))
    assert came.trouble is Trouble.TIMED_OUT


def test_a_deadline_of_one_exchange_does_not_end_the_next(server: Any, password: str) -> None:
    def came(deadline: float) -> list[Any]:
        server.calls.clear()
        with probing(server.endpoint, server.ca, password, patience=Patience(900, 900, deadline)) as probe:
            first = probe.ask(ROOM)
            time.sleep(0.7 * deadline)
            second = probe.ask(ROOM)
            time.sleep(0.7 * deadline)
            return [first, second, probe.ask(ROOM), len({call.connection for call in server.calls})]

    # On a busy machine a single exchange may take longer than the first of these deadlines.
    assert any(came(0.3 * pace) == [Opened(), Opened(), Opened(), 1] for pace in PACES)


def test_no_keys_of_a_connection_are_written_down(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert ask() == Opened()
    assert not (tmp_path / "keys").exists()


def test_several_answers_at_once_are_none(ask: Ask, server: Any, says: Any, reply: Any) -> None:
    good, bad = says.items().body, says.error("ErrorAccessDenied").body
    fault = says.fault("ErrorImpersonateUserDenied").body
    start, end = good.index("<s:Body>") + len("<s:Body>"), -len("</s:Body></s:Envelope>")
    inner = [text[start:end] for text in (good, bad, fault)]
    message = slice(inner[0].index("<m:FindItemResponseMessage"), inner[0].index("</m:ResponseMessages>"))
    for body in (
        inner[0] * 2, inner[0] + inner[1], inner[1] + inner[0], inner[0] + inner[2], inner[2] + inner[0], "",
        inner[0] + "</s:Body><s:Body>" + inner[2], inner[0].replace(inner[0][message], inner[0][message] * 2),
        inner[0].replace("</m:ResponseMessages>", "<m:Other/></m:ResponseMessages>"),
    ):
        server.answer = lambda _, text=good[:start] + body + good[end:]: reply(body=text)
        came = ask()
        assert isinstance(came, Wire), body
        assert came.trouble is Trouble.NOT_ONE


def test_a_success_with_500_is_none(ask: Ask, server: Any, says: Any, reply: Any) -> None:
    server.answer = lambda _: reply(500, says.items().body)
    assert ask() == Wire(Trouble.NOT_EWS, "a success with HTTP 500")


@contextmanager
def dripping(
    authority: trustme.CA, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", drop: bytes = b"x"
) -> Iterator[str]:
    """A server that sends a little now and then, for ever."""
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))
    end = threading.Event()

    def serve() -> None:
        plain, _ = listener.accept()
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as client:
            client.recv(65536)
            client.sendall(head)
            while not end.wait(0.05):
                client.sendall(drop)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{listener.getsockname()[1]}/EWS/Exchange.asmx"
    end.set()
    thread.join(900)
    listener.close()


def test_the_password_is_in_no_log_not_even_at_debug(
    server: Any, password: str, says: Any, reply: Any, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger("exchangelib.util").setLevel(logging.DEBUG)
    caplog.set_level(logging.DEBUG)
    replies = [says.items(), reply(401), reply(403), says.fault("ErrorServerBusy"), reply(cut=True), reply(500, "x" * 2**21)]
    with probing(server.endpoint, server.ca, password) as probe:
        for each in replies:
            server.answer = lambda _, each=each: each
            probe.ask(ROOM)
            assert password not in repr(probe)
    with probing(server.endpoint, server.ca, password, Scheme.NTLM) as probe:
        probe.ask(ROOM)
    assert "Authorization" in server.calls[0].headers
    for secret in (password, server.calls[0].headers["Authorization"], "uthorization"):
        assert secret not in caplog.text
    names = [name for name in logging.root.manager.loggerDict if name.startswith("exchangelib")]
    assert names
    assert all(logging.getLogger(name).getEffectiveLevel() > logging.DEBUG for name in names)


def test_two_probes_with_other_trust_do_not_share_connections(server: Any, password: str) -> None:
    with probing(server.endpoint, server.ca, password) as trusting:
        assert trusting.ask(ROOM) == Opened()
        with probing(server.endpoint, None, password) as doubting:
            assert doubting.ask(ROOM).trouble is Trouble.UNTRUSTED  # type: ignore[union-attr]
