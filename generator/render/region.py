"""The shared region: plain PowerShell that stands verbatim in every script of a product."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.common.region import Region
from roomscope.generator.products.product import Product


@cache
def region_of(product: Product) -> Region:
    """The region of a product: what every product shares, then what is its own, a subject a file."""
    return Region("".join(path.read_text(encoding="utf-8") for path in _files(product)))


def _files(product: Product) -> Iterator[Path]:
    for folder in (TEMPLATES / "shared", product.templates / "shared"):
        yield from sorted(folder.glob("*.ps1"))
