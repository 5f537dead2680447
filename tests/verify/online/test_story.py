"""The proof of an application against the lab: over TLS, with real msal, by real batches and real exchangelib."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from roomscope.verify.report_cli import report
from roomscope.verify.reports.report import schema
from tests.lab.online.conftest import CLIENT, SECRET
from tests.verify.online.conftest import CONTROL, KINDS, ROOMS, TWIN, Tenant, plan

OUTSIDE = {"calendars-read": "ErrorAccessDenied", "calendars-readwrite": "ErrorAccessDenied", "ews": "ErrorImpersonateUserDenied"}


def ago(**much: int) -> str:
    return (datetime.now(UTC) - timedelta(**much)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("access", KINDS)
def test_rooms_are_kept_and_controls_refused(bare: Tenant, access: str) -> None:
    if access == "ews":
        bare.alter("--ews", "on", "--ews-allowed-apps", CLIENT)
    result = bare.grant(access).speak(access)
    assert result.exit_code == 0, result.output
    assert "Verdict: KEPT - As promised (RS001); 45 of 45 rooms and 1 of 1 control as promised." in result.stdout
    assert result.stdout.startswith("LAB: ")
    assert f"As        application {CLIENT} (client secret)" in result.stdout
    assert "permissions in Entra ID: none" in result.stdout


def test_twenty_calendars_go_with_one_request_and_one_sign_in(tenant: Tenant) -> None:
    assert tenant.speak().exit_code == 0
    assert sorted(one["parts"] for one in tenant.requests("$batch")) == [2, 2, 5, 20, 20]
    assert len(tenant.requests("calendarView")) == 45 + 2 + 2
    assert len(tenant.requests("token")) == 1
    assert {one["agent"] for one in tenant.requests("$batch")} == {"roomscope"}


def test_ews_takes_one_request_a_room(bare: Tenant) -> None:
    assert bare.grant("ews").speak("ews").exit_code == 0
    assert len(bare.requests("FindItem")) == 45 + 2 + 2


@pytest.mark.parametrize("access", KINDS)
def test_a_room_that_is_missing_from_the_list_is_broken_and_pending_while_the_grant_is_fresh(bare: Tenant, access: str) -> None:
    bare.grant(access).member("removeMember", ROOMS[7])
    result = bare.speak(access)
    assert (result.exit_code, "RS013  Room outside the application's scope (1)" in result.stdout) == (1, True), result.output
    assert f"{ROOMS[7]}: as the application: " in result.stdout
    assert OUTSIDE[access] in result.stdout
    assert bare.speak(access, "--granted-at", ago(minutes=20)).exit_code == 3
    assert bare.speak(access, "--granted-at", ago(hours=3)).exit_code == 1


@pytest.mark.parametrize("access", KINDS)
def test_a_control_in_the_list_is_broken(bare: Tenant, access: str) -> None:
    bare.grant(access)
    scopes = [c for c in bare.changes() if c.get("kind") == "managementScopes"]
    scope = {**scopes[0]["value"], "recipientFilter": "RecipientTypeDetails -ne 'RoomList'"}
    bare.change("put", kind="managementScopes", key=scopes[0]["key"], value=scope)
    result = bare.speak(access)
    assert (result.exit_code, "RS025" in result.stdout) == (1, True), result.output


@pytest.mark.parametrize(("access", "role"), [("calendars-read", "Calendars.ReadWrite"), ("ews", "full_access_as_app")])
def test_a_leftover_grant_for_the_whole_tenant_is_broken_by_the_token_and_by_the_control(
    bare: Tenant, access: str, role: str
) -> None:
    bare.grant(access).alter("--entra-role", role)
    result = bare.speak(access)
    assert result.exit_code == 1
    assert "RS025" in result.stdout
    assert "RS026  Over-granted: the token opens mailboxes by itself" in result.stdout
    assert f"{role} (opens mailboxes, or can grant that)" in result.stdout


@pytest.mark.parametrize(
    ("role", "exit_code", "said"),
    [
        ("Mail.Read", 1, "(RS026)"),
        ("MailboxSettings.Read", 1, "(RS026)"),
        ("RoleManagement.ReadWrite.Exchange", 1, "(RS026)"),
        ("AppRoleAssignment.ReadWrite.All", 1, "(RS026)"),
        ("Something.New", 4, "(RS104)"),
        ("Place.Read.All", 0, "Place.Read.All (allowed by the bundle)"),
        ("User.Read.All", 0, "User.Read.All (opens no mailbox)"),
    ],
)
def test_a_permission_beside_the_scope_counts_although_every_answer_is_right(
    tenant: Tenant, role: str, exit_code: int, said: str
) -> None:
    tenant.alter("--entra-role", role, "--wid", "29232cdf-9323-42fd-ade2-1d097af3e4de")
    result = tenant.speak()
    assert (result.exit_code, said in result.stdout) == (exit_code, True), result.output
    assert "45 of 45 rooms and 1 of 1 control" in result.stdout
    assert "directory roles (wids): 29232cdf" in result.stdout


def test_a_stale_pointer_shuts_every_room(tenant: Tenant) -> None:
    key = next(c["key"] for c in tenant.changes() if c.get("kind") == "servicePrincipals")
    tenant.change("remove", kind="servicePrincipals", key=key)
    result = tenant.speak()
    assert (result.exit_code, "RS013  Room outside the application's scope (45)" in result.stdout) == (1, True)


def test_after_the_way_back_nobody_is_reached(bare: Tenant) -> None:
    assert bare.speak("calendars-read", "--expect-none").exit_code == 0, bare.speak("calendars-read", "--expect-none").output
    bare.grant("calendars-read")
    result = bare.speak("calendars-read", "--expect-none")
    assert (result.exit_code, "RS027" in result.stdout) == (1, True)


def test_a_cache_that_has_not_expired_is_pending(bare: Tenant) -> None:
    bare.alter("--permission-delay", "3600")
    bare.grant("calendars-read")
    result = bare.speak("calendars-read", "--granted-at", ago(minutes=1))
    assert (result.exit_code, "RS032" in result.stdout) == (3, True), result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--ews", "off"), "EWS is switched off (RS056)"),
        (("--ews", "on"), "Blocked by an EWS policy (RS057)"),
        (("--ews", "on", "--ews-allowed-apps", TWIN), "Blocked by an EWS policy (RS057)"),
        (("--user-agents", "EnforceAllowList", "--allow-agent", "Outlook*"), "Blocked by an EWS policy (RS057)"),
    ],
)
@pytest.mark.parametrize("gate", ["header", "fault"])
def test_a_closed_gate_of_ews_is_told_from_a_refusal_after_two_requests(
    bare: Tenant, arguments: tuple[str, ...], said: str, gate: str
) -> None:
    bare.grant("ews").alter(*arguments)
    bare.tell(ews={"gateIs": gate})
    result = bare.speak("ews")
    assert (result.exit_code, said in result.stdout) == (4, True), result.output
    assert "Not asked" in result.stdout
    assert len([one for one in bare.requests() if one["operation"] != "token" and one["operation"] != "metadata"]) == 2


def test_a_gate_of_one_mailbox_proves_nothing_about_it(bare: Tenant) -> None:
    bare.grant("ews").alter("--without-ews", CONTROL, "--mailbox-state", f"{ROOMS[3]}=unlicensed")
    result = bare.speak("ews")
    assert result.exit_code == 4
    assert "RS056  EWS is switched off (1)" in result.stdout
    assert "RS059  Forbidden without a reason (1)" in result.stdout


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_endpoint_that_is_gone_answers_everybody_alike(bare: Tenant, status: int) -> None:
    bare.grant("ews").tell(ews={"status": status})
    result = bare.speak("ews")
    assert (result.exit_code, "No EWS here any more (RS058)" in result.stdout) == (4, True), result.output


def test_the_rules_for_user_agents_hold_for_graph_too(tenant: Tenant) -> None:
    tenant.alter("--user-agents", "EnforceBlockList", "--block-agent", "room*")
    result = tenant.speak()
    assert (result.exit_code, "Closed to this user agent (RS111)" in result.stdout) == (4, True), result.output


def test_an_application_access_policy_is_told_from_a_scope(bare: Tenant) -> None:
    bare.alter("--entra-role", "Calendars.Read", "--security-group", f"allowed@contoso.com={ROOMS[0]}")
    bare.alter("--access-policy", "RestrictAccess=allowed@contoso.com")
    result = bare.speak()
    assert "RS110  Application access policy in the way (45)" in result.stdout, result.output
    assert (result.exit_code, "RS026" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    ("state", "said"),
    [("soft-deleted", "RS112  No mailbox online (1)"), ("on-premises", "RS112  No mailbox online (1)")],
)
@pytest.mark.parametrize("mailbox", [CONTROL, ROOMS[5]])
def test_a_mailbox_that_is_not_there_proves_nothing(tenant: Tenant, state: str, said: str, mailbox: str) -> None:
    tenant.alter("--mailbox-state", f"{mailbox}={state}")
    result = tenant.speak()
    assert (result.exit_code, said in result.stdout) == (4, True), result.output


@pytest.mark.parametrize("access", KINDS)
def test_a_control_that_does_not_exist_proves_nothing(bare: Tenant, access: str) -> None:
    result = bare.grant(access).speak(access, "--control", "nobody@contoso.com")
    assert (result.exit_code, "RS041  Control does not exist (1)" in result.stdout) == (4, True), result.output


def test_where_an_unknown_address_is_refused_like_a_control_the_control_is_uncertain(bare: Tenant) -> None:
    bare.grant("ews").tell(ews={"unknownIs": "denied"})
    result = bare.speak("ews")
    assert (result.exit_code, "RS042" in result.stdout) == (4, True), result.output


def test_ews_may_refuse_with_either_code(bare: Tenant) -> None:
    bare.grant("ews").tell(ews={"outOfScopeIs": "ErrorAccessDenied"})
    result = bare.speak("ews")
    assert result.exit_code == 0, result.output


def test_who_opens_everything_proves_nothing_when_an_address_that_cannot_exist_opens_too(tenant: Tenant) -> None:
    tenant.tell(graph={"allowAll": True})
    assert tenant.speak().exit_code == 1
    mailbox = {"status": 200, "code": ""}
    tenant.tell(graph={"allowAll": True, "mailboxes": {CONTROL: {**mailbox, "status": 403, "code": "ErrorAccessDenied"}}})
    assert tenant.speak().exit_code == 0


@pytest.mark.parametrize(
    ("faults", "exit_code", "said"),
    [
        ({"throttle": {"every": 7, "retryAfter": 0}}, 0, "KEPT"),
        ({"mailboxes": {ROOMS[4]: {"status": 429, "code": "ApplicationThrottled", "retryAfter": 0, "times": 2}}}, 0, "KEPT"),
        ({"mailboxes": {ROOMS[4]: {"status": 503, "code": "ErrorServerBusy", "retryAfter": 0, "times": 1}}}, 0, "KEPT"),
        ({"mailboxes": {ROOMS[4]: {"status": 429, "code": "ApplicationThrottled", "retryAfter": 0}}}, 4, "RS067"),
        ({"mailboxes": {ROOMS[4]: {"status": 429, "code": "TooManyRequests", "retryAfter": 999}}}, 4, "(RS067)"),
        ({"mailboxes": {ROOMS[4]: {"status": 404, "code": "ErrorInvalidUser"}}}, 4, "RS044"),
        ({"mailboxes": {ROOMS[4]: {"status": 401, "code": "InvalidAuthenticationToken"}}}, 4, "(RS055)"),
        ({"mailboxes": {ROOMS[4]: {"status": 403, "code": "NoPermissionsInAccessToken"}}}, 4, "(RS114)"),
        ({"mailboxes": {ROOMS[4]: {"status": 403, "code": "Authorization_RequestDenied"}}}, 4, "RS113"),
        ({"mailboxes": {ROOMS[4]: {"status": 403, "code": "NeverHeardOf"}}}, 4, "RS070"),
        ({"mailboxes": {CONTROL: {"status": 404, "code": "ErrorNonExistentMailbox"}}}, 4, "RS041"),
        ({"mailboxes": {CONTROL: {"status": 403, "code": "NeverHeardOf"}}}, 4, "RS070"),
        ({"html": True}, 4, "Not an answer of Graph (RS076)"),
        ({"redirect": "https://localhost:1/elsewhere"}, 4, "Redirected (RS062)"),
        ({"status": 401}, 4, "Token refused (RS055)"),
        ({"status": 403}, 4, "Not an answer of Graph (RS076)"),
        ({"status": 429, "retryAfter": 0}, 4, "Throttled to the end (RS067)"),
        ({"status": 429, "retryAfter": 1000}, 4, "Throttled to the end (RS067)"),
        ({"hugeBody": 4_000_000}, 4, "(RS066)"),
        ({"doubledPart": 0}, 4, "(RS076)"),
        ({"strangePart": True}, 4, "(RS076)"),
        ({"cut": {"every": 3}}, 0, "KEPT"),
    ],
)
def test_faults_of_graph_neither_break_nor_keep_anything(
    tenant: Tenant, quick: None, faults: dict[str, Any], exit_code: int, said: str
) -> None:
    tenant.tell(graph=faults)
    result = tenant.speak()
    assert (result.exit_code, said in result.stdout) == (exit_code, True), result.output


def test_only_a_part_that_is_not_answered_is_asked_again(tenant: Tenant, quick: None) -> None:
    tenant.tell(graph={"lostPart": 1})
    assert tenant.speak().exit_code == 0
    assert 47 < len(tenant.requests("calendarView")) < 60
    tenant.tell(graph={"lostPart": 0})
    result = tenant.speak()
    assert (result.exit_code, "no part for this mailbox" in result.stdout) == (4, True), result.output


@pytest.mark.parametrize(
    ("access", "said"),
    [
        ("calendars-read", "Graph change notifications (subscriptions)"),
        ("calendars-readwrite", "a read through a read-write assignment proves scope and presence, not the right to write"),
        ("ews", "the whole mailbox, read and write, of every room in scope"),
    ],
)
def test_the_report_keeps_its_schema_and_says_what_it_did_not_prove(bare: Tenant, access: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    result = bare.grant(access).speak(access, "--report", str(path))
    content = json.loads(path.read_text("utf-8"))
    jsonschema.validate(content, schema())
    assert (result.exit_code, said in result.stdout) == (0, True), result.output
    assert content["subject"]["lab"] is True
    assert content["subject"]["application"]["access"] == access
    assert content["about"]["user_agent"] == "roomscope"
    assert content["subject"]["batches"] == (None if access == "ews" else 5)


@pytest.mark.parametrize("access", ["calendars-read", "ews"])
def test_neither_secret_nor_token_stands_anywhere(
    bare: Tenant, tmp_path: Path, caplog: pytest.LogCaptureFixture, access: str
) -> None:
    caplog.set_level("DEBUG")
    result = bare.grant(access).speak(access, "--report", str(tmp_path / "papers"))
    also = bare.speak(access, "--json")
    bare.environment["AZURE_CLIENT_SECRET"] = "wrong" + SECRET
    refused = bare.speak(access, "--report", str(tmp_path / "refused"))
    assert (result.exit_code, also.exit_code, refused.exit_code) == (0, 0, 4)
    files = [path.read_text("utf-8") for folder in ("papers", "refused") for path in (tmp_path / folder).iterdir()]
    assert len(files) == 10
    told = result.output + also.output + refused.output + caplog.text + "".join(files)
    for word in (SECRET, "eyJ", "Bearer "):
        assert word not in told


def test_what_room_lists_show_is_compared_where_the_application_may_read_places(tenant: Tenant) -> None:
    assert "places were not read" in tenant.speak().stdout
    tenant.alter("--entra-role", "Place.Read.All")
    assert "Places: rooms@contoso.com: exactly the rooms of the bundle" in tenant.speak().stdout
    tenant.member("removeMember", ROOMS[7])
    result = tenant.speak("calendars-read", "--granted-at", ago(minutes=5))
    assert (result.exit_code, f"Places: rooms@contoso.com: missing: {ROOMS[7]}" in result.stdout) == (3, True), result.output
    tenant.change("remove", kind="recipients", key=tenant.guid("rooms@contoso.com"))
    assert "Places: rooms@contoso.com: not read: HTTP 404, ResourceNotFound" in tenant.speak().stdout


class TestVendor:
    """The application belongs to somebody else."""

    @pytest.fixture
    def folder(self, maker: Any) -> Path:
        maker.rooms = ROOMS
        folder: Path = plan(maker, "calendars-read", owner="vendor").write()
        return folder

    def test_a_twin_proves_the_scope_and_says_that_it_is_not_the_application(self, bare: Tenant, folder: Path) -> None:
        bare.alter("--client-id", TWIN, "--secret-env", "LAB_SECRET")
        assert bare.cloud.command("seed", str(folder), str(bare.cloud.folder), "--twin", TWIN).returncode == 0
        result = bare.speak("calendars-read", "--as-application", TWIN.upper(), bundle=folder)
        assert result.exit_code == 0, result.output
        assert "Verdict: KEPT - Scope proven, application not (RS002); 45 of 45 rooms" in result.stdout
        assert f"in place of the vendor's {CLIENT}" in result.stdout

    def test_the_vendor_runs_it_as_the_application(self, tenant: Tenant, folder: Path) -> None:
        result = tenant.speak("calendars-read", bundle=folder)
        assert (result.exit_code, "As promised (RS001)" in result.stdout) == (0, True), result.output

    @pytest.mark.parametrize(
        ("twin", "said"), [(CLIENT, "names the vendor's application itself"), ("twin", "is not a GUID")]
    )
    def test_no_twin_is_misuse(self, bare: Tenant, folder: Path, twin: str, said: str) -> None:
        result = bare.speak("calendars-read", "--as-application", twin, bundle=folder)
        assert (result.exit_code, said in result.stderr) == (2, True)

    def test_the_own_application_has_no_twin(self, bare: Tenant) -> None:
        result = bare.speak("calendars-read", "--as-application", TWIN)
        assert (result.exit_code, "the tenant's own" in result.stderr) == (2, True)

    @pytest.mark.parametrize(
        ("change", "exit_code", "said"),
        [
            ({}, 0, "the word of whoever sent it"),
            ({"lab": True}, 2, "it was made in a lab"),
            ({"token": None}, 2, "kept without a token"),
            ({"client_id": TWIN}, 2, "tenant, application or access are not the bundle's"),
            ({"access": "ews"}, 2, "tenant, application or access are not the bundle's"),
            ({"signed_in_as": TWIN}, 2, "a twin registration proves the scope"),
            ({"permissions": [{"name": "Mail.Read", "reach": "opens mailboxes, or can grant that"}]}, 2, "grants more than the bundle allows"),
            ({"permissions": [{"name": "Mail.Read", "reach": "opens no mailbox"}]}, 2, "by something that they are not"),
        ],
    )
    def test_the_vendors_report_is_held_to_the_bundle(
        self, tenant: Tenant, folder: Path, tmp_path: Path, change: dict[str, Any], *, exit_code: int, said: str
    ) -> None:
        path = tmp_path / "report.json"
        assert tenant.speak("calendars-read", "--report", str(path), bundle=folder).exit_code == 0
        content = json.loads(path.read_text("utf-8"))
        subject = content["subject"]
        subject["lab"] = False
        for name, value in change.items():
            place = next(part for part in (subject, subject["application"], subject["token"]) if part and name in part)
            place[name] = value
        path.write_text(json.dumps(content), "utf-8")
        result = CliRunner().invoke(report, [str(folder), str(path)])
        assert (result.exit_code, said in result.output) == (exit_code, True), result.output
