"""Passwords of the lab's users and secrets of its applications: stored salted, never shown."""

import hashlib
import hmac
import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from lab.errors import LabError

FILE = "credentials.json"


class Credential(BaseModel):
    """What is kept of one user's password."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    guid: str
    salt: str
    scrypt: str

    @classmethod
    def of(cls, guid: str, password: str) -> "Credential":
        """A fresh salt and the derived key."""
        salt = os.urandom(16)
        return cls(guid=guid, salt=salt.hex(), scrypt=derive(password, salt).hex())

    def accepts(self, password: str) -> bool:
        """Whether this is the password."""
        derived = derive(password, bytes.fromhex(self.salt))
        return hmac.compare_digest(derived, bytes.fromhex(self.scrypt))


class Secret(BaseModel):
    """What is kept of one secret of an application."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    salt: str
    scrypt: str
    expires: str | None = None
    """A time with its zone; never where it is not said."""

    @classmethod
    def of(cls, secret: str, expires: str | None = None) -> "Secret":
        """A fresh salt and the derived key."""
        made = Credential.of("", secret)
        return cls(salt=made.salt, scrypt=made.scrypt, expires=expires)

    def accepts(self, secret: str) -> bool:
        """Whether this is the secret."""
        return Credential(guid="", salt=self.salt, scrypt=self.scrypt).accepts(secret)

    def expired(self, now: datetime) -> bool:
        """Whether its time is over."""
        return self.expires is not None and datetime.fromisoformat(self.expires) <= now


class Credentials(BaseModel):
    """The file of all passwords, by user principal name in lower case, and secrets, by client id."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    users: dict[str, Credential] = {}
    applications: dict[str, tuple[Secret, ...]] = {}

    def of_guid(self, guid: str) -> Credential | None:
        """The credential of one recipient."""
        return next((one for one in self.users.values() if one.guid.lower() == guid.lower()), None)


def derive(password: str, salt: bytes) -> bytes:
    """The key that stands for a password."""
    return hashlib.scrypt(password.encode(), salt=salt, n=2**13, r=8, p=1)


def read(folder: Path) -> Credentials:
    """The passwords in that folder; none when there is no file."""
    path = folder / FILE
    return Credentials.model_validate_json(path.read_bytes()) if path.exists() else Credentials()


def write(folder: Path, credentials: Credentials) -> None:
    """Keeps the passwords in a file that only its owner may read."""
    path = folder / FILE
    path.touch(mode=0o600)
    path.write_text(credentials.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")


def obtain(name: str | None, path: Path | None) -> str | None:
    """The password from an environment variable or the first line of a file."""
    if name is not None and not os.environ.get(name):
        raise LabError("--password-env", f"the environment variable {name} is empty.")
    if name is not None:
        return os.environ[name]
    return path.read_text("utf-8").splitlines()[0] if path is not None else None
