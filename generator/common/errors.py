"""The refusals of the generator: what is wrong, where, and what to do next."""

from collections.abc import Iterable, Iterator
from itertools import islice

import click

SHOWN = 50
"""So many faults of one file are shown; nobody reads more at once."""


class GeneratorError(click.ClickException):
    """The generator cannot do what was asked."""

    exit_code = 2


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


def listing(heading: str, faults: Iterable[str]) -> str:
    """One message for several faults: the heading, then a line for each."""
    return "\n".join((heading, *_lines(iter(faults))))


def _lines(faults: Iterator[str]) -> Iterator[str]:
    yield from (f"  {fault}" for fault in islice(faults, SHOWN))
    if rest := sum(1 for _ in faults):
        yield f"  … and {rest} more."
