"""The management roles that an Exchange organisation is born with."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.make.people import guid
from lab.state.model import Role, RoleAssignment, RoleGroup

ORGANIZATION_MANAGEMENT = "Organization Management"
MANAGERS = (
    "Active Directory Permissions",
    "Distribution Groups",
    "Mail Recipient Creation",
    "Mail Recipients",
    "Organization Client Access",
    "Organization Configuration",
    "Role Management",
    "Security Group Creation and Membership",
    "View-Only Configuration",
    "View-Only Recipients",
)
OTHERS: Mapping[str, tuple[str, ...]] = {
    "Recipient Management": ("Distribution Groups", "Mail Recipient Creation", "Mail Recipients"),
    "View-Only Organization Management": ("View-Only Configuration", "View-Only Recipients"),
    "Hygiene Management": ("ApplicationImpersonation", "View-Only Configuration"),
}
APPLICATION_ROLES = (
    "Application Calendars.Read",
    "Application Calendars.ReadWrite",
    "Application Contacts.Read",
    "Application EWS.AccessAsApp",
    "Application Exchange Full Access",
    "Application Mail.Read",
    "Application Mail.ReadWrite",
    "Application MailboxSettings.Read",
)


@dataclass(frozen=True, slots=True)
class Product:
    """What set-up of one product assigns to whom."""

    groups: Mapping[str, tuple[str, ...]]
    passed_on: tuple[str, ...]
    """Roles that Organization Management may assign without holding them."""

    @property
    def delegated(self) -> tuple[str, ...]:
        """Every role that Organization Management may assign to others."""
        return (*self.groups[ORGANIZATION_MANAGEMENT], *self.passed_on)


SERVER = Product({ORGANIZATION_MANAGEMENT: MANAGERS, **OTHERS}, ("ApplicationImpersonation",))
ONLINE = Product(
    {
        ORGANIZATION_MANAGEMENT: tuple(one for one in MANAGERS if not one.startswith("Active")),
        **{name: held for name, held in OTHERS.items() if not name.startswith("Hygiene")},
    },
    APPLICATION_ROLES,
)


def roles(product: Product = SERVER) -> dict[str, Role]:
    """Every built-in role by its name."""
    return {
        name: Role(name=name, parent="", role_type=re.sub(r"[ .-]", "", name))
        for name in sorted(product.delegated)
    }


def role_groups(administrator: str, product: Product = SERVER) -> dict[str, RoleGroup]:
    """The built-in role groups; the administrator is in Organization Management only."""
    return {
        name: RoleGroup(
            name=name,
            members=(administrator,) if name == ORGANIZATION_MANAGEMENT else (),
            roles=held,
        )
        for name, held in product.groups.items()
    }


def assignments(product: Product = SERVER) -> dict[str, RoleAssignment]:
    """What set-up assigns: roles to groups, and the right to pass every role on."""
    regular = (assignment(role, group) for group, held in product.groups.items() for role in held)
    return {one.name: one for one in (*regular, *delegating(product))}


def delegating(product: Product) -> Iterator[RoleAssignment]:
    """The assignments that allow Organization Management to assign a role to others."""
    for role in product.delegated:
        usual = assignment(role, ORGANIZATION_MANAGEMENT)
        name = f"{usual.name}-Delegating"
        yield usual.model_copy(
            update={"name": name, "guid": guid("assignment", name), "delegating": True}
        )


def assignment(role: str, group: str) -> RoleAssignment:
    """One role for one role group, over the whole organisation."""
    name = f"{role}-{group}"
    return RoleAssignment(
        name=name,
        guid=guid("assignment", name),
        role=role,
        role_assignee=group,
        role_assignee_type="RoleGroup",
        custom_recipient_write_scope="",
        recipient_write_scope="Organization",
        enabled=True,
        delegating=False,
    )
