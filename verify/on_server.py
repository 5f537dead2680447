"""Exchange Server: an account that may act as the rooms, asked through EWS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.ask.ews.room_lists import read_room_lists
from roomscope.verify.ask.graph.places import Shown
from roomscope.verify.bundle.manifest import Account
from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.controls import Found
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.promise import Promise
from roomscope.verify.judge.proofs.impersonation import Depth, Impersonation
from roomscope.verify.net.session import Net
from roomscope.verify.reports.report import GIVES
from roomscope.verify.reports.subject import Identity, Places, Subject
from roomscope.verify.sign_in.line import Authority
from roomscope.verify.sign_in.msal_client import User, as_user
from roomscope.verify.sign_in.password import Credential
from roomscope.verify.sign_in.tokens import Tokens


@dataclass(frozen=True, slots=True)
class Modern:
    """A sign-in for a token, where the server has modern authentication."""

    authority: Authority
    user: User
    tell: Callable[[str], None]

    def tokens(self, net: Net, endpoint: str) -> Tokens:
        """Tokens for the host of the endpoint."""
        return Tokens(as_user(net, self.authority, self.user, f"https://{urlsplit(endpoint).netloc}", self.tell), None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A room list of the bundle."""

    address: str
    rooms: frozenset[str]


def compare(listed: Listed, shown: Shown) -> Places:
    """What a list shows, beside the bundle."""
    missing, more = (
        () if shown.trouble else tuple(sorted(map(harmless, found))) for found in (listed.rooms - shown.rooms, shown.rooms - listed.rooms)
    )
    return Places(room_list=listed.address, missing=missing, more=more, trouble=harmless(shown.trouble))


@dataclass(frozen=True, slots=True)
class OnServer:
    """One account at one endpoint."""

    account: Account
    endpoint: str
    credential: Credential | Modern
    net: Net
    workers: int
    found: Found | None = None
    """The controls that the administrator's record found."""

    every_room: bool = False
    """Whether controls are tried from every room, and not from one of each list."""

    identity: bool = False
    """Whether every room says which folder its calendar is."""

    room_lists: tuple[Listed, ...] = ()
    """Those that are to be read as a booking service reads them."""

    _shown: list[Shown] = field(default_factory=list)

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> Impersonation:
        """Three doors."""
        depth = Depth(self.account.address.lower(), self.every_room, self.identity)
        return Impersonation(promises, fresh=fresh, recorded=self.found.mailboxes if self.found else (), depth=depth)

    def asker(self, known: Sequence[Asked] = ()) -> Probe:
        """EWS, one question a request."""
        signing = self.credential if isinstance(self.credential, Credential) else self.credential.tokens(self.net, self.endpoint)
        return Probe(self.endpoint, signing, self.net, self.workers, known)

    def conclude(self, result: Result) -> Result:
        """The same; the room lists are read besides, where that was asked for, and are no part of the verdict."""
        if self.room_lists and result.stopped is None:
            with self.asker() as probe:
                self._shown.extend(read_room_lists(probe, (each.address for each in self.room_lists)))
        return result

    def subject(self) -> Subject:
        """The service account."""
        user, auth = (
            (self.credential.user, self.credential.scheme.value) if isinstance(self.credential, Credential)
            else (self.credential.user.name, "oauth")
        )
        identity = Identity.model_validate({"address": self.account.address, "user": harmless(user), "auth": auth})
        found = harmless(self.found.word) if self.found else None
        return Subject(gives=GIVES, endpoint=self.endpoint, identity=identity, controls_found_by=found, places=tuple(map(self._compare, self._shown)))

    def _compare(self, shown: Shown) -> Places:
        (listed,) = (each for each in self.room_lists if each.address == shown.room_list)
        return compare(listed, shown)

