"""Whether scripts, rooms and manifest say the same, so that what is verified is what was made."""

from collections import Counter
from collections.abc import Iterator, Mapping

from roomscope.generator.audit.finding import Finding
from roomscope.generator.bundle.manifest import Manifest
from roomscope.generator.bundle.rooms import ROOMS, read_rooms
from roomscope.generator.bundle.sums import digest
from roomscope.generator.common.errors import BundleError
from roomscope.generator.common.text import UNSEEN, counted
from roomscope.generator.delivery.rules import about
from roomscope.generator.plan.plan import PlacedRoom, Plan
from roomscope.generator.script.constants import is_set, tables_of, text_of, texts_of
from roomscope.generator.script.script import Script, ScriptError


def check_agreement(
    manifest: Manifest, files: Mapping[str, bytes], scripts: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Compares the data that scripts and rooms.csv hold with the manifest."""
    rooms = files.get(ROOMS, b"")
    yield from (about("RSA109", ROOMS, reason) for reason in _rooms(manifest.plan, rooms))
    for name, data in sorted(scripts.items()):
        try:
            script = Script.parse(data)
        except ScriptError:
            continue
        for variable in _different(manifest, rooms, script):
            yield about("RSA111", name, f"{variable} is not what the manifest says.")


def _different(manifest: Manifest, rooms: bytes, script: Script) -> Iterator[str]:
    """The variables whose data is not that of the manifest."""
    plan = manifest.plan
    for variable, expected in _texts(manifest, rooms):
        if is_set(script, variable) and text_of(script, variable) != expected:
            yield variable
    if is_set(script, "$controls") and texts_of(script, "$controls") != plan.controls:
        yield "$controls"
    if is_set(script, "$lists"):
        lists = [(one.text("Address"), one.text("Name"), one.text("Alias")) for one in tables_of(script, "$lists")]
        if lists != [(one.address, one.name, one.alias) for one in plan.lists]:
            yield "$lists"
    if is_set(script, "$grants"):
        tables = tables_of(script, "$grants")
        grants = [(one.text("Scope"), one.text("Assignment"), one.texts("Lists")) for one in tables]
        if grants != [(one.scope, one.assignment, one.lists) for one in plan.grants]:
            yield "$grants"


def _texts(manifest: Manifest, rooms: bytes) -> Iterator[tuple[str, str]]:
    yield "$planId", manifest.plan_id
    yield "$roomsDigest", digest(rooms)
    plan = manifest.plan
    if plan.account is not None:
        yield "$accountName", plan.account.name
        yield "$accountAddress", plan.account.address
    if plan.application is not None:
        yield "$tenantId", plan.application.tenant_id
        yield "$clientId", plan.application.client_id
        yield "$objectId", plan.application.object_id


def _rooms(plan: Plan, data: bytes) -> Iterator[str]:
    """What is wrong with rooms.csv."""
    try:
        rooms = read_rooms(data)
    except BundleError as error:
        yield error.message
        return
    yield from _rows(plan, rooms)


def _rows(plan: Plan, rooms: tuple[PlacedRoom, ...]) -> Iterator[str]:
    addresses = {room.address.lower() for room in rooms}
    if len(rooms) != plan.rooms:
        yield f"It holds {counted(len(rooms), 'room')}, the manifest says {plan.rooms}."
    if len(addresses) != len(rooms):
        yield "A room stands there twice."
    if Counter(room.list_address for room in rooms) != Counter({one.address: one.rooms for one in plan.lists}):
        yield "The lists and their numbers of rooms are not those of the manifest."
    if any(UNSEEN.search(cell) for room in rooms for cell in (room.address, room.list_address, room.display_name)):
        yield "A cell holds a character that cannot be seen."
    if addresses & {one.strip().lower() for one in (*plan.controls, *plan.account_names)}:
        yield "A control or the service account is among the rooms."
