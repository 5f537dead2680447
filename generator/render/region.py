"""The shared region: plain PowerShell that stands verbatim in every script of a product."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from roomscope.generator.common.files import TEMPLATES
from roomscope.generator.products.product import Product

OPENS = "#region Shared functions"
CLOSES = "#endregion"


@dataclass(frozen=True, slots=True)
class Region:
    """What all scripts of a product share."""

    text: str
    """With plain newlines, without the lines that open and close it."""

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes as they are delivered: UTF-8, CR LF."""
        return hashlib.sha256(self.text.replace("\n", "\r\n").encode()).hexdigest()

    @property
    def whole(self) -> str:
        """The region with the lines that open and close it."""
        return f"{OPENS} {self.digest}\n{self.text}{CLOSES}\n"


@cache
def region_of(product: Product) -> Region:
    """The region of a product: what every product shares, then what is its own, a subject a file."""
    return Region("\n".join(path.read_text(encoding="utf-8") for path in _files(product)))


def _files(product: Product) -> Iterator[Path]:
    for folder in (TEMPLATES / "shared", product.templates / "shared"):
        yield from sorted(folder.glob("*.ps1"))
