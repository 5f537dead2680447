"""Real msal signs in at the lab's authority, as the command does it; what goes wrong has a name."""

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from roomscope.verify.bundle.manifest import Application
from roomscope.verify.sign_in.environment import Asking, obtain
from tests.lab.online.conftest import CLIENT, SECRET, TENANT
from tests.verify.online.conftest import TWIN, Tenant, application, plan

PASSWORD = "open-sesame-4711"  # noqa: S105 - must never be seen
Files = dict[str, Path]


def certified(folder: Path, *, days: int = 30, kind: str = "rsa") -> Files:
    """A key with its certificate in every form that people have."""
    key: Any = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rooms")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    locked = BestAvailableEncryption(PASSWORD.encode())
    pem = made.public_bytes(Encoding.PEM)
    contents = {
        "pem": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem,
        "locked": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked) + pem,
        "pfx": pkcs12.serialize_key_and_certificates(b"rooms", key, made, None, locked),
        "public": pem,
        "bare": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "strangers": rsa.generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + pem,
        "junk": b"\x30\x82junk",
    }
    files = {}
    for form, content in contents.items():
        files[form] = folder / form
        files[form].touch(0o600)
        files[form].write_bytes(content)
    return files


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return certified(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def sign(tenant: Tenant) -> Callable[..., Any]:
    """Runs the command with these variables only."""

    def run(*arguments: str, **environment: str) -> Any:
        tenant.environment = environment
        return tenant.speak("calendars-read", *arguments)

    return run


@pytest.mark.parametrize(("form", "password"), [("pem", ""), ("locked", PASSWORD), ("pfx", PASSWORD), ("pem", "not needed")])
def test_a_certificate_signs_in_whatever_its_form(
    tenant: Tenant, sign: Callable[..., Any], files: Files, form: str, password: str
) -> None:
    tenant.alter("--certificate", str(files["public"]))
    result = sign(AZURE_CLIENT_CERTIFICATE_PATH=str(files[form]), AZURE_CLIENT_CERTIFICATE_PASSWORD=password)
    assert result.exit_code == 0, result.output
    assert "(certificate)" in result.stdout
    assert PASSWORD not in result.output


@pytest.mark.parametrize(
    ("form", "password", "said"),
    [
        ("pfx", "wrong", "The password in AZURE_CLIENT_CERTIFICATE_PASSWORD does not open it"),
        ("pfx", "", "If it has a password, give it in AZURE_CLIENT_CERTIFICATE_PASSWORD"),
        ("locked", "wrong", "does not open it"),
        ("public", "", "holds no private key"),
        ("bare", "", "holds no certificate"),
        ("strangers", "", "the key does not belong to the certificate"),
        ("junk", "", "could not be read as PEM or PFX"),
        ("nowhere", "", "No such file"),
    ],
)
def test_a_file_that_cannot_sign_in_is_misuse_and_nobody_is_asked(
    tenant: Tenant, sign: Callable[..., Any], files: Files, *, form: str, password: str, said: str
) -> None:
    path = files.get(form, Path("/nowhere/at/all"))
    result = sign(AZURE_CLIENT_CERTIFICATE_PATH=str(path), AZURE_CLIENT_CERTIFICATE_PASSWORD=password)
    assert (result.exit_code, said in result.stderr, tenant.requests()) == (2, True, []), result.output


@pytest.mark.parametrize("form", ["pfx", "locked"])
def test_somebody_at_the_terminal_is_asked_for_what_is_missing(files: Files, form: str) -> None:
    known = Application(**{**application("calendars-read"), "allowed_entra_permissions": ()})  # type: ignore[arg-type]

    @click.command()
    @click.argument("path", required=False)
    def asks(path: str | None) -> None:
        given = {"AZURE_CLIENT_CERTIFICATE_PATH": path} if path else {}
        click.echo(repr(obtain(known, Asking(CLIENT, managed=False, terminal=True), given)))

    opened = CliRunner().invoke(asks, [str(files[form])], input=f"{PASSWORD}\n")
    assert (opened.exit_code, opened.stdout.startswith("Certificate(public=")) == (0, True), opened.output
    assert CliRunner().invoke(asks, [str(files[form])], input="wrong\n").exit_code == 2
    secret = CliRunner().invoke(asks, input=f"{SECRET}\n")
    assert (secret.stdout, f"Client secret of application {CLIENT}" in secret.stderr) == ("Secret()\n", True)
    for shown in (opened, secret):
        assert PASSWORD not in shown.output
        assert SECRET not in shown.output
        assert "PRIVATE KEY" not in shown.output


def test_a_key_that_entra_does_not_take_is_misuse(sign: Callable[..., Any], tmp_path: Path) -> None:
    result = sign(AZURE_CLIENT_CERTIFICATE_PATH=str(certified(tmp_path, kind="ec")["pem"]))
    assert (result.exit_code, "does not hold an RSA key" in result.stderr) == (2, True)


def test_a_key_that_others_can_read_is_misuse(sign: Callable[..., Any], tmp_path: Path) -> None:
    path = certified(tmp_path)["pem"]
    path.chmod(0o644)
    result = sign(AZURE_CLIENT_CERTIFICATE_PATH=str(path))
    assert (result.exit_code, "can be read by others" in result.stderr) == (2, True)


def test_an_expired_certificate_is_named_before_anybody_is_asked(tenant: Tenant, sign: Callable[..., Any], tmp_path: Path) -> None:
    result = sign(AZURE_CLIENT_CERTIFICATE_PATH=str(certified(tmp_path, days=-1)["pem"]))
    assert (result.exit_code, "Certificate expired or revoked (RS085)" in result.stdout) == (4, True), result.output
    assert tenant.requests() == []


def test_a_certificate_that_is_not_registered_is_named(tenant: Tenant, sign: Callable[..., Any], files: Files) -> None:
    result = sign(AZURE_CLIENT_CERTIFICATE_PATH=str(files["pem"]))
    assert (result.exit_code, "Certificate not registered (RS084)" in result.stdout) == (4, True), result.output
    assert len(tenant.requests("token")) == 1


def test_a_wrong_secret_is_tried_once(tenant: Tenant, sign: Callable[..., Any]) -> None:
    result = sign(AZURE_CLIENT_SECRET=SECRET[::-1])
    assert (result.exit_code, "Client secret wrong (RS080)" in result.stdout) == (4, True), result.output
    assert "no token (7000215): AADSTS7000215" in result.stdout
    assert len(tenant.requests("token")) == 1
    assert tenant.requests("$batch") == []


def test_an_expired_secret_is_named(tenant: Tenant, sign: Callable[..., Any]) -> None:
    old = ("--secret-env", "OLD_SECRET", "--secret-expires", "2020-01-01T00:00:00Z")
    assert tenant.cloud.command("tenant", str(tenant.cloud.folder), *old, OLD_SECRET=SECRET.lower()).returncode == 0
    result = sign(AZURE_CLIENT_SECRET=SECRET.lower())
    assert (result.exit_code, "(RS081)" in result.stdout) == (4, True), result.output


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (90002, "RS082"), (700016, "RS083"), (700027, "RS084"), (700024, "RS086"), (53003, "RS087"), (50076, "RS088"),
        (65001, "RS089"), (500011, "RS090"), (7000112, "RS091"), (7000218, "RS092"), (999999, "RS096"),
    ],
)
def test_every_number_has_its_cause_and_is_asked_for_once(
    tenant: Tenant, sign: Callable[..., Any], number: int, cause: str
) -> None:
    tenant.tell(signIn={"code": number})
    result = sign(AZURE_CLIENT_SECRET=SECRET)
    assert (result.exit_code, f"({cause})" in result.stdout) == (4, True), result.output
    assert len(tenant.requests("token")) == 1


