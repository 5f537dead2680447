"""Makes recipients whose guids and names follow from what they are made of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID, uuid5

from lab.state.model import Domain, Group, Recipient

NAMESPACE = UUID("5f1f0f6a-3f0b-5c0e-9a52-6f0a5d8b7c11")
NAME_LIMIT = 64
ACCOUNT_LIMIT = 20


def guid(kind: str, key: str) -> str:
    """The same guid for the same thing in every lab."""
    return str(uuid5(NAMESPACE, f"{kind}:{key.lower()}"))


def domain(fqdn: str) -> Domain:
    """An Active Directory domain."""
    parts = fqdn.lower().split(".")
    dn = ",".join(f"DC={part}" for part in parts)
    return Domain(fqdn=fqdn.lower(), netbios=parts[0].upper(), dn=dn)


def escaped(name: str) -> str:
    """A name as it stands in a distinguished name."""
    text = "".join(f"\\{letter}" if letter in ',+"\\<>;=' else letter for letter in name)
    return f"\\{text}" if text.startswith("#") else text


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of a recipient before it is made."""

    address: str
    display_name: str
    type_details: str
    unit: str
    """The organisational unit below the domain; empty for none."""

    account: str = ""
    """The SAM account name; made up where it is empty."""


@dataclass(slots=True)
class Population:
    """Makes recipients and sees to it that no two share a name."""

    domains: tuple[Domain, ...]
    made: dict[str, Recipient] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def add(self, person: Person, group: Group | None = None) -> Recipient:
        """A new recipient; the same address gives the one that is there already."""
        key = guid("recipient", person.address)
        if key not in self.made:
            self.made[key] = self.recipient(key, person, group)
        return self.made[key]

    def recipient(self, key: str, person: Person, group: Group | None) -> Recipient:
        """The recipient that a person becomes."""
        alias, _, host = person.address.partition("@")
        home = self.home(host)
        name = self.unused(person.display_name[:NAME_LIMIT].strip(), alias)
        unit = f"OU={escaped(person.unit)}," if person.unit else ""
        return Recipient(
            guid=key,
            name=name,
            display_name=person.display_name,
            alias=alias,
            primary_smtp_address=person.address,
            email_addresses=(f"SMTP:{person.address}",),
            distinguished_name=f"CN={escaped(name)},{unit}{home.dn}",
            recipient_type_details=person.type_details,
            user_principal_name="" if group else person.address.lower(),
            sam_account_name=person.account or self.account(alias, key),
            domain=home.fqdn,
            account_disabled=person.type_details not in {"UserMailbox", "User"} and group is None,
            hidden_from_address_lists=False,
            is_dir_synced=False,
            group=group,
        )

    def home(self, host: str) -> Domain:
        """The domain that an address belongs to, otherwise the first of the forest."""
        return next((one for one in self.domains if one.fqdn == host.lower()), self.domains[0])

    def unused(self, name: str, alias: str) -> str:
        """A name that nobody has yet."""
        choices: Iterable[str] = (name, f"{name[: NAME_LIMIT - 24]} {alias[:23]}", alias)
        found = next((one for one in choices if one.lower() not in self.names), guid("name", alias))
        self.names.add(found.lower())
        return found

    def account(self, alias: str, key: str) -> str:
        """An account name that nobody has yet."""
        short = len(alias) <= ACCOUNT_LIMIT and f"sam:{alias.lower()}" not in self.names
        found = alias if short else f"SM_{key.replace('-', '')[:17]}"
        self.names.add(f"sam:{found.lower()}")
        return found


def room_list(managed_by: Iterable[str], members: Iterable[str], notes: str) -> Group:
    """A closed list with this mark."""
    return Group(
        managed_by=tuple(managed_by),
        member_join_restriction="Closed",
        member_depart_restriction="Closed",
        notes=notes,
        members=tuple(members),
    )


def canonical(name: str) -> str:
    """A distinguished name the other way round: contoso.com/Rooms/Aspen."""
    parts = [part.partition("=") for part in re.split(r"(?<!\\),", name)]
    host = ".".join(value for kind, _, value in parts if kind.strip().upper() == "DC")
    rest = [value for kind, _, value in parts if kind.strip().upper() != "DC"]
    return "/".join((host, *reversed(rest)))
