"""What a token says of itself, and whether Entra ID grants by it what only the scope should grant."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.verdict import KEPT, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says of itself; only the service that takes it checks the signature."""

    audience: str
    tenant: str
    application: str
    roles: tuple[str, ...]
    """Permissions that Entra ID grants on every mailbox; those of a scope are not among them."""

    wids: tuple[str, ...]
    """Roles of the directory."""

    delegated: bool
    """Whether it is a person's, so that it shows nothing about the application."""

    expires: float


class Reach(StrEnum):
    """What a permission of Entra ID means for the proof."""

    ALLOWED = "allowed by the bundle"
    HARMLESS = "opens no mailbox"
    OPENS = "opens mailboxes, or can grant that"
    UNKNOWN = "of unknown reach"


_OPENS = re.compile(
    r"full_access_as_app|Mail(?:box)?.*|Calendars?\..*|Contacts?\..*|Tasks?\..*|Notes\..*|People\..*|Group(?:-Conversation)?\..*"
    r"|(?:EWS|Exchange|IMAP|POP|SMTP|ActiveSync)\..*|.*Mailbox.*|OnlineMeeting.*|VirtualAppointment.*|eDiscovery\..*"
    r"|RoleManagement\.ReadWrite\..*|AppRoleAssignment\.ReadWrite\.All|Application\.ReadWrite\..*|Directory\.ReadWrite\.All"
    r"|Privileged.*\.ReadWrite.*|DelegatedPermissionGrant\.ReadWrite\.All|Schedules?(?:-.*)?\..*|Bookings.*",
    re.IGNORECASE,
)
"""Whatever names a mailbox or a part of one, and whatever lets the application grant itself more."""

_HARMLESS = frozenset(
    {
        "application.read.all", "approleassignment.read.all", "auditlog.read.all", "channel.readbasic.all", "device.read.all",
        "directory.read.all", "domain.read.all", "groupmember.read.all", "organization.read.all", "place.read.all",
        "place.readwrite.all", "presence.read.all", "profilephoto.read.all", "rolemanagement.read.all",
        "rolemanagement.read.directory", "rolemanagement.read.exchange", "sites.read.all", "sites.selected",
        "team.readbasic.all", "user.read.all", "user.readbasic.all",
    }
)
"""Permissions that read the directory or another service, and no mailbox."""


def reach(role: str, allowed: Collection[str]) -> Reach:
    """What this permission means; a name that nobody knows is not taken for harmless."""
    if role.lower() in {name.lower() for name in allowed}:
        return Reach.ALLOWED
    if _OPENS.fullmatch(role):
        return Reach.OPENS
    return Reach.HARMLESS if role.lower() in _HARMLESS else Reach.UNKNOWN


def judge_roles(roles: Collection[str], allowed: Collection[str]) -> Judgement:
    """Whether the scope is all that the application has."""
    found = {reach(role, allowed) for role in roles}
    if Reach.OPENS in found:
        return Judgement(Verdict.BROKEN, Cause.TOKEN_OPENS_MAILBOXES)
    if Reach.UNKNOWN in found:
        return Judgement(Verdict.UNASKED, Cause.ROLE_UNKNOWN)
    return KEPT
