"""The nouns of a product: steps, commands and what may be given to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from roomscope.generator.common.errors import AuditError


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that may be used."""

    name: str
    switch: bool = False
    """It stands alone."""

    values: tuple[str, ...] = ()
    """If not empty: the only values, as constants."""

    origins: tuple[str, ...] = ()
    """If not empty: the only places that its value may come from."""

    required: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A command that a script may call."""

    name: str
    parameters: tuple[Parameter, ...]
    role: str = ""
    """The built-in management role that holds it; empty where none is needed."""

    writes: bool = False
    """It changes Exchange."""

    plain: bool = False
    """It is a command of PowerShell itself, and talks to nobody."""

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of this exact name."""
        return next((one for one in self.parameters if one.name == name), None)


@dataclass(frozen=True, slots=True)
class ScriptParameter:
    """A text that a script may be given, empty if it is not."""

    name: str
    help: str
    """What it is for, a line each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One numbered script."""

    number: int
    title: str
    """Verb and noun, as in the file's name."""

    summary: str
    roles: str
    """Role groups of Exchange that are enough for it."""

    waits: str
    """What to wait for before the next step."""

    next: str
    """What the person who ran it does next."""

    reads: tuple[str, ...]
    """The commands by which it reads Exchange, its functions included."""

    writes: tuple[str, ...] = ()
    """The commands by which it changes Exchange."""

    apart: bool = False
    """It is run in a session of its own, which has none of the others' commands."""

    @property
    def stem(self) -> str:
        """The name that its file and its evidence begin with."""
        return f"{self.number}-{self.title}"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.stem}.ps1"


@dataclass(frozen=True, slots=True)
class AllowList:
    """Everything that one script may call."""

    step: int
    commands: tuple[Command, ...]

    def command(self, name: str) -> Command | None:
        """The command of this exact name."""
        return next((one for one in self.commands if one.name == name), None)


@dataclass(frozen=True, kw_only=True, eq=False)
class Product:
    """What a platform can do, and the way through it: every fact of it, once."""

    name: str
    access: str | None = None
    """What it gives, where a product can give several."""

    ends: date | None = None
    """The first day on which it gives nothing any more."""

    title: str
    """As people call it."""

    identity: Literal["service-account", "application"]
    """The table of the configuration that says who gets access."""

    templates: Path
    """The folder of its own templates: shared, steps, and the runbook."""

    grants: str
    """What a bundle gives to whom, in one sentence for the reviewer."""

    role: str
    """The role that is assigned."""

    roles: str
    """The role group that is enough for every step."""

    commands: tuple[Command, ...]
    """The commands of Exchange, each with everything that may be given to it, what is on every call included."""

    plain: tuple[Command, ...]
    """The commands of PowerShell."""

    on_every_call: frozenset[str]
    """The parameters that every call of Exchange has, so that nobody has to read them each time."""

    steps: tuple[Step, ...]

    parameters: tuple[ScriptParameter, ...] = ()
    """What every script may be given besides `-Apply` and `-EvidencePath`."""

    @property
    def kind(self) -> str:
        """Its name, with the access where it has several."""
        return self.name if self.access is None else f"{self.name} {self.access}"

    def step(self, number: int) -> Step:
        """The step of a number.

        Raises:
            AuditError: There is none.
        """
        found = next((one for one in self.steps if one.number == number), None)
        if found is None:
            raise AuditError(f"There is no step {number} in product {self.name!r}, so nothing is allowed there.")
        return found

    def allowed(self, number: int) -> AllowList:
        """What the script of a step may call: all that reads, and the changes of this step.

        Raises:
            AuditError: There is no such step.
        """
        return self._allowed[self.step(number).number]

    @cached_property
    def _allowed(self) -> dict[int, AllowList]:
        reads = (*self.plain, *(one for one in self.commands if not one.writes))
        return {
            step.number: AllowList(step.number, (*reads, *(one for one in self.commands if one.name in step.writes)))
            for step in self.steps
        }

    def command(self, name: str) -> Command | None:
        """The command of Exchange of this exact name."""
        return next((one for one in self.commands if one.name == name), None)

    def needs(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Each command that steps of the first one's session call, with the parameters that it looks for."""
        called = {name for step in self.steps if not step.apart for name in (*step.reads, *step.writes)}
        for one in (one for one in self.commands if one.name in called):
            # The common parameters belong to PowerShell, not to the command.
            yield one.name, tuple(given.name for given in one.parameters if given.name != "ErrorAction")
