"""The service as a web application: sign-in, refusals of HTTP, and the log."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import click
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from lab.entra.tokens import TokenError
from lab.errors import LabError
from lab.ews.bearer import Bearer
from lab.state.model import Recipient
from lab.state.tenant import EXCHANGE, Tenant
from lab.web.misbehaviour import Faults
from lab.web.ntlm import SCHEME, Connection, Ntlm
from lab.web.platform import Platform, caller_of
from lab.web.service import Answer, Service
from lab.web.signin import named
from lab.web.trouble import instead, torn

PATH = "/EWS/Exchange.asmx"
LARGEST = 1_000_000
BASIC = 'Basic realm="lab"'
XML = "text/xml; charset=utf-8"
HEAD = b'<?xml version="1.0" encoding="utf-8"?>'
NO_SCOPE = "The token of an application has not enough scope on this server."


class RefusedTokenError(Exception):
    """A token that opens nothing: how to say so."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(slots=True)
class Web:
    """Answers HTTP requests one after the other and writes a line for each."""

    service: Service
    log: IO[str]
    bodies: IO[str] | None = None
    """Where requests and answers are kept whole, if they are."""

    ntlm: Ntlm | None = None
    basic: bool = True
    platform: Platform = field(init=False)

    def __post_init__(self) -> None:
        """Puts sign-in and Graph beside EWS."""
        self.platform = Platform(self.service, self.write)

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
        if request.url.scheme == "http":
            return self.platform.of_machine(request)
        if self.platform.serves(request.url.path):
            return await self.platform.respond(request)
        await asyncio.sleep(faults.delay_ms / 1000)
        early = misbehaving(faults) or misdirected(request)
        if early is not None:
            self.note(Answer(early.status_code, b"", ""), "")
            return early
        try:
            user, challenges = self.signed_in(request)
        except RefusedTokenError as refused:
            self.note(Answer(refused.response.status_code, b"", ""), "")
            return refused.response
        if user is None:
            said = "" if "authorization" in request.headers else "NoCredential"
            self.note(Answer(401, b"", said), "")
            return unauthorized(faults, challenges)
        return self.answered(await request.body(), user)

    def signed_in(self, request: Request) -> tuple[Recipient | Bearer | None, tuple[str, ...]]:
        """Who sends a request; otherwise what to answer instead, one challenge for each way."""
        header, access = request.headers.get("authorization", ""), self.service.now()
        gateway = self.service.misbehaviour.faults.gateway
        if gateway is not None:
            return named(gateway, access), ()
        tenant = access.directory.snapshot.tenant
        if tenant is not None and header.lower().startswith("bearer "):
            return self.by_token(request, tenant), ()
        online = access.directory.snapshot.product == "exchange-online"
        basic = (BASIC,) if self.basic and not online else ()
        ways = (*basic, bearer_challenge(tenant)) if tenant else basic
        user = self.service.sign_in.user(header, access) if basic else None
        if user is not None or self.ntlm is None or online:
            return user, ways
        connection: Connection = request.state.connection
        challenge = self.ntlm.step(connection, header) if header else SCHEME
        principal = connection.principal
        return named(principal, access) if principal else None, (challenge, *ways)

    def by_token(self, request: Request, tenant: Tenant) -> Bearer:
        """Who came with a token for EWS; an application of its own opens no server."""
        try:
            claims = self.platform.flows.tokens.claims(request.headers["authorization"], EXCHANGE)
        except TokenError as error:
            raise RefusedTokenError(bad_token(tenant, error)) from None
        if claims["tid"] != tenant.id:
            raise RefusedTokenError(
                bad_token(tenant, TokenError("The tenant is unknown.", 2000004))
            )
        directory = self.service.now().directory
        user = directory.recipients.get(str(claims.get("oid", "")).lower())
        if user is None and directory.snapshot.product == "exchange-server":
            raise RefusedTokenError(PlainTextResponse(NO_SCOPE, 403))
        return Bearer(caller_of(claims), user, request.headers.get("user-agent", ""))

    def answered(self, body: bytes, user: Recipient | Bearer) -> Response:
        """The service's answer, noted, and broken off when its turn has come."""
        if len(body) > LARGEST:
            self.note(Answer(413, b"", ""), name_of(user))
            return PlainTextResponse("The request is too large.", 413)
        answer = self.service.answer(body, user)
        self.note(answer, name_of(user))
        self.keep(body, answer)
        if self.service.misbehaviour.cuts():
            headers = {"content-length": str(len(answer.body))}
            return StreamingResponse(torn(answer.body), answer.status, headers, XML)
        return Response(answer.body, answer.status, answer.headers, XML)

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
        self.write(line)

    def write(self, line: Mapping[str, Any]) -> None:
        """Adds one line to the log."""
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
    if faults.status == 401:  # noqa: PLR2004 - the number of HTTP
        return unauthorized(faults)
    early = instead(faults, XML, HEAD)
    if early is not None and faults.status is not None:
        reason = {"X-EWS-Policy-Reason": faults.policy_reason} if faults.policy_reason else {}
        said = {"x-ms-diagnostics": faults.diagnostics} if faults.diagnostics else {}
        early.headers.update({**reason, **said})
    return early


def name_of(user: Recipient | Bearer) -> str:
    """How the log calls whoever asked."""
    if isinstance(user, Bearer):
        return user.user.user_principal_name if user.user else user.caller.client_id
    return user.user_principal_name


def bearer_challenge(tenant: Tenant) -> str:
    """What tells a client where to get a token."""
    return f'Bearer client_id="{EXCHANGE}", trusted_issuers="{EXCHANGE}@{tenant.id}", token_types="app_asserted_user_v1 service_asserted_app_v1", authorization_uri="https://login.windows.net/common/oauth2/authorize"'


def bad_token(tenant: Tenant, error: TokenError) -> Response:
    """The answer to a token that opens nothing."""
    said = f'{error.number};reason="{error.text}";error_category="invalid_token"'
    challenge = f'{bearer_challenge(tenant)}, error="invalid_token"'
    return PlainTextResponse("", 401, {"x-ms-diagnostics": said, "WWW-Authenticate": challenge})


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
