"""The management roles that an Exchange organisation is born with."""

from collections.abc import Iterator, Mapping

from lab.make.people import guid
from lab.state.model import Role, RoleAssignment, RoleGroup

ORGANIZATION_MANAGEMENT = "Organization Management"

GROUPS: Mapping[str, tuple[str, ...]] = {
    ORGANIZATION_MANAGEMENT: (
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
    ),
    "Recipient Management": ("Distribution Groups", "Mail Recipient Creation", "Mail Recipients"),
    "View-Only Organization Management": ("View-Only Configuration", "View-Only Recipients"),
    "Hygiene Management": ("ApplicationImpersonation", "View-Only Configuration"),
}
DELEGATED = (*GROUPS[ORGANIZATION_MANAGEMENT], "ApplicationImpersonation")


def roles() -> dict[str, Role]:
    """Every built-in role by its name."""
    return {
        name: Role(name=name, parent="", role_type=name.replace(" ", "").replace("-", ""))
        for name in sorted(DELEGATED)
    }


def role_groups(administrator: str) -> dict[str, RoleGroup]:
    """The built-in role groups; the administrator is in Organization Management only."""
    return {
        name: RoleGroup(
            name=name,
            members=(administrator,) if name == ORGANIZATION_MANAGEMENT else (),
            roles=held,
        )
        for name, held in GROUPS.items()
    }


def assignments() -> dict[str, RoleAssignment]:
    """What set-up assigns: roles to groups, and the right to pass every role on."""
    regular = (assignment(role, group) for group, held in GROUPS.items() for role in held)
    return {one.name: one for one in (*regular, *delegating())}


def delegating() -> Iterator[RoleAssignment]:
    """The assignments that allow Organization Management to assign a role to others."""
    for role in DELEGATED:
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
