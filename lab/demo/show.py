"""What a lab holds, for people."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from lab.ews.access import Access
from lab.state import folder as state
from lab.state.directory import Directory


def lines(folder: Path) -> Iterator[str]:
    """A few lines about recipients, lists, scopes, and who may impersonate whom."""
    directory = state.read(folder)
    yield f"{directory.organization.name}, after {directory.version} changes"
    kinds = Counter(one.recipient_type_details for one in directory.recipients.values())
    yield from (f"  {count:>6}  {kind}" for kind, count in sorted(kinds.items()))
    yield from groups(directory)
    for scope in directory.scopes.values():
        yield f"scope {scope.name}: {scope.recipient_filter}"
    yield from impersonators(directory)
    yield from applications(directory)


def groups(directory: Directory) -> Iterator[str]:
    """Every group and how many are in it."""
    for one in directory.recipients.values():
        if one.group is not None:
            yield f"list {one.primary_smtp_address}: {len(one.group.members)} members"


def impersonators(directory: Directory) -> Iterator[str]:
    """Every user who may act as somebody else."""
    access = Access(directory)
    for guid, one in directory.recipients.items():
        granted = frozenset().union(*access.grants(guid))
        if granted:
            yield f"{one.primary_smtp_address} may impersonate {len(granted)} recipients"


def applications(directory: Directory) -> Iterator[str]:
    """Every application: what Exchange lets it do where, and what Entra granted everywhere."""
    access = Access(directory)
    for one in directory.snapshot.applications.values():
        for held in directory.assignments.values():
            if held.role_assignee.lower() == one.object_id:
                reach = len(access.within(held))
                yield f"application {one.client_id} holds {held.role} over {reach} recipients"
        for role in one.entra_roles:
            yield f"application {one.client_id} was granted {role.value} by Entra"
