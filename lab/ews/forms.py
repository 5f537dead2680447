"""How items and folders look in an answer: only the properties that were asked for."""

from collections.abc import Callable, Mapping

from lab.ews.diary import Meeting
from lab.ews.folders import CHANGE_KEY, KINDS, Folder, item_id
from lab.ews.soap import PREFIXES, Element, T

DEFAULT = frozenset(
    {
        "item:Subject", "calendar:Start", "calendar:End", "calendar:LegacyFreeBusyStatus",
        "calendar:Location", "calendar:CalendarItemType", "folder:DisplayName",
        "folder:TotalCount", "folder:ChildFolderCount",
    }
)  # fmt: skip

# In the order of the schema, which clients and validators insist on.
ITEM: Mapping[str, Callable[[Meeting], str]] = {
    "item:ItemClass": lambda _one: "IPM.Appointment",
    "item:Subject": lambda one: one.subject,
    "item:Sensitivity": lambda _one: "Normal",
    "item:Importance": lambda _one: "Normal",
    "item:HasAttachments": lambda _one: "false",
    "calendar:UID": item_id,
    "calendar:Start": lambda one: f"{one.start:%Y-%m-%dT%H:%M:%SZ}",
    "calendar:End": lambda one: f"{one.end:%Y-%m-%dT%H:%M:%SZ}",
    "calendar:IsAllDayEvent": lambda _one: "false",
    "calendar:LegacyFreeBusyStatus": lambda _one: "Busy",
    "calendar:Location": lambda _one: "Here",
    "calendar:IsMeeting": lambda _one: "true",
    "calendar:IsCancelled": lambda _one: "false",
    "calendar:IsRecurring": lambda _one: "false",
    "calendar:CalendarItemType": lambda _one: "Single",
}
FOLDER: Mapping[str, Callable[[Folder], str]] = {
    "folder:FolderClass": lambda one: one.kind.folder_class,
    "folder:DisplayName": lambda one: one.kind.display_name,
    "folder:TotalCount": lambda _one: "0",
    "folder:ChildFolderCount": lambda one: str(len(tuple(one.children(deep=False)))),
    "folder:DistinguishedFolderId": lambda one: one.kind.name,
}


def wanted(shape: Element | None) -> frozenset[str]:
    """The properties that a shape asks for besides the identifier."""
    if shape is None:
        return DEFAULT
    base = shape.findtext("t:BaseShape", "Default", PREFIXES)
    paths = shape.findall("t:AdditionalProperties/t:FieldURI", PREFIXES)
    more = frozenset(one.get("FieldURI", "") for one in paths)
    if base == "AllProperties":
        return more | frozenset(ITEM) | frozenset(FOLDER)
    return more | DEFAULT if base == "Default" else more


def item_element(meeting: Meeting, fields: frozenset[str]) -> Element:
    """A meeting with these properties."""
    made = T("CalendarItem", T("ItemId", Id=item_id(meeting), ChangeKey=CHANGE_KEY))
    for name, value in ITEM.items():
        if name in fields:
            made.append(T(name.partition(":")[2], value(meeting)))
    return made


def folder_element(folder: Folder, fields: frozenset[str]) -> Element:
    """A folder with these properties."""
    tag = "CalendarFolder" if folder.kind == KINDS["calendar"] else "Folder"
    made = T(tag, T("FolderId", Id=folder.id, ChangeKey=CHANGE_KEY))
    above = folder.parent()
    if above is not None and "folder:ParentFolderId" in fields:
        made.append(T("ParentFolderId", Id=above.id, ChangeKey=CHANGE_KEY))
    for name, value in FOLDER.items():
        if name in fields and value(folder):
            made.append(T(name.partition(":")[2], value(folder)))
    return made
