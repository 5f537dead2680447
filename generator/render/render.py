"""From a plan to the text of each script."""

from collections.abc import Iterator, Mapping
from functools import cache

import jinja2

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.plan.plan import Plan
from roomscope.generator.products.permissions import OPENING
from roomscope.generator.products.product import Product, Step
from roomscope.generator.render.literals import comment, finalize, name, row, rows, verbatim
from roomscope.generator.render.region import region_of

_NEED = 110


def render_scripts(plan: Plan, product: Product, plan_id: str, rooms_digest: str) -> Mapping[str, str]:
    """The text of every script of a plan, by the name of its file, in the order of the steps."""
    context = {
        "plan": plan,
        "product": product,
        "plan_id": plan_id,
        "rooms_digest": rooms_digest,
        "needs": tuple(_needs(product)),
        "opening": OPENING,
        "region": verbatim(region_of(product).whole),
    }
    return {step.file: _render(product, step, context) for step in product.steps}


def _render(product: Product, step: Step, context: Mapping[str, object]) -> str:
    commands = tuple(one.name for one in product.commands if one.name in {*step.reads, *step.writes})
    return _scripts(product).get_template(f"steps/{step.file}.j2").render(context, step=step, commands=commands)


def _needs(product: Product) -> Iterator[str]:
    """What the later steps call, each command with its parameters, a line's length at a time."""
    for command, parameters in product.needs():
        line = command
        for one in parameters:
            if len(line) + len(one) > _NEED:
                yield line
                line = command
            line += f" -{one}"
        yield line


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
    environment.filters = {"name": name, "comment": comment, "length": len, "row": row, "rows": rows}
    environment.globals = {}
    return environment
