"""One request, or one part of a batch: whose mailbox it opens, and for whom."""

import time
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lab.ews.acting import has_mailbox
from lab.graph.calendar import page, view
from lab.graph.places import PERMISSION, REFUSAL, places
from lab.graph.refusal import (
    BY_POLICY,
    DISABLED,
    NO_MAILBOX,
    NOT_ENABLED,
    OVER_LIMIT,
    GraphRefusal,
    denied,
    unknown,
)
from lab.rights import CALENDARS, Caller, Right, Rights, agent_passes
from lab.state.model import Recipient
from lab.state.tenant import Gates
from lab.web.misbehaviour import Misbehaviour

WINDOW = 600.0
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Request:
    """A request as far as Graph looks at it."""

    method: str
    segments: tuple[str, ...]
    """The path below the version, taken apart."""

    query: Mapping[str, str]
    agent: str
    caller: Caller

    @classmethod
    def of(cls, method: str, url: str, agent: str, caller: Caller) -> "Request":
        """A request for an address below the version."""
        place = urlsplit(url)
        segments = tuple(unquote(one) for one in place.path.strip("/").split("/"))
        return cls(method, segments, dict(parse_qsl(place.query, keep_blank_values=True)), agent, caller)


@dataclass(slots=True)
class Budget:
    """What one application may ask of one mailbox."""

    times: deque[float] = field(default_factory=deque)

    def spend(self, limit: int) -> int | None:
        """Takes one request; the seconds to wait where none is left."""
        now = time.monotonic()
        while self.times and self.times[0] <= now - WINDOW:
            self.times.popleft()
        if len(self.times) >= limit:
            return max(1, int(self.times[0] + WINDOW - now))
        self.times.append(now)
        return None


@dataclass(slots=True)
class Doors:
    """Answers requests, and keeps count of them."""

    misbehaviour: Misbehaviour
    budgets: dict[tuple[str, str], Budget] = field(default_factory=dict)
    at_work: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answer(self, request: Request, rights: Rights) -> dict[str, Any]:
        """The body of a good answer."""
        check_agent(request.agent, rights.access.directory.snapshot.gates)
        if request.method.upper() != "GET":
            raise GraphRefusal(405, "BadRequest", "The lab answers GET.")
        match request.segments:
            case ("users", address, *rest) if rest in (
                ["calendarView"],
                ["calendar", "calendarView"],
            ):
                return self.calendar(address, request, rights)
            case ("places", *path):
                if not request.caller.roles & PERMISSION:
                    raise GraphRefusal(403, "UnknownError", REFUSAL)
                return places(rights.access, tuple(path), request.query)
        raise unknown("/" + "/".join(request.segments))

    def calendar(self, address: str, request: Request, rights: Rights) -> dict[str, Any]:
        """The calendar view of a mailbox that is open to the caller."""
        wanted = view(request.query)
        trouble = self.misbehaviour.graph.mailboxes.get(address.lower())
        if trouble and self.misbehaviour.meets(f"graph {address.lower()}", trouble.times):
            raise GraphRefusal(trouble.status, trouble.code, trouble.message, trouble.retry_after)
        mailbox = self.mailbox(address, rights)
        if not self.misbehaviour.graph.allow_all:
            check_right(rights.of(request.caller, CALENDARS, mailbox.guid.lower()))
        self.spend(request.caller, mailbox)
        return page(address, mailbox.guid.lower(), wanted)

    def mailbox(self, address: str, rights: Rights) -> Recipient:
        """The mailbox with that address, principal name or identifier."""
        access = rights.access
        found = (
            access.by_proxy(address)
            or access.by_principal(address)
            or access.directory.recipients.get(address.lower())
        )
        if found is None:
            raise GraphRefusal(
                404, "ErrorInvalidUser", f"The requested user '{address}' is invalid."
            )
        if found.group is not None:
            raise GraphRefusal(404, "ErrorNonExistentMailbox", NO_MAILBOX)
        state = access.directory.snapshot.mailbox_states.get(found.guid)
        if not has_mailbox(found) or state in {"soft-deleted", "on-premises"}:
            raise GraphRefusal(404, "MailboxNotEnabledForRESTAPI", NOT_ENABLED)
        return found

    def spend(self, caller: Caller, mailbox: Recipient) -> None:
        """Refuses an application that asks too much of one mailbox."""
        key = (caller.client_id, mailbox.guid)
        wait = self.budgets.setdefault(key, Budget()).spend(self.misbehaviour.graph.mailbox_limit)
        if wait is not None:
            raise GraphRefusal(
                429, "ApplicationThrottled", "Application is over its Mailbox limit.", wait
            )

    def enter(self, request: Request) -> tuple[str, str]:
        """Counts a request that is in work; refuses the fifth for one mailbox."""
        key = (request.caller.client_id, "/".join(request.segments[:2]).lower())
        if request.segments[0] == "users" and self.at_work[key] >= AT_ONCE:
            raise GraphRefusal(429, "ApplicationThrottled", OVER_LIMIT, 1)
        self.at_work[key] += 1
        return key

    def leave(self, key: tuple[str, str]) -> None:
        """Counts a request out."""
        self.at_work[key] -= 1
        if not self.at_work[key]:
            del self.at_work[key]

    def throttle(self) -> None:
        """Refuses every so many parts, where that was asked for."""
        wanted = self.misbehaviour.graph.throttle
        if wanted and self.misbehaviour.turn("graph part", wanted.every):
            raise GraphRefusal(429, wanted.code, "The request was throttled.", wanted.retry_after)


def check_agent(agent: str, gates: Gates) -> None:
    """Refuses a user agent that the tenant's rules keep out."""
    if not agent_passes(agent, gates):
        raise denied(DISABLED)


def check_right(right: Right) -> None:
    """Refuses a mailbox that is not open."""
    if right is not Right.GIVEN:
        raise denied(BY_POLICY) if right is Right.BY_POLICY else denied()
