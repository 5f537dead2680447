"""The pieces of a script that are stated apart: its own part, and the region that all scripts share."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from roomscope.generator.common.errors import AuditError
from roomscope.generator.script.calls import Call
from roomscope.generator.script.lexer import Token
from roomscope.generator.script.parts import Parts, cut
from roomscope.generator.script.reading import Reading
from roomscope.generator.script.script import Script
from roomscope.generator.script.tree import Node, Path


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A script of which one part is stated."""

    reading: Reading
    parts: Parts | None
    """Where the parts are; None if all of it is stated."""

    region: str
    """The text between the lines of the region; empty if this is the region."""

    @property
    def script(self) -> Script:
        """The script that it is a part of."""
        return self.reading.script

    def holds(self, offset: int) -> bool:
        """Whether a place belongs to this part."""
        return self.parts is None or not self.parts.region <= offset < self.parts.closing

    def walk(self) -> Iterator[tuple[Node, Path]]:
        """Every node of this part, with the nodes around it."""
        return ((node, path) for node, path in self.script.walk() if self.holds(node.start))

    def calls(self) -> Iterator[Call]:
        """Every command of this part."""
        return (call for call in self.reading.calls if self.holds(call.node.start))

    def strings(self) -> Iterator[Token]:
        """Every text of this part that stands between quotes."""
        return (token for at, token in self.script.strings.items() if self.holds(at))

    def data(self) -> Iterator[Node]:
        """The assignments between the lines that say where the data begins and ends."""
        if self.parts is not None:
            for node, path in self.walk():
                if node.kind == "assignment_expression" and self.parts.data <= node.start < self.parts.code and not _within(path):
                    yield node


@lru_cache(maxsize=16)
def own_part(name: str, script: Script) -> Part:
    """The own part of a script.

    Raises:
        AuditError: It has none that ends where a region begins.
    """
    parts = cut(script.text, script.tokens)
    if parts is None:
        message = f"{name} does not have the parts of a rendered script: data, code, and one shared region."
        raise AuditError(message)
    lines = script.text[parts.region : parts.closing].splitlines(keepends=True)
    return Part(Reading.of(script), parts, "".join(lines[1:-1]))


@lru_cache(maxsize=16)
def region_part(text: str) -> Part:
    """The region, as a piece whose functions are called from elsewhere."""
    return Part(Reading.apart(Script.read(text)), None, "")


def _within(path: Path) -> bool:
    """Whether a place is part of another assignment."""
    return any(node.kind == "assignment_expression" for node in path)
