"""A certificate with its key, from PEM or PFX; the one home of cryptography."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)

from roomscope.verify.common.errors import CredentialError
from roomscope.verify.sign_in.password import read_secret

_LARGEST = 64 * 1024
_PEM = b"-----BEGIN "


class LockedError(CredentialError):
    """It could not be read without a password; perhaps it has one."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What proves that the application is itself."""

    public: str
    """In PEM form, alone."""

    begins: datetime
    ends: datetime
    key: str = field(repr=False)
    """In PEM form, without a password: it never leaves the process."""

    def holds(self, now: datetime) -> bool:
        """Whether this is within its time."""
        return self.begins <= now <= self.ends


def read(path: Path, password: str | None) -> Certificate:
    """The certificate in this file, or a refusal that says what is wrong with it and shows none of it."""
    data = read_secret(path, _LARGEST)
    secret = password.encode() if password else None
    key, public = _from_pem(path, data, secret) if _PEM in data else _from_pfx(path, data, secret)
    if not isinstance(key, RSAPrivateKey):
        raise CredentialError(f"{path} does not hold an RSA key, and Entra ID takes no other.")
    if _spki(key) != public.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo):
        raise CredentialError(f"{path}: the key does not belong to the certificate.")
    return Certificate(
        public=public.public_bytes(Encoding.PEM).decode(),
        begins=public.not_valid_before_utc.astimezone(UTC),
        ends=public.not_valid_after_utc.astimezone(UTC),
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )


def _spki(key: RSAPrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _from_pem(path: Path, data: bytes, password: bytes | None) -> tuple[object, x509.Certificate]:
    if b"PRIVATE KEY-----" not in data:
        raise CredentialError(f"{path} holds no private key. The file needs both, the key and the certificate.")
    if b"BEGIN CERTIFICATE-----" not in data:
        raise CredentialError(f"{path} holds no certificate. The file needs both, the key and the certificate.")
    try:
        locked = b"ENCRYPTED" in data
        return load_pem_private_key(data, password if locked else None), x509.load_pem_x509_certificate(data)
    except (ValueError, TypeError):
        raise _unreadable(path, password) from None


def _from_pfx(path: Path, data: bytes, password: bytes | None) -> tuple[object, x509.Certificate]:
    try:
        key, public, _ = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, TypeError):
        raise _unreadable(path, password) from None
    if key is None or public is None:
        raise CredentialError(f"{path} holds no {'private key' if key is None else 'certificate'}. Export both.")
    return key, public


def _unreadable(path: Path, password: bytes | None) -> CredentialError:
    given = "The password in AZURE_CLIENT_CERTIFICATE_PASSWORD does not open it" if password else (
        "If it has a password, give it in AZURE_CLIENT_CERTIFICATE_PASSWORD")
    kind = CredentialError if password else LockedError
    return kind(f"{path} could not be read as PEM or PFX. {given}, or it is damaged.")
