"""Real msal signs applications and users in; a wrong credential meets the real number."""

import base64
import json
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msal
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from tests.lab.conftest import PATIENCE
from tests.lab.online.conftest import CLIENT, OBJECT, SECRET, TENANT, Cloud

PFX_PASSWORD = "open sesame"  # noqa: S105


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found


def header(token: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    return found


def certified(folder: Path, days: int = 30) -> dict[str, Any]:
    """A key with its certificate, as PEM and as PFX."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rooms")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    pem = made.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "public.pem").write_bytes(private + pem)
    secret = BestAvailableEncryption(PFX_PASSWORD.encode())
    pfx = pkcs12.serialize_key_and_certificates(b"rooms", key, made, None, secret)
    (folder / "rooms.pfx").write_bytes(pfx)
    return {
        "key": private.decode(),
        "pem": pem.decode(),
        "sha1": made.fingerprint(hashes.SHA1()).hex(),  # noqa: S303
        "file": str(folder / "public.pem"),
        "pfx": str(folder / "rooms.pfx"),
    }


def code(found: dict[str, Any]) -> int:
    assert "access_token" not in found
    number: int = found["error_codes"][0]
    assert found["error_description"].startswith(f"AADSTS{number}: ")
    return number


def test_a_secret_gives_a_token_for_the_application_in_its_tenant(cloud: Cloud) -> None:
    found = claims(cloud.token())
    assert found["aud"] == cloud.root
    assert (found["tid"], found["appid"], found["azp"], found["oid"]) == (TENANT, CLIENT, CLIENT, OBJECT)
    assert found["iss"] == f"https://sts.windows.net/{TENANT}/"
    assert "roles" not in found
    assert found["exp"] - found["iat"] == 3599


def test_what_entra_granted_for_the_resource_stands_in_the_token(cloud: Cloud) -> None:
    cloud.alter("--entra-role", "Calendars.ReadWrite", "--entra-role", "full_access_as_app", "--wid", "29232cdf-9323-42fd-ade2-1d097af3e4de")
    graph = claims(cloud.token(scope="https://graph.microsoft.com/.default"))
    outlook = claims(cloud.token(scope="https://outlook.office365.com/.default"))
    assert graph["roles"] == ["Calendars.ReadWrite"]
    assert outlook["roles"] == ["full_access_as_app"]
    assert claims(cloud.token())["roles"] == ["Calendars.ReadWrite", "full_access_as_app"]
    assert graph["wids"] == ["29232cdf-9323-42fd-ade2-1d097af3e4de"]


@pytest.mark.parametrize("form", ["pem", "thumbprint", "pfx"])
def test_a_registered_certificate_signs_in(cloud: Cloud, tmp_path: Path, form: str) -> None:
    made = certified(tmp_path)
    cloud.alter("--certificate", made["file"])
    credential = {
        "pem": {"private_key": made["key"], "public_certificate": made["pem"]},
        "thumbprint": {"private_key": made["key"], "thumbprint": made["sha1"]},
        "pfx": {"private_key_pfx_path": made["pfx"], "passphrase": PFX_PASSWORD},
    }[form]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = claims(cloud.token(credential))
    assert found["appidacr"] == "2"
    assert "PRIVATE KEY" in Path(made["file"]).read_text("utf-8")
    assert "PRIVATE KEY" not in (cloud.folder / "state.json").read_text("utf-8")


def test_a_certificate_that_is_not_registered_or_is_over_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    cloud.alter("--certificate", certified(tmp_path)["file"])
    made = certified(tmp_path)
    credential = {"private_key": made["key"], "public_certificate": made["pem"]}
    found = cloud.sign_in(credential)
    assert code(found) == 700027
    assert "The key was not found." in found["error_description"]
    old = certified(tmp_path, days=-1)
    cloud.alter("--certificate", old["file"])
    found = cloud.sign_in({"private_key": old["key"], "public_certificate": old["pem"]})
    assert code(found) == 700027
    assert "The key used is expired." in found["error_description"]


def test_a_signature_of_another_key_is_refused(cloud: Cloud, tmp_path: Path) -> None:
    made, other = certified(tmp_path), certified(tmp_path)
    (tmp_path / "public.pem").write_text(made["pem"], "utf-8")
    cloud.alter("--certificate", made["file"])
    found = cloud.sign_in({"private_key": other["key"], "public_certificate": made["pem"]})
    assert code(found) == 700027
    assert "signature value did not match" in found["error_description"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        pytest.param({"aud": "https://login.microsoftonline.com/x/oauth2/v2.0/token"}, 700023, id="audience"),
        pytest.param({"exp": 1_000_000_000}, 700024, id="over"),
        pytest.param({"nbf": 4_000_000_000}, 700024, id="not yet"),
        pytest.param({"iss": "another"}, 700027, id="issuer"),
        pytest.param({"sub": "another"}, 700027, id="subject"),
        pytest.param({"jti": None}, 700027, id="no identifier"),
    ],
)
def test_each_claim_of_an_assertion_is_checked(
    cloud: Cloud, tmp_path: Path, changed: dict[str, Any], expected: int
) -> None:
    import jwt

    made = certified(tmp_path)
    cloud.alter("--certificate", made["file"])
    known = cloud.application({"private_key": made["key"], "public_certificate": made["pem"]})
    good = known.client.client_assertion().decode()
    assert header(good)["alg"] == "PS256"
    body = {name: value for name, value in (claims(good) | changed).items() if value is not None}
    text = jwt.encode(body, made["key"], "PS256", {"x5t#S256": header(good)["x5t#S256"]})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        found = cloud.sign_in({"client_assertion": text})
    assert code(found) == expected


def test_an_identifier_serves_one_assertion_and_on_demand_only_once(cloud: Cloud, tmp_path: Path) -> None:
    made = certified(tmp_path)
    cloud.alter("--certificate", made["file"])
    known = cloud.application({"private_key": made["key"], "public_certificate": made["pem"]})
    scopes = ["https://graph.microsoft.com/.default"], [f"{cloud.root}/.default"]
    assert "access_token" in known.acquire_token_for_client(scopes[0])
    cloud.tell(signIn={"assertionsOnce": True})
    assert "used already" in known.acquire_token_for_client(scopes[1])["error_description"]
    (cloud.folder / "faults.json").unlink()
    assert "access_token" in cloud.application({"client_assertion": known.client.client_assertion}).acquire_token_for_client(scopes[1])


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param({"credential": "wrong"}, 7000215, id="secret"),
        pytest.param({"client_id": TENANT}, 700016, id="application"),
        pytest.param({"scope": "https://vault.azure.net/.default"}, 500011, id="resource"),
        pytest.param({"scope": "https://graph.microsoft.com/Calendars.Read"}, 1002012, id="scope"),
    ],
)
def test_what_is_wrong_has_its_number(cloud: Cloud, asked: dict[str, str], expected: int) -> None:
    assert code(cloud.sign_in(**asked)) == expected


def test_an_expired_secret_is_told_from_a_wrong_one(cloud: Cloud) -> None:
    (cloud.folder / "credentials.json").unlink()
    cloud.alter("--secret-env", "LAB_SECRET", "--secret-expires", "2026-01-01T00:00:00+00:00")
    assert code(cloud.sign_in()) == 7000222
    assert code(cloud.sign_in("wrong")) == 7000215
    cloud.alter("--secret-env", "LAB_SECRET")
    assert cloud.token()


@pytest.mark.parametrize(
    ("tenant", "expected"),
    [("8f1c9a3e-0000-4a55-9f0e-2b7d5e0c4a11", "AADSTS90002"), ("fabrikam.com", "AADSTS90002"), ("x", "AADSTS900023")],
)
def test_an_unknown_tenant_is_refused_by_its_metadata(cloud: Cloud, tenant: str, expected: str) -> None:
    url = f"{cloud.root}/{tenant}/v2.0/.well-known/openid-configuration"
    answer = requests.get(url, verify=cloud.ca, timeout=PATIENCE)
    assert (answer.status_code, expected in answer.json()["error_description"]) == (400, True)
    with pytest.raises(ValueError, match="Unable to get authority configuration"):
        cloud.sign_in(authority=f"{cloud.root}/{tenant}")


@pytest.mark.parametrize("name", ["contoso.com", "contoso.onmicrosoft.com"])
def test_the_tenant_has_names(cloud: Cloud, name: str) -> None:
    assert claims(cloud.token(authority=f"{cloud.root}/{name}"))["tid"] == TENANT


def test_an_instance_is_not_vouched_for(cloud: Cloud) -> None:
    with pytest.raises(ValueError, match="invalid_instance"):
        cloud.sign_in(instance_discovery=f"{cloud.root}/common/discovery/instance")


def as_machine(cloud: Cloud, monkeypatch: pytest.MonkeyPatch, identity: Any, resource: str = "") -> dict[str, Any]:
    place = (cloud.folder / "machine").read_text("utf-8").strip()
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", place)
    session = requests.Session()
    session.trust_env = False
    client = msal.ManagedIdentityClient(identity, http_client=session)
    found: dict[str, Any] = client.acquire_token_for_client(resource=resource or cloud.root)
    return found


def test_the_machine_gets_a_token_without_a_credential(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.alter("--entra-role", "Calendars.Read")
    found = as_machine(cloud, monkeypatch, msal.SystemAssignedManagedIdentity())
    assert (claims(found["access_token"])["appid"], claims(found["access_token"])["roles"]) == (CLIENT, ["Calendars.Read"])
    assert cloud.calendars("ceo", token=found["access_token"]) == {"ceo": (200, "")}


def test_the_machine_knows_its_own_identities_only(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    named = as_machine(cloud, monkeypatch, msal.UserAssignedManagedIdentity(client_id=CLIENT))
    assert claims(named["access_token"])["oid"] == OBJECT
    other = as_machine(cloud, monkeypatch, msal.UserAssignedManagedIdentity(client_id=TENANT))
    assert other["error_description"] == "Identity not found"
    vault = as_machine(cloud, monkeypatch, msal.SystemAssignedManagedIdentity(), "https://vault.azure.net")
    assert vault["error"] == "invalid_resource"


def test_without_tls_only_the_machine_answers(cloud: Cloud) -> None:
    place = (cloud.folder / "machine").read_text("utf-8").strip()
    for path in ("/v1.0/$batch", f"/{TENANT}/v2.0/.well-known/openid-configuration", "/EWS/Exchange.asmx"):
        assert requests.get(place + path, timeout=PATIENCE).status_code == 404
    plain = requests.get(f"{place}/metadata/identity/oauth2/token", params={"resource": cloud.root}, timeout=PATIENCE)
    assert (plain.status_code, plain.json()["error"]) == (400, "invalid_request")
    assert requests.get(f"{cloud.root}/metadata/identity/oauth2/token", headers={"Metadata": "true"}, verify=cloud.ca, timeout=PATIENCE).status_code == 404


def test_any_number_can_be_asked_for_and_goes_away(cloud: Cloud) -> None:
    cloud.tell(signIn={"code": 65001, "times": 1})
    assert code(cloud.sign_in()) == 65001
    assert cloud.token()


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param({"html": True}, id="html"),
        pytest.param({"redirect": "https://localhost:1/x"}, id="redirect"),
        pytest.param({"metadata": {"token_endpoint": None}}, id="no token endpoint"),
        pytest.param({"status": 503}, id="not there"),
    ],
)
def test_a_platform_that_misbehaves_gives_no_token(cloud: Cloud, faults: dict[str, Any]) -> None:
    cloud.tell(signIn=faults)
    with pytest.raises(Exception):  # noqa: B017, PT011 - msal raises what it meets
        cloud.sign_in()
    (cloud.folder / "faults.json").unlink()
    assert cloud.token()


def test_a_token_can_lie(cloud: Cloud) -> None:
    cloud.tell(signIn={"token": {"tid": OBJECT, "aud": "https://vault.azure.net", "wids": ["x"], "roles": ["Mail.Read"], "oid": None}, "lifetime": 7})
    found = claims(cloud.token())
    assert (found["tid"], found["aud"], found["roles"]) == (OBJECT, "https://vault.azure.net", ["Mail.Read"])
    assert found["exp"] - found["iat"] == 7
    assert "oid" not in found
    cloud.tell(signIn={"tokenText": "no token"})
    assert cloud.token() == "no token"


def test_the_log_names_the_application_and_never_a_credential(cloud: Cloud) -> None:
    token = cloud.token()
    cloud.sign_in("wrong")
    lines = [one for one in cloud.lines() if one["operation"] == "token"]
    assert lines == [
        {"operation": "token", "user": CLIENT, "status": 200, "code": "NoError", "grant": "client_credentials"},
        {"operation": "token", "user": CLIENT, "status": 401, "code": "AADSTS7000215", "grant": "client_credentials"},
    ]
    cloud.get("/places/microsoft.graph.roomlist", token)
    written = b"".join(path.read_bytes() for path in cloud.folder.iterdir() if path.is_file())
    for word in (SECRET, "wrong", token):
        assert word.encode() not in written
    assert msal.__version__
