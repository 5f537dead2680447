"""EWS with tokens, spoken to by exchangelib and by plain HTTP: scopes, gates, four ways to be blocked."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import exchangelib
import msal
import pytest
import requests
import requests.adapters
from exchangelib.credentials import oauthlib
from exchangelib.errors import ErrorImpersonateUserDenied
from exchangelib.protocol import BaseProtocol, CachingProtocol
from exchangelib.version import EXCHANGE_O365
from lxml import etree

from tests.lab.conftest import ENVELOPE, IMPERSONATION, PASSWORD, PATIENCE
from tests.lab.online.conftest import AGENT, BUNDLE, CLIENT, TENANT, Cloud

Ask = Callable[..., str]
DISABLED = "EWS is disabled for this user or tenant"
BLOCKED = "EWS is blocked by policy for this user or tenant"


def code(answer: requests.Response) -> str:
    found = etree.fromstring(answer.content).xpath("string((//*[local-name()='ResponseCode'])[1])")
    return str(found)


def ask(cloud: Cloud, find_item: Ask, name: str, token: str = "", agent: str = AGENT) -> requests.Response:
    address = f"{name}@contoso.com"
    header = IMPERSONATION.format(kind="PrimarySmtpAddress", value=address) if name else ""
    return requests.post(
        cloud.url,
        data=ENVELOPE.format(header=header, body=find_item(address if name else "")).encode(),
        headers={"Authorization": f"Bearer {token or cloud.token()}", "User-Agent": agent, "Content-Type": "text/xml; charset=utf-8"},
        verify=cloud.ca,
        timeout=PATIENCE,
    )


def gate(answer: requests.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("X-EWS-Policy-Reason")


@pytest.fixture
def ews(cloud: Cloud, tmp_path: Path, bundle_online: Path) -> Cloud:
    """The served tenant after the scripts of a bundle for EWS."""
    import json
    import shutil

    from lab.make.seed import seed

    bundle = Path(shutil.copytree(bundle_online, tmp_path / "ews"))
    plan = BUNDLE["plan"] | {"application": BUNDLE["plan"]["application"] | {"access": "ews"}}
    (bundle / "manifest.json").write_text(json.dumps(BUNDLE | {"plan": plan}), "utf-8")
    seed(bundle, cloud.folder)
    return cloud


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., exchangelib.Account]]:
    """Accounts of unpatched exchangelib with a token: account(lab, address, token)."""

    def make(lab: Cloud, address: str, token: str) -> exchangelib.Account:
        class Trusting(requests.adapters.HTTPAdapter):
            def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
                del verify
                super().cert_verify(conn, url, lab.ca, cert)  # type: ignore[no-untyped-call]

        monkeypatch.setattr(BaseProtocol, "HTTP_ADAPTER_CLS", Trusting)
        held = oauthlib.oauth2.OAuth2Token({"access_token": token, "token_type": "Bearer"})
        credentials = exchangelib.OAuth2AuthorizationCodeCredentials(
            access_token=held, identity=exchangelib.Identity(primary_smtp_address=address)
        )
        config = exchangelib.Configuration(
            service_endpoint=lab.url, credentials=credentials, auth_type=exchangelib.OAUTH2,
            version=exchangelib.Version(build=EXCHANGE_O365),
        )  # fmt: skip
        return exchangelib.Account(address, config=config, autodiscover=False, access_type=exchangelib.IMPERSONATION)

    yield make
    exchangelib.close_connections()
    CachingProtocol.clear_cache()


def test_exchangelib_reads_the_rooms_of_the_scope_and_nobody_else(ews: Cloud, account: Callable[..., Any]) -> None:
    token = ews.token()
    assert account(ews, "birch@contoso.com", token).calendar.total_count is not None
    with pytest.raises(ErrorImpersonateUserDenied):
        _ = account(ews, "ceo@contoso.com", token).calendar.total_count


def test_the_scope_for_ews_opens_no_calendar_in_graph_nor_the_other_way_round(ews: Cloud) -> None:
    assert ews.calendars("aspen") == {"aspen": (403, "ErrorAccessDenied")}


def test_the_scope_for_graph_opens_no_ews(granted_cloud: Cloud, find_item: Ask) -> None:
    answer = ask(granted_cloud, find_item, "aspen")
    assert (answer.status_code, code(answer)) == (500, "ErrorImpersonateUserDenied")


def test_what_entra_granted_opens_every_mailbox_and_a_policy_narrows_it(ews: Cloud, find_item: Ask) -> None:
    ews.alter("--entra-role", "full_access_as_app")
    assert code(ask(ews, find_item, "ceo")) == "NoError"
    ews.alter("--access-policy", "DenyAccess=ceo@contoso.com")
    answer = ask(ews, find_item, "ceo")
    assert code(answer) == "ErrorAccessDenied"
    assert "[RAOP]" in answer.text


def test_an_application_must_say_as_whom_it_acts(ews: Cloud, find_item: Ask) -> None:
    assert code(ask(ews, find_item, "")) == "ErrorImpersonationRequired"


@pytest.mark.parametrize(
    ("switches", "agent", "reason"),
    [
        pytest.param(("--ews", "off"), AGENT, DISABLED, id="off"),
        pytest.param(("--ews", "on"), AGENT, BLOCKED, id="on with an empty list"),
        pytest.param(("--ews", "on", "--ews-allowed-apps", TENANT), AGENT, BLOCKED, id="another application"),
        pytest.param(("--ews", "on", "--ews-allowed-apps", f"{TENANT}, {CLIENT.upper()}"), AGENT, None, id="listed"),
        pytest.param(("--ews", "unset"), AGENT, None, id="unset"),
        pytest.param(("--user-agents", "EnforceBlockList", "--block-agent", "exchangelib/*"), "exchangelib/5.6.0 (python-requests/2)", BLOCKED, id="user agent"),
        pytest.param(("--without-ews", "aspen@contoso.com"), AGENT, DISABLED, id="the mailbox"),
        pytest.param(("--without-ews", "birch@contoso.com"), AGENT, None, id="another mailbox"),
    ],
)  # fmt: skip
def test_each_gate_says_why_it_is_closed(ews: Cloud, find_item: Ask, switches: tuple[str, ...], agent: str, reason: str | None) -> None:
    ews.alter(*switches)
    found = gate(ask(ews, find_item, "aspen", agent=agent))
    assert found == ((403, reason) if reason else (200, None))


def test_the_other_ways_to_be_blocked(ews: Cloud, find_item: Ask) -> None:
    token = ews.token()
    ews.alter("--mailbox-state", "aspen@contoso.com=unlicensed", "--mailbox-state", "birch@contoso.com=soft-deleted")
    assert gate(ask(ews, find_item, "aspen", token)) == (403, None)
    assert code(ask(ews, find_item, "birch", token)) == "ErrorNonExistentMailbox"
    assert code(ask(ews, find_item, "nobody", token)) == "ErrorNonExistentMailbox"
    ews.alter("--ews", "off")
    ews.tell(ews={"gateIs": "fault"})
    answer = ask(ews, find_item, "aspen", token)
    assert (answer.status_code, code(answer), DISABLED in answer.text) == (500, "ErrorAccessDenied", True)
    ews.tell(ews={"status": 410})
    assert {ask(ews, find_item, name, token).status_code for name in ("aspen", "nobody")} == {410}


def test_a_refusal_outside_the_scope_has_two_forms(ews: Cloud, find_item: Ask) -> None:
    token = ews.token()
    assert code(ask(ews, find_item, "ceo", token)) == "ErrorImpersonateUserDenied"
    ews.tell(ews={"outOfScopeIs": "ErrorAccessDenied"})
    answer = ask(ews, find_item, "ceo", token)
    assert (code(answer), "Check credentials" in answer.text) == ("ErrorAccessDenied", True)


def test_a_troubled_mailbox_and_one_that_is_open_to_everybody(ews: Cloud, find_item: Ask) -> None:
    token = ews.token()
    ews.tell(ews={"mailboxes": {"aspen@contoso.com": {"code": "ErrorServerBusy"}, "ceo@contoso.com": {"code": "NoError"}}})
    assert [code(ask(ews, find_item, name, token)) for name in ("aspen", "ceo")] == ["ErrorServerBusy", "NoError"]


@pytest.mark.parametrize(
    ("lie", "number"),
    [({"token": {"aud": "https://graph.microsoft.com"}}, "2000003"), ({"token": {"tid": CLIENT}}, "2000004"), ({"lifetime": -1}, "2000001"), ({"tokenText": "x"}, "2000008")],
)
def test_a_token_for_something_else_is_told_in_a_header(ews: Cloud, find_item: Ask, lie: dict[str, Any], number: str) -> None:
    ews.tell(signIn=lie)
    answer = ask(ews, find_item, "aspen")
    assert answer.status_code == 401
    assert answer.headers["x-ms-diagnostics"].startswith(f"{number};reason=")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_passwords_do_not_sign_in_online(ews: Cloud) -> None:
    answer = requests.post(ews.url, data=b"", auth=("it.admin@contoso.com", "x"), verify=ews.ca, timeout=PATIENCE)
    assert (answer.status_code, answer.headers["WWW-Authenticate"].split()[0]) == (401, "Bearer")


@pytest.fixture(scope="module")
def hybrid(tmp_path_factory: pytest.TempPathFactory, new_lab: Callable[..., Any]) -> Iterator[Cloud]:
    """A server whose users a tenant signs in."""
    folder = tmp_path_factory.mktemp("hybrid") / "served"
    rooms = "PrimarySmtpAddress\naspen@contoso.com\nbirch@contoso.com\n"
    lab = new_lab(folder, rooms, "--tenant-id", TENANT, "--client-id", CLIENT)
    with lab.serving():
        yield Cloud(folder)


@pytest.fixture
def granted_hybrid(hybrid: Cloud, bundle: Path) -> Iterator[Cloud]:
    """That server after the scripts of a bundle, as it were."""
    from lab.make.seed import seed

    seed(bundle, hybrid.folder)
    yield hybrid
    (hybrid.folder / "changes.jsonl").write_bytes(b"")
    (hybrid.folder / "state.json").touch()
    (hybrid.folder / "faults.json").unlink(missing_ok=True)


def public(lab: Cloud, authority: str = "") -> Any:
    session = requests.Session()
    session.verify, session.trust_env = lab.ca, False
    return msal.PublicClientApplication(CLIENT, authority=authority or lab.authority, instance_discovery=False, http_client=session)


def scope(lab: Cloud) -> list[str]:
    return [f"{lab.root}/EWS.AccessAsUser.All"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_user_with_a_password_impersonates_by_a_token(granted_hybrid: Cloud, account: Callable[..., Any]) -> None:
    lab = granted_hybrid
    found = public(lab, f"{lab.root}/adfs").acquire_token_by_username_password("svc-rooms@contoso.com", PASSWORD, scope(lab))
    assert "access_token" in found, found
    assert account(lab, "aspen@contoso.com", found["access_token"]).calendar.total_count is not None
    with pytest.raises(ErrorImpersonateUserDenied):
        _ = account(lab, "ceo@contoso.com", found["access_token"]).calendar.total_count


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("user", "password"), [("svc-rooms@contoso.com", "wrong"), ("x@contoso.com", PASSWORD)])
def test_a_wrong_password_is_refused_in_the_words_of_the_federation(hybrid: Cloud, user: str, password: str) -> None:
    found = public(hybrid, f"{hybrid.root}/adfs").acquire_token_by_username_password(user, password, scope(hybrid))
    assert (found["error"], found["error_description"][:8]) == ("invalid_grant", "MSIS9659")


@pytest.mark.parametrize(
    ("user", "password", "expected"),
    [("svc-rooms@contoso.com", "wrong", 50126), ("x@contoso.com", PASSWORD, 50034)],
)
def test_entra_tells_a_wrong_password_from_an_unknown_user(hybrid: Cloud, user: str, password: str, expected: int) -> None:
    # msal asks for the user's realm at the host without its port, so this is plain HTTP.
    form = {"grant_type": "password", "client_id": CLIENT, "username": user, "password": password, "scope": f"{hybrid.root}/.default"}
    answer = requests.post(f"{hybrid.authority}/oauth2/v2.0/token", data=form, verify=hybrid.ca, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [expected])


def test_a_device_code_waits_for_the_user_and_then_gives_a_token(granted_hybrid: Cloud, find_item: Ask) -> None:
    lab, client = granted_hybrid, public(granted_hybrid)
    flow = client.initiate_device_flow(scope(lab))
    assert flow["user_code"] in flow["message"]
    waiting = client.acquire_token_by_device_flow(flow, exit_condition=lambda _flow: True)
    assert waiting["error"] == "authorization_pending"
    form = {"user_code": flow["user_code"], "username": "svc-rooms@contoso.com", "password": PASSWORD}
    said = requests.post(flow["verification_uri"], data=form, verify=lab.ca, timeout=PATIENCE)
    assert "You have signed in" in said.text
    found = client.acquire_token_by_device_flow(flow)
    assert code(ask(lab, find_item, "aspen", found["access_token"])) == "NoError"
    assert client.get_accounts()[0]["username"] == "svc-rooms@contoso.com"
    again = client.acquire_token_silent(scope(lab), client.get_accounts()[0], force_refresh=True)
    assert code(ask(lab, find_item, "birch", again["access_token"])) == "NoError"
    assert client.acquire_token_by_device_flow(flow)["error"] == "expired_token"


def test_an_application_of_its_own_opens_no_server(hybrid: Cloud, find_item: Ask) -> None:
    hybrid.alter("--secret-env", "LAB_SECRET")
    assert ask(hybrid, find_item, "aspen").status_code == 403


def test_the_server_offers_tokens_beside_passwords(granted_hybrid: Cloud, find_item: Ask) -> None:
    answer = requests.post(granted_hybrid.url, data=b"", verify=granted_hybrid.ca, timeout=PATIENCE)
    assert answer.status_code == 401
    assert "Basic realm" in answer.headers["WWW-Authenticate"]
    assert "Bearer client_id" in answer.headers["WWW-Authenticate"]
    assert code(granted_hybrid.post(find_item(), "aspen@contoso.com")) == "NoError"
