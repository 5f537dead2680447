"""The record of a bundle that crosses to whoever audits or verifies it."""

import json
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from roomscope.generator.plan.plan import Plan

MANIFEST: Final = "manifest.json"
FORMAT: Final = "roomscope-bundle/1"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Identity(_Record):
    """Who gets access."""

    kind: Literal["service-account"]
    address: str
    user: str | None


class ListRecord(_Record):
    """One room list."""

    address: str
    name: str
    alias: str
    rooms: int


class GrantRecord(_Record):
    """One management scope with its role assignment."""

    scope: str
    assignment: str
    lists: tuple[str, ...]


class Manifest(_Record):
    """What a bundle is, with the digest of every file but itself and SHA256SUMS."""

    format: Literal["roomscope-bundle/1"]
    bundle: str
    profile: str
    plan_id: str
    ticket: str | None
    approver: str | None
    owner: str | None
    review_by: str | None
    identity: Identity
    endpoint: str | None
    controls: tuple[str, ...]
    domains: tuple[str, ...]
    list_owner: str | None
    list_size: int
    organizational_unit: str | None
    rooms: int
    lists: tuple[ListRecord, ...]
    grants: tuple[GrantRecord, ...]
    files: dict[str, str]

    def text(self) -> str:
        """The manifest as it is written: JSON with sorted keys."""
        return json.dumps(self.model_dump(mode="json"), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def describe(plan: Plan, plan_id: str, files: dict[str, str]) -> Manifest:
    """The manifest of a plan; `files` maps the name of each other file to its SHA-256."""
    return Manifest(
        format=FORMAT,
        bundle=plan.bundle,
        profile=plan.profile,
        plan_id=plan_id,
        ticket=plan.ticket,
        approver=plan.approver,
        owner=plan.owner_of_bundle,
        review_by=plan.review_by,
        identity=Identity(kind="service-account", address=plan.account_address, user=plan.account_user),
        endpoint=plan.endpoint,
        controls=plan.controls,
        domains=plan.domains,
        list_owner=plan.owner,
        list_size=plan.list_size,
        organizational_unit=plan.organizational_unit,
        rooms=len(plan.rooms),
        lists=tuple(
            ListRecord(address=one.address, name=one.name, alias=one.alias, rooms=len(one.rooms)) for one in plan.lists
        ),
        grants=tuple(
            GrantRecord(scope=one.scope, assignment=one.assignment, lists=one.lists) for one in plan.grants
        ),
        files=files,
    )
