"""What becomes of one credential: once it was refused, nothing is sent with it or after it."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from http import HTTPStatus

LOGIN_TIMEOUT = 440
"""How servers of Microsoft want a sign-in by a page."""

REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, LOGIN_TIMEOUT, HTTPStatus.SWITCHING_PROTOCOLS})
"""The status lines after which nothing is sent with a credential: it was refused, or that can never be known."""

REFUSALS = REFUSED | {HTTPStatus.FORBIDDEN}
"""The status lines that say enough about whoever signed in, whatever comes behind them."""

_OFFERING = "TlRMTVNTUAAB"
"""How the first message of NTLM begins, which holds no proof of a password."""


class WithheldError(Exception):
    """It was not sent, because the sign-in was refused before."""


class SignIns:
    """Shared by all lines that carry the same credential."""

    def __init__(self) -> None:
        self._refused = threading.Event()
        self._one = threading.Lock()

    @contextmanager
    def attempt(self, headers: Mapping[str, str]) -> Iterator[None]:
        """Around one request; a connection is signed in while no other one is, so that a wrong password goes out once."""
        lasting = proves(headers) and scheme(headers) not in {"basic", "bearer"}
        with self._one if lasting else nullcontext():
            if self._refused.is_set():
                raise WithheldError
            yield

    def heard(self, status: int, headers: Mapping[str, str]) -> None:
        """The status line of an answer to a request with these headers."""
        if status in REFUSED and proves(headers):
            self._refused.set()


def proves(headers: Mapping[str, str]) -> bool:
    """Whether a request carries what only the holder of the credential can make."""
    token = headers.get("Authorization", "").partition(" ")[2]
    return bool(token) and not token.startswith(_OFFERING)


def scheme(headers: Mapping[str, str]) -> str:
    """The way of signing in, in lower case."""
    return headers.get("Authorization", "").partition(" ")[0].lower()
