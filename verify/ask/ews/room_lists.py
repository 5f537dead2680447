"""Reads from EWS which room lists there are and which rooms each shows, as a booking service reads it: as the account itself."""

from collections.abc import Iterable, Iterator
from typing import Any

from exchangelib.properties import RoomList
from exchangelib.services import GetRoomLists, GetRooms

from roomscope.verify.ask.ews.probe import Probe
from roomscope.verify.ask.ews.reader import (
    _MESSAGES,
    _SOAP,
    _TYPES,
    Element,
    _code,
    _NoneError,
    _only,
    _parsed,
    _read_fault,
    _text,
)
from roomscope.verify.ask.graph.places import Shown
from roomscope.verify.judge.answer import Answer, Coded, Wire, describe

UNLISTED = "it is not among the room lists that the server shows to the account"


def read_room_lists(probe: Probe, room_lists: Iterable[str]) -> Iterator[Shown]:
    """What each of these lists shows; a first trouble ends the asking, because it is about the account and not about one list."""
    shown = _ask(probe, "GetRoomLists")
    for room_list in room_lists:
        if not isinstance(shown, frozenset):
            yield Shown(room_list, frozenset(), describe(shown))
            return
        if room_list not in shown:
            yield Shown(room_list, frozenset(), UNLISTED)
            continue
        found = _ask(probe, "GetRooms", room_list)
        if not isinstance(found, frozenset):
            yield Shown(room_list, frozenset(), describe(found))
            return
        yield Shown(room_list, found)


def _ask(probe: Probe, name: str, room_list: str = "") -> frozenset[str] | Answer:
    """The addresses in the answer to one request, or what stood in the way."""
    def send(protocol: Any) -> tuple[Any, Any]:
        service = GetRooms(protocol=protocol) if room_list else GetRoomLists(protocol=protocol)
        payload = service.get_payload(RoomList(email_address=room_list)) if room_list else service.get_payload()
        return service, payload

    answered = probe.fetch(send)
    if not isinstance(answered, bytes):
        return answered
    try:
        return _read(_only(_parsed(answered)), name)
    except _NoneError as error:
        return Wire(error.trouble, error.text)


def _read(answer: Element, name: str) -> frozenset[str] | Coded:
    if answer.tag == f"{{{_SOAP}}}Fault":
        return _read_fault(answer, "")
    parts = {child.tag: child for child in answer}
    code = _code(parts.get(f"{{{_MESSAGES}}}ResponseCode"))
    if answer.tag != f"{{{_MESSAGES}}}{name}Response" or len(parts) != len(answer):
        raise _NoneError(f"not one answer to {name}")
    if answer.get("ResponseClass") == "Error" and code != "NoError":
        return Coded(code, _said(parts))
    inside = parts.get(f"{{{_MESSAGES}}}{'Rooms' if name == 'GetRooms' else 'RoomLists'}")
    if answer.get("ResponseClass") != "Success" or code != "NoError" or inside is None:
        raise _NoneError(f"{answer.get('ResponseClass')} with the code {code}")
    return frozenset(_address(entry) for entry in inside)


def _said(parts: dict[str, Element]) -> str:
    text = parts.get(f"{{{_MESSAGES}}}MessageText")
    return "" if text is None else _text(text)


def _address(entry: Element) -> str:
    inside = entry[0] if entry.tag == f"{{{_TYPES}}}Room" and len(entry) == 1 else entry
    found = [child for child in inside if child.tag == f"{{{_TYPES}}}EmailAddress"]
    if len(found) != 1 or not _text(found[0]):
        raise _NoneError("a room or a list without exactly one address")
    return _text(found[0]).lower()
