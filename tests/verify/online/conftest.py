"""A tenant of the lab with the bundles of all kinds of access carried out in it, and the command against it."""

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lab.make.seed import seed
from roomscope.verify import settle
from roomscope.verify.ask.pace import Limits
from roomscope.verify.cli import verify
from tests.lab.online.conftest import CLIENT, OBJECT, SECRET, TENANT, Cloud

ROOMS = [f"room{number:02}@contoso.com" for number in range(45)]
CONTROL = "ceo@contoso.com"
TWIN = "5f0e6c1b-2d3a-4b7c-9e8f-aa11bb22cc33"
KINDS = ("calendars-read", "calendars-readwrite", "ews")


def application(access: str, **more: object) -> dict[str, object]:
    """What the plan says of the application."""
    return {
        "tenant_id": TENANT, "client_id": CLIENT, "object_id": OBJECT, "display_name": "contoso-rooms", "cloud": "worldwide",
        "access": access, "allowed_entra_permissions": ["Place.Read.All"], "owner": None, **more,
    }


def plan(maker: Any, access: str, **more: object) -> Any:
    """Turns the usual plan into one for a tenant."""
    maker.plan |= {"product": "exchange-online", "account": None, "endpoint": None, "application": application(access, **more)}
    return maker


@dataclass
class Tenant:
    """A served tenant, and the command as an operator speaks it."""

    cloud: Cloud
    bundles: dict[str, Path]
    environment: dict[str, str] = field(default_factory=lambda: {"AZURE_CLIENT_SECRET": SECRET})

    def speak(self, access: str = "calendars-read", *arguments: str, bundle: Path | None = None) -> Result:
        root = self.cloud.root
        place = ("--endpoint", f"{root}/EWS/Exchange.asmx") if access == "ews" else ("--graph-root", root)
        usual = (str(bundle or self.bundles[access]), "--authority", root, *place, "--ca", self.cloud.ca)
        return CliRunner(env=self.environment).invoke(verify, [*usual, *arguments])

    def grant(self, access: str) -> "Tenant":
        """As after the scripts of this bundle."""
        seed(self.bundles[access], self.cloud.folder)
        return self

    def tell(self, **faults: object) -> None:
        self.cloud.tell(**faults)

    def alter(self, *arguments: str) -> None:
        self.cloud.alter(*arguments)

    def guid(self, address: str) -> str:
        recipients = json.loads((self.cloud.folder / "state.json").read_text("utf-8"))["recipients"]
        recipients |= {c["key"]: c["value"] for c in self.changes() if c.get("kind") == "recipients" and c["op"] == "put"}
        (found,) = [guid for guid, one in recipients.items() if one["primarySmtpAddress"] == address]
        return str(found)

    def changes(self) -> list[dict[str, Any]]:
        return self.cloud.lines("changes.jsonl")

    def change(self, op: str, **values: object) -> None:
        line = {"n": len(self.changes()) + 1, "op": op, **values}
        with (self.cloud.folder / "changes.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def member(self, op: str, address: str) -> None:
        """Somebody adds a member to the list, or takes one out."""
        self.change(op, group=self.guid("rooms@contoso.com"), member=self.guid(address))

    def requests(self, operation: str = "") -> list[dict[str, Any]]:
        """What was asked with a credential."""
        return [one for one in self.cloud.lines() if operation in {"", one["operation"]} and one["code"] != "NoCredential"]


@pytest.fixture(scope="session")
def online_bundles(new_maker: Any, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One bundle for each kind of access, on the same rooms."""
    found = {}
    for access in KINDS:
        maker = plan(new_maker(tmp_path_factory.mktemp(access) / "bundle"), access)
        maker.rooms = ROOMS
        found[access] = maker.write()
    return found


@pytest.fixture(scope="session")
def served_tenant(online_bundles: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One server for all tests, with nothing granted."""
    lab = Cloud(tmp_path_factory.mktemp("tenant") / "served")
    inventory = str(online_bundles["calendars-read"])
    done = lab.command("new", str(lab.folder), "--product", "exchange-online", "--inventory", inventory)
    assert done.returncode == 0, done.stderr
    lab.alter("--secret-env", "LAB_SECRET")
    with lab.serving("--machine"):
        yield lab


@pytest.fixture
def bare(
    served_tenant: Cloud, online_bundles: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Tenant]:
    """The tenant with nothing granted, and as it was when the test is over."""
    for name in [name for name in os.environ if name.startswith(("AZURE_", "MSAL_"))]:
        monkeypatch.delenv(name)
    folder = served_tenant.folder
    kept = {name: (folder / name).read_bytes() for name in ("state.json", "credentials.json")}
    for name in ("changes.jsonl", "requests.jsonl"):
        (folder / name).write_bytes(b"")
    bundles = {access: tmp_path / access for access in online_bundles}
    for access, bundle in online_bundles.items():
        shutil.copytree(bundle, bundles[access])
    yield Tenant(served_tenant, bundles)
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    (folder / "faults.json").unlink(missing_ok=True)


@pytest.fixture
def tenant(bare: Tenant) -> Tenant:
    """The tenant after the scripts of the bundle for reading."""
    return bare.grant("calendars-read")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses that a test can wait for."""
    monkeypatch.setattr(settle, "Limits", lambda **more: Limits(**more, pause=0.01))
