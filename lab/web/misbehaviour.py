"""How the server was told to misbehave: the part `ews` of faults.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from lab.errors import StateError
from lab.ews.soap import Refusal
from lab.state.folder import stamp

FILE = "faults.json"
AS_FAULT = frozenset(
    {
        "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed",
        "ErrorServerBusy", "ErrorExceededConnectionCount", "ErrorInvalidServerVersion",
        "ErrorNoRespondingCASInDestinationSite", "ErrorSchemaValidation",
    }
)  # fmt: skip
Positive = Annotated[int, Field(ge=1)]


class Part(BaseModel):
    """What every part has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, alias_generator=to_camel)


class Throttle(Part):
    """Every so many requests are told that the server is busy."""

    every: Positive
    back_off_ms: int = 0


class Cut(Part):
    """Every so many answers break off in the middle."""

    every: Positive


class Trouble(Part):
    """What happens to requests that concern one mailbox; `NoError` lets everybody in."""

    code: str
    times: Positive | None = None
    """How often; always where it is not said."""

    fault: bool | None = None
    """Whether a SOAP fault carries the code; by the code where it is not said."""

    def refusal(self) -> Refusal:
        """The refusal that a request meets."""
        wanted = self.code in AS_FAULT if self.fault is None else self.fault
        return Refusal(self.code, fault=wanted)


class Faults(Part):
    """Everything that can be asked of the server."""

    delay_ms: int = 0
    throttle: Throttle | None = None
    cut: Cut | None = None
    html: bool = False
    redirect: str | None = None
    status: int | None = None
    policy_reason: str | None = None
    """Sent as X-EWS-Policy-Reason with `status`."""

    diagnostics: str | None = None
    """Sent as x-ms-diagnostics with `status` and with every 401."""

    ignore_impersonation: bool = False
    huge_body: int | None = None
    mailboxes: Mapping[str, Trouble] = {}
    unknown_is: Literal["missing", "denied"] = "missing"
    delegate_is: Literal["ErrorAccessDenied", "ErrorFolderNotFound"] = "ErrorAccessDenied"


class File(BaseModel):
    """The file; the other half of the lab reads its own part."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ews: Faults = Faults()
    shell: Any = None


@dataclass(slots=True)
class Misbehaviour:
    """The faults as they are now, and how many requests they have counted."""

    folder: Path
    faults: Faults = field(default_factory=Faults)
    seen: tuple[int, int, int] = (0, 0, 0)
    requests: int = 0
    met: dict[str, int] = field(default_factory=dict)

    def current(self) -> Faults:
        """The faults of the file, read again when it changed."""
        path = self.folder / FILE
        found = stamp(path)
        if found != self.seen:
            self.faults = load(path) if found[0] else Faults()
            self.seen, self.requests, self.met = found, 0, {}
        return self.faults

    def count(self) -> None:
        """Counts a request, and refuses it when it is the turn of a throttled one."""
        self.requests += 1
        throttle = self.faults.throttle
        if throttle and self.requests % throttle.every == 0:
            values = (
                {"BackOffMilliseconds": str(throttle.back_off_ms)} if throttle.back_off_ms else {}
            )
            raise Refusal("ErrorServerBusy", fault=True, **values)

    def cuts(self) -> bool:
        """Whether this answer breaks off."""
        return bool(self.faults.cut and self.requests % self.faults.cut.every == 0)

    def trouble(self, address: str) -> Trouble | None:
        """What happens now to a request that concerns this address."""
        found = self.faults.mailboxes.get(address.lower())
        if found is None or (found.times and self.met.get(address.lower(), 0) >= found.times):
            return None
        self.met[address.lower()] = self.met.get(address.lower(), 0) + 1
        return found


def load(path: Path) -> Faults:
    """The part of the file that is for this half."""
    try:
        return File.model_validate_json(path.read_bytes()).ews
    except ValidationError as error:
        raise StateError(path, f"it cannot be read. {error}") from None
