"""Room lists and their rooms: metadata of all of them, for whoever may read places."""

from collections.abc import Iterable, Mapping
from typing import Any

from lab.ews.access import Access
from lab.graph.refusal import GraphRefusal, unknown
from lab.state.model import Recipient

PERMISSION = frozenset({"Place.Read.All", "Place.ReadWrite.All"})
PAGE = 100
LISTS = "microsoft.graph.roomlist"
ROOMS = "microsoft.graph.room"
REFUSAL = '{"code":"invalid_permissions","message":"The application does not have the permission Place.Read.All."}'


def places(access: Access, path: tuple[str, ...], query: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a path below /places."""
    match [one.lower() for one in path]:
        case [name] if name == LISTS:
            found = of_kind(access, "RoomList")
        case [name] if name == ROOMS:
            found = of_kind(access, "RoomMailbox")
        case [address, name, "rooms"] if name == LISTS:
            found = rooms(access, address)
        case _:
            raise unknown("/places/" + "/".join(path))
    return paged("/".join(path), [place(one) for one in ordered(found)], query)


def of_kind(access: Access, kind: str) -> Iterable[Recipient]:
    """Everything of one kind that is not hidden."""
    return (
        one
        for one in access.directory.recipients.values()
        if one.recipient_type_details == kind and not one.hidden_from_address_lists
    )


def rooms(access: Access, address: str) -> Iterable[Recipient]:
    """The rooms of one list, which must be named by its address."""
    found = access.by_proxy(address)
    if found is None or found.group is None or found.recipient_type_details != "RoomList":
        raise GraphRefusal(404, "ResourceNotFound", f"The room list {address} was not found.")
    members = (access.directory.recipients[guid.lower()] for guid in found.group.members)
    return (one for one in members if one.recipient_type_details == "RoomMailbox")


def ordered(found: Iterable[Recipient]) -> list[Recipient]:
    """By display name."""
    return sorted(found, key=lambda one: (one.display_name.lower(), one.guid))


def place(recipient: Recipient) -> dict[str, Any]:
    """A list or a room."""
    return {
        "id": recipient.guid,
        "displayName": recipient.display_name,
        "emailAddress": recipient.primary_smtp_address,
    }


def paged(path: str, found: list[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    """One page, and where the next one is."""
    surplus = sorted(query.keys() - {"$top", "$skip"})
    if surplus:
        raise unknown(f"the query option {surplus[0]}")
    top, skip = int(query.get("$top", PAGE)), int(query.get("$skip", 0))
    answer: dict[str, Any] = {
        "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#places/" + path,
        "value": found[skip : skip + top],
    }
    if skip + top < len(found):
        answer["@odata.nextLink"] = (
            f"https://graph.microsoft.com/v1.0/places/{path}?$top={top}&$skip={skip + top}"
        )
    return answer
