"""Tokens: got when they are needed, looked at before they are sent anywhere, and renewed before they end."""

import base64
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from roomscope.verify.judge.answer import Answer, NoToken
from roomscope.verify.judge.claims import Claims

_RESERVE = 300
"""Seconds before its end in which a token is not used any more."""

_PARTS = 3


@dataclass(frozen=True, slots=True)
class Granted:
    """A token, and until when it is good."""

    text: str = field(repr=False)
    expires: float
    """On the clock of this machine, in seconds since 1970."""


Acquire = Callable[[], Granted | Answer]
"""Signs in; what is not a token says why there is none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a token has to be before it is sent."""

    tenant: str
    application: str
    audiences: frozenset[str]

    def check(self, claims: Claims) -> NoToken | None:
        """What is wrong with it, if anything."""
        if claims.tenant != self.tenant:
            return NoToken("other tenant", f"got {claims.tenant}, expected {self.tenant}")
        if claims.audience.rstrip("/").lower() not in self.audiences:
            return NoToken("other service", f"got {claims.audience}")
        if claims.application != self.application or claims.delegated:
            kind = "a person's token of " if claims.delegated else ""
            return NoToken("other application", f"got {kind}{claims.application}, expected {self.application}")
        return None


class Tokens:
    """One token for all workers."""

    def __init__(self, acquire: Acquire, wanted: Wanted | None) -> None:
        self._acquire = acquire
        self._wanted = wanted
        self._lock = threading.Lock()
        self._granted: Granted | None = None
        self.claims: tuple[Claims, ...] = ()
        """What each different token of this run said of itself."""

    def get(self) -> str | Answer:
        """A token that is good for a while, or why there is none."""
        with self._lock:
            if self._granted is None or self._granted.expires - time.time() < _RESERVE:
                got = self._acquire()
                wrong = self._look(got) if isinstance(got, Granted) else got
                if wrong is not None:
                    return wrong
                self._granted = got if isinstance(got, Granted) else None
            return self._granted.text if self._granted is not None else NoToken("unreadable token")

    def _look(self, granted: Granted) -> NoToken | None:
        if self._wanted is None:
            return None
        claims = read(granted.text)
        if claims is None:
            return NoToken("unreadable token")
        wrong = self._wanted.check(claims)
        if wrong is None and claims.roles not in {before.roles for before in self.claims}:
            self.claims += (claims,)
        return wrong


_Names = Annotated[tuple[str, ...], Field(max_length=500, strict=False)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, hide_input_in_errors=True)

    aud: str
    tid: str
    exp: float
    appid: str | None = None
    azp: str | None = None
    roles: _Names = ()
    wids: _Names = ()
    scp: str | None = None
    idtyp: str | None = None


def read(token: str) -> Claims | None:
    """What the token says of itself; nothing where it is not in the form that every cloud gives."""
    parts = token.split(".")
    if len(parts) != _PARTS:
        return None
    try:
        data = base64.b64decode(parts[1] + "=" * (-len(parts[1]) % 4), altchars="-_", validate=True)
        json.loads(data, object_pairs_hook=_no_key_twice)
        body = _Body.model_validate_json(data)
    except (ValueError, ValidationError, RecursionError):
        return None
    names = {name.lower() for name in (body.appid, body.azp) if name}
    if len(names) != 1:
        return None
    delegated = body.scp is not None or body.idtyp not in {None, "app"}
    return Claims(body.aud, body.tid.lower(), names.pop(), body.roles, body.wids, delegated, body.exp)


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)
