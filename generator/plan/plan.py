"""What shall be there afterwards: the plan, as it stands in the manifest, and the rooms beside it."""

import hashlib
import json
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

FORMAT: Final = "roomscope-plan/1"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Account(_Part):
    """The account of Exchange Server that gets access."""

    address: str
    user: str | None

    @property
    def name(self) -> str:
        """How it is looked up."""
        return self.user or self.address


class Application(_Part):
    """The application of Exchange Online that gets access."""

    tenant_id: str
    client_id: str
    object_id: str
    """Of its service principal in the tenant."""

    display_name: str
    """Of the pointer that Exchange keeps of it."""

    cloud: str
    access: str
    """What it may do, as the configuration calls it."""

    allowed_entra_permissions: tuple[str, ...]
    """What it may hold tenant-wide besides."""

    owner: str | None
    """`vendor` if it belongs to the booking service, so that the tenant has no credential of it."""


class RoomList(_Part):
    """One room list; which rooms are in it stands with the rooms."""

    address: str
    name: str
    alias: str
    rooms: int


class Grant(_Part):
    """A management scope and the role assignment that it limits."""

    scope: str
    assignment: str
    lists: tuple[str, ...]
    """The addresses of the lists that the scope covers."""


class Plan(_Part):
    """Everything that a bundle stands for, apart from its rooms and the words in its files."""

    format: Literal["roomscope-plan/1"]
    product: str
    bundle: str
    ticket: str | None
    approver: str | None
    owner: str | None
    """Who answers for the bundle."""

    review_by: str | None
    account: Account | None
    """Who gets access on Exchange Server."""

    application: Application | None
    """Who gets access in Exchange Online."""

    domains: tuple[str, ...]
    controls: tuple[str, ...]
    endpoint: str | None
    list_owner: str | None
    """Who owns the lists; None: whoever runs the script."""

    account_may_own_lists: bool
    list_size: int
    lists_per_scope: int
    organizational_unit: str | None
    rooms: int
    lists: tuple[RoomList, ...]
    grants: tuple[Grant, ...]

    @property
    def kind(self) -> str:
        """The product, with the access where it has several."""
        return self.product if self.application is None else f"{self.product} {self.application.access}"

    @property
    def account_names(self) -> tuple[str, ...]:
        """How the service account is known; an application has no name that a mailbox could have."""
        return () if self.account is None else (self.account.address, self.account.name)

    @property
    def owner_is_account(self) -> bool:
        """Whether the service account could widen its own scope."""
        return self.list_owner in self.account_names


@dataclass(frozen=True, slots=True)
class PlacedRoom:
    """One room in its list, as `rooms.csv` holds it."""

    address: str
    list_address: str
    display_name: str


@dataclass(frozen=True, slots=True)
class FilledPlan:
    """A plan and its rooms, in inventory order."""

    plan: Plan
    rooms: tuple[PlacedRoom, ...]

    def identity(self) -> str:
        """The plan id: SHA-256 of what shall be, whatever the sentences of a release."""
        content = {"plan": self.plan.model_dump(mode="json"), "rooms": [*map(_cells, self.rooms)]}
        text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _cells(room: PlacedRoom) -> tuple[str, str, str]:
    return room.address, room.list_address, room.display_name
