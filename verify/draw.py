"""Chooses rooms and controls: a part that somebody named, or a draw that anybody can repeat."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.bundle.rooms import Room
from roomscope.verify.common.errors import VerifyError
from roomscope.verify.common.text import harmless
from roomscope.verify.options import Options


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rooms that are asked for, and how they were chosen."""

    rooms: tuple[Room, ...]
    how: str
    """Empty where they are all of the bundle."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Controls of a file, and of how many they were drawn."""

    controls: tuple[str, ...]
    of: int
    """0 where nothing was drawn: somebody chose them."""

    seed: str = ""


NOT_DRAWN = Drawn((), 0)


def draw(addresses: Iterable[str], count: int, seed: str) -> tuple[str, ...]:
    """So many of these, each as likely as any other; the same for the same seed, whatever their order."""
    def rank(address: str) -> bytes:
        return hashlib.sha256(f"{seed}\0{address}".encode()).digest()

    return tuple(sorted(set(addresses), key=rank)[:count])


def settle_seed(asked: Options) -> str:
    """The operator's, or one that nobody could foresee; empty where nothing is drawn."""
    if asked.sample is None and asked.draw_controls is None:
        asked.refuse(("seed",), "goes with --sample and --draw-controls only.")
        return ""
    return secrets.token_hex(4) if asked.seed is None else asked.seed


def choose_rooms(bundle: Bundle, only: Sequence[str], sample: int | None, seed: str) -> Chosen:
    """The rooms of these lists and addresses, or a draw from them."""
    rooms, how = bundle.rooms, [f"--only {harmless(name.lower())}" for name in only]
    if only:
        rooms = _named(bundle, {name.lower() for name in only})
    if sample is not None:
        if sample > len(rooms):
            raise VerifyError(f"--sample {sample}: there are {len(rooms)} rooms only.")
        found = set(draw((room.address for room in rooms), sample, seed))
        rooms = tuple(room for room in rooms if room.address in found)
        how.append(f"--sample {sample} --seed {harmless(seed)}")
    return Chosen(rooms, " ".join(how))


def _named(bundle: Bundle, names: set[str]) -> tuple[Room, ...]:
    lists = {entry.address.lower() for entry in bundle.manifest.plan.lists}
    unknown = names - lists - {room.address for room in bundle.rooms}
    if unknown:
        raise VerifyError(
            f"--only {harmless(min(unknown))} is neither a room list nor a room of the bundle. Controls are always asked for."
        )
    return tuple(room for room in bundle.rooms if room.address in names or room.room_list in names)


def draw_controls(bundle: Bundle, addresses: Sequence[str], count: int | None, seed: str) -> Drawn:
    """All of a file that somebody wrote, or a draw from an export; rooms and the account itself are never drawn."""
    if count is None:
        return Drawn(tuple(addresses), 0)
    account = bundle.manifest.plan.account
    ours = {room.address for room in bundle.rooms} | ({account.address.lower()} if account else set())
    others = {address.lower() for address in addresses} - ours
    if count > len(others):
        raise VerifyError(f"--draw-controls {count}: the export names {len(others)} other mailboxes only.")
    return Drawn(draw(others, count, seed), len(others), seed)
