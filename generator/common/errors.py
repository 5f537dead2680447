"""The refusals of the generator: what is wrong, where, and what to do next."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Self

import click

from roomscope.generator.common.text import harmless

SHOWN = 50
"""So many reasons are shown; nobody reads more at once."""


class GeneratorError(click.ClickException):
    """The generator cannot do what was asked."""

    exit_code = 2

    def __init__(self, message: str, reasons: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons or (message,)

    def format_message(self) -> str:
        """The message as it may stand on a terminal: what others wrote steers nothing there."""
        return "\n".join(map(harmless, self.message.split("\n")))

    @classmethod
    def of(cls, heading: str, reasons: Iterable[str]) -> Self:
        """One refusal for several reasons: the heading, then a line for each."""
        found = tuple(reasons)
        return cls(listing(heading, found), found)


class ConfigError(GeneratorError):
    """The configuration cannot be carried out."""


class InventoryError(GeneratorError):
    """The inventory cannot be used."""


class LiteralError(GeneratorError):
    """A value cannot be written into a script."""


class AuditError(GeneratorError):
    """What was rendered does not pass the audit."""


class BundleError(GeneratorError):
    """A bundle cannot be written, or is not one."""


def listing(heading: str, reasons: Iterable[str]) -> str:
    """One message for several reasons: the heading, then a line for each."""
    return "\n".join((heading, *_lines(iter(reasons))))


def _lines(reasons: Iterator[str]) -> Iterator[str]:
    yield from (f"  {reason}" for reason in islice(reasons, SHOWN))
    if rest := sum(1 for _ in reasons):
        yield f"  … and {rest} more."
