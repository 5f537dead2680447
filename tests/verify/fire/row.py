"""A row of the table: a misbehaviour, and what a verification must make of it at each place."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lab.wire.hostile import Act
from roomscope.verify.judge.causes import Cause
from roomscope.verify.sign_in.password import Scheme
from tests.verify.fire.answers import Ask, Place, Said, denial, success

Misbehaviour = Callable[[Ask, int], Act]
"""What is done to the question that asks this, as the so-manieth that meets it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One misbehaviour."""

    name: str
    act: Misbehaviour
    causes: Mapping[Place, Cause]
    """The cause at each place where it is played."""

    most: int = 40
    """So many requests at most; a run that nothing disturbs has 17."""

    refuses: bool = False
    """Whether it refuses a sign-in."""

    refused: int = 1
    """So often at most, by one question at a time."""

    whole: bool = False
    """Whether what it sends is a whole answer that may prove something."""

    unsigned: bool = False
    """Whether those meet it too that bring no credential."""

    slow: bool = False
    """Whether only a deadline ends it."""

    fault: str = ""
    """One of the lab's faults, which each connection meets; it is played at one place."""

    scheme: Scheme = Scheme.BASIC
    workers: int = 2
    identity: bool = False
    """Whether every room is to say which folder its calendar is."""


def alike(cause: Cause, *, unknown: Cause = Cause.CONTROL_UNCERTAIN, every: Cause | None = None) -> dict[Place, Cause]:
    """The same at each door; at an address that cannot exist it takes away what a refusal is held against."""
    return {**dict.fromkeys(Place, cause), Place.UNKNOWN: unknown, Place.EVERY: every or cause}


def spoilt(name: str, spoil: Callable[[bytes, Ask], Act], causes: Mapping[Place, Cause], most: int = 45) -> list[Row]:
    """What spoils any answer, done to a success and to a denial: taken for whole, each would prove something somewhere."""
    bases: dict[str, tuple[Callable[[Ask], Said], set[Place]]] = {
        "a success": (success, {Place.ROOM, Place.ACCOUNT, Place.UNKNOWN, Place.EVERY}), "a denial": (denial, {Place.ROOM, Place.IMPERSONATED, Place.THIRD}),
    }
    return [
        Row(f"{base}, {name}", _spoiling(said, spoil), {place: cause for place, cause in causes.items() if place in places}, most)
        for base, (said, places) in bases.items()
    ]


def _spoiling(said: Callable[[Ask], Said], spoil: Callable[[bytes, Ask], Act]) -> Misbehaviour:
    return lambda ask, _: spoil(said(ask).body, ask)
