"""A session of requests that goes to one place and nowhere else."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext

from requests import PreparedRequest, Session

from roomscope.verify.net.wire import USER_AGENT, BoundedAdapter, Patience, trust


@dataclass(frozen=True, slots=True)
class Net:
    """How this run reaches servers: whom it trusts, and how long it waits."""

    context: SSLContext
    patience: Patience

    @classmethod
    def trusting(cls, extra: Path | None, patience: Patience) -> "Net":
        """With the usual authorities and those of one file."""
        return cls(trust(extra), patience)

    def session(self, root: str, sign: Callable[[PreparedRequest], PreparedRequest] | None = None) -> Session:
        """One that can reach https addresses below this root only, and that no file of passwords signs in."""
        session = Session()
        session.adapters.clear()
        session.mount(f"{root}/", BoundedAdapter(self.context, self.patience))
        session.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        session.auth = sign or _unsigned
        return session


class PerThread:
    """One session for each thread, because a line carries one exchange at a time."""

    def __init__(self, make: Callable[[], Session]) -> None:
        self._make = make
        self._own = threading.local()
        self._all: list[Session] = []

    def get(self) -> Session:
        """That of this thread."""
        if not hasattr(self._own, "session"):
            self._own.session = self._make()
            self._all.append(self._own.session)
        session: Session = self._own.session
        return session

    def close(self) -> None:
        """Ends all lines."""
        for session in self._all:
            session.close()


def _unsigned(request: PreparedRequest) -> PreparedRequest:
    # requests would take a password from ~/.netrc for a host that nobody signs in to.
    return request
