"""A bundle as the manifest's contract says, and a server that answers as a test wants."""

import csv
import hashlib
import io
import json
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

PASSWORD = "Tr0ub4dor-€-&3"  # noqa: S105 - the word that must never be seen again

ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Header>'
    '<t:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="2562" MinorBuildNumber="17" '
    'Version="V2017_07_11"/></s:Header><s:Body>{}</s:Body></s:Envelope>'
)


@dataclass(frozen=True)
class Call:
    """One request as the server saw it."""

    impersonated: str
    mailbox: str
    headers: dict[str, str]
    body: str
    connection: int = 0


@dataclass(frozen=True)
class Reply:
    """What the server sends back; nothing at all cuts the connection."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Says:
    """The answers of an Exchange server, word for word."""

    @staticmethod
    def items(inner: str = "", *, last: str = "true", total: int = 0, offset: str = "") -> Reply:
        """A page of a calendar view."""
        page = f'TotalItemsInView="{total}" IncludesLastItemInRange="{last}"{offset}'
        return Reply(body=ENVELOPE.format(
            '<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass="Success">'
            f"<m:ResponseCode>NoError</m:ResponseCode><m:RootFolder {page}><t:Items>{inner}</t:Items></m:RootFolder>"
            "</m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>"
        ))

    @staticmethod
    def folder(mailbox: str) -> Reply:
        """Which folder the calendar of this mailbox is."""
        return Reply(body=ENVELOPE.format(
            '<m:GetFolderResponse><m:ResponseMessages><m:GetFolderResponseMessage ResponseClass="Success">'
            f'<m:ResponseCode>NoError</m:ResponseCode><m:Folders><t:CalendarFolder><t:FolderId Id="id-of-{mailbox}" ChangeKey="A"/>'
            "</t:CalendarFolder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>"
        ))

    @staticmethod
    def error(code: str, text: str = "No.") -> Reply:
        """An error within the response, sent with 200."""
        return Reply(body=ENVELOPE.format(
            '<m:FindItemResponse><m:ResponseMessages><m:FindItemResponseMessage ResponseClass="Error">'
            f"<m:MessageText>{text}</m:MessageText><m:ResponseCode>{code}</m:ResponseCode>"
            "<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>"
            "</m:FindItemResponseMessage></m:ResponseMessages></m:FindItemResponse>"
        ))

    @staticmethod
    def fault(code: str, text: str = "No.", extra: str = "", headers: dict[str, str] | None = None) -> Reply:
        """A SOAP fault, sent with 500."""
        fault = (
            '<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">'
            f'a:{code}</faultcode><faultstring xml:lang="en-US">{text}</faultstring><detail>'
            '<e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">'
            f'{code}</e:ResponseCode><e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">'
            f"{text}</e:Message>{extra}</detail></s:Fault>"
        )
        return Reply(500, ENVELOPE.format(fault), headers or {})

    @classmethod
    def busy(cls, milliseconds: int) -> Reply:
        """A throttled answer with its hint."""
        hint = (
            f'<t:MessageXml><t:Value Name="BackOffMilliseconds">{milliseconds}</t:Value></t:MessageXml>'
        )
        return cls.fault("ErrorServerBusy", "The server cannot service this request right now.", hint)

    @classmethod
    def exchange(cls, rooms: set[str], existing: set[str], *, hides_unknown: bool = False) -> Callable[[Call], Reply]:
        """A whole server: these rooms are in scope, these mailboxes exist, nobody has other rights."""

        def answer(call: Call) -> Reply:
            known = rooms | existing
            if call.impersonated and call.impersonated not in known and not hides_unknown:
                return cls.fault("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
            if call.impersonated and call.impersonated not in rooms:
                return cls.fault("ErrorImpersonateUserDenied", "The account does not have permission.")
            if call.mailbox not in known:
                return cls.error("ErrorNonExistentMailbox", "The SMTP address has no mailbox associated with it.")
            if call.impersonated != call.mailbox:
                return cls.error("ErrorAccessDenied", "Access is denied.")
            return cls.folder(call.mailbox) if "GetFolder" in call.body else cls.items()

        return answer


class Server:
    """A TLS server on loopback with the path of EWS."""

    def __init__(self, authority: trustme.CA, folder: Path) -> None:
        self.calls: list[Call] = []
        self.answer: Callable[[Call], Reply] = lambda _: Says.items()
        self.asks = True
        """Whether whoever brings no credential is sent away, and not noted."""

        self.lock = threading.Lock()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._http.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.endpoint = f"https://127.0.0.1:{self._http.server_port}/EWS/Exchange.asmx"
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, *_: object) -> None:
                return

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
                if server.asks and "Authorization" not in self.headers:
                    self.send_response(401)
                    self.send_header("WWW-Authenticate", 'Basic realm="mail"')
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                call = _call(dict(self.headers.items()), body, self.client_address[1])
                with server.lock:
                    server.calls.append(call)
                reply = server.answer(call)
                if reply.cut:
                    self.close_connection = True
                    return
                data = reply.body.encode()
                self.send_response(reply.status)
                for name, value in {"Content-Type": "text/xml; charset=utf-8", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        return Handler


def _call(headers: dict[str, str], body: str, connection: int) -> Call:
    impersonated = re.search(r"<t:PrimarySmtpAddress>(.*?)</t:PrimarySmtpAddress>", body)
    mailbox = re.search(r"<t:EmailAddress>(.*?)</t:EmailAddress>", body)
    return Call(impersonated[1] if impersonated else "", mailbox[1] if mailbox else "", headers, body, connection)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """An authority that nobody trusts yet."""
    return trustme.CA()


@pytest.fixture
def server(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that opens every calendar, until a test wants otherwise."""
    running = Server(authority, tmp_path_factory.mktemp("server"))
    yield running
    running.close()


