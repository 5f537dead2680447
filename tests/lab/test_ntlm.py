"""Sign-in as Exchange Server does it by default: NTLM, bound to the connection."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import exchangelib
import pytest
import requests
from exchangelib.errors import UnauthorizedError
from requests_ntlm import HttpNtlmAuth

from lab.make.seed import seed

START = exchangelib.EWSDateTime(2026, 11, 23, tzinfo=exchangelib.UTC)
ROOMS = "PrimarySmtpAddress\naspen@contoso.com\nbirch@contoso.com\ncedar@contoso.com\n"
WORD = "stäple battery"
Connecting = Callable[..., exchangelib.Account]


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[..., Any]) -> Iterator[Any]:
    """A server that offers NTLM and nothing else."""
    lab = new_lab(tmp_path_factory.mktemp("ntlm") / "lab", ROOMS, password=WORD)
    options = ("--sign-in", "ntlm", "--password-env", "LAB_PASSWORD")
    with lab.serving(*options):
        yield lab


def meetings(account: exchangelib.Account) -> list[Any]:
    return list(account.calendar.view(START, START + timedelta(days=5)))


@pytest.mark.parametrize(
    "user",
    ["CONTOSO\\svc-rooms", "contoso\\SVC-ROOMS", "contoso.com\\svc-rooms", "svc-rooms@contoso.com"],
)
def test_the_account_signs_in_under_each_of_its_names(
    strict: Any, connecting: Connecting, user: str
) -> None:
    account = connecting(
        strict, "svc-rooms@contoso.com", user=user, auth_type="NTLM", access=exchangelib.DELEGATE
    )
    assert isinstance(meetings(account), list)
    assert strict.lines()[-1]["user"] == "svc-rooms@contoso.com"


def test_the_kind_of_sign_in_is_found_out_by_the_client(
    strict: Any, connecting: Connecting, bundle: Path
) -> None:
    seed(bundle, strict.folder)
    account = connecting(strict, "aspen@contoso.com")
    assert isinstance(meetings(account), list)
    assert account.protocol.auth_type == "NTLM"


def test_one_handshake_serves_all_requests_of_a_connection(strict: Any) -> None:
    before = len(strict.lines())
    with requests.Session() as session:
        session.auth = HttpNtlmAuth("CONTOSO\\svc-rooms", strict.password)
        answers = [
            session.post(strict.url, data=b"<x/>", verify=strict.ca, timeout=900) for _ in range(3)
        ]
    assert [one.status_code for one in answers] == [500, 500, 500]
    assert [one["status"] for one in strict.lines()[before:]] == [401, 401, 500, 500, 500]


def test_another_connection_is_not_signed_in(strict: Any) -> None:
    auth = HttpNtlmAuth("CONTOSO\\svc-rooms", strict.password)
    with requests.Session() as session:
        assert (
            session.post(
                strict.url, data=b"<x/>", auth=auth, verify=strict.ca, timeout=10
            ).status_code
            == 500
        )
        assert (
            session.post(strict.url, data=b"<x/>", verify=strict.ca, timeout=900).status_code == 500
        )
        with requests.Session() as other:
            answer = other.post(strict.url, data=b"<x/>", verify=strict.ca, timeout=900)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "NTLM")


def test_a_wrong_password_and_an_unknown_user_are_refused(
    strict: Any, connecting: Connecting
) -> None:
    for user, password in (("CONTOSO\\svc-rooms", "x"), ("CONTOSO\\nobody", strict.password)):
        account = connecting(
            strict, "aspen@contoso.com", user=user, password=password, auth_type="NTLM"
        )
        with pytest.raises(UnauthorizedError):
            meetings(account)


def test_a_handshake_outside_its_tls_connection_is_refused(strict: Any) -> None:
    for bound, expected in ((True, 500), (False, 401)):
        auth = HttpNtlmAuth("CONTOSO\\svc-rooms", strict.password, send_cbt=bound)
        answer = requests.post(strict.url, data=b"<x/>", auth=auth, verify=strict.ca, timeout=900)
        assert answer.status_code == expected


def test_basic_is_not_offered_and_not_accepted(strict: Any) -> None:
    assert strict.send("<x/>").status_code == 401


def test_rubbish_in_the_header_is_refused(strict: Any) -> None:
    for value in ("NTLM", "NTLM !", "NTLM AAAA", "NTLM TlRMTVNTUAABAAAA", "Negotiate AA"):
        sent = {"Authorization": value}
        answer = requests.post(strict.url, headers=sent, verify=strict.ca, timeout=900)
        assert answer.status_code == 401


def test_the_password_is_nowhere_in_the_folder(strict: Any) -> None:
    strict.send("<x/>")
    written = b"".join(path.read_bytes() for path in strict.folder.iterdir())
    assert strict.password.encode() not in written
    assert b"NTLM" not in written


def test_both_kinds_can_be_offered_and_the_password_file_goes_with_the_server(
    tmp_path: Path, new_lab: Callable[..., Any]
) -> None:
    lab = new_lab(tmp_path / "lab", ROOMS, password=WORD)
    private = tmp_path / "private"
    private.mkdir()
    options = ("--sign-in", "both", "--password-env", "LAB_PASSWORD")
    with lab.serving(*options, TMPDIR=str(private)):
        assert len(list(private.iterdir())) == 1
        answer = requests.post(lab.url, verify=lab.ca, timeout=900)
        assert answer.headers["WWW-Authenticate"] == 'NTLM, Basic realm="lab"'
        assert lab.send("<x/>").status_code == 500
    assert list(private.iterdir()) == []


def test_ntlm_needs_a_password_that_somebody_has(
    tmp_path: Path, new_lab: Callable[..., Any]
) -> None:
    lab = new_lab(tmp_path / "lab", ROOMS)
    offered = ("serve", str(lab.folder), "--sign-in", "ntlm")
    assert lab.command(*offered).returncode == 2
    for word, said in (("nobody's", "nobody in this lab"), ("a:b", "colon")):
        done = lab.command(*offered, "--password-env", "LAB_PASSWORD", LAB_PASSWORD=word)
        assert (done.returncode, said in done.stderr) == (2, True)
