"""Renders a delivered bundle again from its own manifest and rooms, to see whether it is what this release makes of them."""

import csv
import io
from collections.abc import Iterator, Mapping

from roomscope.generator.bundle.content import Written, write
from roomscope.generator.bundle.manifest import Manifest
from roomscope.generator.common.errors import AuditError, GeneratorError
from roomscope.generator.intent.inventory import Room
from roomscope.generator.plan.plan import Grant, Plan, RoomList


def rebuild(manifest: Manifest, rooms: bytes) -> Written:
    """What the plan that manifest and rooms.csv describe is rendered to.

    Raises:
        AuditError: They describe none, or one that cannot be rendered.
    """
    try:
        written = write(_plan(manifest, _rooms(rooms)))
    except (GeneratorError, KeyError, ValueError, csv.Error) as error:
        message = f"What manifest and rooms describe cannot be rendered: {error!s:.200}"
        raise AuditError(message) from None
    return written


def _rooms(data: bytes) -> Mapping[str, tuple[Room, ...]]:
    """The rooms of each list, by its address."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    next(rows, None)
    found: dict[str, list[Room]] = {}
    for number, (address, list_address, display_name) in enumerate(rows, start=2):
        found.setdefault(list_address, []).append(Room(address, display_name, "", number))
    return {address: tuple(rooms) for address, rooms in found.items()}


def _plan(manifest: Manifest, rooms: Mapping[str, tuple[Room, ...]]) -> Plan:
    return Plan(
        bundle=manifest.bundle,
        profile=manifest.profile,
        ticket=manifest.ticket,
        approver=manifest.approver,
        owner_of_bundle=manifest.owner,
        review_by=manifest.review_by,
        account_address=manifest.identity.address,
        account_user=manifest.identity.user,
        domains=manifest.domains,
        lists=tuple(_lists(manifest, rooms)),
        list_size=manifest.list_size,
        owner=manifest.list_owner,
        organizational_unit=manifest.organizational_unit,
        grants=tuple(Grant(one.scope, one.assignment, one.lists) for one in manifest.grants),
        endpoint=manifest.endpoint,
        controls=manifest.controls,
    )


def _lists(manifest: Manifest, rooms: Mapping[str, tuple[Room, ...]]) -> Iterator[RoomList]:
    for one in manifest.lists:
        yield RoomList(one.name, one.alias, one.address, rooms[one.address])
