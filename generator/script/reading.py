"""A script with what was read off it: its calls, and where its values can come from."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from roomscope.generator.script.calls import Call, calls
from roomscope.generator.script.origins import Origins
from roomscope.generator.script.scopes import TOP, function_of
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node


@dataclass(frozen=True, slots=True)
class Reading:
    """A script, its calls and the origins of its values."""

    script: Script
    calls: tuple[Call, ...]
    origins: Origins
    reached: frozenset[int]
    """The functions that are called, by offset, as far as the script itself can tell; and what is no function."""

    @staticmethod
    def of(script: Script) -> "Reading":
        """Reads a script, once however often it is asked for."""
        return _reading(script, apart=False)

    @staticmethod
    def apart(script: Script) -> "Reading":
        """Reads a piece of a script whose functions are called from elsewhere."""
        return _reading(script, apart=True)


@lru_cache(maxsize=16)
def _reading(script: Script, *, apart: bool) -> Reading:
    found = calls(script)
    origins = Origins.of(script, found, apart=apart)
    return Reading(script, found, origins, _reached(found, origins.functions))


def _reached(found: tuple[Call, ...], functions: Mapping[str, Node]) -> frozenset[int]:
    """Follows the calls, beginning with those that stand in no function."""
    callers: dict[int, set[int]] = {}
    for call in found:
        if call.name in functions:
            callers.setdefault(function_of(call.path), set()).add(functions[call.name].start)
    reached, pending = {TOP}, [TOP]
    while pending:
        fresh = callers.get(pending.pop(), set()) - reached
        reached |= fresh
        pending += fresh
    return frozenset(reached)
