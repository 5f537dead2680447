"""What the records of a bundle say, as one result; every view shows this, and nothing else."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from roomscope.verify.common.text import harmless
from roomscope.verify.evidence.catalogue import Weight
from roomscope.verify.evidence.course import Progress, Way
from roomscope.verify.evidence.values import ChangeKind, Ending, Mode, Outcome, State, Step

FORMAT = "roomscope-evidence-report/1"
SAYS = (
    "This is what the scripts recorded in the hands of the administrator: a statement, not proof. The proof is "
    "`roomscope verify`; the record that the administrator did not write is the admin audit log (RUNBOOK.md, section 6)."
)
LIMITS = (
    "whoever can write the folder can write all of it anew, with a chain that is whole",
    "records that were removed from the end, and changes to the last one, break no chain",
    "runs that recorded to another folder are not seen",
)


class Conclusion(StrEnum):
    """The kinds of result."""

    COMPLETE = "complete"
    DIFFERS = "differs"
    UNFINISHED = "unfinished"
    UNREAD = "unread"


EXIT_CODES = {Conclusion.COMPLETE: 0, Conclusion.DIFFERS: 1, Conclusion.UNFINISHED: 3, Conclusion.UNREAD: 4}


Shown = Annotated[str, AfterValidator(harmless)]
"""What a file or a folder said, fit to be shown."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, from_attributes=True)


class About(_Part):
    """Which bundle the records were held to."""

    bundle: Shown
    plan_id: Shown
    manifest_sha256: Shown
    digest: Shown
    digest_compared: bool
    ticket: Shown | None


class StepLine(_Part):
    """How far a step of the way has come."""

    step: Step
    progress: Progress
    runs: int


class ChangeLine(_Part):
    """One change: planned, tried, read back."""

    kind: ChangeKind
    target: Shown
    text: Shown
    planned: bool
    outcome: Outcome | None
    """What the run noted of it; nothing where it noted nothing."""

    read_back: bool | None
    """Whether it showed when the run read again; unknown where it did not."""


class RunLine(_Part):
    """One run: when, who, where, and what came of it."""

    file: Shown
    step: Step
    mode: Mode
    result: Ending
    error: Shown
    start: datetime
    end: datetime
    who: Shown
    computer: Shown
    organization: Shown
    version: Shown
    domain_controller: Shown
    powershell: Shown
    module: Shown
    reads: int
    writes: int
    planned: int
    done: int
    told: bool
    """Whether the run lived to record what it did."""

    read_back: int | None
    """How many changes showed when it read again; unknown where it did not."""

    lines: tuple[ChangeLine, ...]


class ThingLine(_Part):
    """An object, as it was read last."""

    kind: Shown
    name: Shown
    state: State
    guid: Shown
    members: int | None
    file: Shown


class FindingLine(_Part):
    """One thing that the records show."""

    id: str
    weight: Weight
    headline: str
    file: Shown
    text: Shown
    items: tuple[Shown, ...]
    action: str


class EvidenceReport(_Part):
    """Everything that the records of a bundle say."""

    format: Literal["roomscope-evidence-report/1"]
    conclusion: Conclusion
    says: str
    limits: tuple[str, ...]
    about: About
    records: int
    chain_whole: bool
    way: Way
    steps: tuple[StepLine, ...]
    runs: tuple[RunLine, ...]
    things: tuple[ThingLine, ...]
    findings: tuple[FindingLine, ...]


def schema() -> dict[str, object]:
    """The JSON Schema of this result."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **EvidenceReport.model_json_schema(mode="serialization"),
        "title": FORMAT,
    }