def test_another_application_or_tenant_than_the_bundles_is_misuse(sign: Callable[..., Any], tenant: Tenant) -> None:
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        result = sign(AZURE_CLIENT_SECRET=SECRET, **{name: TWIN})
        assert (result.exit_code, f"{name} is {TWIN}, expected" in result.stderr) == (2, True)
    assert tenant.requests() == []
    assert sign(AZURE_CLIENT_SECRET=SECRET, AZURE_TENANT_ID=TENANT.upper()).exit_code == 0


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MSAL_FORCE_REGION": "westeurope", "AZURE_CLIENT_SECRET": SECRET}, "MSAL_FORCE_REGION would take the credential"),
        ({"AZURE_AUTHORITY_HOST": "https://login.example.com", "AZURE_CLIENT_SECRET": SECRET}, "AZURE_AUTHORITY_HOST is"),
        ({"AZURE_CLIENT_SECRET": SECRET, "AZURE_CLIENT_CERTIFICATE_PATH": "/x"}, "Give one way to sign in"),
        ({}, "There is no terminal to ask at"),
        ({"AZURE_CLIENT_SECRET": "a\nb"}, "one line of plain characters"),
    ],
)
def test_an_environment_that_leads_elsewhere_or_nowhere_is_misuse(
    tenant: Tenant, sign: Callable[..., Any], environment: dict[str, str], said: str
) -> None:
    result = sign(**environment)
    assert (result.exit_code, said in result.stderr, tenant.requests()) == (2, True, []), result.output
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("faults", "said"),
    [
        ({"html": True}, "Not a sign-in endpoint (RS093)"),
        ({"redirect": "https://evil.example/"}, "Sign-in endpoint points elsewhere (RS094)"),
        ({"metadata": {"token_endpoint": "https://evil.example/token"}}, "Sign-in endpoint points elsewhere (RS094)"),
        ({"metadata": {"token_endpoint": "http://localhost/token"}}, "Sign-in endpoint points elsewhere (RS094)"),
        ({"metadata": {"token_endpoint": None}}, "Not a sign-in endpoint (RS093)"),
        ({"status": 503, "retryAfter": 0}, "Sign-in service busy (RS095)"),
        ({"status": 404}, "Not a sign-in endpoint (RS093)"),
        ({"hugeBody": 4_000_000}, "(RS066)"),
        ({"token": {"tid": TWIN}}, "Token of another tenant (RS100)"),
        ({"token": {"aud": "https://graph.microsoft.us"}}, "Token for another service (RS101)"),
        ({"token": {"appid": TWIN, "azp": TWIN}}, "Token of another application (RS102)"),
        ({"token": {"scp": "Calendars.Read"}}, "Token of another application (RS102)"),
        ({"token": {"azp": TWIN}}, "Token not readable (RS103)"),
        ({"tokenText": "opaque"}, "Token not readable (RS103)"),
    ],
)
def test_an_authority_that_is_none_gets_no_credential_and_its_token_goes_nowhere(
    tenant: Tenant, quick: None, sign: Callable[..., Any], faults: dict[str, Any], said: str
) -> None:
    tenant.tell(signIn=faults)
    result = sign(AZURE_CLIENT_SECRET=SECRET)
    assert (result.exit_code, said in result.stdout) == (4, True), result.output
    assert tenant.requests("$batch") == []