@pytest.fixture
def says() -> type[Says]:
    """The answers of an Exchange server."""
    return Says


@pytest.fixture
def reply() -> type[Reply]:
    """Any answer at all."""
    return Reply


@pytest.fixture(scope="session")
def password() -> str:
    """A password with a character outside Latin-1."""
    return PASSWORD


class BundleMaker:
    """Writes bundles as the manifest's contract says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rooms = ["room1@contoso.com", "room2@contoso.com", "room3@contoso.com"]
        self.manifest: dict[str, object] = {
            "format": "roomscope-bundle/2", "plan_id": "a" * 64, "region": "b" * 64,
        }
        self.plan: dict[str, object] = {
            "format": "roomscope-plan/1",
            "product": "exchange-server",
            "bundle": "contoso-rooms",
            "ticket": "CHG0012345",
            "approver": None,
            "owner": None,
            "review_by": None,
            "account": {"address": "svc@contoso.com", "user": "CONTOSO\\svc"},
            "application": None,
            "domains": ["contoso.com"],
            "controls": ["ceo@contoso.com"],
            "endpoint": "https://mail.contoso.com/EWS/Exchange.asmx",
            "list_owner": None,
            "account_may_own_lists": False,
            "list_size": 75,
            "lists_per_scope": 20,
            "organizational_unit": None,
        }
        self.files: dict[str, bytes] = {
            "50-Grant-Access.ps1": b"\xef\xbb\xbfNew-ManagementScope\r\n",
            "RUNBOOK.md": b"# Runbook\n",
        }

    def write(self) -> Path:
        """The folder of the bundle, with every digest right."""
        self.folder.mkdir(exist_ok=True)
        address = "rooms@contoso.com"
        lists = [{"address": address, "name": "Rooms", "alias": "rooms", "rooms": len(self.rooms)}]
        files = {"rooms.csv": self._rooms(address), **self.files}
        grants = [{"scope": "Scope", "assignment": "Assignment", "lists": [address]}]
        plan = {"rooms": len(self.rooms), "lists": lists, "grants": grants, **self.plan}
        manifest = json.dumps({"plan": plan, "files": _digests(files), **self.manifest}, indent=2, sort_keys=True) + "\n"
        self.seal({**files, "manifest.json": manifest.encode()})
        return self.folder

    def seal(self, files: dict[str, bytes]) -> None:
        """Writes these files and SHA256SUMS over them."""
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        sums = "".join(f"{digest}  {name}\n" for name, digest in sorted(_digests(files).items()))
        (self.folder / "SHA256SUMS").write_bytes(sums.encode())

    def digest(self) -> str:
        return hashlib.sha256((self.folder / "SHA256SUMS").read_bytes()).hexdigest()

    def _rooms(self, address: str) -> bytes:
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(["PrimarySmtpAddress", "RoomListAddress", "DisplayName"])
        writer.writerows([room, address, f'Room "{room}"\nsecond line'] for room in self.rooms)
        return b"\xef\xbb\xbf" + text.getvalue().encode()


def _digests(files: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


@pytest.fixture(scope="session")
def new_maker() -> type[BundleMaker]:
    """Bundles in a folder of one's choice."""
    return BundleMaker


@pytest.fixture
def maker(tmp_path: Path) -> BundleMaker:
    """A bundle to be written, with three rooms and one control."""
    return BundleMaker(tmp_path / "bundle [1] o'brien")
