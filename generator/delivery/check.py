"""Audits what was delivered: a bundle in a folder or a zip, or loose scripts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomscope.generator.audit.check import audit_named, rule
from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.shapes import check_shape
from roomscope.generator.bundle.content import RUNBOOK
from roomscope.generator.bundle.manifest import MANIFEST, read_manifest
from roomscope.generator.bundle.rooms import ROOMS
from roomscope.generator.bundle.sums import SUMS, digest, plain, read_sums
from roomscope.generator.common.errors import AuditError, BundleError
from roomscope.generator.common.text import shown
from roomscope.generator.delivery.agreement import check_promises
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.delivery.rebuild import check_rebuilt
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.product import Product
from roomscope.generator.script.script import Script, ScriptError
from roomscope.generator.statement.derive import observe, step_of
from roomscope.generator.statement.files import (
    PAGE,
    SECOND_OPINION,
    STATEMENT,
    second_opinion,
    statement_files,
)
from roomscope.generator.statement.model import Statement

DEFAULT_PROFILE = "exchange-server"
_BESIDES = frozenset({STATEMENT, PAGE, SECOND_OPINION, ROOMS, MANIFEST, RUNBOOK})


@dataclass(frozen=True, slots=True)
class Result:
    """What the audit of one path found."""

    path: str
    kind: str
    digest: str
    """The bundle digest; empty for loose scripts."""

    compared: bool
    """Whether it was held against one that came another way."""

    signed: tuple[str, ...]
    """The scripts that carry a signature; whose it is was not asked."""

    scripts: tuple[str, ...]
    findings: tuple[Finding, ...]
    statement: Statement | None
    """What the scripts can do; None where one cannot be read."""

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def audit_delivery(
    delivery: Delivery, ticket: str | None = None, rendered: Mapping[str, bytes] | None = None
) -> Result:
    """Holds a delivery to all rules.

    1. The list of digests, every file in it, nothing beside it, and the digest of the ticket.
    2. The manifest agrees with it, and the scripts are those of the profile.
    3. Every script keeps the rules of its step, and is the template of this release.
    4. The statement is true.
    5. Scripts, rooms and manifest say the same, and this release makes the same bytes of them.
    6. It is what the configuration gives, if that was asked.
    """
    if delivery.kind == "bundle" and not delivery.files:
        message = f"{delivery.path} holds nothing."
        raise AuditError(message)
    files = {name: plain(name, data) for name, data in delivery.files.items()}
    scripts = {name: data for name, data in files.items() if name.endswith(".ps1") and name != SECOND_OPINION}
    known = {name: data for name, data in scripts.items() if _is_step(name)}
    found = [*_scripts(scripts)]
    if delivery.kind == "bundle":
        found += _whole(delivery, files, ticket)
    found += _against(delivery, files, rendered)
    return Result(
        path=delivery.path,
        kind=delivery.kind,
        digest=digest(files[SUMS]) if SUMS in files else "",
        compared=ticket is not None and delivery.kind == "bundle",
        signed=tuple(sorted(name for name, data in delivery.files.items() if len(files[name]) != len(data))),
        scripts=tuple(sorted(scripts)),
        findings=tuple(sorted(found)),
        statement=_statement(known),
    )


def _is_step(name: str) -> bool:
    try:
        return step_of(name) in {step.number for step in PRODUCTS[DEFAULT_PROFILE].steps}
    except AuditError:
        return False


def _statement(scripts: Mapping[str, bytes]) -> Statement | None:
    try:
        return observe(scripts)
    except AuditError:
        return None


def _scripts(scripts: Mapping[str, bytes]) -> Iterator[Finding]:
    if not scripts:
        yield _about("RSA110", SUMS, "There are no scripts.")
    for name, data in scripts.items():
        if _is_step(name):
            yield from audit_named(name, data, DEFAULT_PROFILE, step_of(name))
            yield from _shaped(name, data)
        else:
            yield _about("RSA110", name, "This is not the script of a step.")


def _shaped(name: str, data: bytes) -> Iterator[Finding]:
    try:
        script = Script.parse(data)
    except ScriptError:
        return
    for fault in check_shape(name, script, DEFAULT_PROFILE):
        place = script.place(fault.offset)
        yield Finding(name, place.line, place.column, fault.rule, fault.message, rule(fault.rule).cure)


def _whole(delivery: Delivery, files: Mapping[str, bytes], ticket: str | None) -> Iterator[Finding]:
    sums = read_sums(files.get(SUMS, b""))
    if sums.fault:
        yield _about("RSA100", SUMS, sums.fault if SUMS in files else "It is missing.")
    yield from (_about("RSA102", name, "This is no plain file of a bundle; it was not read.") for name in delivery.strange)
    for name in sorted(files.keys() - {SUMS}):
        if name not in sums.digests:
            yield _about("RSA102", name, f"{SUMS} does not list this file.")
        elif digest(files[name]) != sums.digests[name]:
            yield _about("RSA101", name, f"got {digest(files[name])}, expected {sums.digests[name]}.")
    for name in sorted(sums.digests.keys() - files.keys()):
        yield _about("RSA103", name, f"{SUMS} lists this file, and it is not there.")
    if ticket is not None and digest(files.get(SUMS, b"")) != ticket.strip().lower():
        yield _about("RSA104", SUMS, f"got {digest(files.get(SUMS, b''))}, expected {ticket.strip()}.")
    yield from _agreeing(files, sums.digests)


def _agreeing(files: Mapping[str, bytes], digests: Mapping[str, str]) -> Iterator[Finding]:
    try:
        manifest = read_manifest(files.get(MANIFEST, b""))
    except BundleError as error:
        yield _about("RSA105", MANIFEST, error.message if MANIFEST in files else "It is missing.")
        return
    if manifest.files != {name: one for name, one in digests.items() if name != MANIFEST}:
        yield _about("RSA105", MANIFEST, f"It does not list the files and digests of {SUMS}.")
    product = PRODUCTS.get(manifest.plan.product)
    if product is None:
        yield _about("RSA105", MANIFEST, f"The product {shown(manifest.plan.product)} is not one that this release knows.")
        return
    wanted = {step.file for step in product.steps}
    for name in sorted(wanted - files.keys()):
        yield _about("RSA110", name, "This step is missing.")
    for name in sorted(digests.keys() - wanted - _BESIDES):
        yield _about("RSA102", name, "No bundle of this product has such a file.")
    scripts = {name: data for name, data in files.items() if name in wanted}
    yield from _stated(files, scripts, product)
    yield from check_promises(manifest, files, scripts)
    yield from check_rebuilt(manifest, files, product)


def _stated(files: Mapping[str, bytes], scripts: Mapping[str, bytes], product: Product) -> Iterator[Finding]:
    if files.get(SECOND_OPINION) != second_opinion():
        yield _about("RSA107", SECOND_OPINION, "This is not the AUDIT.ps1 of this release.")
    try:
        derived = statement_files(scripts, product)
    except ScriptError:
        # What cannot be read has its own findings, and nothing true can be stated about it.
        return
    except AuditError as error:
        yield _about("RSA106", STATEMENT, error.message)
        return
    for name in (STATEMENT, PAGE):
        if files.get(name) != derived[name]:
            yield _about("RSA106", name, "It is not what the scripts give.")


def _against(
    delivery: Delivery, files: Mapping[str, bytes], rendered: Mapping[str, bytes] | None
) -> Iterator[Finding]:
    if rendered is None:
        return
    names = {*rendered, *files} if delivery.kind == "bundle" else files.keys()
    for name in sorted(names):
        if files.get(name) != rendered.get(name):
            yield _about("RSA108", name, "The configuration gives other bytes for this file.")


def _about(rule_id: str, path: str, message: str) -> Finding:
    return Finding(path, 0, 0, rule_id, message, rule(rule_id).cure)
