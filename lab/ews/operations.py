"""What the server can do: one function for each operation, from request element to answer."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from lab.ews.acting import Acting
from lab.ews.diary import Meeting, meetings
from lab.ews.folders import Folder, meeting_of
from lab.ews.forms import folder_element, item_element, wanted
from lab.ews.replies import answered, direct, only
from lab.ews.rooms import resolve_names, room_lists, rooms
from lab.ews.soap import PREFIXES, Element, M, Refusal, T

LONGEST = timedelta(days=731)
DEFAULT_SPAN = (datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC))
PAGE = 1000
Operation = Callable[[Element, Acting], Element]


def find_item(element: Element, acting: Acting) -> Element:
    """The meetings of a calendar."""
    only(element, "ItemShape", "CalendarView", "IndexedPageItemView", "ParentFolderIds")
    view = element.find("m:CalendarView", PREFIXES)
    start, end = span(view) if view is not None else DEFAULT_SPAN
    fields = wanted(element.find("m:ItemShape", PREFIXES))

    def content(named: Element) -> Element:
        if end - start > LONGEST:
            raise Refusal("ErrorCalendarViewRangeTooBig")
        folder = acting.folder(named)
        if folder.kind.name != "calendar":
            return root_folder((), paging(element), fields)
        return root_folder(tuple(meetings(folder.mailbox, start, end)), paging(element), fields)

    return answered("FindItem", element.findall("m:ParentFolderIds/*", PREFIXES), content)


def span(view: Element) -> tuple[datetime, datetime]:
    """The start and the end of a calendar view."""
    try:
        start, end = (moment(view.get(name, "")) for name in ("StartDate", "EndDate"))
    except ValueError:
        raise Refusal("ErrorSchemaValidation", fault=True) from None
    if end < start:
        raise Refusal("ErrorCalendarEndDateIsEarlierThanStartDate", fault=True)
    return start, end


def moment(text: str) -> datetime:
    """A time of a request; without a zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def paging(element: Element) -> tuple[int, int]:
    """Where the page begins and how long it may be."""
    for name in ("CalendarView", "IndexedPageItemView", "IndexedPageFolderView"):
        view = element.find(f"m:{name}", PREFIXES)
        if view is not None:
            return int(view.get("Offset", "0")), int(view.get("MaxEntriesReturned", str(PAGE)))
    return 0, PAGE


def root_folder(
    found: tuple[Meeting, ...], page: tuple[int, int], fields: frozenset[str]
) -> Element:
    """A page of meetings."""
    items = (item_element(one, fields) for one in found[page[0] : sum(page)])
    return paged(T("Items", *items), len(found), page)


def paged(content: Element, total: int, page: tuple[int, int]) -> Element:
    """A page with what tells whether it is the last one."""
    return M(
        "RootFolder",
        content,
        IndexedPagingOffset=str(min(sum(page), total)),
        TotalItemsInView=str(total),
        IncludesLastItemInRange="true" if sum(page) >= total else "false",
    )


def get_item(element: Element, acting: Acting) -> Element:
    """Meetings by their identifiers."""
    only(element, "ItemShape", "ItemIds")
    fields = wanted(element.find("m:ItemShape", PREFIXES))

    def content(named: Element) -> Element:
        found = meeting_of(named.get("Id", ""))
        acting.open(acting.by_guid(found.mailbox))
        return M("Items", item_element(found, fields))

    return answered("GetItem", element.findall("m:ItemIds/*", PREFIXES), content)


def get_folder(element: Element, acting: Acting) -> Element:
    """Folders by name or identifier."""
    only(element, "FolderShape", "FolderIds")
    fields = wanted(element.find("m:FolderShape", PREFIXES))

    def content(named: Element) -> Element:
        return M("Folders", folder_element(acting.folder(named), fields))

    return answered("GetFolder", element.findall("m:FolderIds/*", PREFIXES), content)


def find_folder(element: Element, acting: Acting) -> Element:
    """The folders below others."""
    only(element, "FolderShape", "IndexedPageFolderView", "ParentFolderIds")
    fields = wanted(element.find("m:FolderShape", PREFIXES))
    deep = element.get("Traversal") == "Deep"

    def content(named: Element) -> Element:
        return folders(acting.folder(named).children(deep=deep), paging(element), fields)

    return answered("FindFolder", element.findall("m:ParentFolderIds/*", PREFIXES), content)


def folders(below: Iterator[Folder], page: tuple[int, int], fields: frozenset[str]) -> Element:
    """A page of folders."""
    found = tuple(below)
    shown = (folder_element(one, fields) for one in found[page[0] : sum(page)])
    return paged(T("Folders", *shown), len(found), page)


def convert_id(element: Element, acting: Acting) -> Element:
    """Knows no foreign identifiers; clients ask only to learn the server's version."""
    del acting

    def content(named: Element) -> Element:
        del named
        raise Refusal("ErrorInvalidIdMalformed")

    return answered("ConvertId", element.findall("m:SourceIds/*", PREFIXES), content)


def get_room_lists(element: Element, acting: Acting) -> Element:
    """The room lists of the organisation."""
    only(element)
    return direct("GetRoomListsResponse", lambda: room_lists(acting.access))


def get_rooms(element: Element, acting: Acting) -> Element:
    """The rooms of one list."""
    only(element, "RoomList")
    address = element.findtext("m:RoomList/t:EmailAddress", "", PREFIXES)
    return direct("GetRoomsResponse", lambda: rooms(acting.access, address))


def names(element: Element, acting: Acting) -> Element:
    """The mailboxes that an entry may mean."""
    only(element, "ParentFolderIds", "UnresolvedEntry")
    entries = element.findall("m:UnresolvedEntry", PREFIXES)
    return answered(
        "ResolveNames", entries, lambda one: resolve_names(acting.access, one.text or "")
    )


OPERATIONS: Mapping[str, Operation] = {
    "FindItem": find_item,
    "GetItem": get_item,
    "GetFolder": get_folder,
    "FindFolder": find_folder,
    "ConvertId": convert_id,
    "GetRoomLists": get_room_lists,
    "GetRooms": get_rooms,
    "ResolveNames": names,
}