def test_a_busy_authority_is_asked_again_by_a_new_client(tenant: Tenant, quick: None, sign: Callable[..., Any]) -> None:
    tenant.tell(signIn={"code": 90033, "times": 2})
    assert sign(AZURE_CLIENT_SECRET=SECRET).exit_code == 0
    assert len(tenant.requests("token")) == 3


def test_a_token_that_is_about_to_end_is_renewed_and_looked_at_again(tenant: Tenant, sign: Callable[..., Any]) -> None:
    tenant.tell(signIn={"lifetime": 200})
    assert sign(AZURE_CLIENT_SECRET=SECRET).exit_code == 0
    assert len(tenant.requests("token")) == len(tenant.requests("$batch")) == 5


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--authority", "https://login.example.com"), "is not on this machine"),
        (("--authority", "http://localhost:1"), "is not https"),
        (("--graph-root", "https://graph.example.com"), "is not on this machine"),
        (("--endpoint", "https://localhost/EWS/Exchange.asmx"), "--endpoint is not for an application"),
        (("--user", "x"), "is for Exchange Server"),
        (("--auth", "basic"), "is for Exchange Server"),
        (("--granted-at", "yesterday"), "is no time"),
        (("--granted-at", "2026-11-22T10:11:12"), "names no zone"),
        (("--granted-at", "2999-01-01T00:00:00Z"), "is yet to come"),
    ],
)
def test_what_is_not_for_an_application_is_misuse(
    tenant: Tenant, sign: Callable[..., Any], arguments: tuple[str, ...], said: str
) -> None:
    result = sign(*arguments, AZURE_CLIENT_SECRET=SECRET)
    assert (result.exit_code, said in result.stderr, tenant.requests()) == (2, True, []), result.output


