"""A server with modern authentication: the service account signs in for a token, and impersonates with it."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import requests
from click.testing import CliRunner, Result

from roomscope.verify.cli import verify
from tests.lab.conftest import PASSWORD, PATIENCE
from tests.lab.online.conftest import CLIENT, TENANT, Cloud

Speak = Callable[..., Result]


@pytest.fixture(scope="module")
def hybrid(new_maker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cloud, Path]]:
    """A server whose users a tenant signs in, after the scripts of a bundle."""
    bundle = new_maker(tmp_path_factory.mktemp("given") / "bundle").write()
    lab = Cloud(tmp_path_factory.mktemp("hybrid") / "served")
    known = ("--tenant-id", TENANT, "--client-id", CLIENT, "--service-account", "svc@contoso.com", "--sam", "svc")
    for words in (
        ("new", str(lab.folder), "--inventory", str(bundle), "--password-env", "LAB_PASSWORD", *known),
        ("seed", str(bundle), str(lab.folder)),
    ):
        done = lab.command(*words)
        assert done.returncode == 0, done.stderr
    with lab.serving():
        yield lab, bundle


@pytest.fixture
def speak(hybrid: tuple[Cloud, Path]) -> Iterator[Speak]:
    lab, bundle = hybrid
    (lab.folder / "requests.jsonl").write_bytes(b"")

    def run(*arguments: str, password: str = PASSWORD) -> Result:
        usual = (str(bundle), "--endpoint", lab.url, "--ca", lab.ca, "--auth", "oauth", "--user", "svc@contoso.com")
        return CliRunner(env={"ROOM_PASSWORD": password}).invoke(verify, [*usual, *arguments])

    yield run
    (lab.folder / "faults.json").unlink(missing_ok=True)


def of_adfs(lab: Cloud) -> tuple[str, ...]:
    return ("--authority", f"{lab.root}/adfs", "--client-id", CLIENT, "--password-env", "ROOM_PASSWORD")


def of_entra(lab: Cloud, *more: str) -> tuple[str, ...]:
    return ("--authority", lab.root, "--client-id", CLIENT, "--tenant", TENANT, *more)


def root(hybrid: tuple[Cloud, Path]) -> Cloud:
    return hybrid[0]


@pytest.mark.parametrize("way", [of_adfs, lambda lab: of_entra(lab, "--password-env", "ROOM_PASSWORD")])
def test_user_and_password_give_a_token_that_impersonates(
    hybrid: tuple[Cloud, Path], speak: Speak, way: Callable[[Cloud], tuple[str, ...]]
) -> None:
    lab = root(hybrid)
    result = speak(*way(lab))
    assert result.exit_code == 0, result.output
    assert "Account   svc@contoso.com (oauth)" in result.stdout
    assert "3 of 3 rooms and 1 of 1 control" in result.stdout
    operations = [one["operation"] for one in lab.lines()]
    assert (operations.count("token"), operations.count("FindItem")) == (1, 9 + 4)
    assert PASSWORD not in result.output


@pytest.mark.parametrize("way", [of_adfs, lambda lab: of_entra(lab, "--password-env", "ROOM_PASSWORD")])
def test_a_wrong_password_is_tried_once_and_not_at_the_server(
    hybrid: tuple[Cloud, Path], speak: Speak, way: Callable[[Cloud], tuple[str, ...]]
) -> None:
    lab = root(hybrid)
    result = speak(*way(lab), password="wrong word")  # noqa: S106
    assert (result.exit_code, "Sign-in refused (RS050)" in result.stdout) == (4, True), result.output
    operations = [one["operation"] for one in lab.lines()]
    assert (operations.count("token"), operations.count("FindItem")) == (1, 0)
    assert "wrong word" not in result.output


def test_a_device_code_is_shown_and_waited_for(hybrid: tuple[Cloud, Path], speak: Speak, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, told = root(hybrid), []

    def enter(text: str, **_: object) -> None:
        told.append(text)
        found = re.search(r"open (\S+) and enter (\w+)", text)
        assert found
        form = {"user_code": found[2], "username": "svc@contoso.com", "password": PASSWORD}
        threading.Thread(target=lambda: requests.post(found[1], data=form, verify=lab.ca, timeout=PATIENCE)).start()

    monkeypatch.setattr(click, "echo", enter)
    found = speak(*of_entra(lab))
    monkeypatch.undo()
    assert found.exit_code == 0, found.output
    assert told[0].startswith("To sign in as svc@contoso.com, open ")


def test_a_token_that_the_server_does_not_take_stops_the_run(hybrid: tuple[Cloud, Path], speak: Speak) -> None:
    lab = root(hybrid)
    lab.tell(signIn={"token": {"aud": "https://elsewhere.example"}})
    result = speak(*of_adfs(lab))
    assert (result.exit_code, "Token refused (RS055)" in result.stdout) == (4, True), result.output
    assert [one["operation"] for one in lab.lines()].count("token") == 1


def test_where_passwords_go_is_what_the_operator_named(hybrid: tuple[Cloud, Path], speak: Speak) -> None:
    lab = root(hybrid)
    lab.tell(signIn={"metadata": {"token_endpoint": "https://evil.example/adfs/oauth2/token"}})
    result = speak(*of_adfs(lab))
    assert (result.exit_code, "(RS094)" in result.stdout) == (4, True), result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--auth oauth needs --authority"),
        (("--authority", "https://localhost/adfs"), "--auth oauth needs --authority"),
        (("--authority", "https://localhost/adfs", "--client-id", CLIENT, "--tenant", TENANT), "none with AD FS"),
        (("--authority", "https://localhost", "--client-id", CLIENT), "Give --tenant with an authority of Entra ID"),
        (("--authority", "http://localhost/adfs", "--client-id", CLIENT), "is not https"),
        (("--authority", "https://localhost/adfs", "--client-id", "me"), "is not a GUID"),
        (("--managed-identity",), "is for Exchange Online"),
        (("--graph-root", "https://localhost"), "is for Exchange Online"),
    ],
)
def test_half_a_way_to_sign_in_is_misuse(hybrid: tuple[Cloud, Path], speak: Speak, arguments: tuple[str, ...], said: str) -> None:
    result = speak(*arguments)
    assert (result.exit_code, said in result.stderr, root(hybrid).lines()) == (2, True, []), result.output


def test_an_authority_is_for_tokens_only(hybrid: tuple[Cloud, Path], speak: Speak) -> None:
    result = speak("--auth", "ntlm", *of_adfs(root(hybrid)))
    assert (result.exit_code, "goes with --auth oauth only" in result.stderr) == (2, True)
