"""The words and numbers of a record: each may be one of these, or has this form."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, WithJsonSchema

_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?Z$"


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not re.fullmatch(_MOMENT, value):
        raise ValueError("not a moment in UTC as the scripts write it")
    return datetime.fromisoformat(value)


Text = Annotated[str, StringConstraints(max_length=65536)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _MOMENT}),
]
Lines = Annotated[tuple[Text, ...], Field(max_length=1_000_000)]


class Step(StrEnum):
    """The scripts of a bundle."""

    READINESS = "10-Test-Readiness"
    GATES = "15-Test-Gates"
    CUSTOMIZATION = "20-Enable-Customization"
    LISTS = "30-New-RoomLists"
    ROOMS = "40-Add-Rooms"
    GRANT = "50-Grant-Access"
    CONFIRM = "60-Confirm-Access"
    ENTRA = "70-Test-Entra"
    REMOVE = "90-Remove-Access"


class Mode(StrEnum):
    """Whether a run could change anything."""

    PLAN = "plan"
    APPLY = "apply"


class Ending(StrEnum):
    """How a run ended."""

    PLANNED = "planned"
    APPLIED = "applied"
    UNCHANGED = "unchanged"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"


class State(StrEnum):
    """What a run found of an object."""

    ABSENT = "absent"
    KEPT = "kept"
    CONFLICT = "conflict"


class ChangeKind(StrEnum):
    """What a script can change."""

    MAKE_LIST = "make-list"
    FILL_LIST = "fill-list"
    ADD_MEMBER = "add-member"
    ENABLE_CUSTOMIZATION = "enable-customization"
    MAKE_POINTER = "make-pointer"
    MAKE_SCOPE = "make-scope"
    MAKE_ASSIGNMENT = "make-assignment"
    REMOVE_ASSIGNMENT = "remove-assignment"
    REMOVE_SCOPE = "remove-scope"
    REMOVE_LIST = "remove-list"
    REMOVE_POINTER = "remove-pointer"


class Outcome(StrEnum):
    """What became of a change that was tried."""

    DONE = "done"
    ALREADY_THERE = "already there"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"


class WarningKind(StrEnum):
    """What a script can warn of."""

    OTHER_GRANT = "other-grant"
    SHARED_SCOPE = "shared-scope"
    RIGHT_STAYS = "right-stays"
    SCOPE_STAYS = "scope-stays"
    LIST_STAYS = "list-stays"
    POINTER_STAYS = "pointer-stays"
    ENTRA_GRANT = "entra-grant"
    ENTRA_OTHER = "entra-other"
    ACCESS_POLICY = "access-policy"
    GATE_CLOSED = "gate-closed"
    GATE_NARROW = "gate-narrow"
    DEHYDRATED = "dehydrated"
    APPLICATION = "application"
    STRANGER_STAYS = "stranger-stays"
    EXCLUSIVE_SCOPE = "exclusive-scope"
    ROOM_NAME = "room-name"
    ROOM_ACCOUNT = "room-account"
    ROOM_ELSEWHERE = "room-elsewhere"
    ROOM_UNUSABLE = "room-unusable"
    PREVIEW_LIMIT = "preview-limit"
    OWNER = "owner"
    ACCOUNT = "account"
    UNREAD = "unread"
    RECORD_UNREADABLE = "record-unreadable"
    PLANNED_NOT_DONE = "planned-not-done"
    FOREIGN_ORGANIZATION = "foreign-organization"
    BUNDLE_ALTERED = "bundle-altered"


class WarningOutcome(StrEnum):
    """What became of the thing that a script warns of."""

    NOTED = "noted"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"
