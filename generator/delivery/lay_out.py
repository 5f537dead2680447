"""Lays a delivered bundle out for its reader. Audits nothing, and shows what it cannot read as it stands, made harmless."""

from collections.abc import Iterator, Mapping

from roomscope.generator.bundle.manifest import MANIFEST, Manifest, read_manifest
from roomscope.generator.bundle.sums import SUMS, digest, plain
from roomscope.generator.common.errors import AuditError, BundleError
from roomscope.generator.common.region import CLOSES, OPENS, Region
from roomscope.generator.common.text import harmless
from roomscope.generator.delivery.digests import check_digests
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.delivery.outline import BundleOutline, Fold, Line, Outline, Write
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of
from roomscope.generator.script.calls import calls
from roomscope.generator.script.characters import BOM, MAX_BYTES
from roomscope.generator.script.parts import markers
from roomscope.generator.script.script import Script, ScriptError
from roomscope.generator.statement.files import SECOND_OPINION


def lay_out(delivery: Delivery) -> BundleOutline:
    """Lays out what was delivered as a bundle.

    Raises:
        AuditError: It is a loose script, or too large to be read by anybody.
    """
    if delivery.kind != "bundle":
        raise AuditError(f"{delivery.path} is a script alone. Name the folder or the zip in which it was delivered.")
    manifest = _manifest(delivery.files)
    product = None if manifest is None else PRODUCTS.get(manifest.plan.kind)
    steps = () if product is None else product.steps
    files = [step.file for step in steps if step.file in delivery.files]
    files += [name for name in delivery.files if name.endswith(".ps1") and name not in {*files, SECOND_OPINION}]
    scripts = tuple(_outline(name, delivery.files[name], product) for name in files)
    altered = tuple(check_digests({name: plain(name, data) for name, data in delivery.files.items()}))
    return BundleOutline(delivery.path, manifest, product, digest(delivery.files.get(SUMS, b"")), scripts, delivery.strange, altered)


def _manifest(files: Mapping[str, bytes]) -> Manifest | None:
    try:
        return read_manifest(files.get(MANIFEST, b""))
    except BundleError:
        return None


def _outline(name: str, delivered: bytes, product: Product | None) -> Outline:
    data = plain(name, delivered)
    step = next((one for one in (() if product is None else product.steps) if one.file == name), None)
    signed = len(data) != len(delivered)
    try:
        script = Script.parse(data)
    except ScriptError as error:
        place, fault = error.faults[0]
        return Outline(name, step, tuple(_as_it_stands(name, data)), None, (), (), f"line {place.line}: {fault.message}", signed)
    writes = tuple(_writes(script, product))
    lines = tuple(_lines(script, writes))
    fold = _fold(script, lines, product)
    if fold is None:
        return Outline(name, step, lines, None, writes, (), "", signed)
    own = tuple(one for one in lines if not fold.first <= one.number <= fold.last)
    hidden = tuple(one for one in writes if fold.first <= one.line <= fold.last)
    return Outline(name, step, own, fold, tuple(one for one in writes if one not in hidden), hidden, "", signed)


def _as_it_stands(name: str, data: bytes) -> Iterator[Line]:
    if len(data) > MAX_BYTES:
        raise AuditError(f"{name} has {len(data)} bytes; no script of a bundle is so large, and nobody reads it. Do not run it.")
    text = data.decode("utf-8", "backslashreplace").removeprefix(BOM).replace("\r\n", "\n").removesuffix("\n")
    for number, line in enumerate(text.split("\n"), start=1):
        yield Line(number, harmless(line), "code")


def _lines(script: Script, writes: tuple[Write, ...]) -> Iterator[Line]:
    marked = {number for one in writes for number in range(one.line, one.end + 1)}
    comments = {
        number
        for token in script.tokens
        if token.kind in {"comment", "help"}
        for number in range(script.place(token.start).line, script.place(token.end - 1).line + 1)
    }
    for number, line in enumerate(script.text.removesuffix("\n").split("\n"), start=1):
        yield Line(number, harmless(line), "write" if number in marked else "comment" if number in comments else "code")


def _writes(script: Script, product: Product | None) -> Iterator[Write]:
    """The calls that change Exchange; PowerShell does not mind the case of a name, so a reader should not be fooled by it."""
    names = {one.name.lower() for one in (() if product is None else product.commands) if one.writes}
    for call in calls(script):
        if call.name.lower() in names:
            yield Write(call.name, script.place(call.node.start).line, script.place(max(call.node.end - 1, 0)).line)


def _fold(script: Script, lines: tuple[Line, ...], product: Product | None) -> Fold | None:
    """The region, if two comments open and close just one."""
    around = markers(script.tokens)
    if len(around) != len(("opens", "closes")) or not around[0].text.startswith(OPENS) or around[1].text != CLOSES:
        return None
    first, last = (script.place(token.start).line for token in around)
    region = Region(script.text[around[0].end + 1 : script.line_starts[last - 1]])
    known = product is not None and region == region_of(product)
    return Fold(first, last, lines[first : last - 1], region.digest, known and around[0].text == f"{OPENS} {region.digest}")
