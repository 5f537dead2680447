"""From a plan to the text of each script."""

from collections.abc import Iterator, Mapping
from functools import cache

import jinja2

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.plan.plan import Plan
from roomscope.generator.products.product import Product, Step
from roomscope.generator.render.literals import comment, finalize, name, rows, verbatim
from roomscope.generator.render.region import region_of

_LINE = 110


def render_scripts(plan: Plan, product: Product, plan_id: str, rooms_digest: str) -> Mapping[str, str]:
    """The text of every script of a plan, by the name of its file, in the order of the steps."""
    shared = verbatim(region_of(product).whole)
    context = {"plan": _plan_view(plan, product), "plan_id": plan_id, "rooms_digest": rooms_digest, "region": shared}
    return {
        step.file: _scripts(product).get_template(f"steps/{step.file}.j2").render(context, step=_step_view(step, product))
        for step in product.steps
    }


def _plan_view(plan: Plan, product: Product) -> dict[str, object]:
    return {
        "product": product.name,
        "bundle": plan.bundle,
        "ticket": plan.ticket,
        "domains": plan.domains,
        "controls": plan.controls,
        "account_name": plan.account.name,
        "account_address": plan.account.address,
        "account_may_own_lists": plan.account_may_own_lists,
        "owner": plan.list_owner,
        "owner_is_account": plan.owner_is_account,
        "organizational_unit": plan.organizational_unit,
        "list_size": str(plan.list_size),
        "lists": [{"address": one.address, "name": one.name, "alias": one.alias} for one in plan.lists],
        "grants": [{"scope": one.scope, "assignment": one.assignment, "lists": one.lists} for one in plan.grants],
        "needs": tuple(_needs(product)),
        "all_roles": product.roles,
    }


def _needs(product: Product) -> Iterator[str]:
    """What the later steps call, each command with its parameters, a line's length at a time."""
    for command, parameters in product.needs():
        line = command
        for one in parameters:
            if len(line) + len(one) > _LINE:
                yield line
                line = command
            line += f" -{one}"
        yield line


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
    environment.filters = {"name": name, "comment": comment, "length": len, "rows": rows}
    environment.globals = {}
    return environment
