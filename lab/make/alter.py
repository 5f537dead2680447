"""Alters what Entra and the tenant's switches say, in a lab that is there already."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lab.errors import LabError
from lab.ews.access import Access
from lab.make import tenant
from lab.make.people import Person, Population, guid, room_list
from lab.state import folder as state
from lab.state.directory import Directory
from lab.state.model import Recipient, Snapshot
from lab.state.tenant import (
    EXCHANGE,
    GRAPH,
    AccessPolicy,
    Application,
    EntraRole,
    Gates,
    MailboxState,
)

OF_EXCHANGE = frozenset({"full_access_as_app", "Exchange.ManageAsApp", "EWS.AccessAsUser.All"})
Right = Literal["RestrictAccess", "DenyAccess"]


@dataclass(slots=True)
class Alteration:
    """A snapshot on its way to another one; the changes since stay as they are."""

    folder: Path
    directory: Directory
    snapshot: Snapshot
    access: Access

    @classmethod
    def of(cls, folder: Path) -> "Alteration":
        """The snapshot of a folder, before anything is altered."""
        directory = state.read(folder)
        return cls(folder, directory, directory.snapshot, Access(directory))

    def keep(self) -> None:
        """Writes the snapshot as it is by now."""
        state.replace_snapshot(self.folder, self.snapshot)

    def set(self, **values: object) -> None:
        """Gives the snapshot other values."""
        self.snapshot = self.snapshot.model_copy(update=values)

    def known(self, address: str) -> Recipient:
        """The recipient with that address, which must be there."""
        found = self.access.by_proxy(address) or next(
            (one for one in self.snapshot.recipients.values() if has(one, address)), None
        )
        if found is None:
            raise LabError(address, "nobody in the directory has this address.")
        return found

    def application(self, client_id: str | None) -> Application:
        """The application with that id, made where it is not there; the first one otherwise."""
        known = self.snapshot.applications
        if client_id is None and not known:
            raise LabError("--client-id", "there is no application yet, so give one.")
        key = client_id.lower() if client_id else next(iter(known))
        return known.get(key) or tenant.application(key)

    def put(self, application: Application, **values: object) -> None:
        """Gives an application other values."""
        made = application.model_copy(update=values)
        self.set(applications={**self.snapshot.applications, made.client_id: made})

    def gates(self, **values: object) -> None:
        """Gives the switches in front of EWS other values."""
        given = {name: value for name, value in values.items() if value is not None}
        altered = self.snapshot.gates.model_copy(update=given)
        self.set(gates=Gates.model_validate(altered.model_dump()))

    def state(self, address: str, value: MailboxState | None) -> None:
        """Puts a mailbox into a state, or back into none."""
        key = self.known(address).guid
        kept = {one: held for one, held in self.snapshot.mailbox_states.items() if one != key}
        self.set(mailbox_states={**kept, key: value} if value else kept)

    def policy(self, right: Right, address: str, application: Application) -> None:
        """Adds an application access policy over a group or a mailbox."""
        scope = self.known(address)
        identity = f"{self.snapshot.organization.guid}\\{application.client_id}:{guid('sid', scope.guid)};{guid('policy', right)}"
        made = AccessPolicy(
            app_id=application.client_id,
            access_right=right,
            scope_group=scope.guid,
            identity=identity,
        )
        self.set(access_policies=(*self.snapshot.access_policies, made))

    def security_group(self, address: str, members: tuple[str, ...]) -> None:
        """Adds a mail-enabled security group."""
        group = room_list((), (self.known(one).guid for one in members), "")
        population = Population(self.snapshot.domains)
        person = Person(address, address.partition("@")[0], "MailUniversalSecurityGroup", "")
        made = population.add(person, group)
        self.set(recipients={**self.snapshot.recipients, made.guid: made})


def has(recipient: Recipient, address: str) -> bool:
    """Whether this is the recipient's primary address."""
    return recipient.primary_smtp_address.lower() == address.lower()


def entra_role(text: str) -> EntraRole:
    """A role by its value, or by the application id of its API, a slash and its value."""
    resource, slash, value = text.partition("/")
    if slash:
        return EntraRole(resource=resource.lower(), value=value)
    return EntraRole(resource=EXCHANGE if text in OF_EXCHANGE else GRAPH, value=text)
