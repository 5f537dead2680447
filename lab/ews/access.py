"""Who may act as whom, and who may open whose calendar."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lab.errors import StateError
from lab.filters.opath import FilterError, matching
from lab.filters.population import Population
from lab.make.people import canonical
from lab.state.directory import Directory
from lab.state.model import Recipient, RoleAssignment

IMPERSONATION = "applicationimpersonation"
READING = frozenset({"reviewer", "editor", "author", "owner", "publishingeditor", "fullaccess"})
WHOLE = "organization"
CUSTOM = "customrecipientscope"
GROUP = "group"


@dataclass(slots=True)
class Access:
    """Answers about one version of the directory; each filter is evaluated once."""

    directory: Directory
    population: Population = field(init=False)
    scopes: dict[str, frozenset[str]] = field(default_factory=dict)
    granted: dict[str, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Indexes the recipients."""
        self.population = Population(self.directory.recipients)

    def by_proxy(self, address: str) -> Recipient | None:
        """The recipient that has this address, primary or not."""
        return self.only("emailaddresses", f"smtp:{address}")

    def by_principal(self, name: str) -> Recipient | None:
        """The user with this principal name."""
        return self.only("userprincipalname", name)

    def only(self, name: str, value: str) -> Recipient | None:
        """The recipient that has this value; of several the first by guid."""
        found = sorted(self.population.index(name).get(value.lower(), ()))
        return self.directory.recipients[found[0]] if found else None

    def by_account(self, domain: str, account: str) -> Recipient | None:
        """The user with this account name in the domain with this NetBIOS or DNS name."""
        homes = {
            one.fqdn
            for one in self.directory.snapshot.domains
            if domain.lower() in {one.netbios.lower(), one.fqdn.lower()}
        }
        found = sorted(self.population.index("samaccountname").get(account.lower(), ()))
        users = (self.directory.recipients[guid] for guid in found)
        return next((one for one in users if one.domain in homes), None)

    def may_impersonate(self, account: str, mailbox: str) -> bool:
        """Whether some assignment lets this account act as that mailbox."""
        if account not in self.granted:
            self.granted[account] = frozenset().union(*self.grants(account))
        return mailbox in self.granted[account]

    def grants(self, account: str) -> Iterator[frozenset[str]]:
        """The mailboxes of each assignment that counts for this account."""
        roles = self.impersonation_roles()
        for one in self.directory.assignments.values():
            counts = one.enabled and not one.delegating and one.role.lower() in roles
            if counts and account in self.holders(one):
                yield self.within(one)

    def impersonation_roles(self) -> set[str]:
        """ApplicationImpersonation and everything derived from it."""
        found = {IMPERSONATION}
        while True:
            children = {
                key for key, one in self.directory.roles.items() if one.parent.lower() in found
            }
            if children <= found:
                return found
            found |= children

    def holders(self, assignment: RoleAssignment) -> set[str]:
        """The guids of all users who hold an assignment, through groups too."""
        assignee = assignment.role_assignee.lower()
        if assignment.role_assignee_type != "RoleGroup":
            return self.expanded((assignee,))
        group = self.directory.role_groups.get(assignee)
        if group is None:
            raise StateError(assignment.name, f"there is no role group {assignee!r}.")
        return self.expanded(group.members)

    def expanded(self, guids: tuple[str, ...]) -> set[str]:
        """These recipients and, for groups, all who are in them."""
        found: set[str] = set()
        ahead = [guid.lower() for guid in guids]
        while ahead:
            guid = ahead.pop()
            recipient = self.directory.recipients.get(guid)
            if guid not in found and recipient is not None and recipient.group is not None:
                ahead.extend(member.lower() for member in recipient.group.members)
            found.add(guid)
        return found

    def within(self, assignment: RoleAssignment) -> frozenset[str]:
        """The guids that an assignment's scope holds."""
        resource = assignment.custom_resource_scope.lower()
        name = assignment.custom_recipient_write_scope.lower() or resource
        kind = assignment.recipient_write_scope.lower()
        if kind not in {WHOLE, CUSTOM, GROUP} or (kind != WHOLE and not name):
            raise StateError(assignment.name, f"the write scope {kind!r} is not known here.")
        if not name:
            return frozenset(self.directory.recipients)
        if kind == GROUP:
            return self.direct_members(name)
        if name not in self.scopes:
            self.scopes[name] = self.scope(name)
        return self.scopes[name]

    def direct_members(self, name: str) -> frozenset[str]:
        """The guids of the direct members of the group with that name."""
        group = self.only("name", name)
        if group is None or group.group is None:
            raise StateError(name, "there is no such group.")
        return frozenset(guid.lower() for guid in group.group.members)

    def scope(self, name: str) -> frozenset[str]:
        """The guids that a management scope describes."""
        scope = self.directory.scopes.get(name)
        if scope is None:
            raise StateError(name, "there is no such management scope.")
        try:
            found = matching(scope.recipient_filter, self.population)
        except FilterError as error:
            raise StateError(name, str(error)) from None
        return frozenset(guid for guid in found if self.below(guid, scope.recipient_root))

    def below(self, guid: str, root: str) -> bool:
        """Whether a recipient stands below a root, which is a DN or a canonical name."""
        if not root:
            return True
        top = canonical(root) if "=" in root else root.rstrip("/")
        place = canonical(self.directory.recipients[guid].distinguished_name)
        return place.lower().startswith(top.lower() + "/")

    def may_read(self, user: str, mailbox: str) -> bool:
        """Whether a user may open a calendar: their own, or one shared with them."""
        return user == mailbox or any(
            one.mailbox.lower() == mailbox
            and one.rights.lower() in READING
            and user in self.expanded((one.user,))
            for one in self.directory.permissions
        )
