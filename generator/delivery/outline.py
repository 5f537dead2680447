"""A delivered bundle as its reader wants it: own parts line by line, the shared region apart, writes marked."""

from dataclasses import dataclass
from typing import Literal

from roomscope.generator.audit.finding import Finding
from roomscope.generator.bundle.manifest import Manifest
from roomscope.generator.bundle.sums import SUMS
from roomscope.generator.common.errors import BundleError
from roomscope.generator.common.text import named, shown
from roomscope.generator.products.product import Product, Step

Kind = Literal["code", "comment", "write"]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a script, fit to be shown."""

    number: int
    text: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Fold:
    """The shared region of a script, found by the comments that open and close it."""

    first: int
    """The line that opens it."""

    last: int
    """The line that closes it."""

    lines: tuple[Line, ...]
    """What stands between them."""

    digest: str
    """Of what stands between them, as it is there."""

    known: bool
    """Whether it is the one that this release writes for the product."""


@dataclass(frozen=True, slots=True)
class Write:
    """A call that changes Exchange."""

    command: str
    line: int
    end: int
    """Its last line."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A script laid out."""

    file: str
    step: Step | None
    own: tuple[Line, ...]
    """Everything but the region."""

    fold: Fold | None
    writes: tuple[Write, ...]
    """Those of the own part."""

    hidden: tuple[Write, ...]
    """Those of the region, which no rendered script has."""

    fault: str
    """Why it cannot be read as a rendered script, so that nothing is folded and nothing marked; empty if it can."""

    signed: bool


@dataclass(frozen=True, slots=True)
class BundleOutline:
    """A bundle laid out."""

    path: str
    manifest: Manifest | None
    product: Product | None
    """None where this release knows none of that name; then no line is marked."""

    digest: str
    scripts: tuple[Outline, ...]
    """The steps first."""

    strange: tuple[str, ...]
    """Names that were not read."""

    altered: tuple[Finding, ...]
    """Where its files are not those of SHA256SUMS."""

    @property
    def steps(self) -> tuple[Outline, ...]:
        """The scripts of steps; all, where it is not known which these are."""
        return tuple(one for one in self.scripts if one.step is not None or self.product is None)

    @property
    def regions(self) -> frozenset[str]:
        """The digests of the regions of those steps that can be read; empty for a script that has none."""
        return frozenset("" if one.fold is None else one.fold.digest for one in self.steps if not one.fault)

    def differences(self, only: Outline | None) -> tuple[Finding, ...]:
        """Where the bundle, or one script of it, is not what SHA256SUMS says."""
        return tuple(one for one in self.altered if only is None or one.path in {only.file, SUMS})

    def doubtful(self, only: Outline | None) -> bool:
        """Whether the bundle, or one script of it, could not be read, or is not what SHA256SUMS says."""
        unread = any(one.fault for one in (self.scripts if only is None else (only,)))
        return unread or bool(self.differences(only)) or (only is None and bool(self.strange))

    def script(self, wanted: str) -> Outline:
        """The script of a step's number or a file's name; the steps come first.

        Raises:
            BundleError: There is none.
        """
        for one in self.scripts:
            if wanted in {one.file, one.file.removesuffix(".ps1"), one.file.partition("-")[0]}:
                return one
        names = ", ".join(one.file for one in self.scripts)
        raise BundleError(f"{named(self.path)} has no step {shown(wanted)}. Give the number of a step, or one of {names}.")
