"""Audits what was delivered: a bundle in a folder or a zip, or loose scripts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomscope.generator.audit.check import audit_script
from roomscope.generator.audit.finding import Finding
from roomscope.generator.bundle.content import RUNBOOK, facts_of
from roomscope.generator.bundle.manifest import MANIFEST, Manifest, read_manifest
from roomscope.generator.bundle.release import release_of
from roomscope.generator.bundle.rooms import ROOMS
from roomscope.generator.bundle.sums import SUMS, digest, plain, read_sums
from roomscope.generator.common.errors import AuditError, BundleError
from roomscope.generator.common.text import shown
from roomscope.generator.delivery.agreement import check_agreement
from roomscope.generator.delivery.digests import check_digests
from roomscope.generator.delivery.intake import Delivery
from roomscope.generator.delivery.rebuild import check_rebuilt
from roomscope.generator.delivery.rules import about
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.product import Product, Step
from roomscope.generator.script.script import ScriptError
from roomscope.generator.statement.derive import derive, step_of
from roomscope.generator.statement.facts import PlanFacts
from roomscope.generator.statement.files import (
    PAGE,
    SECOND_OPINION,
    STATEMENT,
    second_opinion,
    statement_files,
)
from roomscope.generator.statement.model import Statement

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


def audit_delivery(delivery: Delivery, ticket: str | None = None, rendered: Mapping[str, bytes] | None = None) -> Result:
    """Holds a delivery to all rules.

    1. The list of digests, every file in it, nothing beside it, and the digest of the ticket.
    2. The manifest agrees with it, and names a product that this release knows.
    3. The scripts are those of the steps of the product.
    4. Every script keeps the rules of its step, and is what this release writes.
    5. The statement is true.
    6. Scripts, rooms and manifest say the same, and this release makes the same bytes of them.
    7. It is what the configuration gives, if that was asked.

    A loose script is held to 3, 4 and 7, for the product that fits it best.
    """
    if delivery.kind == "bundle" and not delivery.files:
        message = f"{delivery.path} holds nothing."
        raise AuditError(message)
    files = {name: plain(name, data) for name, data in delivery.files.items()}
    scripts = {name: data for name, data in files.items() if name.endswith(".ps1") and name != SECOND_OPINION}
    manifest, fault = _manifest(files)
    product = _likeliest(scripts)
    found: list[Finding] = []
    if delivery.kind == "bundle":
        found += (*_names_and_ticket(delivery, files, ticket), *check_digests(files))  # 1
        found += _named(manifest, fault, files)  # 2
        product = product if manifest is None else PRODUCTS.get(manifest.plan.kind, product)
        found += _complete(product, files)  # 3
    found += _scripts(product, scripts)  # 3, 4
    if delivery.kind == "bundle" and manifest is not None and manifest.plan.product == product.name:
        known = {name: scripts[name] for name in _steps(product, scripts)}
        found += _stated(product, facts_of(manifest.plan), files, known)  # 5
        found += check_agreement(manifest, files, known)  # 6
        found += check_rebuilt(manifest, files, product)
    found += _against(delivery, files, rendered)  # 7
    return Result(
        path=delivery.path,
        kind=delivery.kind,
        digest=digest(files[SUMS]) if SUMS in files else "",
        compared=ticket is not None and delivery.kind == "bundle",
        signed=tuple(sorted(name for name, data in delivery.files.items() if len(files[name]) != len(data))),
        scripts=tuple(sorted(scripts)),
        findings=tuple(sorted(found)),
        statement=_statement(product, scripts),
    )


def _manifest(files: Mapping[str, bytes]) -> tuple[Manifest | None, str]:
    """The manifest, or why there is none."""
    if MANIFEST not in files:
        return None, "It is missing."
    try:
        return read_manifest(files[MANIFEST]), ""
    except BundleError as error:
        return None, error.message


def _likeliest(scripts: Mapping[str, bytes]) -> Product:
    """The product whose rules the scripts break least, for where nothing else says which it is."""
    return min(PRODUCTS.values(), key=lambda product: len([*_scripts(product, scripts)]))


def _steps(product: Product, scripts: Mapping[str, bytes]) -> Mapping[str, Step]:
    """The steps of the scripts that are one by their names; of a script alone its number is enough."""
    files = {step.file: step for step in product.steps}
    found = {name: files[name] for name in scripts if name in files}
    return found if len(scripts) != 1 else {name: step for name in scripts for step in product.steps if _number(name) == step.number}


def _number(name: str) -> int | None:
    try:
        return step_of(name)
    except AuditError:
        return None


def _names_and_ticket(delivery: Delivery, files: Mapping[str, bytes], ticket: str | None) -> Iterator[Finding]:
    yield from (about("RSA102", name, "This is no plain file of a bundle; it was not read.") for name in delivery.strange)
    if ticket is not None and digest(files.get(SUMS, b"")) != ticket.strip().lower():
        yield about("RSA104", SUMS, f"got {digest(files.get(SUMS, b''))}, expected {ticket.strip()}.")


def _named(manifest: Manifest | None, fault: str, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """What is wrong with the manifest itself."""
    if manifest is None:
        yield about("RSA105", MANIFEST, fault)
        return
    listed = read_sums(files.get(SUMS, b"")).digests
    if manifest.files != {name: one for name, one in listed.items() if name != MANIFEST}:
        yield about("RSA105", MANIFEST, f"It does not list the files and digests of {SUMS}.")
    if manifest.plan.kind not in PRODUCTS:
        yield about("RSA105", MANIFEST, f"The product {shown(manifest.plan.kind)} is not one that this release knows.")


def _complete(product: Product, files: Mapping[str, bytes]) -> Iterator[Finding]:
    wanted = {step.file for step in product.steps}
    for name in sorted(wanted - files.keys()):
        yield about("RSA110", name, "This step is missing.")
    for name in sorted(read_sums(files.get(SUMS, b"")).digests.keys() - wanted - _BESIDES):
        yield about("RSA102", name, "No bundle of this product has such a file.")


def _scripts(product: Product, scripts: Mapping[str, bytes]) -> Iterator[Finding]:
    if not scripts:
        yield about("RSA110", SUMS, "There are no scripts.")
    steps = _steps(product, scripts)
    for name, data in scripts.items():
        if name not in steps or steps[name].file != name:
            yield about("RSA110", name, "This is not the script of a step.")
        if name in steps:
            yield from audit_script(name, data, release_of(product), steps[name].number)


def _stated(product: Product, plan: PlanFacts, files: Mapping[str, bytes], scripts: Mapping[str, bytes]) -> Iterator[Finding]:
    if files.get(SECOND_OPINION) != second_opinion():
        yield about("RSA107", SECOND_OPINION, "This is not the AUDIT.ps1 of this release.")
    try:
        derived = statement_files(scripts, product, plan)
    except ScriptError:
        # What cannot be read has its own findings, and nothing true can be stated about it.
        return
    except AuditError as error:
        yield about("RSA106", STATEMENT, error.message)
        return
    for name in (STATEMENT, PAGE):
        if files.get(name) != derived[name]:
            yield about("RSA106", name, "It is not what the scripts give.")


def _against(delivery: Delivery, files: Mapping[str, bytes], rendered: Mapping[str, bytes] | None) -> Iterator[Finding]:
    if rendered is None:
        return
    names = {*rendered, *files} if delivery.kind == "bundle" else files.keys()
    for name in sorted(names):
        if files.get(name) != rendered.get(name):
            yield about("RSA108", name, "The configuration gives other bytes for this file.")


def _statement(product: Product, scripts: Mapping[str, bytes]) -> Statement | None:
    try:
        return derive({name: scripts[name] for name in _steps(product, scripts)}, product)
    except AuditError:
        return None
