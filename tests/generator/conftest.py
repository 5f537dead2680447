"""A rendered bundle to audit, and what an attacker would do to it."""

import gc
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from roomscope.generator.bundle.compose import compose
from roomscope.generator.bundle.content import facts_of
from roomscope.generator.bundle.manifest import MANIFEST, Manifest
from roomscope.generator.bundle.sums import SUMS, digest, sums
from roomscope.generator.common.errors import AuditError
from roomscope.generator.intent.document import load
from roomscope.generator.intent.inventory import read
from roomscope.generator.plan.filling import Previous
from roomscope.generator.plan.make import make_plan
from roomscope.generator.plan.plan import FilledPlan
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.statement.files import PAGE, SECOND_OPINION, STATEMENT, statement_files
from roomscope.generator.statement.model import Statement

Files = dict[str, bytes]
SAMPLES = Path(__file__).parents[2] / "samples"


def is_script(name: str) -> bool:
    return name.endswith(".ps1") and name != SECOND_OPINION


def seal(files: Mapping[str, bytes]) -> Files:
    """Adjusts statement, manifest and digests, as an attacker with our own tools would."""
    sealed = {name: data for name, data in files.items() if name not in {MANIFEST, SUMS}}
    manifest = Manifest.model_validate_json(files[MANIFEST])
    product = PRODUCTS.get(manifest.plan.kind, EXCHANGE_SERVER)
    region = manifest.region
    try:
        scripts = {name: data for name, data in sealed.items() if is_script(name)}
        stated = statement_files(scripts, product, facts_of(manifest.plan))
        region = Statement.model_validate_json(stated[STATEMENT]).region.digest
        sealed = stated | sealed | {name: stated[name] for name in (STATEMENT, PAGE)}
    except AuditError:
        pass
    listed = {name: digest(data) for name, data in sorted(sealed.items())}
    sealed[MANIFEST] = manifest.model_copy(update={"region": region, "files": listed}).text().encode()
    sealed[SUMS] = sums(sealed)
    return sealed


@pytest.fixture(scope="session")
def samples() -> Mapping[str, Files]:
    """The bytes of every sample's bundle, by the sample's name."""
    configs = sorted(SAMPLES.glob("*/roomscope.toml"))
    return {path.parent.name: seal(compose(path).files) for path in configs}


def plan_of(sample: str) -> FilledPlan:
    """The plan of a sample, not rendered."""
    path = SAMPLES / sample / "roomscope.toml"
    config = load(path)
    return make_plan(config, read(path.parent / config.rooms.file, config.rooms), Previous(), PRODUCTS[config.kind])


_SAMPLE_OF = {"exchange-server": "article", "exchange-online ews": "online-ews"}


def a_plan_of(kind: str) -> FilledPlan:
    """A plan of a kind of product: that of a sample, or of one with another access."""
    filled = plan_of(_SAMPLE_OF.get(kind, "online-graph"))
    application = filled.plan.application
    if application is None:
        return filled
    asked = application.model_copy(update={"access": kind.rpartition(" ")[2]})
    return replace(filled, plan=filled.plan.model_copy(update={"application": asked}))


@pytest.fixture(scope="session")
def article_plan() -> FilledPlan:
    return plan_of("article")


@pytest.fixture(scope="session")
def campus_plan() -> FilledPlan:
    return plan_of("campus")


@pytest.fixture(scope="module", autouse=True)
def few_pauses() -> Iterator[None]:
    """Many large trees and no cycles: collecting would take as long as auditing."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(name="seal", scope="session")
def sealing() -> Callable[[Mapping[str, bytes]], Files]:
    return seal


@pytest.fixture(scope="session")
def article(samples: Mapping[str, Files]) -> Files:
    return samples["article"]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[Mapping[str, bytes]], Path]:
    """Writes files into a folder of their own."""

    def write(files: Mapping[str, bytes]) -> Path:
        folder = tmp_path / "bundle"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        return folder

    return write
