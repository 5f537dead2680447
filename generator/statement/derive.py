"""Reads off the bytes of scripts what they can do: the region once, of each script its own part."""

import hashlib
from collections.abc import Iterator, Mapping
from functools import lru_cache

from roomscope.generator.common.errors import AuditError
from roomscope.generator.products.product import Product
from roomscope.generator.script.script import Script
from roomscope.generator.statement.model import (
    FORMAT,
    CallRecord,
    RegionRecord,
    ScriptRecord,
    Statement,
)
from roomscope.generator.statement.part import own_part, region_part
from roomscope.generator.statement.record import data_of, functions_of, record


def derive(scripts: Mapping[str, bytes], product: Product) -> Statement:
    """The statement about the delivered bytes of scripts, by their names.

    Raises:
        ScriptError: A script cannot be read.
        AuditError: There are no scripts, or they have no region in common.
    """
    if not scripts:
        raise AuditError("There are no scripts, so there is nothing to state.")
    read = {name: Script.parse(data) for name, data in sorted(scripts.items())}
    region = derive_region(_shared(read), product)
    return Statement(
        format=FORMAT,
        product=product.name,
        grants=product.grants,
        region=region,
        scripts=tuple(derive_script(name, script, product, region) for name, script in read.items()),
    )


@lru_cache(maxsize=16)
def derive_region(text: str, product: Product) -> RegionRecord:
    """What the text between the lines of a region can do."""
    part = region_part(text)
    names = frozenset(functions_of(part))
    digest = hashlib.sha256(text.replace("\n", "\r\n").encode()).hexdigest()
    return RegionRecord(digest=digest, lines=text.count("\n"), **record(part, product, names))


@lru_cache(maxsize=16)
def derive_script(name: str, script: Script, product: Product, region: RegionRecord) -> ScriptRecord:
    """What the own part of one script can do, and what it reaches of the region."""
    part = own_part(name, script)
    found = record(part, product, frozenset({*functions_of(part), *region.functions}))
    reaches = _reached({call.command for call in found["calls"]}, region)
    reads = {call.command for call in (*found["calls"], *_calls_of(region, reaches)) if _reads(product, call)}
    return ScriptRecord(
        file=name,
        step=step_of(name),
        reaches=tuple(sorted(reaches)),
        reads=tuple(sorted(reads)),
        data=data_of(part),
        **found,
    )


def step_of(name: str) -> int:
    """The step that a file's name begins with."""
    number = name.partition("-")[0]
    if not (number.isascii() and number.isdecimal() and name.endswith(".ps1")):
        message = f"{name} is not named like the script of a step, such as 50-Grant-Access.ps1."
        raise AuditError(message)
    return int(number)


def _shared(scripts: Mapping[str, Script]) -> str:
    """The text of the region, which must be the same in every script."""
    texts: dict[str, str] = {}
    for name, script in scripts.items():
        texts.setdefault(own_part(name, script).region, name)
    if len(texts) != 1:
        first, second, *_ = texts.values()
        raise AuditError(f"The shared region of {second} is another than that of {first}, so it cannot be stated once.")
    return next(iter(texts))


def _reached(called: set[str], region: RegionRecord) -> frozenset[str]:
    """The functions of the region that these calls and the region's own beginning lead to."""
    makes = set(region.functions)
    pending = (called | {call.command for call in region.calls if not call.function}) & makes
    reached: set[str] = set()
    while pending:
        reached |= pending
        pending = ({call.command for call in region.calls if call.function in pending} & makes) - reached
    return frozenset(reached)


def _calls_of(region: RegionRecord, reached: frozenset[str]) -> Iterator[CallRecord]:
    return (call for call in region.calls if not call.function or call.function in reached)


def _reads(product: Product, call: CallRecord) -> bool:
    return not call.writes and product.command(call.command) is not None
