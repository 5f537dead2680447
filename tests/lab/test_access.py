"""Who may act as whom: every way to hold the role, and every limit of a scope."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from lab.errors import StateError
from lab.ews.access import Access
from lab.make.inventory import Row
from lab.make.new import Wishes, snapshot
from lab.make.people import Person, Population, canonical, domain, room_list
from lab.state.directory import Directory
from lab.state.model import FolderPermission, ManagementScope, Role, RoleAssignment, RoleGroup

ROLE = "ApplicationImpersonation"


@dataclass(frozen=True)
class World:
    """A directory with three rooms, two of them in a list."""

    directory: Directory
    service: str
    rooms: tuple[str, ...]
    group: str

    def granted(self) -> set[str]:
        access = Access(self.directory)
        return {one for one in self.rooms if access.may_impersonate(self.service, one)}

    def assign(self, **others: Any) -> None:
        usual: dict[str, Any] = {
            "name": f"A{len(self.directory.assignments)}",
            "guid": "0",
            "role": ROLE,
            "role_assignee": self.service.upper(),
            "role_assignee_type": "User",
            "custom_recipient_write_scope": "",
            "recipient_write_scope": "Organization",
            "enabled": True,
            "delegating": False,
        }
        made = RoleAssignment(**(usual | others))
        self.directory.assignments[made.name.lower()] = made

    def scope(self, text: str, root: str = "") -> None:
        made = ManagementScope(
            name="Rooms",
            guid="0",
            distinguished_name="CN=Rooms",
            recipient_root=root,
            recipient_filter=text,
            exclusive=False,
            scope_restriction_type="RecipientScope",
        )
        self.directory.scopes["rooms"] = made
        self.assign(
            custom_recipient_write_scope="ROOMS", recipient_write_scope="CustomRecipientScope"
        )


@pytest.fixture
def world() -> World:
    names = ("aspen@contoso.com", "birch@contoso.com", "cedar@emea.contoso.com")
    rooms = tuple(Row(one, one.partition("@")[0], "RoomMailbox", "") for one in names)
    homes = ("contoso.com", "emea.contoso.com")
    directory = Directory.of(
        snapshot(Wishes(homes, "svc@contoso.com", "svc", mailbox=True, controls=(), rooms=rooms))
    )
    guids = [directory.by_address(one) for one in (*names, "svc@contoso.com")]
    *found, service = (one.guid for one in guids if one is not None)
    population = Population((domain("contoso.com"),))
    group = population.add(
        Person("list@contoso.com", "List", "RoomList", "Groups"), room_list((), found[:2], "")
    )
    directory.recipients[group.guid] = group
    return World(directory, service, tuple(found), group.guid)


LIST = "MemberOfGroup -eq 'CN=List,OU=Groups,DC=contoso,DC=com'"


def test_nobody_may_impersonate_in_a_new_organisation(world: World) -> None:
    assert world.granted() == set()


def test_an_assignment_without_a_scope_holds_everybody(world: World) -> None:
    world.assign()
    assert world.granted() == set(world.rooms)


def test_an_assignment_with_a_scope_holds_what_the_filter_says(world: World) -> None:
    world.scope(LIST)
    assert world.granted() == set(world.rooms[:2])


def test_two_assignments_add_up(world: World) -> None:
    world.scope("Name -eq 'cedar'")
    world.assign(role="Mail Recipients")
    assert world.granted() == {world.rooms[2]}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"enabled": False}, id="disabled"),
        pytest.param({"delegating": True}, id="delegating"),
        pytest.param({"role": "Mail Recipients"}, id="another role"),
        pytest.param({"role_assignee": "somebody"}, id="another assignee"),
    ],
)
def test_an_assignment_that_does_not_count_gives_nothing(
    world: World, others: dict[str, Any]
) -> None:
    world.assign(**others)
    assert world.granted() == set()


def test_a_child_of_a_child_of_the_role_counts(world: World) -> None:
    for name, parent in (("Child", ROLE), ("Grandchild", "child")):
        world.directory.roles[name.lower()] = Role(name=name, parent=parent, role_type=ROLE)
    world.assign(role="GRANDCHILD")
    assert world.granted() == set(world.rooms)


def test_a_role_group_and_a_group_in_it_pass_the_role_on(world: World) -> None:
    group = world.directory.recipients[world.group]
    assert group.group is not None
    inside = group.group.model_copy(update={"members": (world.service,)})
    world.directory.recipients[world.group] = group.model_copy(update={"group": inside})
    world.directory.role_groups["vendors"] = RoleGroup(
        name="Vendors", members=(world.group,), roles=()
    )
    world.assign(role_assignee="Vendors", role_assignee_type="RoleGroup")
    assert world.granted() == set(world.rooms)


def test_a_security_group_that_contains_itself_is_no_trouble(world: World) -> None:
    group = world.directory.recipients[world.group]
    assert group.group is not None
    inside = group.group.model_copy(update={"members": (world.group, world.service)})
    world.directory.recipients[world.group] = group.model_copy(update={"group": inside})
    world.assign(role_assignee=world.group, role_assignee_type="SecurityGroup")
    assert world.granted() == set(world.rooms)


@pytest.mark.parametrize(
    ("root", "expected"),
    [
        pytest.param("", (0, 1, 2), id="none"),
        pytest.param("contoso.com", (0, 1), id="a domain holds no other domain"),
        pytest.param("contoso.com/Rooms", (0, 1), id="a unit"),
        pytest.param("contoso.com/Room", (), id="half a name of a unit"),
        pytest.param("OU=rooms,DC=EMEA,DC=contoso,DC=com", (2,), id="a distinguished name"),
    ],
)
def test_a_root_limits_a_scope(world: World, root: str, expected: tuple[int, ...]) -> None:
    world.scope("RecipientTypeDetails -eq 'RoomMailbox'", root)
    assert world.granted() == {world.rooms[number] for number in expected}


@pytest.mark.parametrize(
    "others",
    [
        pytest.param({"custom_recipient_write_scope": "Gone"}, id="a scope that is not there"),
        pytest.param({"recipient_write_scope": "MyGAL"}, id="a kind of scope that is not known"),
        pytest.param({"recipient_write_scope": "CustomRecipientScope"}, id="a scope without a name"),
        pytest.param({"role_assignee_type": "RoleGroup"}, id="a role group that is not there"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_a_loud_error(world: World, others: dict[str, Any]) -> None:
    world.assign(**others)
    with pytest.raises(StateError):
        world.granted()


def test_a_filter_that_is_not_understood_is_a_loud_error(world: World) -> None:
    world.scope("Office -eq 'x'")
    with pytest.raises(StateError, match="office"):
        world.granted()


@pytest.mark.parametrize(
    ("rights", "expected"), [("Reviewer", True), ("AvailabilityOnly", False), ("None", False)]
)
def test_a_folder_permission_counts_only_if_it_lets_read(
    world: World, rights: str, *, expected: bool
) -> None:
    room = world.rooms[0]
    permission = FolderPermission(mailbox=room.upper(), user=world.service, rights=rights)
    directory = replace(world.directory, permissions=(permission,))
    assert Access(directory).may_read(world.service, room) is expected
    assert not Access(directory).may_read(world.service, world.rooms[1])


def test_a_canonical_name_keeps_what_was_escaped_together() -> None:
    assert canonical("CN=Room\\, 1,OU=Rooms,DC=contoso,DC=com") == "contoso.com/Rooms/Room\\, 1"
