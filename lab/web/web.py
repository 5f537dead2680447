"""The service as a web application: sign-in, refusals of HTTP, and the log."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from lab.errors import LabError
from lab.state.model import Recipient
from lab.web.misbehaviour import Faults
from lab.web.ntlm import SCHEME, Connection, Ntlm
from lab.web.service import Answer, Service
from lab.web.signin import named

PATH = "/EWS/Exchange.asmx"
LARGEST = 1_000_000
BASIC = 'Basic realm="lab"'
XML = "text/xml; charset=utf-8"
LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


class TornError(Exception):
    """Breaks an answer off."""


@dataclass(slots=True)
class Web:
    """Answers HTTP requests one after the other and writes a line for each."""

    service: Service
    log: IO[str]
    bodies: IO[str] | None = None
    """Where requests and answers are kept whole, if they are."""

    ntlm: Ntlm | None = None
    basic: bool = True

    async def handle(self, request: Request) -> Response:
        """The response to any request; trouble with the folder is said loudly."""
        try:
            return await self.respond(request)
        except LabError as error:
            click.echo(error.format_message(), err=True)
            self.note(Answer(500, b"", "LabError"), "")
            return PlainTextResponse(error.format_message(), 500)

    async def respond(self, request: Request) -> Response:
        """1. misbehave, 2. path and method, 3. sign-in, 4. body, 5. the answer."""
        faults = self.service.misbehaviour.current()
        await asyncio.sleep(faults.delay_ms / 1000)
        early = misbehaving(faults) or misdirected(request)
        if early is not None:
            self.note(Answer(early.status_code, b"", ""), "")
            return early
        user, challenges = self.signed_in(request)
        if user is None:
            self.note(Answer(401, b"", ""), "")
            return unauthorized(faults, challenges)
        return self.answered(await request.body(), user)

    def signed_in(self, request: Request) -> tuple[Recipient | None, tuple[str, ...]]:
        """Who sends a request; otherwise what to answer instead, one challenge for each way."""
        header, access = request.headers.get("authorization", ""), self.service.now()
        basic = (BASIC,) if self.basic else ()
        user = self.service.sign_in.user(header, access) if basic else None
        if user is not None or self.ntlm is None:
            return user, basic
        connection: Connection = request.state.connection
        challenge = self.ntlm.step(connection, header) if header else SCHEME
        principal = connection.principal
        return named(principal, access) if principal else None, (challenge, *basic)

    def answered(self, body: bytes, user: Recipient) -> Response:
        """The service's answer, noted, and broken off when its turn has come."""
        if len(body) > LARGEST:
            self.note(Answer(413, b"", ""), user.user_principal_name)
            return PlainTextResponse("The request is too large.", 413)
        answer = self.service.answer(body, user)
        self.note(answer, user.user_principal_name)
        self.keep(body, answer)
        if self.service.misbehaviour.cuts():
            headers = {"content-length": str(len(answer.body))}
            return StreamingResponse(torn(answer.body), answer.status, headers, XML)
        return Response(answer.body, answer.status, media_type=XML)

    def note(self, answer: Answer, user: str) -> None:
        """One line of the log; never a header, so never a credential."""
        line = {
            "operation": answer.operation,
            "impersonated": answer.impersonated,
            "mailbox": answer.mailbox,
            "user": user,
            "status": answer.status,
            "code": answer.code,
        }
        self.log.write(json.dumps(line) + "\n")
        self.log.flush()

    def keep(self, body: bytes, answer: Answer) -> None:
        """Keeps both bodies, where that was asked for."""
        if self.bodies is not None:
            pair = {"request": body.decode(errors="replace"), "answer": answer.body.decode()}
            self.bodies.write(json.dumps(pair) + "\n")
            self.bodies.flush()


def misbehaving(faults: Faults) -> Response | None:
    """What is answered instead, before anybody looks at the request."""
    if faults.redirect is not None:
        return RedirectResponse(faults.redirect, 302)
    if faults.html:
        return Response(LOGIN_PAGE, media_type="text/html; charset=utf-8")
    if faults.huge_body is not None:
        return StreamingResponse(huge(faults.huge_body), media_type=XML)
    if faults.status == 401:  # noqa: PLR2004 - the number of HTTP
        return unauthorized(faults)
    if faults.status is not None:
        reason = {"X-EWS-Policy-Reason": faults.policy_reason} if faults.policy_reason else {}
        said = {"x-ms-diagnostics": faults.diagnostics} if faults.diagnostics else {}
        return PlainTextResponse("", faults.status, {**reason, **said})
    return None


def misdirected(request: Request) -> Response | None:
    """What a request meets that is not one for this service."""
    if request.url.path.lower() != PATH.lower():
        return PlainTextResponse("The lab answers at " + PATH, 404)
    if request.method != "POST":
        return PlainTextResponse("The lab answers POST.", 405, {"Allow": "POST"})
    return None


def unauthorized(faults: Faults, challenges: tuple[str, ...] = (BASIC,)) -> Response:
    """The answer to whoever is not known."""
    said = {"x-ms-diagnostics": faults.diagnostics} if faults.diagnostics else {}
    response = PlainTextResponse("", 401, said)
    for challenge in challenges:
        response.headers.append("WWW-Authenticate", challenge)
    return response


async def torn(body: bytes) -> AsyncIterator[bytes]:
    """The first half of an answer."""
    yield body[: len(body) // 2]
    raise TornError


async def huge(size: int) -> AsyncIterator[bytes]:
    """An answer of that many bytes that never comes to the point."""
    yield b'<?xml version="1.0" encoding="utf-8"?>'
    chunk = b" " * 65536
    for start in range(0, size, len(chunk)):
        yield chunk[: size - start]


def application(
    folder: Path, *, keep_bodies: bool, ntlm: Ntlm | None = None, basic: bool = True
) -> Starlette:
    """The application that answers from a folder."""
    log = (folder / "requests.jsonl").open("a", encoding="utf-8", newline="\n")
    web = Web(Service(folder), log, ntlm=ntlm, basic=basic)
    if keep_bodies:
        web.bodies = (folder / "bodies.jsonl").open("a", encoding="utf-8", newline="\n")
    web.service.now()
    methods = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
    return Starlette(routes=[Route("/{path:path}", web.handle, methods=methods)])
