"""The shape of each script of this release: the rendered template with every piece of data taken out.

The rules hold without it. With it, a script of this release differs from its template in nothing but the texts that
stand for data, so that a changed condition or a moved line is seen, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import product

from roomscope.generator.intent.inventory import Room
from roomscope.generator.plan.plan import Grant, Plan, RoomList
from roomscope.generator.render.render import render_scripts
from roomscope.generator.script.lexer import Fault, Token, lex
from roomscope.generator.script.script import Script

_MARK = "qqzz7"


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    new_line: bool
    data: bool
    start: int = field(compare=False)

    def fits(self, other: "_Piece") -> bool:
        """Whether another piece may stand where this one does."""
        if self.new_line != other.new_line:
            return False
        return other.text[:1] == "'" if self.data else self.text == other.text


Shape = tuple[_Piece, ...]


@lru_cache(maxsize=16)
def check_shape(name: str, script: Script, profile: str) -> tuple[Fault, ...]:
    """Says where a script leaves the template of its step."""
    return tuple(_faults(name, script, profile))


def _faults(name: str, script: Script, profile: str) -> Iterator[Fault]:
    given = _pieces(script.text, script.tokens, "")
    places = [_match(shape, given) for shape in _shapes(profile).get(name, ())]
    if places and None not in places:
        place = max(place for place in places if place is not None)
        at = given[place].start if place < len(given) else max(len(script.text) - 1, 0)
        yield Fault("RSA112", at, "The template of this release reads otherwise here.")
    elif not places:
        yield Fault("RSA112", 0, "This release has no template of this name.")


def _match(shape: Shape, given: Shape) -> int | None:
    """The first piece that does not fit; None if all do."""
    at = here = 0
    while at < len(shape):
        length, taken = _part(shape, at, given, here)
        if not taken:
            return here
        at, here = at + length, here + taken
    return None if here == len(given) else here


def _part(shape: Shape, at: int, given: Shape, here: int) -> tuple[int, int]:
    """How many pieces of the shape come next, and how many of the script are taken for them; 0 if they do not fit."""
    if (row := _row(shape, at)) is not None:
        return len(row), _rows(row, given, here)
    if _is_list(shape, at):
        return _LIST, _list(shape[at], given, here)
    return 1, int(here < len(given) and shape[at].fits(given[here]))


_LIST = 3


def _is_list(shape: Shape, at: int) -> bool:
    return shape[at].text == "@(" and at + 1 < len(shape) and shape[at + 1].data and shape[at + 2].text == ")"


def _list(first: _Piece, given: Shape, here: int) -> int:
    """How many pieces a list of texts takes, which may be empty."""
    if here >= len(given) or not first.fits(given[here]):
        return 0
    end = here + 1
    while end < len(given) and (given[end].text[:1] == "'" or given[end].text == ","):
        end += 1
    inside = "".join("'" if piece.text[:1] == "'" else piece.text for piece in given[here + 1 : end])
    whole = inside.replace("',", "") in {"'", ""} and not inside.endswith(",")
    return end + 1 - here if whole and end < len(given) and given[end].text == ")" else 0


def _row(shape: Shape, at: int) -> Shape | None:
    """A row of data that begins here."""
    if shape[at].text != "@{" or not shape[at].new_line:
        return None
    end = next((index for index in range(at, len(shape)) if shape[index].text == "}"), at)
    row = shape[at : end + 1]
    return row if any(piece.data for piece in row) else None


def _rows(row: Shape, given: Shape, here: int) -> int:
    """How many pieces the rows take that begin here."""
    plain = (replace(row[0], text="@{\0"), *row[1:])
    end = here
    while end < len(given) and given[end].text == "@{" and given[end].new_line:
        taken = _one(plain, given, end)
        if not taken:
            break
        end += taken
    return end - here


def _one(row: Shape, given: Shape, here: int) -> int:
    at, end = 1, here + 1
    while at < len(row):
        length, taken = _part(row, at, given, end)
        if not taken:
            return 0
        at, end = at + length, end + taken
    return end - here


def _pieces(text: str, tokens: tuple[Token, ...], plan_id: str) -> Shape:
    pieces: list[_Piece] = []
    end = 0
    for token in tokens:
        new_line = "\n" in text[end : token.start]
        end = token.end
        if token.kind not in {"comment", "help"}:
            data = token.kind == "single" and (_MARK in token.text or token.text == f"'{plan_id}'")
            pieces.append(_Piece("''" if data else token.text, new_line or not pieces, data, token.start))
    return tuple(pieces)


@cache
def _shapes(profile: str) -> Mapping[str, tuple[Shape, ...]]:
    """The shapes of every script, by its name: with and without what is optional."""
    found: dict[str, dict[str, Shape]] = {}
    for owner, unit in product((None, f"owner@{_MARK}.example"), (None, f"{_MARK}/groups")):
        scripts = render_scripts(_plan(profile, owner, unit), _MARK)
        for name, text in scripts.texts.items():
            found.setdefault(name, {})[text] = _pieces(text, lex(text).tokens, scripts.plan_id)
    return {name: tuple(set(shapes.values())) for name, shapes in found.items()}


def _plan(profile: str, owner: str | None, unit: str | None) -> Plan:
    """A plan whose every value bears the mark."""
    address = f"list@{_MARK}.example"
    room = Room(address=f"room@{_MARK}.example", display_name=_MARK, group="", row=1)
    return Plan(
        bundle=_MARK,
        profile=profile,
        ticket=None,
        approver=None,
        owner_of_bundle=None,
        review_by=None,
        account_address=f"account@{_MARK}.example",
        account_user=None,
        domains=(f"{_MARK}.example",),
        lists=(RoomList(f"{_MARK} list", f"{_MARK}.list", address, (room,)),),
        list_size=1,
        owner=owner,
        organizational_unit=unit,
        grants=(Grant(f"{_MARK} scope", f"{_MARK} assignment", (address,)),),
        endpoint=None,
        controls=(f"control@{_MARK}.example",),
    )
