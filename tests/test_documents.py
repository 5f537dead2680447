"""What the documents say is so."""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from roomscope.generator.delivery.rulebook import RULES
from roomscope.generator.intent.config import Config
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.render.region import region_of
from roomscope.generator.statement.files import second_opinion

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted((*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")))


def keys(model: type[BaseModel]) -> Iterator[str]:
    for field in model.model_fields.values():
        assert field.alias is not None
        yield field.alias
        kinds = [field.annotation, *getattr(field.annotation, "__args__", ())]
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                yield from keys(kind)


def test_every_key_of_the_configuration_is_documented() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert [key for key in keys(Config) if f"`{key}`" not in text and f"[{key}]" not in text] == []


def test_the_published_schema_is_that_of_the_configuration() -> None:
    published = json.loads((ROOT / "generator" / "schemas" / "config.schema.json").read_text(encoding="utf-8"))
    assert published == Config.model_json_schema(by_alias=True)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_rule_that_a_document_names_exists(document: Path) -> None:
    named = set(re.findall(r"RSA\d{3}", document.read_text(encoding="utf-8")))
    assert named <= {rule.id for rule in RULES}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_a_link_inside_the_project_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def digests() -> dict[str, str]:
    """What a reviewer reads once a release, and its digest, which the release notes name."""
    regions = {f"shared region of {product.name}": region_of(product).digest for product in PRODUCTS.values()}
    return {"AUDIT.ps1": hashlib.sha256(second_opinion()).hexdigest(), **regions}


@pytest.mark.parametrize("what", digests())
def test_the_release_notes_name_the_digest_of_what_is_read_once_a_release(what: str) -> None:
    digest = digests()[what]
    assert f"`{digest}`" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), f"The SHA-256 of {what} is {digest}."
