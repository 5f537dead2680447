"""What real scripts record, and what the tool makes of it: interrupted, finished, altered, taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from roomscope.verify.evidence.record import parse

pytestmark = pytest.mark.alone
ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "verify" / "schemas" / "evidence.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def article(world: Callable[..., Any]) -> Any:
    """The bundle of the article, beside the directory that it is made for."""
    return world(
        ROOT / "samples" / "article" / "roomscope.toml", "example.com", "cronofy.service.account@example.com",
        "--control", "jane.doe@example.com",
    )


def test_records_of_real_scripts_keep_the_schema_and_tell_how_far_the_bundle_is(
    article: Any, tool: Callable[..., Any]
) -> None:
    def ask() -> Any:
        found = tool("evidence", str(article.bundle), "--format", "json")
        assert found.code in {0, 1, 3}, found.output
        return json.loads(found.output)

    assert article.script("10-Test-Readiness").code == 0
    for apply in (False, True):
        assert article.script("30-New-RoomLists", apply=apply).code == 0
    assert article.script("40-Add-Rooms").code == 0
    faults = {"shell": [{"cmdlet": "Update-DistributionGroupMember", "kind": "killHalf"}]}
    (article.directory / "faults.json").write_text(json.dumps(faults), encoding="utf-8")
    assert article.script("40-Add-Rooms", apply=True).code != 0
    (article.directory / "faults.json").unlink()
    found = ask()
    progress = [line["progress"] for line in found["steps"]]
    assert (found["conclusion"], progress) == ("unfinished", ["done", "done", "interrupted", "missing", "missing"])

    for stem in ("40-Add-Rooms", "50-Grant-Access"):
        for apply in (False, True):
            assert article.script(stem, apply=apply).code == 0
    assert article.script("60-Confirm-Access").code == 0
    found = ask()
    assert (found["conclusion"], found["chain_whole"]) == ("complete", True)
    assert [line["planned"] for line in found["runs"]] == [0, 1, 1, 1, 1, 6, 6, 2, 2, 0]
    assert [(line["id"], line["weight"]) for line in found["findings"]] == [("RE501", "notice")]

    plan = next((article.bundle / "evidence").glob("50-*.plan.*"))
    whole = plan.read_bytes()
    plan.write_bytes(whole.replace(b"Room Service", b"Room Servant"))
    assert {line["id"] for line in ask()["findings"]} == {"RE104", "RE201", "RE501"}
    plan.write_bytes(whole)

    article.take_back()
    found = ask()
    assert (found["conclusion"], found["way"]) == ("complete", "back")
    for path in sorted((article.bundle / "evidence").iterdir()):
        jsonschema.validate(json.loads(path.read_text(encoding="utf-8-sig")), SCHEMA)
        assert parse(path.read_bytes()).name == path.name
