"""What the address book answers: room lists, their rooms, and names."""

from collections.abc import Iterable

from lab.ews.access import Access
from lab.ews.soap import Element, M, Refusal, T
from lab.state.model import Recipient

MOST_ROOMS = 100
KINDS = {"RoomList": "PublicDL", "MailUniversalDistributionGroup": "PublicDL"}


def room_lists(access: Access) -> Element:
    """Every room list that is not hidden."""
    found = (
        one
        for one in access.directory.recipients.values()
        if one.recipient_type_details == "RoomList" and not one.hidden_from_address_lists
    )
    return M("RoomLists", *(entry("Address", one) for one in ordered(found)))


def rooms(access: Access, address: str) -> Element:
    """The first hundred rooms of a list, as Exchange answers."""
    found = access.by_proxy(address)
    if found is None or found.group is None or found.recipient_type_details != "RoomList":
        raise Refusal("ErrorNameResolutionNoResults")
    members = (access.directory.recipients[guid.lower()] for guid in found.group.members)
    mailboxes = (one for one in members if one.recipient_type_details == "RoomMailbox")
    shown = ordered(mailboxes)[:MOST_ROOMS]
    return M("Rooms", *(T("Room", entry("Id", one)) for one in shown))


def resolve_names(access: Access, text: str) -> Element:
    """The recipients whose address, alias or display name begins with a text."""
    start = text.lower().removeprefix("smtp:")
    found = [
        one
        for one in access.directory.recipients.values()
        for name in (one.primary_smtp_address, one.alias, one.display_name)[:3]
        if name.lower().startswith(start)
    ]
    if not start or not found:
        raise Refusal("ErrorNameResolutionNoResults")
    unique = ordered({one.guid: one for one in found}.values())[:MOST_ROOMS]
    paging = {"TotalItemsInView": str(len(unique)), "IncludesLastItemInRange": "true"}
    return M("ResolutionSet", *(T("Resolution", entry("Mailbox", one)) for one in unique), **paging)


def ordered(found: Iterable[Recipient]) -> list[Recipient]:
    """By display name."""
    return sorted(found, key=lambda one: (one.display_name.lower(), one.guid))


def entry(tag: str, recipient: Recipient) -> Element:
    """A recipient as the address book shows it."""
    return T(
        tag,
        T("Name", recipient.display_name),
        T("EmailAddress", recipient.primary_smtp_address),
        T("RoutingType", "SMTP"),
        T("MailboxType", KINDS.get(recipient.recipient_type_details, "Mailbox")),
    )
