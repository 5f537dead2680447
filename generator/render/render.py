"""From a plan to the text of each file; the templates stand in two environments that never meet."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2
from roomscope.generator.common.text import problem
from roomscope.generator.plan.plan import Plan, RoomList
from roomscope.generator.products.profile import PROFILES, Profile, Step
from roomscope.generator.render.literals import comment, finalize, literal, name, opath

TEMPLATES = Path(__file__).parents[2] / "templates"
_TYPOGRAPHIC = re.compile("[\u2018\u2019\u201a\u201b]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~!&])")


@dataclass(frozen=True, slots=True)
class Scripts:
    """The rendered scripts, with plain newlines and without encoding."""

    plan_id: str
    texts: Mapping[str, str]
    """The text of each file, by its name, in the order of the steps."""


def render_scripts(plan: Plan, rooms_digest: str) -> Scripts:
    """Renders every step of the plan's profile."""
    profile = PROFILES[plan.profile]
    digests = {step: _template_digest(profile, step) for step in profile.steps}
    plan_id = plan.identity(digests.values())
    context = {"plan": _plan_view(plan, profile), "plan_id": plan_id, "rooms_digest": rooms_digest}
    return Scripts(
        plan_id,
        {
            step.file: _scripts()
            .get_template(_template(profile, step))
            .render(context, step=_step_view(step, digests[step]))
            for step in profile.steps
        },
    )


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


def _template(profile: Profile, step: Step) -> str:
    return f"{profile.name}/steps/{step.file}.j2"


def _template_digest(profile: Profile, step: Step) -> str:
    shared = sorted(TEMPLATES.glob("*.j2"))
    parts = [path.read_text(encoding="utf-8") for path in (*shared, TEMPLATES / _template(profile, step))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _plan_view(plan: Plan, profile: Profile) -> dict[str, object]:
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
        "needs": profile.needs,
        "all_roles": profile.all_roles,
    }


def _step_view(step: Step, digest: str) -> dict[str, object]:
    return {
        "number": str(step.number),
        "stem": step.stem,
        "file": step.file,
        "writes": step.writes,
        "roles": step.roles,
        "next": step.next,
        "exchange_commands": step.exchange_commands,
        "plain_commands": step.plain_commands,
        "template_digest": digest,
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
