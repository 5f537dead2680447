"""A credential that a server says back, wherever it does, is kept and shown nowhere; and of long texts only a beginning is."""

import base64
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import spnego

from roomscope.verify.ask.clean import clean
from roomscope.verify.ask.engine import Engine
from roomscope.verify.ask.pace import Limits
from roomscope.verify.common.secrets import know, masked
from roomscope.verify.judge.answer import Coded, Http
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Refused
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.proofs.impersonation import Impersonation
from roomscope.verify.sign_in.password import Scheme


class Silent:
    def heard(self, asked: Asked) -> None:
        return

    def waits(self, seconds: float) -> None:
        return


def promises(rooms: int) -> tuple[Promise, ...]:
    return tuple(Promise(f"room{n}@x.com", Role.ROOM, Expected.ANSWER, "list@x.com") for n in range(rooms))


def challenge(server: Any, token: str) -> str:
    return base64.b64encode(server.step(base64.b64decode(token))).decode()


@pytest.fixture
def run(wire: Any) -> Callable[..., Result]:
    """A run over some rooms against these answers, given to whoever signed in."""

    def whole(answer: Callable[[Any], bytes], rooms: int = 2, scheme: Scheme = Scheme.BASIC, workers: int = 2) -> Result:
        signed = answer if scheme is Scheme.NTLM else lambda request: answer(request) if "authorization" in request.headers else wire.answer(request)
        with wire.probe(wire.hostile(answer=signed), scheme=scheme, workers=workers) as probe:
            engine = Engine(probe, Limits(workers=workers, pause=0.01), Silent())
            return engine.pursue(Impersonation(promises(rooms), fresh=False))

    return whole


def spellings(request: Any, password: str) -> list[str]:
    token = request.headers["authorization"].partition(" ")[2]
    return [password, token, token.rstrip("="), f"x{token}y", base64.b64encode(password.encode()).decode(), "Tr0ub4dor-%E2%82%AC-%263",
            password.replace("&", "&amp;")]


PLACES = [
    pytest.param(lambda say, framing, word: framing(say.fault("ErrorImpersonateUserDenied", word).body, "500 No"), id="a message"),
    pytest.param(lambda say, framing, word: framing(say.error("ErrorBrandNew", "x" * 390 + word).body), id="a message that is cut there"),
    pytest.param(lambda say, framing, word: framing(say.items().body, "200 OK", f"request-id: {word}"), id="a request id"),
    pytest.param(lambda say, framing, word: framing("", "302 No", f"Location: https://x/?p={word}"), id="a redirect"),
    pytest.param(lambda say, framing, word: framing("", "403 No", f"X-EWS-Policy-Reason: {word}"), id="a policy"),
    pytest.param(lambda say, framing, word: framing("", "403 No", f"x-ms-diagnostics: {word}"), id="diagnostics"),
    pytest.param(lambda say, framing, word: framing(say.items().body.replace("m:RootFolder", f"m:R{word}") if word.isalnum() else ""), id="a name"),
]


@pytest.mark.parametrize("place", PLACES)
def test_a_credential_that_is_said_back_is_masked(
    run: Callable[..., Result], says: Any, framing: Callable[..., bytes], password: str, place: Callable[..., bytes]
) -> None:
    for number in range(7):
        tokens: list[str] = []

        def answer(request: Any, number: int = number, tokens: list[str] = tokens) -> bytes:
            tokens.append(request.headers["authorization"].partition(" ")[2])
            word = spellings(request, password)[number]
            return place(says, framing, word.replace("&", "&amp;") if place is PLACES[0].values[0] and number == 0 else word)

        shown = repr(run(answer))
        for secret in (password, tokens[0], tokens[0].rstrip("="), "Tr0ub4dor", base64.b64encode(password.encode()).decode()):
            assert secret not in shown, number


def test_an_ntlm_message_that_is_said_back_is_masked(  # noqa: PLR0917 - fixtures
    run: Callable[..., Result], says: Any, framing: Callable[..., bytes], tmp_path: Path, password: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "users").write_text(f"CONTOSO:svc:{password}\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(tmp_path / "users"))
    handshakes: dict[int, Any] = {}
    proofs: list[str] = []

    def answer(request: Any) -> bytes:
        token = request.headers.get("authorization", "").partition(" ")[2]
        if not token:
            return framing("", "401 No", "WWW-Authenticate: NTLM")
        if token.startswith("TlRMTVNTUAAB"):
            server = handshakes[request.connection] = spnego.server(protocol="ntlm")
            return framing("", "401 No", f"WWW-Authenticate: NTLM {challenge(server, token)}")
        proofs.append(token)
        return framing(says.error("ErrorBrandNew", f"{token} {token[:300]}").body, "200 OK")

    shown = repr(run(answer, scheme=Scheme.NTLM))
    assert proofs
    assert proofs[0][:40] not in shown
    assert "ErrorBrandNew" in shown


def test_what_is_not_secret_stays_and_a_short_secret_hides_nothing() -> None:
    know("abc")
    assert masked("abcdef and nothing else") == "abcdef and nothing else"
    know("correct horse", "CONTOSO\\svc")
    assert masked("the correct  horse, and a correct horse.") == "the correct  horse, and a ***."
    assert clean(Coded("ErrorAccessDenied", "correct horse" * 100)).text == "***" * 100
    assert clean(Http(403, policy="x" * 9999)).policy == "x" * 400


@pytest.mark.parametrize("filler", ["x", "\U0001d518"], ids=["plain", "wide"])
@pytest.mark.parametrize("kind", ["fault", "error"])
def test_a_large_refusal_is_a_refusal_and_only_its_beginning_is_kept(
    run: Callable[..., Result], says: Any, framing: Callable[..., bytes], filler: str, kind: str
) -> None:
    text = filler * (900_000 // len(filler.encode()))
    large = says.fault("ErrorImpersonateUserDenied", text) if kind == "fault" else says.error("ErrorImpersonateUserDenied", text)
    said = framing(large.body.replace(f"/errors\">{text}</e:Message>", "/errors\">No.</e:Message>"), f"{large.status} OK")
    tracemalloc.start()
    result = run(lambda _: said, rooms=30)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {asked.learnt for judged in result.judged for asked in judged.asked} == {Refused(Cause.ROOM_OUTSIDE)}
    assert now < 12_000_000
    assert peak < 60_000_000
