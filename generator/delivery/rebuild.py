"""Makes a delivered bundle again from its own manifest and rooms, by the rules that a configuration is held to."""

from collections.abc import Iterator, Mapping
from itertools import islice

from roomscope.generator.audit.finding import Finding
from roomscope.generator.bundle.content import Content, content_of
from roomscope.generator.bundle.manifest import MANIFEST, Manifest
from roomscope.generator.bundle.rooms import FIRST, HEADER, ROOMS, as_previous, read_rooms
from roomscope.generator.common.errors import SHOWN, GeneratorError
from roomscope.generator.common.text import shown
from roomscope.generator.delivery.rules import about
from roomscope.generator.intent.config import Config, checked
from roomscope.generator.intent.inventory import Inventory, inventory_of
from roomscope.generator.intent.table import Row, Table
from roomscope.generator.plan.make import make_plan
from roomscope.generator.plan.plan import FilledPlan, PlacedRoom, Plan
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of


def check_rebuilt(manifest: Manifest, files: Mapping[str, bytes], product: Product) -> Iterator[Finding]:
    """Whether the bundle is what this release makes of a configuration that says what it says.

    1. Manifest and rooms.csv are what a configuration and an inventory may say.
    2. Planned anew, with its own lists as the earlier ones, they give the very same plan and rooms.
    3. Rendered anew, that gives the very same scripts, rooms.csv and runbook.
    """
    rooms = files.get(ROOMS, b"")
    try:
        filled = plan_again(manifest.plan, rooms, product)
    except GeneratorError as error:
        yield from (about("RSA114", MANIFEST, reason) for reason in islice(error.reasons, SHOWN))
        return
    yield from differences(manifest, rooms, filled, product)
    try:
        content = content_of(filled, product)
    except GeneratorError as error:
        yield about("RSA113", MANIFEST, f"It cannot be rendered: {error.message}")
        return
    yield from _other_bytes(content, files)


def plan_again(plan: Plan, rooms: bytes, product: Product) -> FilledPlan:
    """Plans what a manifest's plan and `rooms.csv` describe, as if a person had asked for it.

    Raises:
        GeneratorError: No person may ask for this.
    """
    placed = read_rooms(rooms)
    config = _config(plan)
    return make_plan(config, _inventory(placed, config), as_previous(plan.lists, placed), product)


def _config(plan: Plan) -> Config:
    """The configuration that says what the plan says; what it does not decide is left out."""
    first_list = plan.lists[0].address if plan.lists else ""
    first_grant = {"scope": plan.grants[0].scope, "assignment": plan.grants[0].assignment} if plan.grants else {}
    data = {
        "bundle": {
            "name": plan.bundle,
            "profile": plan.product,
            "ticket": plan.ticket,
            "approver": plan.approver,
            "owner": plan.owner,
            "review-by": plan.review_by,
        },
        "rooms": {"file": ROOMS, "domains": [*plan.domains]},
        "room-lists": {
            "domain": first_list.rpartition("@")[2],
            "size": plan.list_size,
            "owner": plan.list_owner,
            "allow-service-account-as-owner": plan.account_may_own_lists,
            "organizational-unit": plan.organizational_unit,
        },
        "names": {**first_grant, "lists-per-scope": plan.lists_per_scope},
        **_grantee(plan),
        "verify": {"endpoint": plan.endpoint, "controls": [*plan.controls]},
    }
    return checked(data, f"{MANIFEST} says what no configuration may:")


def _grantee(plan: Plan) -> Mapping[str, object]:
    """The tables that say who gets access."""
    found: dict[str, object] = {}
    if plan.account is not None:
        found["service-account"] = {"address": plan.account.address, "user": plan.account.user}
    if plan.application is not None:
        found["application"] = {key.replace("_", "-"): value for key, value in plan.application.model_dump().items()}
    return found


def _inventory(placed: tuple[PlacedRoom, ...], config: Config) -> Inventory:
    address, _, display_name = HEADER
    rows = (Row(number, (room.address, room.display_name)) for number, room in enumerate(placed, FIRST))
    return inventory_of(ROOMS, Table(Row(1, (address, display_name)), rows, ()), config.rooms)


def differences(manifest: Manifest, rooms: bytes, filled: FilledPlan, product: Product) -> Iterator[Finding]:
    """Where manifest and `rooms.csv` are not those of the plan that was made anew, field by field and row by row."""
    yield from (about("RSA113", MANIFEST, one) for one in islice(_fields(manifest, filled, product), SHOWN))
    yield from (about("RSA113", ROOMS, one) for one in islice(_moved(read_rooms(rooms), filled.rooms), SHOWN))


def _fields(manifest: Manifest, filled: FilledPlan, product: Product) -> Iterator[str]:
    expected = {"plan_id": filled.identity(), "region": region_of(product).digest, "plan": filled.plan.model_dump()}
    got = manifest.model_dump(include=set(expected))
    return _unequal("", got, expected)


def _unequal(name: str, got: object, expected: object) -> Iterator[str]:
    """Each field that differs, by its name in the manifest."""
    if isinstance(got, dict) and isinstance(expected, dict):
        for key in got:
            yield from _unequal(f"{name}.{key}".removeprefix("."), got[key], expected[key])
    elif isinstance(got, tuple) and isinstance(expected, tuple) and len(got) == len(expected):
        for index, pair in enumerate(zip(got, expected, strict=True)):
            yield from _unequal(f"{name}[{index}]", *pair)
    elif got != expected:
        yield f"{name}: got {_said(got)}, expected {_said(expected)}."


def _said(value: object) -> str:
    return f"{len(value)} of them" if isinstance(value, tuple) else shown(value)


def _moved(got: tuple[PlacedRoom, ...], expected: tuple[PlacedRoom, ...]) -> Iterator[str]:
    for number, (one, other) in enumerate(zip(got, expected, strict=True), FIRST):
        if one != other:
            yield f"row {number}: got {_room(one)}, expected {_room(other)}."


def _room(room: PlacedRoom) -> str:
    return ",".join(map(shown, (room.address, room.list_address, room.display_name)))


def _other_bytes(content: Content, files: Mapping[str, bytes]) -> Iterator[Finding]:
    for name, data in sorted({**content.scripts, **content.others}.items()):
        if name in files and files[name] != data:
            yield about("RSA113", name, "This release makes other bytes of manifest and rooms.")
