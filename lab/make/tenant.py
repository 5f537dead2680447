"""Makes the state of a tenant in Exchange Online: Entra's side, mailboxes, roles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lab.make import roles
from lab.make.inventory import Row
from lab.make.new import accepted, session, title
from lab.make.people import Person, Population, guid
from lab.state.model import Domain, DomainController, Organization, Snapshot
from lab.state.tenant import Application, Tenant

FOREST = "DC=EURPR01A001,DC=PROD,DC=OUTLOOK,DC=COM"
VERSION = "15.20 (15.20.9520.4)"


@dataclass(frozen=True, slots=True)
class Entra:
    """The tenant and the first application in it."""

    tenant: Tenant
    application: Application


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person who makes a tenant may choose."""

    entra: Entra
    domains: tuple[str, ...]
    """The accepted domains besides the initial one; the first is everybody's."""

    controls: tuple[str, ...]
    rooms: tuple[Row, ...]
    language: str = "en"


def tenant(first_domain: str, tenant_id: str = "", initial_domain: str = "") -> Tenant:
    """A tenant; what is not said follows from its first domain."""
    stem = re.sub(r"[^a-z0-9]", "", first_domain.lower().partition(".")[0]) or "lab"
    return Tenant(
        id=(tenant_id or guid("tenant", first_domain)).lower(),
        initial_domain=(initial_domain or f"{stem}.onmicrosoft.com").lower(),
    )


def application(
    client_id: str,
    display_name: str = "Room Service",
    object_id: str = "",
    registration_id: str = "",
) -> Application:
    """An application that Entra granted nothing; identifiers that are not said are made up."""
    return Application(
        client_id=client_id.lower(),
        object_id=(object_id or guid("service principal", client_id)).lower(),
        registration_id=(registration_id or guid("registration", client_id)).lower(),
        display_name=display_name,
    )


def snapshot(wishes: Wishes) -> Snapshot:
    """The state of a tenant that fulfils the wishes; the same wishes give the same state."""
    home = hosted(wishes.entra.tenant)
    population = Population((home,))
    for person in (*people(wishes), *rooms(wishes)):
        population.add(person)
    administrator = next(iter(population.made.values()))
    names = accepted(wishes.domains, population.made)
    return Snapshot(
        format=1,
        organization=organization(home, wishes.language),
        domains=(home,),
        domain_controllers=(DomainController(fqdn=f"dc01.{home.fqdn}", domain=home.fqdn),),
        accepted_domains=tuple(dict.fromkeys((*names, home.fqdn))),
        session=session(administrator.user_principal_name),
        recipients=population.made,
        management_scopes={},
        role_assignments=roles.assignments(roles.ONLINE),
        roles=roles.roles(roles.ONLINE),
        role_groups=roles.role_groups(administrator.guid, roles.ONLINE),
        folder_permissions=(),
        product="exchange-online",
        tenant=wishes.entra.tenant,
        applications={wishes.entra.application.client_id: wishes.entra.application},
    )


def hosted(tenant: Tenant) -> Domain:
    """Where the objects of a tenant stand in Microsoft's forest."""
    name = tenant.initial_domain
    dn = f"OU={name},OU=Microsoft Exchange Hosted Organizations,{FOREST}"
    return Domain(fqdn=name, netbios=name.partition(".")[0].upper(), dn=dn)


def organization(home: Domain, language: str) -> Organization:
    """The organisation, named as Exchange Online names it."""
    return Organization(
        name=home.fqdn,
        guid=guid("organization", home.fqdn),
        is_dehydrated=False,
        version=VERSION,
        language=language,
    )


def people(wishes: Wishes) -> tuple[Person, ...]:
    """The administrator first, then the mailboxes that are no rooms."""
    home = wishes.domains[0]
    named = dict.fromkeys((f"ceo@{home}", *wishes.controls, f"reception@{home}"))
    return (
        Person(f"it.admin@{home}", "IT Admin", "UserMailbox", ""),
        *(Person(one, title(one), "UserMailbox", "") for one in named),
    )


def rooms(wishes: Wishes) -> Iterator[Person]:
    """The rooms of the inventory."""
    for row in wishes.rooms:
        yield Person(row.address, row.display_name, row.type_details, "")
