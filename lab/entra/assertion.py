"""Client assertions: a certificate instead of a secret, really checked."""

from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.entra.refusal import SignInRefusal
from lab.state.tenant import Application

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NAMED_BY = {"PS256": ("x5t#S256", hashes.SHA256()), "RS256": ("x5t", hashes.SHA1())}  # noqa: S303 - the protocol's older name
LEEWAY = 300


@dataclass(slots=True)
class Assertions:
    """Remembers each identifier: nobody may use it for another assertion."""

    used: dict[str, str] = field(default_factory=dict, repr=False)

    def check(
        self, text: str, application: Application, audience: frozenset[str], *, once: bool
    ) -> None:
        """Refuses an assertion unless signature, time, audience, issuer and identifier hold."""
        algorithm, certificate = signer(text, application)
        claims = verified(text, algorithm, certificate, application)
        if not audience & set(listed(claims["aud"])):
            raise SignInRefusal(700023)
        if {claims["iss"].lower(), claims["sub"].lower()} != {application.client_id}:
            raise refused(application, "The issuer or the subject is another application.")
        if not self.fresh(str(claims["jti"]), text, once=once):
            raise refused(application, "The assertion was used already.")

    def fresh(self, identifier: str, text: str, *, once: bool) -> bool:
        """Whether an identifier is new; msal sends the same assertion again for nine minutes."""
        before = self.used.setdefault(identifier, text)
        return before is text or (before == text and not once)


def signer(text: str, application: Application) -> tuple[str, x509.Certificate]:
    """The algorithm, and the registered certificate that the header names."""
    try:
        header = jwt.get_unverified_header(text)
    except jwt.PyJWTError:
        raise refused(application, "The assertion is not a JSON Web Token.") from None
    name, algorithm = NAMED_BY.get(str(header.get("alg")), ("", None))
    if algorithm is None:
        raise refused(application, f"The algorithm {header.get('alg')!r} is not supported.")
    wanted = thumbprint(header.get(name), application)
    for pem in application.certificates:
        found = x509.load_pem_x509_certificate(pem.encode())
        if found.fingerprint(algorithm) == wanted:
            return str(header["alg"]), found
    raise refused(application, "The key was not found.", wanted)


def thumbprint(value: object, application: Application) -> bytes:
    """The bytes of a thumbprint in a header."""
    if not isinstance(value, str):
        raise refused(application, "The header names no key.")
    try:
        return urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except ValueError:
        raise refused(application, "The thumbprint is malformed.") from None


def verified(
    text: str, algorithm: str, certificate: x509.Certificate, application: Application
) -> dict[str, Any]:
    """The claims of an assertion that this certificate signed, in its time."""
    digest = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - how Entra prints it
    if certificate.not_valid_after_utc <= datetime.now(UTC):
        raise refused(application, "The key used is expired.", digest)
    required = ["aud", "exp", "iss", "jti", "sub"]
    options: Any = {"verify_aud": False, "verify_iat": False, "require": required}
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        raise refused(application, "The key is not an RSA key.", digest)
    try:
        found: dict[str, Any] = jwt.decode(text, key, [algorithm], options=options, leeway=LEEWAY)
    except (jwt.ExpiredSignatureError, jwt.ImmatureSignatureError):
        raise SignInRefusal(700024) from None
    except jwt.InvalidSignatureError:
        reason = "The provided signature value did not match the expected signature value."
        raise refused(application, reason, digest) from None
    except jwt.PyJWTError as error:
        raise refused(application, f"The assertion is malformed: {error}") from None
    return found


def listed(audience: object) -> list[str]:
    """Audiences as a list."""
    return [str(one) for one in audience] if isinstance(audience, list) else [str(audience)]


def refused(application: Application, reason: str, digest: bytes = b"") -> SignInRefusal:
    """The refusal of an assertion, for this reason."""
    return SignInRefusal(
        700027,
        reason=reason,
        thumbprint=digest.hex().upper(),
        client=application.client_id,
    )
