"""What AUDIT.ps1 holds a bundle's scripts and statement to: the digest of what is the same in every bundle of a release.

After a change to a script, ``python -m tests.generator.statement.release`` writes it into AUDIT.ps1, and the digests of
AUDIT.ps1 and of the shared region into the release notes.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from roomscope.generator.bundle.content import content_of
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of
from roomscope.generator.script.parts import WAY, cut
from roomscope.generator.script.script import Script
from roomscope.generator.statement.derive import derive
from roomscope.generator.statement.model import CallRecord, PartRecord
from roomscope.generator.statement.part import own_part


def release_digest(scripts: Mapping[str, bytes], product: Product) -> str:
    """As AUDIT.ps1 makes it."""
    return hashlib.sha256("\n".join(_constant(scripts, product)).encode()).hexdigest()


def _constant(scripts: Mapping[str, bytes], product: Product) -> Iterator[str]:
    statement = derive(scripts, product)
    for record in statement.scripts:
        script = Script.parse(scripts[record.file])
        parts = cut(script.text, script.tokens)
        assert parts is not None
        yield record.file
        yield script.text[parts.opening : parts.data] + script.text[parts.code : parts.region].removesuffix(f"\n{WAY}")
        yield from _claims(record)
    yield own_part(*next((name, Script.parse(data)) for name, data in scripts.items())).region
    yield from _claims(statement.region)


def _claims(part: PartRecord) -> Iterator[str]:
    yield from map(_call, part.calls)
    yield from (f"1function {one}" for one in part.functions)
    yield from (f"3member {one}" for one in part.members)
    yield from (f"3type {one}" for one in part.types)
    yield from ("\1".join((f"3variable {one.name}", *_origins(one.origins))) for one in part.variables)
    yield from (f"4text {one}" for one in part.texts)


def _call(call: CallRecord) -> str:
    pieces = [f"{1 if call.writes else 2}call {call.command}"]
    for one in call.given:
        pieces += [f"-{one.parameter}\2{one.value}" + ("\2(under a condition)" if one.optional else ""), *_origins(one.origins)]
    pieces += [f"if\2{call.gate}"] if call.gate else []
    pieces += [f"in\2{call.function}"] if call.function else []
    return "\1".join(pieces)


def _origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(one for one in origins if one != "literal")


def write_digests(root: Path, scripts: Mapping[str, bytes], product: Product) -> None:
    """Puts the digests where they are told."""
    opinion, notes = root / "templates" / "AUDIT.ps1", root / "CHANGELOG.md"
    text = opinion.read_text(encoding="utf-8")
    text = re.sub(rf"('{product.name}' = ')[0-9a-f]{{64}}", rf"\g<1>{release_digest(scripts, product)}", text)
    opinion.write_text(text, encoding="utf-8", newline="\n")
    digests = (hashlib.sha256(text.replace("\n", "\r\n").encode("utf-8-sig")).hexdigest(), region_of(product).digest)
    told = iter(digests)
    noted = re.sub(r"`[0-9a-f]{64}`", lambda _: f"`{next(told)}`", notes.read_text(encoding="utf-8"), count=len(digests))
    notes.write_text(noted, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    from tests.generator.conftest import plan_of

    write_digests(Path(__file__).parents[3], content_of(plan_of("article"), EXCHANGE_SERVER).scripts, EXCHANGE_SERVER)
