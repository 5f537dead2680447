"""Serves a folder over TLS on loopback."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import trustme
import uvicorn

from lab.web.ntlm import Ntlm, NtlmProtocol, user_file
from lab.web.web import PATH, application

HOST = "127.0.0.1"
MACHINE = "machine"


class Server(uvicorn.Server):
    """Says that it is ready by writing a file, once it really is."""

    ready: Path
    url: str
    passing: tuple[Path, ...] = ()
    """Files that go when the server ends, however it is told to."""

    machine: socket.socket | None = None
    """Where the machine hands out tokens of its own, without TLS, if it does."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then announces the address."""
        await super().startup(sockets)
        if self.machine is not None:
            await self.listen_plainly(self.machine)
        click.echo(self.url)
        announce(self.ready, self.url)

    async def listen_plainly(self, listener: socket.socket) -> None:
        """Answers the same on another socket, where the application knows that there is no TLS."""

        def protocol() -> asyncio.Protocol:
            kind: Any = self.config.http_protocol_class
            state = {"server_state": self.server_state, "app_state": self.lifespan.state}
            made: asyncio.Protocol = kind(config=self.config, **state)
            return made

        loop = asyncio.get_running_loop()
        self.servers.append(await loop.create_server(protocol, sock=listener))
        announce(self.ready.with_name(MACHINE), f"http://{HOST}:{listener.getsockname()[1]}")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes back what was announced and what should not stay, then stops."""
        for path in (self.ready, *self.passing):
            path.unlink(missing_ok=True)
        await super().shutdown(sockets)


def announce(path: Path, address: str) -> None:
    """Writes an address into a file that appears whole."""
    fresh = path.with_suffix(".new")
    fresh.write_text(address + "\n", encoding="utf-8", newline="\n")
    fresh.replace(path)


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve."""

    port: int = 0
    keep_bodies: bool = False
    basic: bool = True
    ntlm_password: str | None = field(default=None, repr=False)
    """With it NTLM is offered, to the users whose password it is."""

    machine: bool = False
    """Whether the machine has a managed identity, at an address of its own."""


def serve(folder: Path, options: Options) -> None:
    """Serves until it is told to stop; what an earlier server announced is taken back first."""
    (folder / "endpoint").unlink(missing_ok=True)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(bound(options.port))
        certificate = issued(folder)
        server = Server(configuration(folder, options, certificate))
        if options.ntlm_password is not None:
            users = user_file(folder, options.ntlm_password)
            server.passing = (stack.enter_context(users),)
        server.url = f"https://{HOST}:{listener.getsockname()[1]}{PATH}"
        server.ready = folder / "endpoint"
        if options.machine:
            server.machine = stack.enter_context(bound(0))
            server.passing = (*server.passing, folder / MACHINE)
        server.run([listener])


def configuration(folder: Path, options: Options, certificate: trustme.LeafCert) -> uvicorn.Config:
    """The settings of the server: quiet, with this certificate."""
    with_ntlm = options.ntlm_password is not None
    ntlm = Ntlm.bound_to(certificate.cert_chain_pems[0].bytes().decode()) if with_ntlm else None
    config = uvicorn.Config(
        application(folder, keep_bodies=options.keep_bodies, ntlm=ntlm, basic=options.basic),
        http=NtlmProtocol,
        log_level="critical",
        access_log=False,
        lifespan="off",
        timeout_keep_alive=75,
        # A client that keeps its connection and never says goodbye would hold the server for 30 s.
        timeout_graceful_shutdown=1,
    )
    config.load()
    config.ssl = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(config.ssl)
    return config


def issued(folder: Path) -> trustme.LeafCert:
    """A fresh certificate, from a fresh authority that clients find in ca.pem."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return authority.issue_cert(HOST, "localhost")


@contextlib.contextmanager
def bound(port: int) -> Iterator[socket.socket]:
    """A socket on loopback; port 0 takes any that is free."""
    # asyncio turns Nagle's delay off only where the protocol is named.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        yield listener