def test_a_lab_is_named_whole_or_not_at_all(tenant: Tenant, maker: Any) -> None:
    from roomscope.verify.cli import verify

    folder = str(plan(maker, "calendars-read").write())
    for option in ("--authority", "--graph-root"):
        result = CliRunner(env={"AZURE_CLIENT_SECRET": SECRET}).invoke(verify, [folder, option, tenant.cloud.root])
        assert (result.exit_code, "must not be taken to another" in result.stderr) == (2, True)


def test_a_machine_without_an_identity_is_named(
    tenant: Tenant, sign: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Where a machine has one, this variable names its endpoint; nobody listens at port 9.
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://127.0.0.1:9/token")
    monkeypatch.setenv("IDENTITY_HEADER", "secret-of-the-machine")
    result = sign("--managed-identity")
    assert (result.exit_code, "No managed identity here (RS098)" in result.stdout) == (4, True), result.output
    assert "secret-of-the-machine" not in result.output


def test_the_machine_signs_in_by_itself(tenant: Tenant, sign: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_POD_IDENTITY_AUTHORITY_HOST", (tenant.cloud.folder / "machine").read_text("utf-8").strip())
    result = sign("--managed-identity")
    assert (result.exit_code, "(managed identity)" in result.stdout) == (0, True), result.output
    assert sign("--managed-identity", AZURE_CLIENT_ID=CLIENT).exit_code == 0


def test_msal_is_silent_even_at_debug(tenant: Tenant, sign: Callable[..., Any], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("msal.application").setLevel(logging.DEBUG)
    tenant.tell(signIn={"html": True})
    assert sign(AZURE_CLIENT_SECRET=SECRET).exit_code == 4
    assert "msal" not in {record.name.partition(".")[0] for record in caplog.records}
    assert SECRET not in caplog.text


def test_a_certificate_is_handed_over_without_a_thumbprint(tenant: Tenant, sign: Callable[..., Any], files: Files) -> None:
    import base64

    import jwt

    seen: list[dict[str, Any]] = []
    usual = jwt.encode

    def encode(payload: Any, key: Any, algorithm: Any = None, headers: Any = None, **more: Any) -> str:
        text = usual(payload, key, algorithm=algorithm, headers=headers, **more)
        seen.append(json.loads(base64.urlsafe_b64decode(text.split(".")[0] + "==")))
        return text

    tenant.alter("--certificate", str(files["public"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jwt, "encode", encode)
        assert sign(AZURE_CLIENT_CERTIFICATE_PATH=str(files["pem"])).exit_code == 0
    assert [one["alg"] for one in seen] == ["PS256"]
    assert "x5t#S256" in seen[0]
    assert "x5t" not in seen[0]
