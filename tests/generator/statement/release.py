"""What AUDIT.ps1 holds a bundle to: the digest of the code, the region, and what is said of both in every bundle of a release.

After a change to a script, ``python -m tests.generator.statement.release`` writes it into AUDIT.ps1, and the digests of
AUDIT.ps1 and of the shared region into the release notes.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from roomscope.generator.bundle.content import content_of
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of
from roomscope.generator.script.parts import WAY, cut
from roomscope.generator.script.script import Script
from roomscope.generator.statement.facts import PlanFacts
from roomscope.generator.statement.files import PAGE, STATEMENT, statement_files
from roomscope.generator.statement.part import own_part
from roomscope.generator.statement.record import data_of

OF_A_PLAN = ["planId", "bundle", "product", "roomsDigest", "accountName", "accountAddress", "accountMayOwnLists", "tenantId", "clientId", "objectId", "pointerName", "allowed", "listOwner", "controls", "domains", "organizationalUnit", "step", "lists", "grants"]
"""The data that a bundle has from its plan; any other is the same in every bundle."""


def release_digest(scripts: Mapping[str, bytes], product: Product) -> str:
    """As AUDIT.ps1 makes it."""
    return hashlib.sha256("\n".join(_constant(scripts, product)).encode()).hexdigest()


def _constant(scripts: Mapping[str, bytes], product: Product) -> Iterator[str]:
    read = {name: Script.parse(data) for name, data in sorted(scripts.items())}
    for name, script in read.items():
        parts = cut(script.text, script.tokens)
        assert parts is not None
        code = script.text[parts.code : parts.region].removesuffix(f"\n{WAY}")
        names = " ".join(f"1data {one.name}" for one in data_of(own_part(name, script)))
        yield f"{name} {names}\n{script.text[parts.opening : parts.data]}{code}"
    yield from {own_part(name, script).region for name, script in read.items()}
    said = statement_files(scripts, product, PlanFacts(endpoint=None))
    data = rf'(?m)^(    {{"name": "\$(?:{"|".join(OF_A_PLAN)})", "value": )"(?:[^"\\]|\\.)*"'
    text = re.sub(data, r"\1", said[STATEMENT].decode())
    yield re.sub(r'(, )?"literal"', "", re.sub(r'"line": [0-9]+, ', "", text))
    page = said[PAGE].decode()
    tail = page[page.index("\nThis page is derived from the scripts") + 1 :]
    yield re.sub(r"(, )?fixed in the script", "", re.sub(r" line [0-9]+ \|", " |", tail))


def write_digests(root: Path, scripts: Mapping[str, Mapping[str, bytes]]) -> None:
    """Puts the digests where they are told; the scripts of each product are under its kind."""
    opinion, notes = root / "templates" / "AUDIT.ps1", root / "CHANGELOG.md"
    text = opinion.read_text(encoding="utf-8")
    for kind, product in PRODUCTS.items():
        text = re.sub(rf"('{kind}' = ')[0-9a-f]{{64}}", rf"\g<1>{release_digest(scripts[kind], product)}", text)
    opinion.write_text(text, encoding="utf-8", newline="\n")
    regions = {product.name: region_of(product).digest for product in PRODUCTS.values()}
    told = iter((hashlib.sha256(text.replace("\n", "\r\n").encode("utf-8-sig")).hexdigest(), *regions.values()))
    noted = re.sub(r"`[0-9a-f]{64}`", lambda _: f"`{next(told)}`", notes.read_text(encoding="utf-8"), count=1 + len(regions))
    notes.write_text(noted, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    from tests.generator.conftest import a_plan_of

    every = {kind: content_of(a_plan_of(kind), product).scripts for kind, product in PRODUCTS.items()}
    write_digests(Path(__file__).parents[3], every)
