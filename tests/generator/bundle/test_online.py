"""What is refused online, with the way out, and what a bundle says of its application."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.intent.document import load
from roomscope.generator.plan.lasting import check_lasting
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.clouds import CLOUDS
from tests.generator.conftest import SAMPLES, Files

GRAPH = (SAMPLES / "online-graph" / "roomscope.toml").read_text(encoding="utf-8")
EWS = PRODUCTS["exchange-online ews"]

REFUSED = {
    "a cloud that has no calendar": ('access    = "calendars-read"', 'cloud = "bleu"', "application.cloud is 'bleu'; use 'worldwide', 'gcc-high'"),
    "another access": ('"calendars-read"', '"mail-read"', "application.access is 'mail-read'"),
    "ids that are equal": ("c0ffee12-3456-4789-abcd-ef0123456789", "9d3c52a1-77e8-4b0f-8f16-2a4c6e8b0d12", "application.object-id equals client-id"),
    "the tenant as the application": ("9d3c52a1-77e8-4b0f-8f16-2a4c6e8b0d12", "4a7f0b86-1c2d-4e3f-9a5b-6c7d8e9f0a1b", "application.tenant-id equals another id"),
    "no id": ("c0ffee12-3456-4789-abcd-ef0123456789", "the-app", "application.object-id is 'the-app'"),
    "a permission that opens mailboxes": ('"Place.Read.All"', '"Calendars.Read"', "which opens mailboxes of the whole tenant"),
    "a permission that opens the door": ('"Place.Read.All"', '"RoleManagement.ReadWrite.Exchange"', "gives itself the right to"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    old, new, reason = REFUSED[name]
    assert old in GRAPH
    path = tmp_path / "roomscope.toml"
    path.write_text(GRAPH.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load(path)
    assert reason in refused.value.message


def test_a_user_account_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "roomscope.toml"
    before, _, after = GRAPH.partition("[application]")
    path.write_text(f'{before}[service-account]\naddress = "svc@fabrikam.com"\n[verify]{after.partition("[verify]")[2]}', encoding="utf-8")
    with pytest.raises(ConfigError, match="application is missing") as refused:
        load(path)
    assert "gives ApplicationImpersonation to nobody" in refused.value.message


def test_ids_in_capitals_are_kept_in_small_letters(tmp_path: Path) -> None:
    path = tmp_path / "roomscope.toml"
    path.write_text(GRAPH.replace("c0ffee12-3456-4789-abcd-ef0123456789", "C0FFEE12-3456-4789-ABCD-EF0123456789"), encoding="utf-8")
    application = load(path).application
    assert application is not None
    assert application.object_id == "c0ffee12-3456-4789-abcd-ef0123456789"


def test_ews_ends_and_the_calendars_do_not() -> None:
    (warning,) = check_lasting(EWS, date(2027, 3, 31))
    assert "ends on 2027-04-01, in 1 day," in warning
    with pytest.raises(ConfigError, match="calendars-read"):
        tuple(check_lasting(EWS, date(2027, 4, 1)))
    for product in PRODUCTS.values():
        assert product is EWS or not tuple(check_lasting(product, date(2040, 1, 1)))


@pytest.mark.parametrize("sample", ["online-graph", "online-ews"])
def test_the_runbook_has_the_order_and_the_commands_that_connect(samples: Mapping[str, Files], sample: str) -> None:
    text = samples[sample]["RUNBOOK.md"].decode()
    order = [text.index(f"**{word}") for word in ("Consent.", "Pointer, scope, assignment**", "Revoke**", "Wait.", "Look**", "Prove it**")]
    assert order == sorted(order)
    assert "-Organization YOUR-TENANT.onmicrosoft.com" in text
    assert "After every reconnect of the booking service, steps 60 and 70 and the proof again" in text
    assert ("**whole mailbox, for reading and for\nwriting**" in text or "whole mailbox, for reading and for writing" in text) == (sample == "online-ews")
    assert ("Set-OrganizationConfig -EwsAllowedAppIDs" in text) == (sample == "online-ews")
    assert ("--as-application" in text) == (sample == "online-ews")
    steps = PRODUCTS["exchange-online ews"].steps
    assert [step.file for step in steps if f"`{step.file}`" not in text and f"{step.file}" not in text] == []


def test_the_whole_mailbox_is_told_in_every_file_a_person_reads(samples: Mapping[str, Files]) -> None:
    files = samples["online-ews"]
    for name in ("AUDIT.md", "RUNBOOK.md", "50-Grant-Access.ps1"):
        assert "whole mailbox" in files[name].decode("utf-8-sig").lower(), name


def test_every_cloud_has_its_own_way_to_connect() -> None:
    assert [*CLOUDS] == ["worldwide", "gcc-high", "dod", "china"]
    assert len({(cloud.exchange, cloud.graph, cloud.ews) for cloud in CLOUDS.values()}) == len(CLOUDS)
