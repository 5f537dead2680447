"""What a rule of the audit is, and what it is given to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from roomscope.generator.audit.release import OwnPart, Release
from roomscope.generator.products.product import AllowList
from roomscope.generator.script.calls import Call
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.origins import Origins
from roomscope.generator.script.parts import Parts, cut
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.scopes import function_of
from roomscope.generator.script.script import Script


@dataclass(frozen=True, slots=True)
class Subject:
    """A script, what its step may do, and what this release writes into it."""

    reading: Reading
    allowed: AllowList
    release: Release

    @property
    def script(self) -> Script:
        """The script itself."""
        return self.reading.script

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every command that it calls."""
        return self.reading.calls

    def reaches(self, call: Call) -> bool:
        """Whether a call stands where the script can come to: in no function, or in one that is called."""
        return function_of(call.path) in self.reading.reached

    @property
    def origins(self) -> Origins:
        """Where its values can come from."""
        return self.reading.origins

    @property
    def parts(self) -> Parts | None:
        """Where its parts begin; None if it has not all of them, which is a fault of its own."""
        return cut(self.script.text, self.script.tokens)

    @property
    def own(self) -> OwnPart:
        """What this release writes into the own part of the step."""
        return self.release.own[self.allowed.step]


Find = Callable[[Subject], Iterator[tuple[int, str]]]
"""Finds where a script breaks a rule: the offset, and what is wrong there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Something that must hold for every script or bundle; it stands as a decorator above what finds its faults."""

    id: str
    title: str
    why: str
    """What an attacker or an accident could do without it."""

    cure: str
    """What to do when it is broken."""

    bad: str
    good: str
    find: Find | None = None
    """None where the lexer, the grammar or the audit of a delivery finds the faults."""

    def __call__(self, find: Find) -> "Rule":
        """The rule with what finds its faults."""
        return replace(self, find=find)

    def faults(self, subject: Subject) -> Iterator[Fault]:
        """Every place where a script breaks the rule."""
        if self.find is not None:
            yield from (Fault(self.id, offset, message) for offset, message in self.find(subject))
