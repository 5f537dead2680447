"""What the scripts of a bundle can do, as `audit.json` says it."""

import json
from collections.abc import Iterator
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

FORMAT: Final = "roomscope-audit/1"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Given(_Record):
    """What is given to one parameter of one call."""

    parameter: str
    value: str = Field(description="As it stands in the script; empty for a switch that stands alone.")
    origins: tuple[str, ...] = Field(
        description="Where the value can come from: literal, rooms.csv, a command that reads, -Parameter of the script, "
        "$variable of the session, error. Followed without regard to order, so rather too much than too little."
    )


class CallRecord(_Record):
    """One command where it stands."""

    line: int = Field(ge=1)
    command: str
    given: tuple[Given, ...]
    writes: bool = Field(description="It changes the directory.")
    gate: str = Field(description="The condition of the gate around it; empty where there is none.")
    function: str = Field(description="The function of the script in which it stands; empty at the top.")


class FileRecord(_Record):
    """One file that is read or written."""

    line: int = Field(ge=1)
    use: Literal["read", "write"]
    path: str
    origins: tuple[str, ...]


class VariableRecord(_Record):
    """One variable that is set, and what it can hold."""

    name: str
    origins: tuple[str, ...]


class ScriptRecord(_Record):
    """What one script can do."""

    file: str
    step: int
    calls: tuple[CallRecord, ...]
    files: tuple[FileRecord, ...]
    members: tuple[str, ...] = Field(description="Members of .NET objects: property, method or static, and the name.")
    types: tuple[str, ...] = Field(description="Type literals and attributes.")
    variables: tuple[VariableRecord, ...]
    texts: tuple[str, ...] = Field(description="Every text that stands between quotes.")


class Statement(_Record):
    """What the scripts of a bundle can do."""

    format: Literal["roomscope-audit/1"]
    product: str
    grants: str = Field(description="What the bundle gives to whom, in one sentence.")
    scripts: tuple[ScriptRecord, ...] = Field(min_length=1)

    def text(self) -> str:
        """The statement as it is written: JSON with a line for each record."""
        return "".join(_lines(self)) + "\n"


def _lines(statement: Statement) -> Iterator[str]:
    for name in ("format", "product", "grants"):
        yield f"{'{' if name == 'format' else ','}\n {_json(name)}: {_json(getattr(statement, name))}"
    yield ',\n "scripts": ['
    for number, script in enumerate(statement.scripts):
        yield ",\n  {" if number else "\n  {"
        for place, (name, value) in enumerate(script.model_dump(mode="json").items()):
            yield f"{',' if place else ''}\n   {_json(name)}: {_listed(value)}"
        yield "\n  }"
    yield "\n ]\n}"


def _listed(value: object) -> str:
    if not isinstance(value, list):
        return _json(value)
    return "[" + ",".join(f"\n    {_json(one)}" for one in value) + "\n   ]"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
