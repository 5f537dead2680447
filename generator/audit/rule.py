"""What a rule of the audit is, and what it is given to look at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from roomscope.generator.products.product import AllowList
from roomscope.generator.script.calls import Call, calls
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.origins import Origins
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

    script: Script
    allowed: AllowList
    calls: tuple[Call, ...]
    origins: Origins

    @staticmethod
    def of(script: Script, allowed: AllowList) -> "Subject":
        """Looks at a script with the eyes of one step."""
        return _subject(script, allowed)


@lru_cache(maxsize=16)
def _subject(script: Script, allowed: AllowList) -> Subject:
    found = calls(script)
    return Subject(script, allowed, found, Origins.of(script, found))


Check = Callable[[Subject], Iterator[Fault]]
"""Finds where a script breaks a rule."""
