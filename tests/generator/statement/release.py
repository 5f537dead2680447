"""What AUDIT.ps1 holds a bundle's scripts and statement to: the digest of what is the same in every bundle of a release."""

import hashlib
from collections.abc import Iterator, Mapping

from roomscope.generator.products.product import Product
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
