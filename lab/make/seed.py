"""Makes the directory state that the scripts of a bundle describe, where they cannot be run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from lab.errors import LabError
from lab.ews.access import Access
from lab.make import inventory
from lab.make.inventory import Row
from lab.make.people import Person, Population, guid, room_list
from lab.state import folder as state
from lab.state.changes import Change, PutManagementScope, PutRecipient, PutRoleAssignment
from lab.state.directory import Directory
from lab.state.model import ManagementScope, Recipient, RoleAssignment
from lab.web.signin import named

ROOM = "RecipientTypeDetails -eq 'RoomMailbox'"
SERVER = "exchange-server"


class Part(BaseModel):
    """A part of a manifest; what the lab does not need is passed over."""

    model_config = ConfigDict(frozen=True, strict=True)


class ListPart(Part):
    """One room list."""

    address: str
    name: str
    alias: str


class GrantPart(Part):
    """One assignment and the scope that holds it to some of the lists."""

    assignment: str
    scope: str
    lists: tuple[str, ...]


class AccountPart(Part):
    """Who is granted the right."""

    address: str
    user: str | None = None


class PlanPart(Part):
    """What shall be there."""

    product: str
    bundle: str
    account: AccountPart
    lists: tuple[ListPart, ...]
    grants: tuple[GrantPart, ...]


class Manifest(Part):
    """What a bundle says it makes."""

    plan_id: str
    plan: PlanPart


@dataclass(slots=True)
class Seed:
    """Makes objects as the shell would, and refuses what is there with other content."""

    manifest: Manifest
    directory: Directory
    access: Access = field(init=False)
    population: Population = field(init=False)

    def __post_init__(self) -> None:
        """Knows the names that are taken."""
        self.access = Access(self.directory)
        self.population = Population(self.directory.snapshot.domains)

    def room_list(self, part: ListPart, rows: tuple[Row, ...]) -> Recipient:
        """A closed list with the mark of the bundle and the rooms of the inventory."""
        rooms = (row.address for row in rows if row.list_address.lower() == part.address.lower())
        members = [self.known(address).guid for address in rooms]
        notes = f"roomscope {self.manifest.plan.bundle} {self.manifest.plan_id}"
        group = room_list((self.owner().guid,), members, notes)
        made = self.population.add(Person(part.address, part.name, "RoomList", "Groups"), group)
        return made.model_copy(update={"alias": part.alias})

    def known(self, address: str) -> Recipient:
        """The recipient with that address, which must be there."""
        found = self.access.by_proxy(address)
        if found is None:
            raise LabError(address, "nobody in the directory has this address.")
        return found

    def owner(self) -> Recipient:
        """Whoever works in the shell owns what is made there."""
        operator = self.directory.session.operator
        found = named(operator, self.access)
        if found is None:
            raise LabError(operator, "there is no such user.")
        return found

    def scope(self, grant: GrantPart, lists: Mapping[str, Recipient]) -> ManagementScope:
        """The scope over the lists of a grant, as Exchange would write its filter back."""
        names = (lists[address.lower()].distinguished_name for address in grant.lists)
        quoted = ("(MemberOfGroup -eq '" + name.replace("'", "''") + "')" for name in names)
        home = self.directory.snapshot.domains[0].dn
        return ManagementScope(
            name=grant.scope,
            guid=guid("scope", grant.scope),
            distinguished_name=f"CN={grant.scope},CN=Scopes,CN=RBAC,{home}",
            recipient_root="",
            recipient_filter=f"(({ROOM}) -and ({' -or '.join(quoted)}))",
            exclusive=False,
            scope_restriction_type="RecipientScope",
        )

    def assignment(self, grant: GrantPart) -> RoleAssignment:
        """The right to impersonate, held to the scope of a grant."""
        account = self.manifest.plan.account
        user = named(account.user, self.access) if account.user else None
        user = user or self.known(account.address)
        return RoleAssignment(
            name=grant.assignment,
            guid=guid("assignment", grant.assignment),
            role="ApplicationImpersonation",
            role_assignee=user.guid,
            role_assignee_type="User",
            custom_recipient_write_scope=grant.scope,
            recipient_write_scope="CustomRecipientScope",
            enabled=True,
            delegating=False,
        )

    def changes(self, rows: tuple[Row, ...]) -> Iterator[Change]:
        """What is not there yet, numbered behind what is."""
        lists = {one.address.lower(): self.room_list(one, rows) for one in self.manifest.plan.lists}
        number = self.directory.version
        for made in lists.values():
            if fresh(made, self.access.by_proxy(made.primary_smtp_address)):
                number += 1
                yield PutRecipient(n=number, op="put", kind="recipients", key=made.guid, value=made)
        for grant in self.manifest.plan.grants:
            scope, assignment = self.scope(grant, lists), self.assignment(grant)
            if fresh(scope, self.directory.scopes.get(scope.name.lower())):
                number += 1
                yield PutManagementScope(
                    n=number, op="put", kind="managementScopes", key=scope.name, value=scope
                )
            if fresh(assignment, self.directory.assignments.get(assignment.name.lower())):
                number += 1
                yield PutRoleAssignment(
                    n=number,
                    op="put",
                    kind="roleAssignments",
                    key=assignment.name,
                    value=assignment,
                )


def fresh(
    made: Recipient | ManagementScope | RoleAssignment,
    found: Recipient | ManagementScope | RoleAssignment | None,
) -> bool:
    """Whether an object is still to be made; the same name with other content is refused."""
    if found is not None and found != made:
        raise LabError(made.name, "it is there already, with other content. Nothing was changed.")
    return found is None


def seed(bundle: Path, folder: Path) -> int:
    """Adds to a folder what the scripts of a bundle would; answers how many changes that took."""
    manifest = read(bundle / "manifest.json")
    made = Seed(manifest, state.read(folder))
    changes = tuple(made.changes(inventory.read(bundle)))
    state.append(folder, changes)
    return len(changes)


def read(path: Path) -> Manifest:
    """The manifest of a bundle for Exchange Server."""
    try:
        found = Manifest.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise LabError(path, f"it cannot be read as a manifest. {error}") from None
    if found.plan.product != SERVER:
        raise LabError(path, f"the lab plays {SERVER} only, got {found.plan.product!r}.")
    return found
