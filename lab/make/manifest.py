"""The part of a bundle's manifest that the lab needs."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from lab.errors import LabError

FILE = "manifest.json"


class Part(BaseModel):
    """A part of a manifest; what the lab does not need is passed over."""

    model_config = ConfigDict(frozen=True, strict=True)


class ListPart(Part):
    """One room list."""

    address: str
    name: str
    alias: str


class GrantPart(Part):
    """One assignment and the scope that holds it to some of the lists."""

    assignment: str
    scope: str
    lists: tuple[str, ...]


class AccountPart(Part):
    """The user who is granted the right, on a server."""

    address: str
    user: str | None = None


class ApplicationPart(Part):
    """The application that is granted the right, online."""

    tenant_id: str
    client_id: str
    object_id: str
    display_name: str
    access: Literal["calendars-read", "calendars-readwrite", "ews"]


class PlanPart(Part):
    """What shall be there."""

    product: Literal["exchange-server", "exchange-online"]
    bundle: str
    account: AccountPart | None = None
    application: ApplicationPart | None = None
    lists: tuple[ListPart, ...]
    grants: tuple[GrantPart, ...]
    controls: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


class Manifest(Part):
    """What a bundle says it makes."""

    plan_id: str
    plan: PlanPart


def read(path: Path) -> Manifest:
    """The manifest in that file."""
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise LabError(path, f"it cannot be read as a manifest. {error}") from None


def beside(source: Path | None) -> Manifest | None:
    """The manifest of a source that is a bundle; none for any other."""
    path = source / FILE if source is not None and source.is_dir() else None
    return read(path) if path is not None and path.exists() else None
