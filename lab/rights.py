"""What an application may do in which mailbox: what Entra grants and what Exchange grants, added up."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase

from lab.ews.access import Access
from lab.state.model import RoleAssignment
from lab.state.tenant import Gates

READS_CALENDARS = frozenset(
    {
        "Application Calendars.Read",
        "Application Calendars.ReadWrite",
        "Application Exchange Full Access",
    }
)
OPENS_EWS = frozenset({"Application EWS.AccessAsApp"})


class Right(Enum):
    """Whether a mailbox is open to an application, and what closes it."""

    GIVEN = "given"
    MISSING = "missing"
    BY_POLICY = "by policy"
    """Entra granted it, and an application access policy takes it back."""


@dataclass(frozen=True, slots=True)
class Caller:
    """An application that signed in, as its token describes it."""

    client_id: str
    object_id: str
    roles: frozenset[str]
    """The values that Entra granted, as they were when the token was made."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a door asks for: the roles of Entra and of Exchange that open it."""

    entra: frozenset[str]
    exchange: frozenset[str]


CALENDARS = Purpose(frozenset({"Calendars.Read", "Calendars.ReadWrite"}), READS_CALENDARS)
EWS = Purpose(frozenset({"full_access_as_app"}), OPENS_EWS)


@dataclass(slots=True)
class Rights:
    """Answers about one version of the directory and of the permissions that count by now."""

    access: Access
    effective: Access
    """Without the changes that do not count yet."""

    granted: dict[tuple[str, Purpose], frozenset[str]] = field(default_factory=dict)

    def of(self, caller: Caller, purpose: Purpose, mailbox: str) -> Right:
        """Whether a mailbox is open to an application."""
        if mailbox in self.by_exchange(caller, purpose):
            return Right.GIVEN
        if not caller.roles & purpose.entra:
            return Right.MISSING
        return Right.GIVEN if self.policies_allow(caller, mailbox) else Right.BY_POLICY

    def by_exchange(self, caller: Caller, purpose: Purpose) -> frozenset[str]:
        """The guids of all mailboxes that Exchange opens to an application."""
        key = (f"{caller.client_id} {caller.object_id}", purpose)
        if key not in self.granted:
            parts = (self.effective.within(one) for one in self.assignments(caller, purpose))
            self.granted[key] = frozenset(guid.lower() for part in parts for guid in part)
        return self.granted[key]

    def assignments(self, caller: Caller, purpose: Purpose) -> Iterator[RoleAssignment]:
        """The assignments that count for an application; without its pointer there are none."""
        directory = self.effective.directory
        pointer = directory.service_principals.get(caller.object_id.lower())
        if pointer is None or pointer.app_id.lower() != caller.client_id.lower():
            return
        for one in directory.assignments.values():
            its_own = one.role_assignee.lower() == pointer.object_id.lower()
            if its_own and one.enabled and not one.delegating and one.role in purpose.exchange:
                yield one

    def policies_allow(self, caller: Caller, mailbox: str) -> bool:
        """Whether the application access policies leave a mailbox open; nested members count."""
        policies = [
            one
            for one in self.access.directory.snapshot.access_policies
            if one.app_id.lower() == caller.client_id.lower()
        ]
        named = {
            right: any(
                mailbox in self.access.expanded((one.scope_group,))
                for one in policies
                if one.access_right == right
            )
            for right in ("RestrictAccess", "DenyAccess")
        }
        restricted = any(one.access_right == "RestrictAccess" for one in policies)
        return not named["DenyAccess"] and (named["RestrictAccess"] or not restricted)


def agent_passes(agent: str, gates: Gates) -> bool:
    """Whether the tenant's rules let a user agent through."""
    match gates.ews_application_access_policy:
        case "EnforceAllowList":
            return alike(agent, gates.ews_allow_list)
        case "EnforceBlockList":
            return not alike(agent, gates.ews_block_list)
    return True


def alike(agent: str, patterns: tuple[str, ...]) -> bool:
    """Whether one of the patterns fits."""
    return any(fnmatchcase(agent.lower(), one.lower().replace("[", "[[]")) for one in patterns)
