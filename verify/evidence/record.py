"""The record that one run of a script leaves, as Windows PowerShell 5.1 and PowerShell 7 both write it."""

import codecs
import json
import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)
from pydantic.alias_generators import to_pascal

from roomscope.verify.common.text import harmless

FORMAT = "roomscope-evidence/1"
NAME = re.compile(r"[0-9]{2}-[A-Za-z-]+\.(?:plan|apply)\.[0-9]{8}T[0-9]{6}Z\.json", re.IGNORECASE)
"""How a script names its record; scripts match without regard to case."""

_MOMENT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,7})?Z$"


class RecordError(ValueError):
    """The bytes are not a record."""


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
    """The scripts of a bundle for Exchange Server."""

    READINESS = "10-Test-Readiness"
    LISTS = "30-New-RoomLists"
    ROOMS = "40-Add-Rooms"
    GRANT = "50-Grant-Access"
    CONFIRM = "60-Confirm-Access"
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


class _Record(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True, alias_generator=to_pascal
    )


class ListState(_Record):
    """A room list as a run saw it."""

    kind: Literal["list"]
    address: Text
    name: Text
    state: State
    differences: Lines
    guid: Text
    distinguished_name: Text
    owners: Lines
    mark: Text
    members: Lines


class ScopeState(_Record):
    """A management scope as a run saw it; an absent one has a name only."""

    kind: Literal["scope"]
    name: Text
    state: State
    differences: Lines
    guid: Text = ""
    filter: Text = ""
    root: Text = ""


class AssignmentState(_Record):
    """A role assignment as a run saw it; an absent one has a name only."""

    kind: Literal["assignment"]
    name: Text
    state: State
    differences: Lines
    guid: Text = ""
    role: Text = ""
    assignee: Text = ""
    scope: Text = ""


class Reach(_Record):
    """What the stored scopes select, beside the inventory."""

    name: Literal["reached"]
    count: Count
    too_many: Lines
    too_few: Lines


Thing = ListState | ScopeState | AssignmentState


class Record(_Record):
    """What a run says that it was, planned, did and saw: the administrator's statement, not proof."""

    format: Literal["roomscope-evidence/1"]
    step: Step
    mode: Mode
    bundle: Annotated[str, StringConstraints(pattern="^[a-z0-9-]{1,32}$")]
    plan_id: Digest
    manifest_sha256: Digest
    previous: Text | None
    """The name of the record before this one; nothing in the first."""

    previous_sha256: Digest | None
    who: Text
    computer: Text
    organization: Text
    """Empty where the run ended before it had looked."""

    organization_guid: Text
    version: Text
    domain_controller: Text
    power_shell: Text
    module: Text
    module_version: Text
    start: Moment
    end: Moment
    result: Ending
    error: Text
    reads: Count
    writes: Count
    plan: Lines
    actions: dict[Text, Literal["done", "already there", "already gone", "unknown"]]
    before: tuple[Thing, ...]
    after: tuple[Thing | Reach, ...]
    warnings: Lines

    @property
    def name(self) -> str:
        """The file name that belongs to this content."""
        return f"{self.step.value}.{self.mode.value}.{self.start:%Y%m%dT%H%M%SZ}.json"

    @property
    def done(self) -> tuple[str, ...]:
        """The changes that were made; of an unknown one nobody heard whether it was."""
        return tuple(line for line, outcome in self.actions.items() if outcome != "unknown")

    @property
    def touched(self) -> bool:
        """Whether the run may have changed something; a killed one could not count what it did."""
        return bool(self.writes or self.actions) or self.killed

    @property
    def killed(self) -> bool:
        """Whether the run may have changed something without living to record it."""
        untold = not self.actions and not self.writes
        return self.result is Ending.INTERRUPTED and self.mode is Mode.APPLY and bool(self.plan) and untold


def parse(data: bytes) -> Record:
    """The record in these bytes, with or without the mark that 5.1 puts before UTF-8."""
    text = data.removeprefix(codecs.BOM_UTF8)
    try:
        record = Record.model_validate_json(text)
        json.loads(text, object_pairs_hook=_no_key_twice)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        raise RecordError(harmless(f"{error.error_count()} faults, the first in {place}: {first['msg']}")) from None
    except (ValueError, RecursionError) as error:
        raise RecordError(harmless(str(error))) from None
    return record


def schema() -> dict[str, object]:
    """The JSON Schema that every record keeps."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Record.model_json_schema(),
        "title": FORMAT,
    }


def _no_key_twice(pairs: list[tuple[str, object]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
