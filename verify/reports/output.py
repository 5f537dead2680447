"""What the operator wants to have of a result: on the screen, and in files."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Output(BaseModel):
    """The command line of verify, as far as it is about the result."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    report: Path | None = None
    formats: tuple[Literal["html", "json", "csv", "junit", "txt"], ...] = ()
    as_json: bool = False
    quiet: bool = False
