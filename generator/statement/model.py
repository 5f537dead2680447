"""What the scripts of a bundle can do, as `audit.json` says it."""

import json
from collections.abc import Iterator
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = "roomscope-audit/2"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Given(_Record):
    """What is given to one parameter of one call."""

    parameter: str
    value: str = Field(description="As it stands in the script; empty for a switch that stands alone.")
    origins: tuple[str, ...] = Field(
        description="Where the value can come from: literal, rooms.csv, a command that reads, -Parameter of the script (in the "
        "region: of a function), $variable of the session, error. Followed without regard to order, so rather too much than too little."
    )
    optional: bool = Field(description="Only if a condition holds: it is added to a splatted table inside of one.")


class CallRecord(_Record):
    """One command where it stands."""

    line: int = Field(ge=1, description="Of the script; in the region, of the region.")
    command: str
    given: tuple[Given, ...]
    writes: bool = Field(description="It changes Exchange, or nothing is known about it.")
    gate: str = Field(description="The condition of the gate around it; empty where there is none.")
    function: str = Field(description="The function in which it stands; empty outside of one.")


class VariableRecord(_Record):
    """One variable that is set, and what it can hold."""

    name: str
    origins: tuple[str, ...]


class DataRecord(_Record):
    """One piece of what the bundle stands for."""

    name: str
    value: str = Field(description="The constant as it stands in the script.")


class PartRecord(_Record):
    """What a part of a script can do."""

    functions: tuple[str, ...] = Field(description="Those that it makes.")
    calls: tuple[CallRecord, ...]
    members: tuple[str, ...] = Field(description="Members of .NET objects: property, method or static, and the name.")
    types: tuple[str, ...] = Field(description="Type literals and attributes.")
    variables: tuple[VariableRecord, ...]
    texts: tuple[str, ...] = Field(description="Every text that stands between quotes, outside of the data.")


class RegionRecord(PartRecord):
    """What the region can do that stands in every script; said once."""

    digest: str = Field(pattern="^[0-9a-f]{64}$", description="SHA-256 of its bytes, without the lines that open and close it.")
    lines: int = Field(ge=0)


class ScriptRecord(PartRecord):
    """What the own part of a script can do, and what it reaches of the region."""

    file: str
    step: int
    reaches: tuple[str, ...] = Field(description="The functions of the region that it can come to, through others, too.")
    reads: tuple[str, ...] = Field(description="The commands by which it can read Exchange, itself or through these functions.")
    data: tuple[DataRecord, ...]


class Statement(_Record):
    """What the scripts of a bundle can do."""

    format: Literal["roomscope-audit/2"]
    product: str
    grants: str = Field(description="What the bundle gives to whom, in one sentence.")
    region: RegionRecord
    scripts: tuple[ScriptRecord, ...] = Field(min_length=1)

    def text(self) -> str:
        """The statement as it is written: JSON with a line for each record."""
        return "".join(_lines(self)) + "\n"

    def reached(self, script: ScriptRecord) -> Iterator[CallRecord]:
        """The calls of the region that a script can come to."""
        reached = {"", *script.reaches}
        return (call for call in self.region.calls if call.function in reached)


def _lines(statement: Statement) -> Iterator[str]:
    for name in ("format", "product", "grants"):
        yield f"{'{' if name == 'format' else ','}\n {_json(name)}: {_json(getattr(statement, name))}"
    yield f',\n "region": {_record(statement.region, "  ")}'
    yield ',\n "scripts": ['
    for number, script in enumerate(statement.scripts):
        yield f"{',' if number else ''}\n  {_record(script, '   ')}"
    yield "\n ]\n}"


def _record(part: RegionRecord | ScriptRecord, indent: str) -> str:
    fields = (f"\n{indent}{_json(name)}: {_listed(value, indent)}" for name, value in _ordered(part))
    return f"{{{','.join(fields)}\n{indent[1:]}}}"


def _ordered(part: RegionRecord | ScriptRecord) -> Iterator[tuple[str, object]]:
    """The fields, those of its own first."""
    values: dict[str, object] = part.model_dump(mode="json")
    for own in (True, False):
        yield from ((name, value) for name, value in values.items() if (name not in PartRecord.model_fields) is own)


def _listed(value: object, indent: str) -> str:
    if not isinstance(value, list):
        return _json(value)
    return "[" + ",".join(f"\n{indent} {_json(one)}" for one in value) + (f"\n{indent}]" if value else "]")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
