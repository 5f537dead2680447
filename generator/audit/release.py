"""What this release writes into the scripts of a product, whatever the bundle; a script is held to it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Self

from roomscope.generator.common.region import Region
from roomscope.generator.products.product import Product
from roomscope.generator.script.calls import entry
from roomscope.generator.script.lexer import lex
from roomscope.generator.script.parts import WAY, cut
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node

COMPUTED = "computed"
"""The form of a value that is no constant."""

_FORMS = {"verbatim_string_characters": "text", "decimal_integer_literal": "number"}
_VARIABLES = {"$null": "null", "$true": "flag", "$false": "flag"}


@dataclass(frozen=True, slots=True)
class Datum:
    """A variable of the data of a script."""

    name: str
    """With its dollar."""

    forms: frozenset[str]
    """Those that its value may have, of a list also those of its items."""

    values: frozenset[str]
    """The values in the examples, as they stand there; if it is only one, it is the same in every bundle."""


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What stands in the own part of a step."""

    data: tuple[Datum, ...]
    """In the order in which they are set."""

    comments: frozenset[str]
    """Those among the data."""

    code: str
    """Everything below the data, up to the brace that closes the own part."""

    @classmethod
    def of(cls, examples: Iterable[str]) -> Self:
        """The own part that scripts have in common which were rendered for bundles with nothing in common.

        Raises:
            ValueError: They have none.
        """
        found = [_own(text) for text in examples]
        names = {tuple(one.name for one in own.data) for own in found}
        codes = {own.code for own in found}
        if len(codes) != 1 or len(names) != 1:
            raise ValueError("The code of a step is the same in every bundle, and its data has the same names.")
        data = (_together(same) for same in zip(*(own.data for own in found), strict=True))
        return cls(tuple(data), _all(own.comments for own in found), codes.pop())


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """The region and the own parts of the scripts of a product."""

    product: Product
    region: Region
    own: Mapping[int, OwnPart]
    """By the number of the step."""


def _own(text: str) -> OwnPart:
    """The own part of one script."""
    tokens = lex(text).tokens
    parts = cut(text, tokens)
    if parts is None or not text[: parts.region].endswith(WAY):
        raise ValueError("This is no script with a region behind its own part.")
    data = Script.read(text[parts.data : parts.code])
    names = (
        Datum(node.children[0].text, frozenset(forms(data, node.children[-1])), frozenset({data.source(node.children[-1])}))
        for node, _ in data.walk()
        if node.kind == "assignment_expression"
    )
    comments = frozenset(token.text for token in data.tokens if token.kind == "comment")
    return OwnPart(tuple(names), comments, text[parts.code : parts.region].removesuffix(WAY))


def _together(same: tuple[Datum, ...]) -> Datum:
    return Datum(same[0].name, _all(one.forms for one in same), _all(one.values for one in same))


def _all(sets: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset(chain.from_iterable(sets))


def forms(script: Script, value: Node) -> Iterator[str]:
    """The forms of a constant: of a list its own and those of its items."""
    yield _form(script, value)
    if value.kind == "array_expression":
        yield from (f"list of {_form(script, item)}" for item in _items(value))


def _form(script: Script, value: Node | None) -> str:
    if value is None:
        return COMPUTED
    if value.kind == "array_expression":
        return "list"
    if value.kind == "variable":
        return _VARIABLES.get(value.text, COMPUTED)
    if value.kind == "hash_literal_expression":
        return _row(script, value)
    return _FORMS.get(value.kind, COMPUTED)


def _row(script: Script, table: Node) -> str:
    body = table.first("hash_literal_body")
    entries = map(entry, () if body is None else body.named("hash_entry"))
    return f"table of {', '.join(f'{key} {_within(script, value)}' for key, value in entries)}"


def _within(script: Script, value: Node | None) -> str:
    """The form of a value in a row, which is a text or holds texts only."""
    if value is None or value.kind != "array_expression":
        return _form(script, value)
    return "list" if all(_form(script, item) == "text" for item in _items(value)) else COMPUTED


def _items(array: Node) -> Iterator[Node]:
    statements = array.first("statement_list")
    for one in () if statements is None else statements.children:
        if one.kind == "array_literal_expression":
            yield from (item for item in one.children if item.kind != ",")
        else:
            yield one
