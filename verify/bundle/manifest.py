"""Reads manifest.json strictly: the plan that the bundle stands for, and the digest of every file."""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from roomscope.verify.common.errors import BundleError
from roomscope.verify.common.text import counted, harmless

_ADDRESS = r"[!#-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}"

Address = Annotated[str, StringConstraints(pattern=rf"\A{_ADDRESS}\Z")]
Digest = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{64}\Z")]


def _plain(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in text):
        raise ValueError("a control or format character, which does not show")
    return text


Guid = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")]
Permission = Annotated[str, StringConstraints(pattern=r"\A[A-Za-z0-9._-]{1,100}\Z")]
Line = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_plain)]


class _Record(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, regex_engine="python-re"
    )


class Account(_Record):
    """Who is granted the right."""

    address: Address
    user: Line | None


class Access(StrEnum):
    """What an application is granted on the rooms."""

    READ = "calendars-read"
    READ_WRITE = "calendars-readwrite"
    EWS = "ews"


class Cloud(StrEnum):
    """Where the tenant is."""

    WORLDWIDE = "worldwide"
    GCC_HIGH = "gcc-high"
    DOD = "dod"
    CHINA = "china"


class Application(_Record):
    """Which application is granted the right, online."""

    tenant_id: Guid
    client_id: Guid
    object_id: Guid
    """Of the service principal."""

    display_name: Line
    """Of the pointer to it in Exchange."""

    cloud: Annotated[Cloud, Field(strict=False)]
    access: Annotated[Access, Field(strict=False)]
    allowed_entra_permissions: tuple[Permission, ...]
    owner: Literal["vendor"] | None


class RoomList(_Record):
    """One room list of the bundle."""

    address: Address
    name: Line
    alias: Line
    rooms: Annotated[int, Field(ge=0)]


class Grant(_Record):
    """One management scope with its role assignment."""

    scope: Line
    assignment: Line
    lists: Annotated[tuple[Address, ...], Field(min_length=1)]


class Plan(_Record):
    """What the bundle stands for."""

    format: Literal["roomscope-plan/1"]
    product: Literal["exchange-server", "exchange-online"]
    bundle: Annotated[str, StringConstraints(pattern=r"\A[a-z0-9-]{1,32}\Z")]
    ticket: Line | None
    approver: Line | None
    owner: Line | None
    review_by: Line | None
    account: Account | None
    application: Application | None
    domains: Annotated[tuple[Line, ...], Field(min_length=1)]
    controls: tuple[Address, ...]
    endpoint: Line | None
    list_owner: Address | None
    account_may_own_lists: bool
    list_size: Annotated[int, Field(ge=1, le=100)]
    lists_per_scope: Annotated[int, Field(ge=1)]
    organizational_unit: Line | None
    rooms: Annotated[int, Field(ge=1)]
    lists: Annotated[tuple[RoomList, ...], Field(min_length=1)]
    grants: Annotated[tuple[Grant, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _agree(self) -> Self:
        """Every list once and in one grant, every name once, as many rooms as the lists hold."""
        addresses = [entry.address.lower() for entry in self.lists]
        granted = [address.lower() for grant in self.grants for address in grant.lists]
        _once("list", addresses)
        _once("scope", (grant.scope.lower() for grant in self.grants))
        _once("assignment", (grant.assignment.lower() for grant in self.grants))
        if sorted(granted) != sorted(addresses):
            raise ValueError("the grants do not cover each list once, and no other")
        if self.rooms != sum(entry.rooms for entry in self.lists):
            raise ValueError(f"{counted(self.rooms, 'room')}, but the lists hold {sum(entry.rooms for entry in self.lists)}")
        self._fit_product()
        return self

    def _fit_product(self) -> None:
        """A server has an account, a tenant has an application and an address that follows from its cloud."""
        online = self.product == "exchange-online"
        if (self.account is None) is not online or (self.application is None) is online:
            raise ValueError(f"{self.product} goes with {'an application' if online else 'an account'}, and with nothing else")
        if online and (self.endpoint, self.organizational_unit) != (None, None):
            raise ValueError("endpoint and organizational_unit belong to a server")


class Manifest(_Record):
    """What the bundle says about itself."""

    format: Literal["roomscope-bundle/2"]
    plan_id: Digest
    region: Digest
    """Of the functions that the scripts share."""

    plan: Plan
    files: dict[str, Digest]


def is_address(text: str) -> bool:
    """Whether this is a primary SMTP address as Exchange prints it."""
    return re.fullmatch(_ADDRESS, text) is not None


def parse(data: bytes) -> Manifest:
    """The manifest in these bytes, or a refusal that names all that is wrong."""
    try:
        json.loads(data.decode("utf-8"), object_pairs_hook=_no_key_twice)
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        wrong = "; ".join(f"{_place(each['loc'])}: {each['msg']}" for each in error.errors())
        raise BundleError(
            f"manifest.json is not one that this version can read: {harmless(wrong)}. "
            "Verify with the release that rendered the bundle."
        ) from None
    except (ValueError, RecursionError) as error:
        raise BundleError(f"manifest.json is not usable JSON: {harmless(str(error))}.") from None


def _once(what: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"the {what} {twice[0]} stands twice")


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the whole"
