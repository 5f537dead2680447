"""The recipients of the directory, indexed so that filters are answered quickly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lab.state.model import Recipient

TEXTS: Mapping[str, Callable[[Recipient], str]] = {
    "alias": lambda one: one.alias,
    "name": lambda one: one.name,
    "displayname": lambda one: one.display_name,
    "primarysmtpaddress": lambda one: one.primary_smtp_address,
    "windowsemailaddress": lambda one: one.primary_smtp_address,
    "samaccountname": lambda one: one.sam_account_name,
    "userprincipalname": lambda one: one.user_principal_name,
    "distinguishedname": lambda one: one.distinguished_name,
    "recipienttypedetails": lambda one: one.recipient_type_details,
    "guid": lambda one: one.guid,
}


@dataclass(slots=True)
class Population:
    """The recipients that a filter is asked about, with what it takes to answer quickly."""

    recipients: Mapping[str, Recipient]
    indexes: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def everybody(self) -> set[str]:
        """The guids of all recipients."""
        return set(self.recipients)

    def index(self, name: str) -> dict[str, set[str]]:
        """For a property, the guids that each value belongs to."""
        if name not in self.indexes:
            found: dict[str, set[str]] = {}
            for guid, recipient in self.recipients.items():
                for value in self.values(name, recipient):
                    found.setdefault(value.lower(), set()).add(guid)
            self.indexes[name] = found
        return self.indexes[name]

    def values(self, name: str, recipient: Recipient) -> tuple[str, ...]:
        """What a recipient has for a property."""
        if name == "emailaddresses":
            return recipient.email_addresses
        return (TEXTS[name](recipient),)

    def members(self, name: str) -> set[str]:
        """The direct members of the group with that distinguished name."""
        found: set[str] = set()
        for guid in self.index("distinguishedname").get(name.lower(), ()):
            group = self.recipients[guid].group
            found.update(group.members if group else ())
        return found & self.recipients.keys()
