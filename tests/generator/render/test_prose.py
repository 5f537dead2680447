"""Texts for people: a Markdown renderer shows each value as it is, whole, and where it belongs."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from roomscope.generator.common import markdown
from roomscope.generator.common.errors import LiteralError
from roomscope.generator.common.text import UNSEEN
from roomscope.generator.plan.plan import FilledPlan
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.render.prose import render_text

RENDERER = MarkdownIt("commonmark").enable("table")
HOSTILE = (
    "a|b", "|", "||", "\\|", "a\\|b", "\\", "`", "``a`", "a`|`b", "`|", "*x*", "_x_", "<b>x</b>", "[x](http://evil)", "![x](y)", "# x", "&amp;",
    "~~x~~", "<!-- x", "{{ 7*7 }}", "{% x %}", "a\u2019b", "Größe", "x" * 300, "a ` b | c \\ d", "$(x)", "-->", "`a|b`",
)  # fmt: skip
PLACES = "| What | Value |\n|---|---|\n| code | {{ value | cell }} |\n| several | {{ values | cells }} |\n| words | {{ value }} |\n\n* {{ value | code }}\n"


def shown(token: Token) -> str:
    """What a reader sees of a paragraph or a cell."""
    return "".join(child.content for child in token.children or () if child.type in {"text", "code_inline", "text_special"})


def read(text: str) -> tuple[list[list[str]], list[str]]:
    """The rows of the tables, cell by cell, and the paragraphs outside of them."""
    rows: list[list[str]] = []
    others: list[str] = []
    inside = False
    for token in RENDERER.parse(text):
        inside = token.type == "table_open" or (inside and token.type != "table_close")
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and inside:
            rows[-1].append(shown(token))
        elif token.type == "inline":
            others.append(shown(token))
    return rows, others


@pytest.fixture
def rendered(tmp_path: Path) -> Callable[..., str]:
    """Renders a template of a product of its own."""

    def render(template: str, **context: object) -> str:
        (tmp_path / "page.md.j2").write_text(template, encoding="utf-8")
        return render_text(replace(EXCHANGE_SERVER, templates=tmp_path), "page.md.j2", **context)

    return render


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_is_shown_whole_in_its_cell_and_among_words(rendered: Callable[..., str], value: str) -> None:
    rows, others = read(rendered(PLACES, value=value, values=(value, "b@contoso.com", value)))
    assert rows == [["What", "Value"], ["code", value], ["several", f"{value}, b@contoso.com, {value}"], ["words", value]]
    assert others == [value]


def test_each_of_several_values_is_a_code_of_its_own() -> None:
    (cell,) = (token for token in RENDERER.parse(f"|a|\n|---|\n| {markdown.cells(HOSTILE)} |") if token.content and "x*" in token.content)
    assert [child.content for child in cell.children or () if child.type == "code_inline"] == [*HOSTILE]


VALUES = st.text(st.one_of(st.sampled_from("|`\\*_<>[]()#&~!$ "), st.characters(exclude_categories=["C", "Z"])), min_size=1, max_size=12)


@given(VALUES)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_value_holds_a_cell_shows_it(value: str) -> None:
    value = re.sub(" +", " ", UNSEEN.sub("", value)).strip() or "x"
    rows, _ = read(f"| a | b |\n|---|---|\n| {markdown.cell(value)} | {markdown.text(value)} |\n")
    assert rows[1] == [value, value]
    _, others = read(f"* {markdown.code(value)}, end\n")
    assert others == [f"{value}, end"]


def test_a_value_that_cannot_be_seen_is_in_no_text(rendered: Callable[..., str]) -> None:
    for value in ("a\nb", "a\u202eb"):
        for template in ("{{ value }}", "{{ value | code }}", "{{ value | cell }}", "{{ [value] | cells }}"):
            with pytest.raises(LiteralError, match="cannot be written into"):
                rendered(template, value=value)


def test_what_is_no_text_has_no_place_in_one(rendered: Callable[..., str]) -> None:
    assert rendered("{{ value }}", value=3) == "3"
    for value in (None, ("a",), 1.5):
        with pytest.raises(TypeError, match="has no place in a text"):
            rendered("{{ value }}", value=value)


def test_the_runbook_shows_every_control_and_every_name_whole(campus_plan: FilledPlan) -> None:
    controls = ("o'brien@contoso.com", "a|b@contoso.com", "c&d@contoso.com", "_x_@contoso.com")
    grant = campus_plan.plan.grants[0].model_copy(update={"scope": "Scope | of `it`"})
    plan = campus_plan.plan.model_copy(update={"controls": controls, "ticket": "CHG | 1 <b>", "owner": "`O` | *x*", "grants": (grant,)})
    rows, others = read(render_text(EXCHANGE_SERVER, "RUNBOOK.md.j2", plan=plan, plan_id="0" * 64, product=EXCHANGE_SERVER))
    cells = {row[0]: row[1] for row in rows if len(row) == 2}
    assert cells["Must be refused"] == ", ".join(controls)
    assert (cells["Ticket"], cells["Owner"]) == (plan.ticket, plan.owner)
    assert cells["EWS address"] == plan.endpoint
    assert cells["Room lists"] == ", ".join(one.address for one in plan.lists)
    assert any(text.startswith("Management scope Scope | of `it` over") for text in others)
    assert {len(row) for row in rows} == {2, 4}


def placed(template: str) -> Iterator[str]:
    """The ways in which a template writes values between backticks, line by line."""
    for line in template.splitlines():
        ways = set(re.findall(r"\| (code|cell|cells)\b", line))
        yield from (f"{way}: {line}" for way in ways if (way == "code") == line.startswith("|"))


def test_the_runbook_escapes_for_the_place() -> None:
    assert [*placed((EXCHANGE_SERVER.templates / "RUNBOOK.md.j2").read_text(encoding="utf-8"))] == []
