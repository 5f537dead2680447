"""A lab in a folder of its own, its server as another process, and clients that trust it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import exchangelib
import pytest
import requests
import requests.adapters
from exchangelib.protocol import BaseProtocol, CachingProtocol

ROOT = Path(__file__).parent.parent.parent
PASSWORD = "correct horse: battery stäple"  # noqa: S105 - must never be seen in a log
PATIENCE = 900.0
"""Seconds, for what hangs; what is only slow is waited for."""
ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">'
    '<s:Header><t:RequestServerVersion Version="Exchange2016"/>{header}</s:Header>'
    "<s:Body>{body}</s:Body></s:Envelope>"
)
IMPERSONATION = (
    "<t:ExchangeImpersonation><t:ConnectingSID><t:{kind}>{value}</t:{kind}></t:ConnectingSID>"
    "</t:ExchangeImpersonation>"
)


@dataclass
class Lab:
    """A folder of the lab, and the server that answers from it."""

    folder: Path
    password: str = field(default=PASSWORD, repr=False)

    @property
    def url(self) -> str:
        return (self.folder / "endpoint").read_text("utf-8").strip()

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    def lines(self, name: str = "requests.jsonl") -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.folder / name).read_text("utf-8").splitlines()]

    def misbehave(self, **faults: object) -> None:
        (self.folder / "faults.json").write_text(json.dumps({"ews": faults}), "utf-8")

    def post(
        self,
        body: str,
        impersonated: str = "",
        *,
        kind: str = "PrimarySmtpAddress",
        user: str = "svc-rooms@contoso.com",
    ) -> requests.Response:
        header = IMPERSONATION.format(kind=kind, value=impersonated) if impersonated else ""
        return self.send(ENVELOPE.format(header=header, body=body), user=user)

    def send(self, body: str, *, user: str = "svc-rooms@contoso.com") -> requests.Response:
        return requests.post(
            self.url,
            data=body.encode(),
            auth=(user, self.password),
            headers={"Content-Type": "text/xml; charset=utf-8"},
            verify=self.ca,
            timeout=PATIENCE,
            allow_redirects=False,
        )

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "lab", *arguments],
            cwd=ROOT,
            env={**os.environ, "LAB_PASSWORD": self.password, **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )

    @contextmanager
    def serving(self, *options: str, **environment: str) -> Iterator["Lab"]:
        """Runs the server until the end of the block."""
        words = {**os.environ, "LAB_PASSWORD": self.password, **environment}
        command = [sys.executable, "-m", "lab", "serve", str(self.folder), *options]
        server = subprocess.Popen(command, cwd=ROOT, env=words, stdout=subprocess.DEVNULL)
        try:
            until = time.monotonic() + PATIENCE
            while not (self.folder / "endpoint").exists():
                assert server.poll() is None, "The server ended before it was ready."
                assert time.monotonic() < until, "The server did not get ready."
                time.sleep(0.02)
            yield self
        finally:
            server.terminate()
            server.wait(PATIENCE)


@pytest.fixture(scope="session")
def new_lab() -> Callable[..., Lab]:
    """Makes a lab in a folder: new_lab(folder, "Name,PrimarySmtpAddress rows…", "--option", …)."""

    def make(folder: Path, inventory: str, *options: str, password: str = PASSWORD) -> Lab:
        lab = Lab(folder, password)
        rooms = folder.with_suffix(".csv")
        rooms.write_text(inventory, "utf-8")
        arguments = ("--inventory", str(rooms), "--password-env", "LAB_PASSWORD", *options)
        done = lab.command("new", str(folder), *arguments)
        assert done.returncode == 0, done.stderr
        return lab

    return make


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[..., Lab]) -> Iterator[Lab]:
    """One server for all tests: three rooms, of which the lists of a bundle hold two."""
    folder = tmp_path_factory.mktemp("lab") / "served"
    inventory = "PrimarySmtpAddress,DisplayName\n" + "".join(
        f"{name}@contoso.com,{name.title()}\n" for name in ("aspen", "birch", "cedar")
    )
    with new_lab(folder, inventory).serving("--keep-bodies") as lab:
        yield lab


@pytest.fixture
def lab(running: Lab) -> Iterator[Lab]:
    """The served lab, as it was when it was new and with empty logs."""
    yield running
    for name in ("changes.jsonl", "requests.jsonl", "bodies.jsonl"):
        (running.folder / name).write_bytes(b"")
    # Makes the server read anew, though the next test may have written more than was there before it looks.
    (running.folder / "state.json").touch()
    (running.folder / "faults.json").unlink(missing_ok=True)


BUNDLE = {
    "plan_id": "0" * 64,
    "plan": {
        "bundle": "trees",
        "product": "exchange-server",
        "account": {"address": "svc-rooms@contoso.com", "user": None},
        "lists": [{"address": "trees@contoso.com", "name": "Trees d'été", "alias": "trees", "rooms": 2}],
        "grants": [{"assignment": "Trees", "scope": "Trees", "lists": ["trees@contoso.com"]}],
    },
}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """The part of a bundle that the lab reads: aspen and birch are in, cedar is not."""
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(BUNDLE), "utf-8")
    rows = "".join(
        f'{name}@contoso.com,trees@contoso.com,"{name.title()}"\r\n' for name in ("aspen", "birch")
    )
    header = "PrimarySmtpAddress,RoomListAddress,DisplayName\r\n"
    (folder / "rooms.csv").write_bytes(b"\xef\xbb\xbf" + (header + rows).encode())
    return folder


@pytest.fixture
def granted(lab: Lab, bundle: Path) -> Lab:
    """The served lab after the scripts of the bundle, as it were."""
    from lab.make.seed import seed

    assert seed(bundle, lab.folder) == 3
    return lab


@pytest.fixture
def find_item() -> Callable[..., str]:
    """The body that asks for one identifier of a calendar: find_item(mailbox, end)."""
    body = (
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape></m:ItemShape>'
        '<m:CalendarView MaxEntriesReturned="1" StartDate="2026-11-23T00:00:00Z" EndDate="{end}"/>'
        '<m:ParentFolderIds><t:DistinguishedFolderId Id="calendar">{mailbox}'
        "</t:DistinguishedFolderId></m:ParentFolderIds></m:FindItem>"
    )
    named = "<t:Mailbox><t:EmailAddress>{}</t:EmailAddress></t:Mailbox>"

    def make(mailbox: str = "", end: str = "2026-11-30T00:00:00Z") -> str:
        return body.format(mailbox=named.format(mailbox) if mailbox else "", end=end)

    return make


@pytest.fixture
def connecting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., exchangelib.Account]]:
    """Accounts of unpatched exchangelib: connecting(lab, address, auth_type="basic", …)."""

    def account(lab: Lab, address: str, **options: Any) -> exchangelib.Account:
        class Trusting(requests.adapters.HTTPAdapter):
            def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
                del verify
                super().cert_verify(conn, url, lab.ca, cert)  # type: ignore[no-untyped-call]

        monkeypatch.setattr(BaseProtocol, "HTTP_ADAPTER_CLS", Trusting)
        user, password = (
            options.pop("user", "CONTOSO\\svc-rooms"),
            options.pop("password", lab.password),
        )
        access = options.pop("access", exchangelib.IMPERSONATION)
        config = exchangelib.Configuration(
            service_endpoint=lab.url, credentials=exchangelib.Credentials(user, password), **options
        )
        return exchangelib.Account(address, config=config, autodiscover=False, access_type=access)

    yield account
    exchangelib.close_connections()
    CachingProtocol.clear_cache()


@pytest.fixture
def connect(
    granted: Lab, connecting: Callable[..., exchangelib.Account]
) -> Callable[..., exchangelib.Account]:
    """Accounts at the served lab, signed in with Basic."""
    return lambda address, **options: connecting(granted, address, auth_type="basic", **options)
