"""The record that one run of a script leaves, as Windows PowerShell 5.1 and PowerShell 7 both write it."""

import codecs
import json
import re
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationError

from roomscope.verify.common.text import counted, harmless
from roomscope.verify.evidence.things import After, Authorization, Before, Part, Reach, Thing
from roomscope.verify.evidence.values import (
    ChangeKind,
    Count,
    Digest,
    Ending,
    Lines,
    Mode,
    Moment,
    Outcome,
    Step,
    Text,
    WarningKind,
    WarningOutcome,
)

FORMAT = "roomscope-evidence/2"
NAME = re.compile(r"[0-9]{2}-[A-Za-z-]+\.(?:plan|apply)\.[0-9]{8}T[0-9]{6}Z\.json", re.IGNORECASE)
"""How a script names its record; scripts match without regard to case."""

MOST = 1_000_000
"""More lines of a kind than this are no record."""

_OPEN = {Outcome.NOT_DONE, Outcome.UNKNOWN}


class RecordError(ValueError):
    """The bytes are not a record."""


class Planned(Part):
    """One change that a run was going to make."""

    kind: ChangeKind
    target: Text
    details: Lines
    text: Text
    """The change in words, for people only."""


class Action(Part):
    """One change that a run tried to make."""

    kind: ChangeKind
    target: Text
    outcome: Outcome
    text: Text


class ScriptWarning(Part):
    """Something that a run warned of."""

    kind: WarningKind
    target: Text
    outcome: WarningOutcome
    text: Text


class Record(Part):
    """What a run says that it was, planned, did and read: the administrator's statement, not proof."""

    format: Literal["roomscope-evidence/2"]
    product: Literal["exchange-server", "exchange-online"]
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
    plan: Annotated[tuple[Planned, ...], Field(max_length=MOST)]
    actions: Annotated[tuple[Action, ...], Field(max_length=MOST)]
    before: Annotated[tuple[Before, ...], Field(max_length=MOST)]
    after: Annotated[tuple[After, ...], Field(max_length=MOST)]
    warnings: Annotated[tuple[ScriptWarning, ...], Field(max_length=MOST)]

    @property
    def name(self) -> str:
        """The file name that belongs to this content."""
        return f"{self.step.value}.{self.mode.value}.{self.start:%Y%m%dT%H%M%SZ}.json"

    @property
    def things(self) -> tuple[Thing, ...]:
        """The objects that were read when all was done."""
        return tuple(thing for thing in self.after if not isinstance(thing, Reach | Authorization))

    @property
    def done(self) -> int:
        """How many changes were made; of an unknown one nobody heard whether it was."""
        return len(self.actions) - sum(action.outcome in _OPEN for action in self.actions)

    @property
    def settled(self) -> bool:
        """Whether every change that was tried is known to be there."""
        return self.done == len(self.actions)

    @property
    def well(self) -> bool:
        """Whether the run came to its own end."""
        return self.result in {Ending.PLANNED, Ending.APPLIED, Ending.UNCHANGED}

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
        raise RecordError(harmless(f"{counted(error.error_count(), 'fault')}, the first in {place}: {first['msg']}")) from None
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
