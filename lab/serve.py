"""Serves a folder over TLS on loopback."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import click
import trustme
import uvicorn

from lab.web import PATH, application

HOST = "127.0.0.1"


class Server(uvicorn.Server):
    """Says that it is ready by writing a file, once it really is."""

    ready: Path
    url: str

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts to listen, then announces the address."""
        await super().startup(sockets)
        click.echo(self.url)
        fresh = self.ready.with_suffix(".new")
        fresh.write_text(self.url + "\n", encoding="utf-8", newline="\n")
        fresh.replace(self.ready)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes the announcement back, then stops."""
        self.ready.unlink(missing_ok=True)
        await super().shutdown(sockets)


def serve(folder: Path, port: int, *, keep_bodies: bool) -> None:
    """Serves until it is told to stop; what an earlier server announced is taken back first."""
    (folder / "endpoint").unlink(missing_ok=True)
    app = application(folder, keep_bodies=keep_bodies)
    config = uvicorn.Config(
        app, log_level="critical", access_log=False, lifespan="off", timeout_keep_alive=75
    )
    config.load()
    config.ssl = tls(folder)
    with bound(port) as listener:
        server = Server(config)
        server.url = f"https://{HOST}:{listener.getsockname()[1]}{PATH}"
        server.ready = folder / "endpoint"
        server.run([listener])


def tls(folder: Path) -> ssl.SSLContext:
    """A fresh certificate, from a fresh authority that clients find in ca.pem."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST, "localhost").configure_cert(context)
    return context


@contextlib.contextmanager
def bound(port: int) -> Iterator[socket.socket]:
    """A socket on loopback; port 0 takes any that is free."""
    # asyncio turns Nagle's delay off only where the protocol is named.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        yield listener
