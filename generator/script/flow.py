"""Follows values from variable to variable until nothing is new; what a table holds is kept apart by its keys."""

from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

AS_IT_IS = ""
"""What arrives keeps the keys that it has."""

ANYWHERE = "*"
"""It is under no known key, so it may be under each."""

MOST_KEYS = 120
"""A script has fewer; of one with more, keys are not told apart."""


LOST = "more places than can be followed"
"""An origin that no parameter may have: rather too much than too little."""

MOST_ORIGINS = 60
"""So many places are told apart; what comes from more is lost."""

MOST_STEPS = 5_000_000
"""So many times an origin is passed on; where that is not enough, everything is lost."""


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """Something that flows: an origin, or what a variable holds."""

    source: str
    """An origin such as `literal`, or a variable, which begins with two dollars."""

    key: str = AS_IT_IS
    """Under which key it arrives."""

    of: str = AS_IT_IS
    """The only key of the source that is meant, if there is one."""

    @property
    def is_variable(self) -> bool:
        """Whether it is what a variable holds."""
        return self.source.startswith("$$")

    def meant(self, held: Iterable[str]) -> tuple[str, ...]:
        """Those of the keys of the source under which it may stand."""
        return tuple(key for key in held if not self.of or key in {self.of, ANYWHERE})

    def under(self, key: str) -> "Piece":
        """The same, put under a key of a table."""
        return Piece(self.source, key, self.of)


def bounded(origins: AbstractSet[str]) -> frozenset[str]:
    """The same, if each of them can be told."""
    return frozenset({LOST}) if LOST in origins or len(origins) > MOST_ORIGINS else frozenset(origins)


Held = Mapping[str, frozenset[str]]
"""The origins of what a variable holds, by key."""


def chosen(pieces: Iterable[Piece], key: str) -> Iterable[Piece]:
    """What may stand under one key of what flows."""
    for piece in pieces:
        if piece.key == AS_IT_IS and piece.is_variable and not piece.of:
            yield Piece(piece.source, ANYWHERE, key)
        elif piece.key in {AS_IT_IS, ANYWHERE, key}:
            yield piece.under(ANYWHERE)


def followed(direct: Mapping[str, Iterable[Piece]]) -> Mapping[str, Held]:
    """What each variable can hold in the end."""
    pieces = {name: sorted(set(found)) for name, found in sorted(direct.items())}
    keys = {one for found in pieces.values() for piece in found for one in (piece.key, piece.of)}
    flow = _Flow(frozenset(keys) if len(keys) <= MOST_KEYS else frozenset())
    users: dict[str, list[tuple[str, Piece]]] = {name: [] for name in pieces}
    for name, found in pieces.items():
        for piece in found:
            if piece.is_variable:
                users.setdefault(piece.source, []).append((name, piece))
            else:
                flow.add(name, piece.key, {piece.source})
    changed = deque(users)
    waiting = set(users)
    while changed:
        if flow.steps > MOST_STEPS:
            return {name: {ANYWHERE: frozenset({LOST})} for name in users}
        source = changed.popleft()
        waiting.discard(source)
        for name, piece in users[source]:
            if flow.pass_on(source, name, piece) and name not in waiting:
                waiting.add(name)
                changed.append(name)
    return {name: {key: frozenset(found) for key, found in held.items()} for name, held in flow.held.items()}


class _Flow:
    """What each variable holds so far."""

    def __init__(self, keys: frozenset[str]) -> None:
        self.keys = keys
        self.held: dict[str, dict[str, set[str]]] = {}
        self.steps = 0

    def add(self, name: str, key: str, origins: set[str]) -> bool:
        """Lets something arrive; says whether it is new."""
        there = self.held.setdefault(name, {}).setdefault(key if key in self.keys and key != AS_IT_IS else ANYWHERE, set())
        self.steps += len(origins) + 1
        if origins <= there or LOST in there:
            return False
        there |= origins
        if there != (kept := bounded(there)):
            there &= kept
            there |= kept
        return True

    def pass_on(self, source: str, name: str, piece: Piece) -> bool:
        """Lets what a variable holds arrive at another; says whether it is new."""
        held = self.held.get(source, {})
        arrived = [self.add(name, piece.key or key, held[key]) for key in piece.meant(held)]
        return any(arrived)
