"""As whom was asked, and what that showed by itself."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.claims import Reach


class Part(BaseModel):
    """A part of a report: its keys and no others."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Identity(Part):
    """The account that was proven."""

    address: str
    user: str
    auth: Literal["basic", "ntlm", "oauth"]


class ApplicationIdentity(Part):
    """The application that was proven, and how it signed in."""

    tenant_id: str
    client_id: str
    signed_in_as: str
    """The client id that asked: another one where a twin registration stood in."""

    object_id: str
    cloud: str
    access: str
    authority: str
    proof: str
    owner: Literal["vendor"] | None

    @property
    def twin(self) -> bool:
        """Whether another registration asked in its place."""
        return self.signed_in_as != self.client_id


class Permission(Part):
    """What Entra ID grants on every mailbox, seen in the token."""

    name: str
    reach: Reach


class Token(Part):
    """What the token said of itself."""

    audience: str
    permissions: tuple[Permission, ...]
    directory_roles: tuple[str, ...]
    """As the token numbers them, in wids."""


class Places(Part):
    """What one room list shows to whoever may read places, beside the bundle."""

    room_list: str
    missing: tuple[str, ...]
    more: tuple[str, ...]
    trouble: str
    """Why it could not be read; empty where it was."""


class Subject(Part):
    """As whom was asked, and where."""

    gives: str
    """What the right gives, said before anything else."""

    endpoint: str
    identity: Identity | None = None
    controls_found_by: str | None = None
    """Whose record says that the controls of the bundle are mailboxes, and which."""

    application: ApplicationIdentity | None = None
    token: Token | None = None
    token_cause: str = Cause.AS_PROMISED.value
    """What the token by itself amounts to."""

    places: tuple[Places, ...] = ()
    """What the room lists show, as a booking service reads them; no promise of the bundle."""

    not_proven: tuple[str, ...] = ()
    batches: int | None = None
    """How many requests of Graph carried the questions."""

    lab: bool = False
    """Whether authority and service were on this machine, so that nothing is said about Microsoft's."""

    @property
    def who(self) -> str:
        """Who asks, in one line."""
        if self.identity is not None:
            return f"{self.identity.address.lower()} as {self.identity.user}"
        application = self.application
        return f"{application.signed_in_as} in {application.tenant_id}, {application.access}" if application else ""
