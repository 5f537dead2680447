"""From a configuration to the bytes of a bundle, audited before any of them reaches the disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from roomscope.generator.audit.check import audit_script
from roomscope.generator.bundle.content import write
from roomscope.generator.bundle.manifest import MANIFEST, Manifest, describe
from roomscope.generator.bundle.sums import SUMS, digest, sums
from roomscope.generator.common.errors import AuditError, listing
from roomscope.generator.intent.config import load
from roomscope.generator.intent.inventory import check_together, read
from roomscope.generator.plan.plan import Plan, Previous, make_plan
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.statement.files import statement_files


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that passed the audit, not yet on the disk."""

    name: str
    plan: Plan
    manifest: Manifest
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
    inventory = read(config_path.parent / config.rooms.file, config.rooms)
    check_together(config, inventory)
    plan = make_plan(config, inventory, previous or Previous())
    written = write(plan)
    _audit(plan, written.scripts)
    files = {**written.scripts, **statement_files(written.scripts, PRODUCTS[plan.profile]), **written.others}
    manifest = describe(plan, written.plan_id, {name: digest(data) for name, data in sorted(files.items())})
    files[MANIFEST] = manifest.text().encode()
    files[SUMS] = sums(files)
    return Bundle(plan.bundle, plan, manifest, files, (*inventory.notes, *_notes(plan)))


def _audit(plan: Plan, scripts: Mapping[str, bytes]) -> None:
    product = PRODUCTS[plan.profile]
    steps = {step.file: step for step in product.steps}
    findings = [finding for name, data in scripts.items() for finding in audit_script(name, data, product, steps[name].number)]
    if findings or not scripts:
        raise AuditError(listing("What was rendered does not pass the audit, so nothing was written:", map(str, findings)))


def _notes(plan: Plan) -> tuple[str, ...]:
    return (
        *(
            ["WARNING: the service account owns the room lists. An owner can add any mailbox to a list, and so give itself access to it."]
            if plan.owner_is_account
            else []
        ),
        *(
            [f"{len(plan.lists)} room lists are covered by {len(plan.grants)} management scopes, each with a role assignment."]
            if len(plan.grants) > 1
            else []
        ),
        *(
            ["No controls: without a mailbox that must be refused, the scope cannot be proven. Add verify.controls."]
            if not plan.controls
            else []
        ),
        *(
            ["No column was taken for display names, so the scripts cannot compare them; call it DisplayName."]
            if not any(room.display_name for room in plan.rooms)
            else []
        ),
    )
