"""The generator's manifest and verify's reader of it are two models of one file, and stay in step."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roomscope.generator.bundle import manifest as theirs
from roomscope.verify.bundle import manifest as ours

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*/bundle/manifest.json"))


def fields(schema: dict[str, Any], node: dict[str, Any], path: str = "") -> Iterator[str]:
    """Every key that a file of this schema can hold, by its path, with whether it must."""
    node = schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    for name, inner in node.get("properties", {}).items():
        yield f"{path}.{name}{'' if name in node.get('required', ()) else '?'}"
        yield from fields(schema, inner, f"{path}.{name}")
    if "items" in node:
        yield from fields(schema, node["items"], f"{path}[]")


def test_both_models_hold_the_same_keys() -> None:
    written, read = (model.model_json_schema() for model in (theirs.Manifest, ours.Manifest))
    assert set(fields(written, written)) == set(fields(read, read))
    assert ".plan.grants[].lists" in set(fields(read, read))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.parts[-3])
def test_both_models_read_the_same_out_of_every_sample(path: Path) -> None:
    data = path.read_bytes()
    assert ours.parse(data).model_dump(mode="json") == theirs.read_manifest(data).model_dump(mode="json")


def test_there_are_samples() -> None:
    assert len(SAMPLES) > 1
