"""The verbs that make and alter a tenant, and the state that comes of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from lab.commands import ALL
from lab.make.seed import seed
from lab.state import folder as state
from lab.web import passwords
from tests.lab.online.conftest import BUNDLE, CLIENT, OBJECT, SECRET, TENANT, Cloud
from tests.lab.test_state import SCHEMA

Make = Callable[..., Cloud]


def run(name: str, *arguments: str | Path) -> Any:
    command = next(one for one in ALL if one.name == name)
    return CliRunner().invoke(command, [str(one) for one in arguments])


@pytest.fixture
def made(tmp_path: Path, new_cloud: Make, bundle_online: Path) -> Cloud:
    return new_cloud(tmp_path / "lab", "--inventory", str(bundle_online), "--domain", "contoso.com", "--domain", "fabrikam.com")


def plain(lab: Cloud) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((lab.folder / "state.json").read_text("utf-8"))
    return found


def test_a_new_tenant_follows_the_bundle(made: Cloud) -> None:
    found = state.read(made.folder).snapshot
    assert found.product == "exchange-online"
    assert found.tenant is not None
    assert (found.tenant.id, found.tenant.initial_domain) == (TENANT, "contoso.onmicrosoft.com")
    assert found.accepted_domains == ("contoso.com", "fabrikam.com", "contoso.onmicrosoft.com")
    assert [(one.client_id, one.object_id, one.display_name, one.entra_roles) for one in found.applications.values()] == [(CLIENT, OBJECT, "Trees", ())]
    assert {one.registration_id for one in found.applications.values()}.isdisjoint({CLIENT, OBJECT})
    kinds = {one.primary_smtp_address: one.recipient_type_details for one in found.recipients.values()}
    assert kinds == {
        "it.admin@contoso.com": "UserMailbox",
        "ceo@contoso.com": "UserMailbox",
        "jane@contoso.com": "UserMailbox",
        "reception@contoso.com": "UserMailbox",
        "aspen@contoso.com": "RoomMailbox",
        "birch@contoso.com": "RoomMailbox",
    }
    names = [one.distinguished_name for one in found.recipients.values()]
    assert all(one.endswith(",OU=contoso.onmicrosoft.com,OU=Microsoft Exchange Hosted Organizations,DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM") for one in names)
    assert found.session.operator == "it.admin@contoso.com"
    assert "ApplicationImpersonation" not in found.roles
    assert found.roles["Application EWS.AccessAsApp"].role_type == "ApplicationEWSAccessAsApp"


def test_a_tenant_agrees_with_the_schema_also_after_seeding(made: Cloud, bundle_online: Path) -> None:
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text("utf-8")))
    made.alter("--ews", "on", "--entra-role", "Calendars.Read", "--access-policy", "DenyAccess=ceo@contoso.com", "--permission-delay", "1.5", "--dehydrated", "--lag-writes", "2")
    validator.validate(plain(made))
    assert seed(bundle_online, made.folder) == 4
    lines = made.lines("changes.jsonl")
    for one in lines:
        validator.validate(one)
    assert [one["kind"] for one in lines] == ["recipients", "servicePrincipals", "managementScopes", "roleAssignments"]
    assert lines[3]["value"] | {"guid": ""} == {
        "name": "Trees", "guid": "", "role": "Application Calendars.Read", "roleAssignee": OBJECT,
        "roleAssigneeType": "ServicePrincipal", "customRecipientWriteScope": "", "customResourceScope": "Trees",
        "recipientWriteScope": "CustomRecipientScope", "enabled": True, "delegating": False,
    }  # fmt: skip
    assert seed(bundle_online, made.folder) == 0


def test_everything_can_be_altered_and_what_is_not_named_stays(made: Cloud) -> None:
    made.alter("--ews", "off", "--ews-allowed-apps", "a,b", "--user-agents", "EnforceBlockList", "--block-agent", "x*", "--without-ews", "ceo@contoso.com")
    made.alter("--ews", "unset", "--dehydrated")
    made.alter("--entra-role", "Calendars.Read", "--entra-role", "00000009-0000-0000-c000-000000000000/Tenant.Read.All", "--entra-role", "full_access_as_app")
    found = plain(made)
    boss = state.read(made.folder).by_address("ceo@contoso.com")
    assert boss is not None
    assert found["gates"] == {
        "ewsEnabled": None, "ewsAllowedAppIds": "a,b", "ewsApplicationAccessPolicy": "EnforceBlockList",
        "ewsAllowList": [], "ewsBlockList": ["x*"], "mailboxesWithoutEws": [boss.guid],
    }  # fmt: skip
    assert found["organization"]["isDehydrated"]
    assert [(one["resource"][:8], one["value"]) for one in found["applications"][CLIENT]["entraRoles"]] == [
        ("00000003", "Calendars.Read"), ("00000009", "Tenant.Read.All"), ("00000002", "full_access_as_app"),
    ]  # fmt: skip


def test_another_application_is_made_when_it_is_named(made: Cloud) -> None:
    twin = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    made.alter("--client-id", twin.upper(), "--secret-env", "LAB_SECRET")
    assert list(plain(made)["applications"]) == [CLIENT, twin]
    assert set(passwords.read(made.folder).applications) == {CLIENT, twin}


def test_any_user_may_be_given_a_password(made: Cloud) -> None:
    made.alter("--user", "ceo@contoso.com", "--password-env", "LAB_SECRET")
    assert passwords.read(made.folder).users["ceo@contoso.com"].accepts(SECRET)
    assert list(passwords.read(made.folder).applications) == [CLIENT]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--mailbox-state", "ceo@contoso.com=asleep"), "expected one of"),
        (("--mailbox-state", "ceo@contoso.com"), "expected …=…"),
        (("--access-policy", "Allow=ceo@contoso.com"), "expected RestrictAccess or DenyAccess=…"),
        (("--access-policy", "DenyAccess=nobody@contoso.com"), "nobody in the directory"),
        (("--secret-env", "NOT_SET_ANYWHERE"), "is empty"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(made: Cloud, arguments: tuple[str, ...], said: str) -> None:
    before = plain(made)
    done = run("tenant", made.folder, *arguments)
    assert (done.exit_code, said in done.output) == (2, True)
    assert plain(made) == before


def test_a_file_without_a_certificate_is_refused(made: Cloud, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing", "utf-8")
    done = run("tenant", made.folder, "--certificate", empty)
    assert (done.exit_code, "no certificate" in done.output) == (2, True)


def test_a_snapshot_before_tenants_is_still_one(tmp_path: Path, new_lab: Callable[..., Any]) -> None:
    lab = new_lab(tmp_path / "lab", "PrimarySmtpAddress\naspen@contoso.com\n")
    found = json.loads((lab.folder / "state.json").read_text("utf-8"))
    late = {"product", "tenant", "applications", "servicePrincipals", "gates", "accessPolicies", "mailboxStates", "permissionDelay", "hydration"}
    (lab.folder / "state.json").write_text(json.dumps({key: value for key, value in found.items() if key not in late}), "utf-8")
    assert state.read(lab.folder).snapshot.product == "exchange-server"
    assert BUNDLE["plan"]["product"] == "exchange-online"


def test_what_a_lab_shows_names_the_applications_and_their_reach(made: Cloud, bundle_online: Path) -> None:
    seed(bundle_online, made.folder)
    made.alter("--entra-role", "Place.Read.All")
    said = run("show", made.folder).output
    assert f"application {CLIENT} holds Application Calendars.Read over 2 recipients" in said
    assert f"application {CLIENT} was granted Place.Read.All by Entra" in said
