"""Sign-in: who a request comes from."""

import binascii
from base64 import b64decode
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from lab.ews.access import Access
from lab.state.folder import stamp
from lab.state.model import Recipient
from lab.web import passwords
from lab.web.passwords import Credentials

KEPT = 64


@dataclass(slots=True)
class SignIn:
    """Knows the passwords of the folder; a password once found right is not derived again."""

    folder: Path
    credentials: Credentials = field(default_factory=Credentials, repr=False)
    seen: tuple[int, int, int] = (0, 0, 0)
    accepted: dict[bytes, str] = field(default_factory=dict, repr=False)

    def user(self, header: str, access: Access) -> Recipient | None:
        """The user that an Authorization header proves to be there, if it does."""
        self.refresh()
        digest = sha256(header.encode()).digest()
        if digest not in self.accepted:
            guid = self.proven(header, access)
            if guid is None:
                return None
            self.accepted = {} if len(self.accepted) >= KEPT else self.accepted
            self.accepted[digest] = guid
        return access.directory.recipients.get(self.accepted[digest])

    def refresh(self) -> None:
        """Reads the passwords again when their file changed."""
        found = stamp(self.folder / passwords.FILE)
        if found != self.seen:
            self.credentials = passwords.read(self.folder)
            self.seen, self.accepted = found, {}

    def proven(self, header: str, access: Access) -> str | None:
        """The guid of the user whose name and password these are."""
        name, colon, password = basic(header).partition(":")
        user = named(name, access) if colon else None
        credential = self.credentials.of_guid(user.guid) if user else None
        right = credential is not None and credential.accepts(password)
        return user.guid.lower() if user is not None and right else None


def basic(header: str) -> str:
    """What stands in a Basic header, in UTF-8 or Latin-1; empty for anything else."""
    scheme, _, value = header.partition(" ")
    try:
        raw = b64decode(value, validate=True) if scheme.lower() == "basic" else b""
    except binascii.Error:
        return ""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def named(name: str, access: Access) -> Recipient | None:
    """The user with that principal name, or domain and account name."""
    domain, slash, account = name.partition("\\")
    return access.by_account(domain, account) if slash else access.by_principal(name)
