"""The environment of the texts for people, in Markdown; it never meets that of the scripts."""

from collections.abc import Iterable
from functools import cache

import jinja2

from roomscope.generator.common import markdown
from roomscope.generator.common.errors import LiteralError
from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.common.text import problem, shown
from roomscope.generator.products.product import Product
from roomscope.generator.render.literals import literal


def render_text(product: Product, template: str, /, **context: object) -> str:
    """Renders a text of a product; values arrive with their markup made harmless.

    Raises:
        LiteralError: A value holds what no text may hold.
    """
    return _environment(product).get_template(template).render(context)


class _Finished(str):
    """Markdown that is not escaped again."""

    __slots__ = ()


def _finalize(value: object) -> str:
    match value:
        case _Finished():
            return value
        case str():
            return markdown.text(_checked(value))
        case int():
            return str(value)
        case _:
            raise TypeError(f"A {type(value).__name__} has no place in a text: {value!s:.80}")


def _code(text: str) -> _Finished:
    return _Finished(markdown.code(_checked(text)))


def _codes(texts: Iterable[str]) -> _Finished:
    return _Finished(", ".join(map(_code, texts)))


def _cell(text: str) -> _Finished:
    return _Finished(markdown.cell(_checked(text)))


def _cells(texts: Iterable[str]) -> _Finished:
    return _Finished(markdown.cells(map(_checked, texts)))


def _quoted(text: str) -> _Finished:
    """A value in a command that a person copies."""
    return _Finished(literal(text))


def _verbatim(text: str) -> _Finished:
    """A text of this release's own, in a command that a person copies; never one that holds data."""
    return _Finished(_checked(text))


def _checked(text: str) -> str:
    if reason := problem(text):
        message = f"{shown(text)} cannot be written into a text: it {reason}."
        raise LiteralError(message)
    return text


@cache
def _environment(product: Product) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader((product.templates, TEMPLATES)),
        autoescape=False,  # noqa: S701 - Markdown, which has its own escape, in finalize
        finalize=_finalize,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters = {
        "length": len, "code": _code, "codes": _codes, "cell": _cell, "cells": _cells, "quoted": _quoted, "plain": _verbatim, "map": jinja2.filters.FILTERS["map"],
    }
    environment.globals = {}
    return environment
