"""Exchange Server: an account that may act as the rooms, asked through EWS."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.bundle.manifest import Account
from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.controls import Found
from roomscope.verify.judge.ledger import Result
from roomscope.verify.judge.promise import Promise
from roomscope.verify.judge.proofs.impersonation import Depth, Impersonation
from roomscope.verify.net.session import Net
from roomscope.verify.reports.report import GIVES
from roomscope.verify.reports.subject import Identity, Subject
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

    def proof(self, promises: tuple[Promise, ...], *, fresh: bool) -> Impersonation:
        """Three doors."""
        depth = Depth(self.account.address.lower(), self.every_room, self.identity)
        return Impersonation(promises, fresh=fresh, recorded=self.found.mailboxes if self.found else (), depth=depth)

    def asker(self) -> Probe:
        """EWS, one question a request."""
        signing = self.credential if isinstance(self.credential, Credential) else self.credential.tokens(self.net, self.endpoint)
        return Probe(self.endpoint, signing, self.net, self.workers)

    def conclude(self, result: Result) -> Result:
        """Nothing is shown besides."""
        return result

    def subject(self) -> Subject:
        """The service account."""
        user, auth = (
            (self.credential.user, self.credential.scheme.value) if isinstance(self.credential, Credential)
            else (self.credential.user.name, "oauth")
        )
        identity = Identity.model_validate({"address": self.account.address, "user": harmless(user), "auth": auth})
        found = harmless(self.found.word) if self.found else None
        return Subject(gives=GIVES, endpoint=self.endpoint, identity=identity, controls_found_by=found)
