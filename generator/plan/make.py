"""From a configuration and its inventory to the plan."""

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.intent.config import Config
from roomscope.generator.intent.inventory import Inventory, check_together
from roomscope.generator.plan.filling import MOST_LISTS, FilledList, Previous, fill
from roomscope.generator.plan.grants import grants_over
from roomscope.generator.plan.names import check_addresses, check_names
from roomscope.generator.plan.plan import FORMAT, Account, Application, FilledPlan, PlacedRoom, Plan
from roomscope.generator.products.product import Product


def make_plan(config: Config, inventory: Inventory, previous: Previous, product: Product) -> FilledPlan:
    """Decides what shall be there, or names what contradicts itself or what Exchange would not take.

    Raises:
        ConfigError: It cannot be carried out.
    """
    if config.rooms.equipment:
        raise ConfigError("rooms.equipment is true: equipment is not rendered by this release. Remove the key and those rows.")
    check_together(config, inventory)
    lists = tuple(fill(config, inventory, previous))
    if len(lists) > MOST_LISTS:
        message = f"These are {len(lists)} room lists; one bundle makes at most {MOST_LISTS}. Raise room-lists.size, or make several bundles."
        raise ConfigError(message)
    plan = _plan(config, lists, product)
    check_names(lists, plan.grants)
    check_addresses(config, lists)
    list_of = {room.address: one.named.address for one in lists for room in one.rooms}
    return FilledPlan(plan, tuple(PlacedRoom(room.address, list_of[room.address], room.display_name) for room in inventory.rooms))


def _plan(config: Config, lists: tuple[FilledList, ...], product: Product) -> Plan:
    named = tuple(one.named for one in lists)
    return Plan(
        format=FORMAT,
        product=product.name,
        bundle=config.bundle.name,
        ticket=config.bundle.ticket,
        approver=config.bundle.approver,
        owner=config.bundle.owner,
        review_by=config.bundle.review_by,
        account=_account(config),
        application=_application(config),
        domains=_domains(config, lists),
        controls=config.verify.controls,
        endpoint=config.verify.endpoint,
        list_owner=config.room_lists.owner,
        account_may_own_lists=config.room_lists.allow_service_account_as_owner,
        list_size=config.room_lists.size,
        lists_per_scope=config.names.lists_per_scope,
        organizational_unit=config.room_lists.organizational_unit,
        rooms=sum(one.rooms for one in named),
        lists=named,
        grants=tuple(grants_over(named, config)),
    )


def _account(config: Config) -> Account | None:
    account = config.service_account
    return None if account is None else Account(address=account.address, user=account.user)


def _application(config: Config) -> Application | None:
    asked = config.application
    if asked is None:
        return None
    return Application(
        tenant_id=asked.tenant_id,
        client_id=asked.client_id,
        object_id=asked.object_id,
        display_name=asked.display_name or config.bundle.name,
        cloud=asked.cloud,
        access=asked.access,
        allowed_entra_permissions=asked.allowed_entra_permissions,
        owner=asked.owner,
    )


def _domains(config: Config, lists: tuple[FilledList, ...]) -> tuple[str, ...]:
    """Every domain that the organisation must have: those of rooms, of new lists, and of lists that were kept."""
    kept = {one.named.address.rpartition("@")[2] for one in lists}
    return tuple(sorted({*config.rooms.domains, config.room_lists.domain, *kept}))
