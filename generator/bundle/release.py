"""What this release writes into the scripts of a product, learnt from bundles that have nothing in common."""

from collections.abc import Iterator
from functools import cache

from roomscope.generator.audit.release import OwnPart, Release
from roomscope.generator.plan.plan import FORMAT, Account, Application, Grant, Plan, RoomList
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of
from roomscope.generator.render.render import render_scripts


@cache
def release_of(product: Product) -> Release:
    """The region of a product, and the own part of each of its steps."""
    examples = [render_scripts(plan, product, plan.bundle, plan.bundle) for plan in _plans(product)]
    own = {step.number: OwnPart.of(texts[step.file] for texts in examples) for step in product.steps}
    return Release(product, region_of(product), own)


def _plans(product: Product) -> Iterator[Plan]:
    """A plan with everything that may be left out, and one without; they have no value in common that a person may choose."""
    yield _plan(product, "qqzz7", "ou.example/groups", ("qqzz7-a", "qqzz7-b"))
    yield _plan(product, "zzqq9", None, ("zzqq9-c",))


def _plan(product: Product, mark: str, unit: str | None, names: tuple[str, ...]) -> Plan:
    addresses = tuple(f"{name}@{mark}.example" for name in names)
    lists = (RoomList(address=one, name=f"{name} list", alias=name, rooms=1) for name, one in zip(names, addresses, strict=True))
    return Plan(
        format=FORMAT,
        product=product.name,
        bundle=mark,
        ticket=unit,
        approver=unit,
        owner=unit,
        review_by=None,
        account=_account(mark, unit) if product.identity == "service-account" else None,
        application=_application(product, mark, unit) if product.identity == "application" else None,
        domains=(f"{mark}.example",),
        controls=tuple(f"control.{name}" for name in addresses),
        endpoint=None,
        list_owner=f"account@{mark}.example" if unit else None,
        account_may_own_lists=unit is not None,
        list_size=len(mark) + len(names),
        lists_per_scope=1,
        organizational_unit=unit,
        rooms=len(names),
        lists=tuple(lists),
        grants=tuple(Grant(scope=f"{one} scope", assignment=f"{one} right", lists=(one,)) for one in addresses),
    )


def _account(mark: str, user: str | None) -> Account:
    return Account(address=f"account@{mark}.example", user=user)


def _application(product: Product, mark: str, permission: str | None) -> Application:
    return Application(
        tenant_id=f"{mark}-tenant",
        client_id=f"{mark}-client",
        object_id=f"{mark}-object",
        display_name=f"{mark} application",
        cloud=f"{mark}-cloud",
        access=str(product.access),
        allowed_entra_permissions=(permission,) if permission else (),
        owner=None,
    )
