"""The files of a bundle that say what its scripts can do."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from roomscope.generator.products.product import Product
from roomscope.generator.script.script import Script
from roomscope.generator.statement.derive import derive
from roomscope.generator.statement.facts import PlanFacts, ScriptFacts
from roomscope.generator.statement.page import page

STATEMENT = "audit.json"
PAGE = "AUDIT.md"
SECOND_OPINION = "AUDIT.ps1"
_TEMPLATE = Path(__file__).parents[2] / "templates" / SECOND_OPINION


def statement_files(scripts: Mapping[str, bytes], product: Product, plan: PlanFacts) -> dict[str, bytes]:
    """AUDIT.md, audit.json and AUDIT.ps1 for the delivered bytes of the scripts, by file name.

    Raises:
        ScriptError: A script cannot be read.
        AuditError: There are no scripts, or they have no region in common.
    """
    statement = derive(scripts, product)
    data = ScriptFacts.of(Script.parse(data) for _, data in sorted(scripts.items()))
    return {
        PAGE: page(statement, product, data, plan).encode(),
        STATEMENT: statement.text().encode(),
        SECOND_OPINION: second_opinion(),
    }


@cache
def second_opinion() -> bytes:
    """AUDIT.ps1 as it is delivered: the same bytes for every bundle of a release."""
    return _TEMPLATE.read_text(encoding="utf-8").replace("\n", "\r\n").encode("utf-8-sig")
