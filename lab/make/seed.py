"""Makes the directory state that the scripts of a bundle describe, where they cannot be run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lab.errors import LabError
from lab.ews.access import Access
from lab.make import inventory, manifest
from lab.make.inventory import Row
from lab.make.manifest import ApplicationPart, GrantPart, ListPart, Manifest
from lab.make.people import Person, Population, guid, room_list
from lab.state import folder as state
from lab.state.changes import (
    Change,
    PutManagementScope,
    PutRecipient,
    PutRoleAssignment,
    PutServicePrincipal,
)
from lab.state.directory import Directory
from lab.state.model import ManagementScope, Recipient, RoleAssignment
from lab.state.tenant import ServicePrincipal
from lab.web.signin import named

ROOM = "RecipientTypeDetails -eq 'RoomMailbox'"
ROLES = {
    "calendars-read": "Application Calendars.Read",
    "calendars-readwrite": "Application Calendars.ReadWrite",
    "ews": "Application EWS.AccessAsApp",
}
Made = Recipient | ManagementScope | RoleAssignment | ServicePrincipal


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
        unit = "" if self.manifest.plan.application else "Groups"
        made = self.population.add(Person(part.address, part.name, "RoomList", unit), group)
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
        """The right that a grant gives, held to its scope."""
        application = self.manifest.plan.application
        if application is not None:
            return of_application(grant, application)
        user = self.account()
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

    def account(self) -> Recipient:
        """The user who is granted the right."""
        account = self.manifest.plan.account
        if account is None:
            raise LabError("manifest.json", "it names neither an account nor an application.")
        user = named(account.user, self.access) if account.user else None
        return user or self.known(account.address)

    def pointers(self) -> Iterator[ServicePrincipal]:
        """Exchange's pointer to the application, where one is granted the right."""
        application = self.manifest.plan.application
        if application is not None:
            home = self.directory.snapshot.domains[0].dn
            yield ServicePrincipal(
                app_id=application.client_id,
                object_id=application.object_id,
                display_name=application.display_name,
                distinguished_name=f"CN={application.object_id},CN=ServicePrincipals,{home}",
                guid=guid("pointer", application.object_id),
            )

    def made(self, rows: tuple[Row, ...]) -> Iterator[Made]:
        """Everything that the scripts make, in their order."""
        lists = {one.address.lower(): self.room_list(one, rows) for one in self.manifest.plan.lists}
        yield from lists.values()
        yield from self.pointers()
        for grant in self.manifest.plan.grants:
            yield self.scope(grant, lists)
            yield self.assignment(grant)

    def found(self, made: Made) -> Made | None:
        """What is there already under the same name."""
        match made:
            case Recipient():
                return self.access.by_proxy(made.primary_smtp_address)
            case ManagementScope():
                return self.directory.scopes.get(made.name.lower())
            case RoleAssignment():
                return self.directory.assignments.get(made.name.lower())
            case ServicePrincipal():
                return self.directory.service_principals.get(made.object_id)

    def changes(self, rows: tuple[Row, ...]) -> Iterator[Change]:
        """What is not there yet, numbered behind what is."""
        number = self.directory.version
        for made in self.made(rows):
            if fresh(made, self.found(made)):
                number += 1
                yield put(number, made)


def of_application(grant: GrantPart, application: ApplicationPart) -> RoleAssignment:
    """The right of an application, held to the scope of a grant."""
    return RoleAssignment(
        name=grant.assignment,
        guid=guid("assignment", grant.assignment),
        role=ROLES[application.access],
        role_assignee=application.object_id,
        role_assignee_type="ServicePrincipal",
        custom_recipient_write_scope="",
        recipient_write_scope="CustomRecipientScope",
        enabled=True,
        delegating=False,
        custom_resource_scope=grant.scope,
    )


def put(number: int, made: Made) -> Change:
    """The change that adds an object."""
    match made:
        case Recipient():
            return PutRecipient(n=number, op="put", kind="recipients", key=made.guid, value=made)
        case ManagementScope():
            return PutManagementScope(
                n=number, op="put", kind="managementScopes", key=made.name, value=made
            )
        case RoleAssignment():
            return PutRoleAssignment(
                n=number, op="put", kind="roleAssignments", key=made.name, value=made
            )
        case ServicePrincipal():
            return PutServicePrincipal(
                n=number, op="put", kind="servicePrincipals", key=made.object_id, value=made
            )


def fresh(made: Made, found: Made | None) -> bool:
    """Whether an object is still to be made; the same name with other content is refused."""
    if found is not None and found != made:
        name = made.display_name if isinstance(made, ServicePrincipal) else made.name
        raise LabError(name, "it is there already, with other content. Nothing was changed.")
    return found is None


def for_twin(found: Manifest, directory: Directory, client_id: str) -> Manifest:
    """The same plan for another application, by assignments of other names."""
    twin = directory.snapshot.applications.get(client_id.lower())
    if twin is None or found.plan.application is None:
        raise LabError(client_id, "there is no such application, or the bundle is for none.")
    identity = {
        "client_id": twin.client_id,
        "object_id": twin.object_id,
        "display_name": twin.display_name,
    }
    grants = tuple(
        one.model_copy(update={"assignment": f"{one.assignment} twin"}) for one in found.plan.grants
    )
    application = found.plan.application.model_copy(update=identity)
    plan = found.plan.model_copy(update={"application": application, "grants": grants})
    return found.model_copy(update={"plan": plan})


def seed(bundle: Path, folder: Path, twin: str | None = None) -> int:
    """Adds to a folder what the scripts of a bundle would; answers how many changes that took."""
    found, directory = manifest.read(bundle / manifest.FILE), state.read(folder)
    if found.plan.product != directory.snapshot.product:
        raise LabError(
            bundle,
            f"it is for {found.plan.product}, and the lab plays {directory.snapshot.product}.",
        )
    rows = inventory.read(bundle)
    changes = list(Seed(found, directory).changes(rows))
    state.append(folder, changes)
    if twin is not None:
        after = state.read(folder)
        others = tuple(Seed(for_twin(found, after, twin), after).changes(rows))
        state.append(folder, others)
        changes.extend(others)
    return len(changes)
