"""From a plan to the text of each file; the templates stand in two environments that never meet."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

import jinja2

from roomscope.generator.common.text import problem
from roomscope.generator.plan.plan import Plan, RoomList
from roomscope.generator.products.product import Product, Step
from roomscope.generator.render.literals import comment, finalize, literal, name, opath, verbatim
from roomscope.generator.render.region import TEMPLATES, region_of

_TYPOGRAPHIC = re.compile("[\u2018\u2019\u201a\u201b]")
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


def search_filter(one: RoomList) -> str:
    """The recipient filter that finds whatever already has the address, the alias or the name of a list."""
    terms = [f"EmailAddresses -eq {opath('smtp:' + one.address)}", f"Alias -eq {opath(one.alias)}"]
    # Whether the filter's parser takes typographic quotes for quotes is unknown, so such a name is not asked for.
    if not _TYPOGRAPHIC.search(one.name):
        terms.append(f"Name -eq {opath(one.name)}")
    return " -or ".join(terms)


def _plan_view(plan: Plan, product: Product) -> dict[str, object]:
    return {
        "bundle": plan.bundle,
        "ticket": plan.ticket,
        "domains": plan.domains,
        "controls": plan.controls,
        "account_name": plan.account_name,
        "owner": plan.owner,
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
    environment.filters = {"name": name, "comment": comment, "length": len, "indent": jinja2.filters.FILTERS["indent"]}
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
