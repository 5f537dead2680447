"""What an attacker would do to a script: edits of its text or its bytes, each with the rule that is meant for it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from roomscope.generator.common.region import CLOSES, OPENS, Region
from roomscope.generator.script.parts import CODE

GRANT = "50-Grant-Access.ps1"
LISTS = "30-New-RoomLists.ps1"
ROOMS = "40-Add-Rooms.ps1"
BACK = "90-Remove-Access.ps1"
READY = "10-Test-Readiness.ps1"
_REGION = re.compile(rf"(?ms)^{re.escape(OPENS)} ([0-9a-f]+)\n(.*?)^{CLOSES}\n")

Edit = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A changed script."""

    id: str
    rule: str
    edit: Edit
    file: str = GRANT


def text(edit: Callable[[str], str]) -> Edit:
    """An edit of the text with plain newlines."""

    def on_bytes(data: bytes) -> bytes:
        before = data.decode("utf-8-sig").replace("\r\n", "\n")
        after = edit(before)
        assert before != after
        return after.replace("\n", "\r\n").encode("utf-8-sig", "surrogatepass")

    return on_bytes


def swap(old: str, new: str) -> Edit:
    """Puts one text in the place of another, once."""

    def edit(before: str) -> str:
        assert old in before, f"The templates no longer have {old!r}."
        return before.replace(old, new, 1)

    return text(edit)


def resub(pattern: str, new: str) -> Edit:
    """Puts a text in the place of what a pattern finds, once."""

    def edit(before: str) -> str:
        assert re.search(pattern, before, re.DOTALL | re.MULTILINE), f"The templates no longer have {pattern!r}."
        return re.sub(pattern, lambda _: new, before, count=1, flags=re.DOTALL | re.MULTILINE)

    return text(edit)


def add(code: str) -> Edit:
    """Puts code at the top of the step's own code."""
    return swap(f"    {CODE}\n", f"    {CODE}\n{code}\n")


def raw(edit: Edit) -> Edit:
    """An edit of the bytes."""
    return edit


def region(edit: Callable[[str], str]) -> Edit:
    """An edit of the region, whose digest is adjusted."""
    return text(lambda before: _REGION.sub(lambda found: Region(edit(found[2])).whole, before))


def opening(edit: Callable[[str], str]) -> Edit:
    """An edit of the line that opens the region."""
    return text(lambda before: _REGION.sub(lambda found: found[0].replace(*_line(found[0], edit), 1), before))


def _line(whole: str, edit: Callable[[str], str]) -> tuple[str, str]:
    line = whole.partition("\n")[0]
    return line, edit(line)


def whole_region(edit: Callable[[str], str]) -> Edit:
    """An edit of the region with the lines that open and close it."""
    return text(lambda before: _REGION.sub(lambda found: edit(found[0]), before))


def in_region(code: str) -> Edit:
    """Puts code at the end of the region, whose digest is adjusted."""
    return region(lambda before: f"{before}{code}\n")


def shared(pattern: str, new: str) -> Edit:
    """Puts a text in the place of what a pattern finds in the region, once; its digest is adjusted."""

    def edit(before: str) -> str:
        assert re.search(pattern, before, re.MULTILINE), f"The region no longer has {pattern!r}."
        return re.sub(pattern, lambda _: new, before, count=1, flags=re.MULTILINE)

    return region(edit)
