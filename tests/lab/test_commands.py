"""The verbs of the lab, as a person types them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lab.commands import ALL
from lab.make.seed import seed
from lab.state import folder as state
from lab.web import passwords

Make = Callable[..., Any]
ROOMS = "EmailAddress;DisplayName\naspen@contoso.com;Aspen\nbirch@contoso.com;Birch\n\n"


def run(name: str, *arguments: str | Path) -> Any:
    command = next(one for one in ALL if one.name == name)
    return CliRunner().invoke(command, [str(one) for one in arguments])


@pytest.fixture
def made(tmp_path: Path, new_lab: Make) -> Any:
    return new_lab(tmp_path / "lab", ROOMS)


def test_help_explains_itself(made: Any) -> None:
    done = made.command("--help")
    assert done.returncode == 0
    for word in ("new", "serve", "seed", "show", "EXCHANGE_LAB_STATE"):
        assert word in done.stdout


def test_a_new_lab_has_rooms_people_and_roles(made: Any) -> None:
    directory = state.read(made.folder)
    kinds = {
        one.primary_smtp_address: one.recipient_type_details
        for one in directory.recipients.values()
    }
    assert kinds == {
        "it.admin@contoso.com": "UserMailbox",
        "svc-rooms@contoso.com": "UserMailbox",
        "ceo@contoso.com": "UserMailbox",
        "reception@contoso.com": "UserMailbox",
        "aspen@contoso.com": "RoomMailbox",
        "birch@contoso.com": "RoomMailbox",
    }
    assert "Role Management-Organization Management" in {
        one.name for one in directory.assignments.values()
    }
    assert {one.role for one in directory.assignments.values()} == {
        one.name for one in directory.roles.values()
    }


def test_a_lab_is_not_made_over_another(made: Any) -> None:
    done = run("new", made.folder)
    assert done.exit_code == 2
    assert "Choose another folder" in done.output


def test_an_inventory_without_addresses_or_rooms_is_refused(tmp_path: Path) -> None:
    for number, text in enumerate(("Name,Building\nx,y\n", "EmailAddress\n")):
        inventory = tmp_path / f"{number}.csv"
        inventory.write_text(text, "utf-8")
        assert run("new", tmp_path / str(number), "--inventory", inventory).exit_code == 2


def test_passwords_are_stored_salted_and_come_from_a_file_too(tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_text("open sesame\n", "utf-8")
    for name in ("one", "two"):
        assert run("new", tmp_path / name, "--password-file", word).exit_code == 0
    first, second = (passwords.read(tmp_path / name).users for name in ("one", "two"))
    assert first != second
    assert list(first) == ["svc-rooms@contoso.com"]
    assert first["svc-rooms@contoso.com"].accepts("open sesame")
    assert not first["svc-rooms@contoso.com"].accepts("open sesam")


def test_an_empty_password_variable_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_WORD", raising=False)
    assert run("new", tmp_path / "lab", "--password-env", "NO_SUCH_WORD").exit_code == 2
    assert not (tmp_path / "lab").exists()


def test_a_service_account_may_have_no_mailbox(tmp_path: Path) -> None:
    assert run("new", tmp_path / "lab", "--no-mailbox", "--sam", "robot").exit_code == 0
    user = state.read(tmp_path / "lab").by_address("svc-rooms@contoso.com")
    assert user is not None
    assert (user.recipient_type_details, user.sam_account_name) == ("User", "robot")


def test_a_seeded_lab_shows_who_may_impersonate_how_many(made: Any, bundle: Path) -> None:
    assert run("seed", bundle, made.folder).output.strip().endswith("The scripts were not run.")
    shown = run("show", made.folder).output
    assert "svc-rooms@contoso.com may impersonate 2 recipients" in shown
    assert "list trees@contoso.com: 2 members" in shown
    assert "CN=Trees d''été,OU=Groups" in shown


def test_seeding_again_changes_nothing(made: Any, bundle: Path) -> None:
    assert seed(bundle, made.folder) == 3
    before = (made.folder / state.CHANGES).read_bytes()
    assert seed(bundle, made.folder) == 0
    assert (made.folder / state.CHANGES).read_bytes() == before


def test_seeding_stops_where_something_else_has_the_name(made: Any, bundle: Path) -> None:
    assert seed(bundle, made.folder) == 3
    before = (made.folder / state.CHANGES).read_bytes()
    manifest = json.loads((bundle / "manifest.json").read_text("utf-8")) | {"plan_id": "1" * 64}
    (bundle / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    done = run("seed", bundle, made.folder)
    assert done.exit_code == 2
    assert "with other content" in done.output
    assert (made.folder / state.CHANGES).read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"product": "exchange-online"}, "the lab plays exchange-server", id="another product"),
        pytest.param({"lists": 3}, "cannot be read", id="no manifest"),
        pytest.param(
            {"account": {"address": "x@contoso.com", "user": None}},
            "nobody",
            id="nobody's address",
        ),
    ],
)
def test_a_bundle_that_does_not_fit_is_refused(
    made: Any, bundle: Path, changes: dict[str, object], said: str
) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text("utf-8"))
    manifest["plan"] |= changes
    (bundle / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    done = run("seed", bundle, made.folder)
    assert done.exit_code == 2
    assert said in done.output


def test_a_server_takes_its_address_back_when_it_ends_and_leaves_no_old_one(made: Any) -> None:
    endpoint = made.folder / "endpoint"
    with made.serving():
        first = made.url
        assert first.startswith("https://127.0.0.1:")
    assert not endpoint.exists()
