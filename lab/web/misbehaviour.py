"""How the server was told to misbehave: the parts `ews`, `graph` and `signIn` of faults.json."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lab.errors import StateError
from lab.ews.soap import Refusal
from lab.state.folder import stamp
from lab.web.faults import Cut, GraphFaults, HttpFaults, Part, SignInFaults

FILE = "faults.json"
AS_FAULT = frozenset(
    {
        "ErrorImpersonateUserDenied", "ErrorImpersonationDenied", "ErrorImpersonationFailed",
        "ErrorServerBusy", "ErrorExceededConnectionCount", "ErrorInvalidServerVersion",
        "ErrorNoRespondingCASInDestinationSite", "ErrorSchemaValidation",
    }
)  # fmt: skip
Positive = Annotated[int, Field(ge=1)]


class Throttle(Part):
    """Every so many requests are told that the server is busy."""

    every: Positive
    back_off_ms: int = 0


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


class Faults(HttpFaults):
    """Everything that can be asked of the server."""

    throttle: Throttle | None = None
    cut: Cut | None = None
    policy_reason: str | None = None
    """Sent as X-EWS-Policy-Reason with `status`."""

    diagnostics: str | None = None
    """Sent as x-ms-diagnostics with `status` and with every 401."""

    gateway: str | None = None
    """As whom everybody is signed in, without being asked."""

    ignore_impersonation: bool = False
    mailboxes: Mapping[str, Trouble] = {}
    unknown_is: Literal["missing", "denied"] = "missing"
    delegate_is: Literal["ErrorAccessDenied", "ErrorFolderNotFound"] = "ErrorAccessDenied"
    manners: Literal["exchange", "gromox"] = "exchange"
    """How the server speaks: gromox sends faults with 200, without prefix and detail, and calls an unknown
    address ErrorCannotFindUser when it is acted as; the account itself is told the same of every mailbox."""

    gate_is: Literal["header", "fault"] = "header"
    """Online: how a closed gate speaks, by a header of its own or by a SOAP fault."""

    out_of_scope_is: Literal["ErrorImpersonateUserDenied", "ErrorAccessDenied"] = (
        "ErrorImpersonateUserDenied"
    )
    """Online: what an application meets outside its scope; Microsoft does not say."""


class File(BaseModel):
    """The file; the other half of the lab reads its own part."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ews: Faults = Faults()
    graph: GraphFaults = GraphFaults()
    sign_in: SignInFaults = Field(default=SignInFaults(), alias="signIn")
    shell: Any = None


@dataclass(slots=True)
class Misbehaviour:
    """The faults as they are now, and how many requests they have counted."""

    folder: Path
    faults: Faults = field(default_factory=Faults)
    graph: GraphFaults = field(default_factory=GraphFaults)
    sign_in: SignInFaults = field(default_factory=SignInFaults)
    seen: tuple[int, int, int] = (0, 0, 0)
    requests: int = 0
    met: dict[str, int] = field(default_factory=dict)

    def current(self) -> Faults:
        """The faults of the file, read again when it changed."""
        path = self.folder / FILE
        found = stamp(path)
        if found != self.seen:
            file = load(path) if found[0] else File.model_validate({})
            self.faults, self.graph, self.sign_in = file.ews, file.graph, file.sign_in
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
        return found if found and self.meets(address.lower(), found.times) else None

    def meets(self, what: str, times: int | None) -> bool:
        """Counts one more time that something is met; whether it still may be."""
        before = self.met.get(what, 0)
        if times and before >= times:
            return False
        self.met[what] = before + 1
        return True

    def turn(self, what: str, every: int) -> bool:
        """Counts; whether it is the turn of the one that is meant."""
        self.met[what] = self.met.get(what, 0) + 1
        return self.met[what] % every == 0


def load(path: Path) -> File:
    """The file; the other half of the lab reads its own part."""
    try:
        return File.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise StateError(path, f"it cannot be read. {error}") from None
