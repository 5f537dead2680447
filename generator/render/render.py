"""From a plan to the text of each file; the templates stand in two environments that never meet."""

from collections.abc import Mapping
from functools import cache

import jinja2

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.plan.plan import Plan, RoomList
from roomscope.generator.products.product import Product, Step
from roomscope.generator.render.literals import comment, finalize, name, opath, verbatim
from roomscope.generator.render.region import region_of


def render_scripts(plan: Plan, product: Product, plan_id: str, rooms_digest: str) -> Mapping[str, str]:
    """The text of every script of a plan, by the name of its file, in the order of the steps."""
    shared = verbatim(region_of(product).whole)
    context = {"plan": _plan_view(plan, product), "plan_id": plan_id, "rooms_digest": rooms_digest, "region": shared}
    return {
        step.file: _scripts(product).get_template(f"steps/{step.file}.j2").render(context, step=_step_view(step, product))
        for step in product.steps
    }


def search_filter(one: RoomList) -> str:
    """The recipient filter that finds whatever already has the address, the alias or the name of a list."""
    return f"EmailAddresses -eq {opath('smtp:' + one.address)} -or Alias -eq {opath(one.alias)} -or Name -eq {opath(one.name)}"


def _plan_view(plan: Plan, product: Product) -> dict[str, object]:
    return {
        "bundle": plan.bundle,
        "ticket": plan.ticket,
        "domains": plan.domains,
        "controls": plan.controls,
        "account_name": plan.account.name,
        "owner": plan.list_owner,
        "owner_is_account": plan.owner_is_account,
        "organizational_unit": plan.organizational_unit,
        "list_size": str(plan.list_size),
        "mark_start": f"roomscope {plan.bundle} ",
        "lists": [
            {"address": one.address, "name": one.name, "alias": one.alias, "search": search_filter(one)}
            for one in plan.lists
        ],
        "grants": [
            {"scope": one.scope, "assignment": one.assignment, "lists": one.lists} for one in plan.grants
        ],
        "needs": [{"command": name, "parameters": given} for name, given in product.needs()],
        "all_roles": product.roles,
    }


def _step_view(step: Step, product: Product) -> dict[str, object]:
    return {
        "number": str(step.number),
        "stem": step.stem,
        "file": step.file,
        "writes": bool(step.writes),
        "roles": step.roles,
        "next": step.next,
        "commands": tuple(one.name for one in product.commands if one.name in {*step.reads, *step.writes}),
    }


@cache
def _scripts(product: Product) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader((product.templates, TEMPLATES)),
        autoescape=True,
        finalize=finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {"name": name, "comment": comment, "length": len, "indent": jinja2.filters.FILTERS["indent"]}
    environment.globals = {}
    return environment
