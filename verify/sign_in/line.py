"""What msal sends its requests through: to one authority, and never on to where that points."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from requests import Response, Session

from roomscope.verify.common.secrets import MASK, masked
from roomscope.verify.common.text import harmless
from roomscope.verify.judge.answer import Answer, NoToken, Wire
from roomscope.verify.net.wire import WireError, seconds

_NUMBER = re.compile(r"AADSTS(\d{4,9})\b")


@dataclass(frozen=True, slots=True)
class Authority:
    """Who is asked for tokens."""

    root: str
    tenant: str
    """The tenant's id; `adfs` where it is an AD FS."""

    names: tuple[str, ...] = ()
    """Other hosts of the same authority."""

    @property
    def url(self) -> str:
        """As msal wants it."""
        return f"{self.root}/{self.tenant}"


class ElsewhereError(Exception):
    """The credential would have gone to another host."""


class Line:
    """What msal sends its requests through: to the authority only, and never on to where it points."""

    def __init__(self, authority: Authority, session: Session) -> None:
        self._origins = {authority.root, *(f"https://{name}" for name in authority.names)}
        self._session = session
        self._last: Response | None = None
        self._posted = False
        for origin in self._origins:
            session.mount(f"{origin}/", session.get_adapter(f"{authority.root}/"))

    def get(self, url: str, params: Any = None, headers: Any = None, **_: object) -> Response:
        """Metadata, whose endpoints must be on the same hosts."""
        if "/common/userrealm/" in url:
            # The answer could send the password to yet another host; without one msal asks the authority itself.
            return _not_found()
        response = self._send("GET", url, params=params, headers=headers)
        self._check_metadata(response)
        return response

    def post(self, url: str, params: Any = None, data: Any = None, headers: Any = None, **_: object) -> Response:
        """A credential, for a token."""
        self._posted = True
        return self._send("POST", url, params=params, data=data, headers=headers)

    def close(self) -> None:
        """Whoever made the session closes it."""

    def cut_off(self, error: WireError) -> Answer:
        """What it means that an answer broke off: the status line of a refused sign-in is enough, and it is not tried again."""
        refused = self._posted and error.status in range(400, 500) and error.status != HTTPStatus.TOO_MANY_REQUESTS
        return NoToken(f"HTTP {error.status}", f"then {error.trouble}") if refused else Wire(error.trouble, error.text)

    def busy(self) -> NoToken | None:
        """That the endpoint had trouble of its own, if it had."""
        last = self._last
        if last is None or (last.status_code < HTTPStatus.INTERNAL_SERVER_ERROR and last.status_code != HTTPStatus.TOO_MANY_REQUESTS):
            return None
        return NoToken("busy", f"HTTP {last.status_code}", seconds(last.headers.get("Retry-After", "")))

    def refusal(self, known: str) -> NoToken | None:
        """What the endpoint said where msal made an exception of it."""
        if self._last is None or self.busy():
            return self.busy()
        with suppress(ValueError):
            said = json.loads(self._last.text)
            if isinstance(said, dict) and "error" in said:
                return refusal_of(said, known)
        kind = self._last.headers.get("content-type", "").partition(";")[0]
        return NoToken("page", harmless(f"HTTP {self._last.status_code}, {kind}"))

    def _check_metadata(self, response: Response) -> None:
        """Where credentials would be sent to must be known before one is made."""
        with suppress(ValueError):
            said = json.loads(response.text)
            named = (said.get(key) for key in ("token_endpoint", "device_authorization_endpoint")) if isinstance(said, dict) else ()
            for endpoint in filter(None, named):
                self._check(str(endpoint))

    def _check(self, url: str) -> None:
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" not in self._origins:
            raise ElsewhereError(f"to {parts.scheme}://{parts.netloc}")

    def _send(self, method: str, url: str, **content: Any) -> Response:
        self._check(url)
        self._last = self._session.request(method, url, allow_redirects=False, **content)
        if self._last.is_redirect or self._last.status_code in range(300, 400):
            raise ElsewhereError(f"HTTP {self._last.status_code} to {self._last.headers.get('location', '')}")
        return self._last


def refusal_of(said: Mapping[str, Any], known: str) -> NoToken:
    """Why there is no token, in the authority's words and without the credential."""
    text = str(said.get("error_description") or "")
    number = _NUMBER.search(text)
    codes = said.get("error_codes")
    first = str(codes[0]) if isinstance(codes, list) and codes else ""
    code = number[1] if number else first or str(said.get("error") or "no reason")
    # A server may say a credential back.
    shown = text.splitlines()[0] if text else str(said.get("suberror") or "")
    shown = masked(shown.replace(known, MASK) if known else shown)
    return NoToken(harmless(masked(code)), harmless(shown), request_id=harmless(masked(str(said.get("trace_id") or said.get("correlation_id") or ""))))


def _not_found() -> Response:
    response = Response()
    response.status_code = HTTPStatus.NOT_FOUND
    return response
