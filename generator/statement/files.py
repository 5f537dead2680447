"""The files of a bundle that say what its scripts can do."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from roomscope.generator.products.product import Product
from roomscope.generator.script.constants import Table, tables_of, text_of, texts_of
from roomscope.generator.script.script import Script
from roomscope.generator.statement.derive import derive
from roomscope.generator.statement.page import page

STATEMENT = "audit.json"
PAGE = "AUDIT.md"
SECOND_OPINION = "AUDIT.ps1"
_TEMPLATE = Path(__file__).parents[2] / "templates" / SECOND_OPINION


def statement_files(scripts: Mapping[str, bytes], product: Product) -> dict[str, bytes]:
    """AUDIT.md, audit.json and AUDIT.ps1 for the delivered bytes of the scripts, by file name.

    Raises:
        ScriptError: A script cannot be read.
    """
    statement = derive(scripts, product)
    read = [Script.parse(data) for _, data in sorted(scripts.items())]
    return {
        PAGE: page(statement, product, tuple(_facts(read))).encode(),
        STATEMENT: statement.text().encode(),
        SECOND_OPINION: second_opinion(),
    }


@cache
def second_opinion() -> bytes:
    """AUDIT.ps1 as it is delivered: the same bytes for every bundle of a release."""
    return _TEMPLATE.read_text(encoding="utf-8").replace("\n", "\r\n").encode("utf-8-sig")


def _facts(scripts: list[Script]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a reviewer asks first: who gets what, over which lists."""
    yield "Service account", _all(text_of(script, "$accountName") for script in scripts)
    yield "Management scopes", _all(one.text("Scope") for one in _tables(scripts, "$grants"))
    yield "Role assignments", _all(one.text("Assignment") for one in _tables(scripts, "$grants"))
    yield "Room lists in the scope", _all(text for one in _tables(scripts, "$grants") for text in one.texts("Lists"))
    yield "Owner of the lists", _all(text_of(script, "$listOwner") for script in scripts) or ("whoever runs step 30",)
    yield "Must be refused", _all(text for script in scripts for text in texts_of(script, "$controls")) or ("nobody named",)
    yield "SHA-256 of rooms.csv", _all(text_of(script, "$roomsDigest") for script in scripts)
    yield "Plan id", _all(text_of(script, "$planId") for script in scripts)


def _tables(scripts: list[Script], variable: str) -> Iterator[Table]:
    for script in scripts:
        yield from tables_of(script, variable)


def _all(texts: Iterator[str | None] | Iterator[str]) -> tuple[str, ...]:
    """Each text once, in the order of the scripts."""
    return tuple(dict.fromkeys(text for text in texts if text))
