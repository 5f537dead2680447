"""Makes the state of a new lab: a forest, an organisation, rooms and a few people."""

from collections.abc import Iterator
from dataclasses import dataclass

from lab.make import roles
from lab.make.inventory import Row
from lab.make.people import Person, Population, domain, guid
from lab.state.model import DomainController, Organization, Recipient, Session, Snapshot

VERSION = "Version 15.2 (Build 2562.17)"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who makes a lab may choose."""

    domains: tuple[str, ...]
    service_account: str
    account: str
    mailbox: bool
    """Whether the service account has a mailbox of its own."""

    controls: tuple[str, ...]
    rooms: tuple[Row, ...]
    language: str = "en"


def snapshot(wishes: Wishes) -> Snapshot:
    """The state of a lab that fulfils the wishes; the same wishes give the same state."""
    population = Population(tuple(domain(name) for name in wishes.domains))
    administrator = population.add(people(wishes)[0])
    for person in (*people(wishes), *rooms(wishes)):
        population.add(person)
    forest = population.domains
    return Snapshot(
        format=1,
        organization=organization(wishes),
        domains=forest,
        domain_controllers=tuple(controllers(wishes.domains)),
        accepted_domains=accepted(wishes.domains, population.made),
        session=session(f"{forest[0].netbios}\\{administrator.sam_account_name}"),
        recipients=population.made,
        management_scopes={},
        role_assignments=roles.assignments(),
        roles=roles.roles(),
        role_groups=roles.role_groups(administrator.guid),
        folder_permissions=(),
    )


def people(wishes: Wishes) -> tuple[Person, ...]:
    """The administrator first, then the service account and the mailboxes that are no rooms."""
    home = wishes.domains[0]
    kind = "UserMailbox" if wishes.mailbox else "User"
    named = (f"ceo@{home}", *wishes.controls, f"reception@{home}")
    return (
        Person(f"it.admin@{home}", "IT Admin", "UserMailbox", "People", "exadmin"),
        Person(wishes.service_account, "Room Service", kind, "Service Accounts", wishes.account),
        *(Person(one, title(one), "UserMailbox", "People") for one in named),
    )


def title(address: str) -> str:
    """A display name from an address."""
    return address.partition("@")[0].replace(".", " ").title()


def rooms(wishes: Wishes) -> Iterator[Person]:
    """The rooms of the inventory."""
    for row in wishes.rooms:
        yield Person(row.address, row.display_name, row.type_details, "Rooms")


def organization(wishes: Wishes) -> Organization:
    """The organisation, named for its first domain."""
    name = wishes.domains[0].partition(".")[0].title()
    return Organization(
        name=name,
        guid=guid("organization", name),
        is_dehydrated=False,
        version=VERSION,
        language=wishes.language,
    )


def controllers(domains: tuple[str, ...]) -> Iterator[DomainController]:
    """Two controllers for the first domain, one for each other."""
    for place, name in enumerate(domains):
        for number in (1, 2) if place == 0 else (1,):
            yield DomainController(fqdn=f"dc{number}.{name}", domain=name, lag=0)


def accepted(domains: tuple[str, ...], recipients: dict[str, Recipient]) -> tuple[str, ...]:
    """Every domain that somebody's address is in."""
    found = {one.primary_smtp_address.partition("@")[2].lower() for one in recipients.values()}
    return (*domains, *sorted(found - set(domains)))


def session(operator: str) -> Session:
    """An administrator's shell that sees the whole forest."""
    return Session(
        operator=operator,
        view_entire_forest=True,
        recipient_view_root="",
        absent_cmdlets=(),
        absent_parameters={},
    )
