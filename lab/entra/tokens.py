"""Tokens: made, signed, and read again by the doors that they open."""

import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from lab.state.tenant import EXCHANGE, GRAPH

LIFETIME = 3599
KEPT = 256
GRAPH_ROOTS = (
    "https://graph.microsoft.com",
    "https://graph.microsoft.us",
    "https://dod-graph.microsoft.us",
    "https://microsoftgraph.chinacloudapi.cn",
)
EXCHANGE_ROOTS = (
    "https://outlook.office365.com",
    "https://outlook.office.com",
    "https://outlook.office365.us",
    "https://outlook-dod.office365.us",
    "https://partner.outlook.cn",
)
AUDIENCES = {
    GRAPH: frozenset((*GRAPH_ROOTS, GRAPH)),
    EXCHANGE: frozenset((*EXCHANGE_ROOTS, EXCHANGE)),
}
LOCAL = ("https://localhost:", "https://127.0.0.1:")


class TokenError(Exception):
    """Why a token opens nothing: the words for Graph, and the number for EWS."""

    def __init__(self, text: str, number: int) -> None:
        super().__init__(text)
        self.text, self.number = text, number


@dataclass(slots=True)
class Tokens:
    """The key of this server; what it signed once is not checked again until it expires."""

    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(65537, 2048), repr=False
    )
    accepted: dict[bytes, dict[str, Any]] = field(default_factory=dict, repr=False)

    @property
    def key_id(self) -> str:
        """The identifier of the key."""
        return sha256(str(self.key.public_key().public_numbers().n).encode()).hexdigest()[:27]

    def signed(self, claims: dict[str, Any]) -> str:
        """A token with these claims."""
        return jwt.encode(claims, self.key, "RS256", {"kid": self.key_id, "x5t": self.key_id})

    def keys(self) -> dict[str, Any]:
        """The public key, as the platform publishes it."""
        numbers = self.key.public_key().public_numbers()
        public = {"n": encoded(numbers.n), "e": encoded(numbers.e)}
        return {"keys": [{"kty": "RSA", "use": "sig", "kid": self.key_id, **public}]}

    def claims(self, header: str, resource: str) -> dict[str, Any]:
        """What the token of an Authorization header says, if it is one for this resource."""
        digest = sha256(f"{resource} {header}".encode()).digest()
        known = self.accepted.get(digest)
        if known is None:
            known = self.checked(header, resource)
            self.accepted = {} if len(self.accepted) >= KEPT else self.accepted
            self.accepted[digest] = known
        if known["exp"] <= time.time():
            raise TokenError("Lifetime validation failed, the token is expired.", 2000001)
        return known

    def checked(self, header: str, resource: str) -> dict[str, Any]:
        """Reads a token: its signature, its time, its audience."""
        scheme, _, text = header.partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise TokenError("Access token is empty.", 2000006)
        try:
            found: dict[str, Any] = jwt.decode(
                text.strip(),
                self.key.public_key(),
                ["RS256"],
                options={"verify_aud": False, "require": ["exp", "aud", "appid", "tid"]},
            )
        except jwt.ExpiredSignatureError:
            raise TokenError("Lifetime validation failed, the token is expired.", 2000001) from None
        except jwt.InvalidSignatureError:
            raise TokenError(
                "Access token validation failure. Invalid signature.", 2000002
            ) from None
        except jwt.PyJWTError:
            raise TokenError(
                "IDX14100: JWT is not well formed, there are no dots (.).", 2000008
            ) from None
        if not serves(str(found["aud"]), resource):
            raise TokenError("Access token validation failure. Invalid audience.", 2000003)
        return found


def encoded(number: int) -> str:
    """A number as JSON Web Keys write it."""
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def serves(audience: str, resource: str) -> bool:
    """Whether a token for this audience is one for that resource; loopback serves every one."""
    return audience.startswith(LOCAL) or audience.rstrip("/") in AUDIENCES[resource]


def resources(audience: str) -> tuple[str, ...]:
    """The APIs that an audience stands for; none where it is unknown."""
    return tuple(one for one in AUDIENCES if serves(audience, one))


def lifetime(seconds: int = LIFETIME) -> dict[str, int]:
    """From now on, for so long."""
    now = int(time.time())
    return {"iat": now, "nbf": now - 300, "exp": now + seconds}


def token_id() -> str:
    """An identifier that no other token has."""
    return str(uuid4())
