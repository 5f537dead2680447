"""From a plan to the text of each file; the templates stand in two environments that never meet."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import jinja2

from roomscope.generator.common.text import problem
from roomscope.generator.plan.plan import Plan
from roomscope.generator.products.product import Product, Step
from roomscope.generator.render.literals import comment, finalize, literal, name, rows, verbatim
from roomscope.generator.render.region import TEMPLATES, region_of

_LINE = 110
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


def render_scripts(plan: Plan, product: Product, plan_id: str, rooms_digest: str) -> Mapping[str, str]:
    """The text of every script of a plan, by the name of its file, in the order of the steps."""
    shared = verbatim(region_of(product).whole)
    context = {"plan": _plan_view(plan, product), "plan_id": plan_id, "rooms_digest": rooms_digest, "region": shared}
    return {
        step.file: _scripts().get_template(f"{product.name}/steps/{step.file}.j2").render(context, step=_step_view(step, product))
        for step in product.steps
    }


def render_text(template: str, **context: object) -> str:
    """Renders a file for people, in Markdown; values arrive with their markup made harmless."""
    return _prose().get_template(template).render(context)


def _plan_view(plan: Plan, product: Product) -> dict[str, object]:
    return {
        "product": product.name,
        "bundle": plan.bundle,
        "ticket": plan.ticket,
        "domains": plan.domains,
        "controls": plan.controls,
        "account_name": plan.account_name,
        "account_address": plan.account_address,
        "account_may_own_lists": plan.owner_is_account,
        "owner": plan.owner,
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
def _scripts() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
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


@cache
def _prose() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,  # noqa: S701 - Markdown, which has its own escape, in finalize
        finalize=_prose_value,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {"length": len, "code": _code, "join": _join, "quoted": _quoted, "map": jinja2.filters.FILTERS["map"]}
    environment.globals = {}
    return environment


class _Finished(str):
    """Markdown that is not escaped again."""

    __slots__ = ()


def _prose_value(value: object) -> str:
    match value:
        case _Finished():
            return value
        case str():
            return _MARKDOWN.sub(r"\\\1", _seen(value))
        case int():
            return str(value)
        case _:
            raise TypeError(f"A {type(value).__name__} has no place in a text: {value!s:.80}")


def _code(text: str) -> _Finished:
    """A value between backticks, whatever it holds."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return _Finished(f"{fence}{space}{_seen(text)}{space}{fence}")


def _quoted(text: str) -> _Finished:
    """A value in a command that a person copies."""
    return _Finished(literal(text))


def _join(texts: Iterator[str]) -> _Finished:
    return _Finished(", ".join(_code(text) for text in texts))


def _seen(text: str) -> str:
    if reason := problem(text):
        raise ValueError(f"{text!r:.80} {reason}")
    return text
