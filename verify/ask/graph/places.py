"""Reads from Microsoft Graph which rooms a list shows, as a booking service reads it; for whoever may read places."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from roomscope.verify.ask.graph.batch import NotAnAnswerError, read_error, read_json
from roomscope.verify.ask.graph.bearer import Bearer
from roomscope.verify.judge.answer import Answer, Trouble, Wire, describe
from roomscope.verify.net.session import Net
from roomscope.verify.net.wire import WireError
from roomscope.verify.sign_in.tokens import Tokens

PERMISSIONS = frozenset({"place.read.all", "place.readwrite.all"})
"""Who has one of these may ask."""

_PAUSE = 0.35
"""Seconds between two questions: Graph takes about three a second here."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one list shows."""

    room_list: str
    rooms: frozenset[str]
    """The addresses of its rooms, in lower case."""

    trouble: str = ""
    """Why it is not known; empty where it is."""


def read_places(root: str, tokens: Tokens, net: Net, room_lists: Iterable[str]) -> Iterator[Shown]:
    """What each of these lists shows; a first trouble ends the asking, because it is about places and not about one list."""
    with net.session(root) as session:
        for number, room_list in enumerate(room_lists):
            time.sleep(_PAUSE if number else 0)
            token = tokens.get()
            if not isinstance(token, str):
                yield Shown(room_list, frozenset(), describe(token))
                return
            try:
                url = f"{root}/v1.0/places/{quote(room_list, safe='@')}/microsoft.graph.roomlist/rooms"
                response = session.get(url, auth=Bearer(token), allow_redirects=False)
                found = _read(response.status_code, response.content, dict(response.headers))
            except WireError as error:
                found = Wire(error.trouble, error.text)
            except NotAnAnswerError as error:
                found = Wire(Trouble.NOT_GRAPH, str(error))
            if not isinstance(found, frozenset):
                yield Shown(room_list, frozenset(), describe(found))
                return
            yield Shown(room_list, found)


def _read(status: int, data: bytes, headers: dict[str, str]) -> frozenset[str] | Answer:
    if status != HTTPStatus.OK:
        return read_error(status, data, headers)
    body = read_json(data)
    places = body.get("value") if isinstance(body, dict) else None
    if not isinstance(places, list) or (isinstance(body, dict) and "error" in body):
        raise NotAnAnswerError("a success without the rooms that were asked for")
    found = [place.get("emailAddress") if isinstance(place, dict) else None for place in places]
    addresses = frozenset(address.lower() for address in found if isinstance(address, str))
    if len(addresses) != len(found):
        raise NotAnAnswerError("a room without an address, or one twice")
    if isinstance(body, dict) and "@odata.nextLink" in body:
        raise NotAnAnswerError("more rooms than a list of a bundle can hold")
    return addresses
