"""Reads which folder a calendar is, from the bytes of an answer to GetFolder, as strictly as any answer."""

import hashlib
from http import HTTPStatus

from roomscope.verify.ask.ews.reader import (
    _MESSAGES,
    _REFUSED,
    _SOAP,
    _TYPES,
    Element,
    _code,
    _coded,
    _NoneError,
    _only,
    _parsed,
    _parts,
    _read_fault,
    _single,
)
from roomscope.verify.judge.answer import Coded, Opened, Trouble, Wire

_KEPT = 32
"""Characters of the digest: enough to tell folders apart, and no id that opens anything."""


def read_folder(data: bytes, status: int, request_id: str = "") -> Opened | Coded | Wire:
    """What the answer to one GetFolder says."""
    try:
        found = _read_body(_only(_parsed(data)), request_id)
    except _NoneError as error:
        return Wire(error.trouble, error.text, request_id)
    if isinstance(found, Opened) and status != HTTPStatus.OK:
        return Wire(Trouble.NOT_EWS, f"a success with HTTP {status}", request_id)
    return found


def _read_body(answer: Element, request_id: str) -> Opened | Coded:
    if answer.tag == f"{{{_SOAP}}}Fault":
        return _read_fault(answer, request_id)
    message = _single(_single(answer, "GetFolderResponse", "ResponseMessages"), "ResponseMessages", "GetFolderResponseMessage")
    parts, kind = _parts(message, {_MESSAGES}), message.get("ResponseClass")
    code, order = _code(parts.get("ResponseCode")), " ".join(parts)
    if kind == "Success" and code == "NoError" and order == "ResponseCode Folders":
        return Opened(request_id, _digest(parts["Folders"]))
    if kind == "Error" and code != "NoError" and _REFUSED.fullmatch(order):
        return _coded(code, parts.get("MessageText"), parts.get("MessageXml"), request_id)
    raise _NoneError(f"{kind} with the code {code} and the parts {order}")


def _digest(folders: Element) -> str:
    if [folder.tag for folder in folders] != [f"{{{_TYPES}}}CalendarFolder"]:
        raise _NoneError("not exactly one calendar")
    found = [child.get("Id") for child in folders[0] if child.tag == f"{{{_TYPES}}}FolderId"]
    if len(found) != 1 or not found[0]:
        raise _NoneError("a calendar without exactly one id")
    return hashlib.sha256(found[0].encode()).hexdigest()[:_KEPT]
