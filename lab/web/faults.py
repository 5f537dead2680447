"""What can be asked of sign-in and of Graph in faults.json."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Positive = Annotated[int, Field(ge=1)]


class Part(BaseModel):
    """What every part has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)


class Cut(Part):
    """Every so many answers break off in the middle."""

    every: Positive


class HttpFaults(Part):
    """What may happen to any request, before anybody looks at it."""

    delay_ms: int = 0
    html: bool = False
    redirect: str | None = None
    status: int | None = None
    retry_after: int | None = None
    """Sent as Retry-After with `status`."""

    huge_body: int | None = None


class SignInFaults(HttpFaults):
    """Everything that can be asked of the identity platform."""

    metadata: Mapping[str, str | None] = {}
    """Values of the metadata document that are lies; null leaves one out."""

    code: int | None = None
    """The AADSTS number that a request for a token meets."""

    times: Positive | None = None
    """How often; always where it is not said."""

    token: Mapping[str, Any] = {}
    """Claims of access tokens that are lies; null leaves one out."""

    token_text: str | None = None
    """What is handed over instead of an access token."""

    lifetime: int | None = None
    """Seconds for which a token is good."""

    assertions_once: bool = False
    """Whether an assertion is refused when it comes again; Entra takes it again."""


class PartThrottle(Part):
    """Every so many parts of batches are told to wait."""

    every: Positive
    retry_after: int | None = 1
    code: str = "ApplicationThrottled"


class PartTrouble(Part):
    """What the parts that concern one mailbox are answered."""

    status: int
    code: str
    message: str = ""
    retry_after: int | None = None
    times: Positive | None = None
    """How often; always where it is not said."""


class GraphFaults(HttpFaults):
    """Everything that can be asked of Graph."""

    part_delay_ms: int = 0
    """How long Outlook takes for one part; four parts of a batch are in work at a time."""

    throttle: PartThrottle | None = None
    mailboxes: Mapping[str, PartTrouble] = {}
    cut: Cut | None = None
    lost_part: int | None = None
    """The position in a batch, from 0, of a part that is not answered."""

    doubled_part: int | None = None
    """The position of a part that is answered twice."""

    swapped_parts: bool = False
    """Whether the first two parts get each other's answer."""

    strange_part: bool = False
    """Whether an answer comes back that nobody asked for."""

    allow_all: bool = False
    """Whether every mailbox is open to everybody."""

    mailbox_limit: int = 10_000
    """Requests for one mailbox by one application in ten minutes."""
