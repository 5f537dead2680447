"""Sign-in and Graph on the wire."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from lab.entra import machine
from lab.entra.asked import Asked
from lab.entra.endpoint import operation, reply
from lab.entra.flows import Flows
from lab.entra.tokens import TokenError
from lab.graph import doors
from lab.graph.batch import Graph
from lab.graph.refusal import GraphRefusal
from lab.rights import Caller
from lab.state.tenant import GRAPH
from lab.web.lines import line, of_part, responses
from lab.web.service import Service
from lab.web.trouble import instead, torn

VERSION = "/v1.0/"
BATCH = "$batch"
JSON = "application/json"
Note = Callable[[Mapping[str, Any]], None]


@dataclass(slots=True)
class Platform:
    """Answers what is not EWS, where the lab has a tenant."""

    service: Service
    note: Note
    """Writes one line of the log."""

    flows: Flows = field(init=False)
    graph: Graph = field(init=False)
    batches: int = 0

    def __post_init__(self) -> None:
        """Makes the key of the tokens, and the doors that they open."""
        self.flows = Flows(self.service.folder)
        self.graph = Graph(doors.Doors(self.service.misbehaviour), self.service.rights)

    def serves(self, path: str) -> bool:
        """Whether a path is one of these."""
        has_tenant = self.service.now().directory.snapshot.tenant is not None
        return has_tenant and (path.startswith(VERSION) or operation(path) != ("", ""))

    async def respond(self, request: Request) -> Response:
        """The response of sign-in or of Graph."""
        path = request.url.path
        if path.startswith(VERSION):
            return await self.of_graph(request, path.removeprefix(VERSION))
        return await self.of_entra(request, *operation(path))

    async def of_entra(self, request: Request, name: str, tenant: str) -> Response:
        """What the identity platform answers; its bodies are never kept."""
        faults = self.service.misbehaviour.sign_in
        await asyncio.sleep(faults.delay_ms / 1000)
        early = instead(faults, JSON)
        if early is not None:
            self.note(line(name, "", early.status_code, ""))
            return early
        form = dict(parse_qsl((await request.body()).decode(errors="replace")))
        if name != "token" or not self.service.misbehaviour.meets("sign-in", faults.times):
            faults = faults.model_copy(update={"code": None})
        origin = f"https://{request.headers.get('host', '')}"
        answer = reply(name, Asked(origin, tenant, form, self.service.now(), faults), self.flows)
        more = {"grant": form.get("grant_type", "")} if name == "token" else {}
        self.note(line(name, answer.user, answer.status, answer.code) | more)
        return JSONResponse(answer.body, answer.status, {"Cache-Control": "no-store"})

    def of_machine(self, request: Request) -> Response:
        """What the machine answers to a program that runs on it."""
        access, faults = self.service.now(), self.service.misbehaviour.sign_in
        snapshot = access.directory.snapshot
        if snapshot.tenant is None or request.url.path != machine.PATH:
            return JSONResponse({"error": "not_found"}, 404)
        form = {"client_id": next(iter(snapshot.applications), ""), **request.query_params}
        asked = Asked("", snapshot.tenant.id, form, access, faults)
        status, body = machine.token(asked, self.flows, request.headers)
        self.note(line("machine", form["client_id"], status, str(body.get("error", "NoError"))))
        return JSONResponse(body, status)

    async def of_graph(self, request: Request, path: str) -> Response:
        """What Graph answers to a batch or to a single request."""
        faults = self.service.misbehaviour.graph
        await asyncio.sleep(faults.delay_ms / 1000)
        early = instead(faults, JSON)
        name = BATCH if path == BATCH else path.split("/")[0]
        agent = request.headers.get("user-agent", "")
        if early is not None:
            self.note(line(name, "", early.status_code, "") | {"agent": agent})
            return early
        try:
            caller = self.caller(request)
            body = await self.body(request, path, caller, agent)
        except GraphRefusal as refusal:
            self.note(line(name, "", refusal.status, refusal.code) | {"agent": agent})
            return JSONResponse(refusal.body(), refusal.status, refusal.headers)
        body.headers["request-id"] = str(uuid4())
        return self.sent(body)

    def caller(self, request: Request) -> Caller:
        """The application that a token names, in this tenant."""
        header = request.headers.get("authorization", "")
        snapshot = self.service.now().directory.snapshot
        try:
            claims = self.flows.tokens.claims(header, GRAPH)
        except TokenError as error:
            raise GraphRefusal(401, "InvalidAuthenticationToken", error.text) from None
        if snapshot.tenant is None or claims["tid"] != snapshot.tenant.id:
            raise GraphRefusal(401, "InvalidAuthenticationToken", "Invalid tenant in token.")
        return caller_of(claims)

    async def body(self, request: Request, path: str, caller: Caller, agent: str) -> Response:
        """The answer to a request whose caller is known."""
        if path == BATCH:
            if request.method != "POST":
                raise GraphRefusal(405, "BadRequest", "A batch is posted.")
            answers = await self.graph.batch(await request.body(), caller, agent)
            self.note(
                line(BATCH, caller.client_id, 200, "NoError")
                | {"parts": len(answers), "agent": agent}
            )
            for one in answers.values():
                self.note(of_part(one))
            return JSONResponse({"responses": responses(answers, self.service.misbehaviour.graph)})
        query = f"?{request.url.query}" if request.url.query else ""
        asked = doors.Request.of(request.method, f"/{path}{query}", agent, caller)
        answer = await self.graph.one(asked)
        self.note(of_part(answer) | {"agent": agent})
        return JSONResponse(answer.body, answer.status, answer.headers)

    def sent(self, response: Response) -> Response:
        """The response, broken off when its turn has come."""
        cut = self.service.misbehaviour.graph.cut
        if cut and self.service.misbehaviour.turn("graph answer", cut.every):
            body = bytes(response.body)
            headers = {"content-length": str(len(body)), "request-id": response.headers["request-id"]}
            return StreamingResponse(torn(body), response.status_code, headers, JSON)
        return response


def caller_of(claims: Mapping[str, Any]) -> Caller:
    """The application that a token's claims describe."""
    return Caller(
        client_id=str(claims["appid"]),
        object_id=str(claims.get("oid", "")),
        roles=frozenset(claims.get("roles", ())),
    )
