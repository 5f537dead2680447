"""How much there is to read in a script."""

from pathlib import Path

import pytest

from roomscope.generator.common.region import CLOSES, OPENS
from roomscope.generator.intent.document import load
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of

SAMPLES = Path(__file__).parents[3] / "samples"
SCRIPTS = sorted(SAMPLES.glob("*/bundle/[0-9]*.ps1"))
OWN = 150
REGION = 776
WIDTH = 130


def lines_of(script: Path) -> list[str]:
    return script.read_text(encoding="utf-8-sig").splitlines()


def own_part(script: Path) -> list[str]:
    lines = lines_of(script)
    opens = next(at for at, line in enumerate(lines) if line.startswith(OPENS))
    return lines[:opens] + lines[lines.index(CLOSES) + 1 :]


def rows_of(script: Path) -> int:
    """The lines of lists and grants, one or more for each of them."""
    lines = own_part(script)
    spans = ((f"    ${name} = @(", "    )") for name in ("lists", "grants"))
    return sum(lines.index(closes, lines.index(opens)) - lines.index(opens) - 1 for opens, closes in spans if opens in lines)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: f"{script.parts[-3]} {script.stem}")
def test_a_step_is_read_in_one_sitting(script: Path) -> None:
    rows = 0 if "article" in script.parts else rows_of(script)
    assert len(own_part(script)) - rows <= OWN
    assert [line for line in lines_of(script) if len(line) > WIDTH] == []


def test_every_sample_has_all_its_scripts() -> None:
    for toml in SAMPLES.glob("*/roomscope.toml"):
        names = [script.name for script in SCRIPTS if script.is_relative_to(toml.parent)]
        assert names == [step.file for step in PRODUCTS[load(toml).kind].steps]


@pytest.mark.parametrize("product", PRODUCTS.values(), ids=lambda product: product.kind)
def test_the_region_is_read_once_a_release(product: Product) -> None:
    assert len(region_of(product).whole.splitlines()) <= REGION
