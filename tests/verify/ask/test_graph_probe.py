"""One batch to a server on loopback that is not Graph, and must learn nothing it can use."""

import json
from pathlib import Path
from typing import Any

import pytest

from roomscope.verify.ask.graph.probe import GraphProbe
from roomscope.verify.judge.answer import Answer, Graph, Opened, Trouble, Wire
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import Patience
from roomscope.verify.sign_in.tokens import Granted, Tokens

TOKEN = "eyJ-a-token-that-nobody-may-see"  # noqa: S105 - must never be seen again
ROOM = Question("room1@contoso.com", Door.APPLICATION, None)


def ask(server: Any, ca: Path | None = None, patience: Patience | None = None) -> Answer:
    root = server.endpoint.removesuffix("/EWS/Exchange.asmx")
    tokens = Tokens(lambda: Granted(TOKEN, 4e9), None)
    with GraphProbe(root, tokens, Net.trusting(ca or server.ca, patience or Patience(60, 60, 60))) as probe:
        (answer,) = probe.ask_many([ROOM])
    return answer


def _names(call: Any) -> list[str]:
    return [part["id"] for part in json.loads(call.body)["requests"]]


def _good(call: Any) -> dict[str, Any]:
    return {"responses": [{"id": _names(call)[0], "status": 200, "body": {"value": []}}]}


def test_a_whole_answer_opens_and_the_request_says_who_asks(server: Any, reply: Any) -> None:
    server.answer = lambda call: reply(body=json.dumps(_good(call)))
    assert ask(server) == Opened()
    headers = {name.lower(): value for name, value in server.calls[0].headers.items()}
    assert (headers["authorization"], headers["user-agent"]) == (f"Bearer {TOKEN}", "roomscope")


def test_a_token_that_comes_back_makes_the_answer_worthless(server: Any, reply: Any) -> None:
    server.answer = lambda call: reply(body=json.dumps(_good(call) | {"echo": call.headers["Authorization"]}))
    assert ask(server) == Wire(Trouble.NOT_GRAPH, "the token came back")
    server.answer = lambda call: reply(403, json.dumps({"error": {"code": "ErrorAccessDenied", "message": call.headers["Authorization"]}}))
    assert TOKEN not in repr(ask(server))
    server.answer = lambda call: reply(302, headers={"Location": f"https://x/?t={call.headers['Authorization']}"})
    assert TOKEN not in repr(ask(server))


def test_a_redirect_is_not_followed(server: Any, reply: Any) -> None:
    server.answer = lambda _: reply(307, headers={"Location": "/v1.0/elsewhere"})
    assert ask(server) == Graph(307, location="/v1.0/elsewhere")
    assert len(server.calls) == 1


def test_an_answer_to_an_earlier_question_opens_nothing(server: Any, reply: Any) -> None:
    kept: list[str] = []

    def repeating(call: Any) -> Any:
        kept.append(json.dumps(_good(call)))
        return reply(body=kept[0])

    server.answer = repeating
    assert ask(server) == Opened()
    assert ask(server) == Wire(Trouble.NOT_GRAPH, "a part that nobody asked for, or one twice")


def test_who_is_not_trusted_gets_no_token(server: Any, tmp_path: Path) -> None:
    import trustme

    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    answer = ask(server, tmp_path / "other.pem")
    assert isinstance(answer, Wire)
    assert (answer.trouble, server.calls) == (Trouble.UNTRUSTED, [])


def test_netrc_and_proxies_of_nobody_change_no_request(
    server: Any, reply: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password elses\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server.answer = lambda call: reply(body=json.dumps(_good(call)))
    assert ask(server) == Opened()
    assert server.calls[0].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("cut", [True, False])
def test_a_cut_connection_is_no_answer(server: Any, reply: Any, cut: bool) -> None:  # noqa: FBT001
    server.answer = lambda _: reply(cut=True) if cut else reply(body='{"responses": [')
    answer = ask(server)
    assert isinstance(answer, Wire)
    assert answer.trouble is (Trouble.NO_CONNECTION if cut else Trouble.NOT_GRAPH)
