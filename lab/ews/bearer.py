"""EWS for whoever comes with a token: the gates, and as whom an application acts."""

from dataclasses import dataclass

from lab.ews.access import Access
from lab.ews.acting import target, told
from lab.ews.soap import Call, Refusal
from lab.rights import EWS, Caller, Right, Rights, agent_passes
from lab.state.model import Recipient
from lab.state.tenant import Gates
from lab.web.misbehaviour import Misbehaviour

DISABLED = "EWS is disabled for this user or tenant"
BLOCKED = "EWS is blocked by policy for this user or tenant"
RAOP = "Access to EWS is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
DENIED = "Access is denied. Check credentials and try again."


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever came with a token."""

    caller: Caller
    user: Recipient | None
    """The user, where the token is not the application's own."""

    agent: str


class ClosedError(Exception):
    """HTTP 403, with or without a reason."""

    def __init__(self, reason: str, code: str) -> None:
        super().__init__(code)
        self.reason, self.code = reason, code


def check_gates(bearer: Bearer, access: Access) -> None:
    """Stops at the switches of the organisation; on a server there are none."""
    snapshot = access.directory.snapshot
    reason = closed_for(bearer, snapshot.gates)
    if reason and snapshot.product == "exchange-online":
        raise ClosedError(reason, "EwsGate")


def closed_for(bearer: Bearer, gates: Gates) -> str:
    """Why the organisation lets nobody, or not this caller, in; empty where it does."""
    if gates.ews_enabled is False:
        return DISABLED
    listed = {one.strip().lower() for one in gates.ews_allowed_app_ids.split(",")}
    if gates.ews_enabled and bearer.caller.client_id.lower() not in listed:
        return BLOCKED
    return "" if agent_passes(bearer.agent, gates) else BLOCKED


def acted_for(bearer: Bearer, call: Call, rights: Rights, misbehaviour: Misbehaviour) -> Recipient:
    """The mailbox as which an application acts; refuses those that are not open to it."""
    if call.impersonation is None:
        raise Refusal("ErrorImpersonationRequired", fault=True)
    user = target(call.impersonation, rights.access, misbehaviour)
    check_mailbox(user, rights.access)
    if told(user, misbehaviour):
        return user
    match rights.of(bearer.caller, EWS, user.guid.lower()):
        case Right.BY_POLICY:
            raise Refusal("ErrorAccessDenied", RAOP, fault=True)
        case Right.MISSING:
            code = misbehaviour.faults.out_of_scope_is
            raise Refusal(code, DENIED if code == "ErrorAccessDenied" else "", fault=True)
    return user


def check_mailbox(user: Recipient, access: Access) -> None:
    """Stops at the mailbox's own switch, its licence, and where it is not there any more."""
    snapshot = access.directory.snapshot
    if user.guid in snapshot.gates.mailboxes_without_ews:
        raise ClosedError(DISABLED, "EwsMailboxGate")
    match snapshot.mailbox_states.get(user.guid):
        case "unlicensed":
            raise ClosedError("", "EwsLicence")
        case "soft-deleted" | "on-premises":
            raise Refusal("ErrorNonExistentMailbox", fault=True)
