"""Many requests in one: each has its own answer, four are in work at a time."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.graph.doors import Doors, Request
from lab.graph.refusal import GraphRefusal, unknown
from lab.rights import Caller, Rights

MOST = 20
AT_A_TIME = 4
KNOWN = frozenset({"id", "method", "url", "headers"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request, and what the log says about it."""

    request: Request
    status: int
    body: dict[str, Any] = field(repr=False)
    headers: dict[str, str]
    code: str = "NoError"


@dataclass(slots=True)
class Graph:
    """Answers single requests and batches."""

    doors: Doors
    rights: Callable[[], Rights]

    async def one(self, request: Request, rights: Rights | None = None) -> Answer:
        """The answer to one request, a refusal too."""
        try:
            return Answer(request, 200, await self.worked(request, rights or self.rights()), {})
        except GraphRefusal as refusal:
            return Answer(request, refusal.status, refusal.body(), refusal.headers, refusal.code)

    async def worked(self, request: Request, rights: Rights) -> dict[str, Any]:
        """What Outlook answers after its time."""
        self.doors.throttle()
        key = self.doors.enter(request)
        try:
            delay = self.doors.misbehaviour.graph.part_delay_ms
            if delay:
                await asyncio.sleep(delay / 1000)
            return self.doors.answer(request, rights)
        finally:
            self.doors.leave(key)

    async def batch(self, body: bytes, caller: Caller, agent: str) -> dict[str, Answer]:
        """The answers to the parts of a batch, by their identifiers."""
        parts = read(body, caller, agent)
        gate, rights = asyncio.Semaphore(AT_A_TIME), self.rights()

        async def admitted(request: Request) -> Answer:
            async with gate:
                return await self.one(request, rights)

        answers = await asyncio.gather(*(admitted(one) for one in parts.values()))
        return dict(zip(parts, answers, strict=True))


def read(body: bytes, caller: Caller, agent: str) -> dict[str, Request]:
    """The parts of a batch; anything that Graph refuses whole is refused whole."""
    try:
        parts = json.loads(body)["requests"]
        made = {str(one["id"]).lower(): part(one, caller, agent) for one in parts}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise GraphRefusal(400, "BadRequest", "Invalid batch payload format.") from None
    if not 0 < len(parts) <= MOST:
        text = f"Number of batch request steps exceeds the maximum value of {MOST}."
        raise GraphRefusal(400, "BadRequest", text)
    if len(made) != len(parts):
        raise GraphRefusal(400, "BadRequest", "The IDs of the requests are not unique.")
    return {str(one["id"]): made[str(one["id"]).lower()] for one in parts}


def part(one: dict[str, Any], caller: Caller, agent: str) -> Request:
    """One part of a batch; its address is relative."""
    for name in sorted(one.keys() - KNOWN):
        raise unknown(f"the key {name} of a part")
    url = str(one["url"])
    if not url.startswith("/") or url.lower().startswith(("/v1.0/", "/beta/")):
        raise GraphRefusal(400, "BadRequest", f"Invalid request URL: {url}")
    return Request.of(str(one["method"]), url, agent, caller)
