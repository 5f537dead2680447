"""A lab of Exchange Online, its server, and real clients of sign-in and Graph."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msal
import pytest
import requests
from click.testing import CliRunner

from lab.commands_tenant import tenant
from tests.lab.conftest import PATIENCE, Lab

TENANT = "8f1c9a3e-6c1d-4a55-9f0e-2b7d5e0c4a11"
CLIENT = "2c9d7f04-51aa-4b0e-8a57-f2f1b8d6a3c2"
OBJECT = "b7a1e2d3-9c44-4f6b-8e15-0a9b8c7d6e5f"
SECRET = "Zq8~not.a.real-secret_of.anybody"  # noqa: S105 - must never be seen in a log
WINDOW = "startDateTime=2026-11-23T00:00:00Z&endDateTime=2026-11-24T00:00:00Z"
AGENT = "tests/1.0"
ROOMS = ("aspen", "birch", "cedar")
BUNDLE: dict[str, Any] = {
    "plan_id": "0" * 64,
    "plan": {
        "bundle": "trees",
        "product": "exchange-online",
        "account": None,
        "application": {
            "tenant_id": TENANT,
            "client_id": CLIENT,
            "object_id": OBJECT,
            "display_name": "Trees",
            "access": "calendars-read",
        },
        "lists": [{"address": "trees@contoso.com", "name": "Trees d'été", "alias": "trees"}],
        "grants": [{"assignment": "Trees", "scope": "Trees", "lists": ["trees@contoso.com"]}],
        "controls": ["jane@contoso.com"],
        "domains": ["contoso.com"],
    },
}


@dataclass
class Cloud(Lab):
    """A lab with a tenant."""

    @property
    def root(self) -> str:
        return "https://localhost:" + self.url.split(":")[2].split("/")[0]

    @property
    def authority(self) -> str:
        return f"{self.root}/{TENANT}"

    def tell(self, **faults: object) -> None:
        (self.folder / "faults.json").write_text(json.dumps(faults), "utf-8")

    def alter(self, *arguments: str) -> None:
        """Runs `lab tenant`, in this process because so many tests do."""
        done = CliRunner().invoke(tenant, [str(self.folder), *arguments], env={"LAB_SECRET": SECRET})
        assert done.exit_code == 0, done.output

    def application(self, credential: Any = SECRET, client_id: str = CLIENT, **more: Any) -> Any:
        session = requests.Session()
        session.verify = self.ca
        # The environment may name other authorities, and would win over the session.
        session.trust_env = False
        options = {"authority": self.authority, "instance_discovery": False, "http_client": session}
        return msal.ConfidentialClientApplication(client_id, client_credential=credential, **options | more)

    def sign_in(self, credential: Any = SECRET, scope: str = "", **more: Any) -> dict[str, Any]:
        scopes = [scope or f"{self.root}/.default"]
        found: dict[str, Any] = self.application(credential, **more).acquire_token_for_client(scopes)
        return found

    def token(self, credential: Any = SECRET, scope: str = "", **more: Any) -> str:
        found = self.sign_in(credential, scope, **more)
        assert "access_token" in found, found
        return str(found["access_token"])

    def get(self, path: str, token: str = "", agent: str = AGENT) -> requests.Response:
        headers = {"Authorization": f"Bearer {token or self.token()}", "User-Agent": agent}
        return requests.get(f"{self.root}/v1.0{path}", headers=headers, verify=self.ca, timeout=PATIENCE)

    def batch(self, *urls: str, token: str = "", agent: str = AGENT, **more: Any) -> requests.Response:
        parts = [{"id": str(n), "method": "GET", "url": url} | more for n, url in enumerate(urls)]
        headers = {"Authorization": f"Bearer {token or self.token()}", "User-Agent": agent}
        return requests.post(f"{self.root}/v1.0/$batch", json={"requests": parts}, headers=headers, verify=self.ca, timeout=PATIENCE)

    def calendars(self, *names: str, token: str = "", agent: str = AGENT) -> dict[str, tuple[int, str]]:
        """The status and the code of each calendar, asked in one batch."""
        answer = self.batch(*(view(name) for name in names), token=token, agent=agent)
        parts = {one["id"]: one for one in answer.json()["responses"]}
        return {
            name: (parts[str(n)]["status"], parts[str(n)]["body"].get("error", {}).get("code", ""))
            for n, name in enumerate(names)
        }


def view(name: str) -> str:
    return f"/users/{name}@contoso.com/calendarView?{WINDOW}&$top=1&$select=id"


@pytest.fixture(scope="session")
def new_cloud() -> Callable[..., Cloud]:
    """Makes a lab from a bundle: new_cloud(folder, bundle, "--option", …), with a secret."""

    def make(folder: Path, *options: str) -> Cloud:
        lab = Cloud(folder)
        done = lab.command("new", str(folder), "--product", "exchange-online", *options)
        assert done.returncode == 0, done.stderr
        lab.alter("--secret-env", "LAB_SECRET")
        return lab

    return make


@pytest.fixture(scope="session")
def bundle_online(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The part of a bundle that the lab reads: aspen and birch are in its list."""
    folder = tmp_path_factory.mktemp("bundle")
    (folder / "manifest.json").write_text(json.dumps(BUNDLE), "utf-8")
    rows = "".join(f"{name}@contoso.com,trees@contoso.com,{name.title()}\r\n" for name in ROOMS[:2])
    header = "PrimarySmtpAddress,RoomListAddress,DisplayName\r\n"
    (folder / "rooms.csv").write_bytes(b"\xef\xbb\xbf" + (header + rows).encode())
    return folder


@pytest.fixture(scope="session")
def cloud_running(
    tmp_path_factory: pytest.TempPathFactory, new_cloud: Callable[..., Cloud], bundle_online: Path
) -> Iterator[Cloud]:
    """One server for all tests: two rooms in a list, another one as a control."""
    folder = tmp_path_factory.mktemp("cloud") / "served"
    with new_cloud(folder, "--inventory", str(bundle_online), "--control", "cedar@contoso.com").serving("--keep-bodies", "--machine"):
        yield Cloud(folder)


@pytest.fixture
def cloud(cloud_running: Cloud) -> Iterator[Cloud]:
    """The served tenant, as it was when it was new and with empty logs."""
    folder = cloud_running.folder
    kept = {name: (folder / name).read_bytes() for name in ("state.json", "credentials.json")}
    yield cloud_running
    for name in ("changes.jsonl", "requests.jsonl", "bodies.jsonl"):
        (folder / name).write_bytes(b"")
    for name, content in kept.items():
        (folder / name).write_bytes(content)
    (folder / "faults.json").unlink(missing_ok=True)


@pytest.fixture
def granted_cloud(cloud: Cloud, bundle_online: Path) -> Cloud:
    """The served tenant after the scripts of the bundle, as it were."""
    from lab.make.seed import seed

    assert seed(bundle_online, cloud.folder) == 4
    return cloud
