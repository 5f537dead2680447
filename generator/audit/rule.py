"""What a rule of the audit is, and what it is given to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from roomscope.generator.products.product import AllowList
from roomscope.generator.script.calls import Call
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.origins import Origins
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.script import Script


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that must hold for every script or bundle."""

    id: str
    title: str
    why: str
    """What an attacker or an accident could do without it."""

    cure: str
    """What to do when it is broken."""

    bad: str
    good: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A script with what its step allows."""

    reading: Reading
    allowed: AllowList

    @property
    def script(self) -> Script:
        """The script itself."""
        return self.reading.script

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every command that it calls."""
        return self.reading.calls

    @property
    def origins(self) -> Origins:
        """Where its values can come from."""
        return self.reading.origins


Check = Callable[[Subject], Iterator[Fault]]
"""Finds where a script breaks a rule."""
