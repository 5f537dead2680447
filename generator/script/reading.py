"""A script with what was read off it: its calls, and where its values can come from."""

from dataclasses import dataclass
from functools import lru_cache

from roomscope.generator.script.calls import Call, calls
from roomscope.generator.script.origins import Origins
from roomscope.generator.script.script import Script


@dataclass(frozen=True, slots=True)
class Reading:
    """A script, its calls and the origins of its values."""

    script: Script
    calls: tuple[Call, ...]
    origins: Origins

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
    return Reading(script, found, Origins.of(script, found, apart=apart))
