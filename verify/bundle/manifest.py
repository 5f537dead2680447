"""Reads manifest.json strictly: format, digests, identity and promises, and nothing else."""

import json
import re
import unicodedata
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from roomscope.verify.common.errors import BundleError
from roomscope.verify.common.text import harmless

_ADDRESS = r"[!#-?A-~]{1,64}@[A-Za-z0-9.-]{1,253}"

Address = Annotated[str, StringConstraints(pattern=rf"\A{_ADDRESS}\Z")]
Digest = Annotated[str, StringConstraints(pattern=r"\A[0-9a-f]{64}\Z")]


def _plain(text: str) -> str:
    if any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp"} for character in text):
        raise ValueError("a control or format character, which does not show")
    return text


Line = Annotated[str, StringConstraints(max_length=1024), AfterValidator(_plain)]


class _Record(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, regex_engine="python-re"
    )


class ServiceAccount(_Record):
    """Who was granted the right."""

    kind: Literal["service-account"]
    address: Address
    user: Line | None


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


class Manifest(_Record):
    """What the bundle says about itself."""

    format: Literal["roomscope-bundle/1"]
    bundle: Annotated[str, StringConstraints(pattern=r"\A[a-z0-9-]{1,32}\Z")]
    profile: Literal["exchange-server"]
    plan_id: Digest
    ticket: Line | None
    approver: Line | None
    owner: Line | None
    review_by: Line | None
    identity: ServiceAccount
    endpoint: Line | None
    controls: tuple[Address, ...]
    domains: tuple[Line, ...]
    list_owner: Address | None
    list_size: Annotated[int, Field(ge=1)]
    organizational_unit: Line | None
    rooms: Annotated[int, Field(ge=1)]
    lists: Annotated[tuple[RoomList, ...], Field(min_length=1)]
    grants: Annotated[tuple[Grant, ...], Field(min_length=1)]
    files: dict[str, Digest]


def is_address(text: str) -> bool:
    """Whether this is a primary SMTP address as Exchange prints it."""
    return re.fullmatch(_ADDRESS, text) is not None


def parse(data: bytes) -> Manifest:
    """The manifest in these bytes, or a refusal that names every fault."""
    try:
        json.loads(data.decode("utf-8"), object_pairs_hook=_no_key_twice)
        return Manifest.model_validate_json(data)
    except ValidationError as error:
        faults = "; ".join(f"{_place(fault['loc'])}: {fault['msg']}" for fault in error.errors())
        raise BundleError(
            f"manifest.json is not one that this version can read: {harmless(faults)}. "
            "Verify with the release that rendered the bundle."
        ) from None
    except (ValueError, RecursionError) as error:
        raise BundleError(f"manifest.json is not usable JSON: {harmless(str(error))}.") from None


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(map(str, location)) or "the whole"
