"""From a configuration to the bytes of a bundle, audited before any of them reaches the disk."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from roomscope.generator.audit.check import audit_script
from roomscope.generator.bundle.bounds import too_much
from roomscope.generator.bundle.content import content_of, facts_of
from roomscope.generator.bundle.manifest import FORMAT, MANIFEST, Manifest
from roomscope.generator.bundle.release import release_of
from roomscope.generator.bundle.sums import SUMS, digest, sums
from roomscope.generator.common.errors import AuditError, ConfigError
from roomscope.generator.intent.config import Config
from roomscope.generator.intent.document import load
from roomscope.generator.intent.inventory import read
from roomscope.generator.plan.filling import Previous
from roomscope.generator.plan.make import make_plan
from roomscope.generator.plan.plan import FilledPlan, Plan
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of
from roomscope.generator.statement.files import statement_files


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that passed the audit, not yet on the disk."""

    plan: Plan
    files: Mapping[str, bytes]
    """The bytes of every file, by its name."""

    notes: tuple[str, ...]
    """What the author should know about the inventory and the choices made."""

    @property
    def digest(self) -> str:
        """SHA-256 of SHA256SUMS, which belongs on the ticket."""
        return digest(self.files[SUMS])


def compose(config_path: Path, previous: Previous | None = None) -> Bundle:
    """Renders and audits the bundle of a configuration.

    Raises:
        GeneratorError: What was asked for cannot be carried out, or did not pass the audit.
    """
    config = load(config_path)
    product = _product(config)
    inventory = read(config_path.parent / config.rooms.file, config.rooms)
    filled = make_plan(config, inventory, previous or Previous(), product)
    return Bundle(filled.plan, files_of(filled, product), (*inventory.notes, *_notes(filled)))


def files_of(filled: FilledPlan, product: Product) -> Mapping[str, bytes]:
    """Every file of the bundle of a plan.

    Raises:
        AuditError: A script does not pass the audit.
        ConfigError: A file holds more than any audit reads.
    """
    content = content_of(filled, product)
    _audit(product, content.scripts)
    files = {**content.scripts, **statement_files(content.scripts, product, facts_of(filled.plan)), **content.others}
    manifest = Manifest(
        format=FORMAT,
        plan_id=content.plan_id,
        region=region_of(product).digest,
        plan=filled.plan,
        files={name: digest(data) for name, data in sorted(files.items())},
    )
    files[MANIFEST] = manifest.text().encode()
    files[SUMS] = sums(files)
    if reasons := tuple(filter(None, (too_much(name, data) for name, data in files.items()))):
        raise ConfigError.of("This is more than one bundle holds; make several of it:", reasons)
    return files


def _product(config: Config) -> Product:
    product = PRODUCTS.get(config.kind)
    if product is None:
        message = f"bundle.profile is {config.bundle.profile!r}: this release renders {' and '.join(PRODUCTS)} only."
        raise ConfigError(message)
    return product


def _audit(product: Product, scripts: Mapping[str, bytes]) -> None:
    numbers = {step.file: step.number for step in product.steps}
    findings = [finding for name, data in scripts.items() for finding in audit_script(name, data, release_of(product), numbers[name])]
    if findings or not scripts:
        raise AuditError.of("What was rendered does not pass the audit, so nothing was written:", map(str, findings))


def _notes(filled: FilledPlan) -> Iterator[str]:
    plan = filled.plan
    if plan.owner_is_account:
        yield "WARNING: the service account owns the room lists. An owner can add any mailbox to a list, and so give itself access to it."
    if len(plan.grants) > 1:
        yield f"{len(plan.lists)} room lists are covered by {len(plan.grants)} management scopes, each with a role assignment."
    if not plan.controls:
        yield "No controls: without a mailbox that must be refused, the scope cannot be proven. Add verify.controls."
    if not any(room.display_name for room in filled.rooms):
        yield "No column was taken for display names, so the scripts cannot compare them; call it DisplayName."
