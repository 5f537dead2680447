"""What the audit says about a place."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A rule that is broken, where, and what to do."""

    path: str
    line: int
    """From 1; 0 where the whole file is meant."""

    column: int
    """From 1; 0 where the whole line is meant."""

    rule: str
    message: str
    cure: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.rule} {self.message}"
