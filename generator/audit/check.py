"""Holds a script to the rules of its step; what is not understood is refused."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice

from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.release import Release
from roomscope.generator.audit.rule import Rule, Subject
from roomscope.generator.audit.rules import (
    arguments,
    calls,
    frame,
    gate,
    guard,
    language,
    tables,
    text,
    variables,
)
from roomscope.generator.script.lexer import Fault
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.script import Place, Script, ScriptError

_FAMILIES = (text, language, calls, arguments, variables, tables, frame, guard, gate)
RULES: tuple[Rule, ...] = tuple(chain.from_iterable(family.RULES for family in _FAMILIES))
"""The rules on scripts, a family after the other."""

MOST = 200
"""So many places are listed at which a script breaks one rule."""

_CURES = {rule.id: rule.cure for rule in RULES}


@lru_cache(maxsize=64)
def audit_script(name: str, data: bytes, release: Release, number: int) -> tuple[Finding, ...]:
    """Every finding on the bytes of the script of a step, in the order of the text.

    Raises:
        AuditError: The product of the release has no such step.
    """
    return tuple(sorted(_findings(name, data, release, number)))


def _findings(name: str, data: bytes, release: Release, number: int) -> Iterator[Finding]:
    allowed = release.product.allowed(number)
    try:
        script = Script.parse(data)
    except ScriptError as error:
        yield from (_finding(name, place, fault) for place, fault in error.faults)
        return
    subject = Subject(Reading.of(script), allowed, release)
    for rule in RULES:
        yield from (_finding(name, script.place(fault.offset), fault) for fault in _first(rule.faults(subject)))


def _first(faults: Iterator[Fault]) -> Iterator[Fault]:
    """As many as anybody reads, and whether there are more."""
    yield from islice(faults, MOST)
    if (more := next(faults, None)) is not None:
        yield replace(more, message=f"{more.message} There are more than {MOST} such places; the others are not listed.")


def _finding(name: str, place: Place, fault: Fault) -> Finding:
    return Finding(name, place.line, place.column, fault.rule, fault.message, _CURES[fault.rule])
