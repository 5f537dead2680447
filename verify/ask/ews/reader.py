"""Reads the bytes of an answer of EWS once, and strictly: one message with one code, whole to its last byte, or nothing."""

import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import sha256
from http import HTTPStatus
from typing import TypeAlias

from lxml import etree

from roomscope.verify.judge.answer import Coded, Opened, Trouble, Wire

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
_MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"

_EXTRA = {5, 64}
"""What libxml2 calls more after the end of the document, and a second declaration of XML."""

_MARK = 24
"""Characters that are enough to tell two pages apart."""

_CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{0,99}")
_MILLISECONDS = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_ANSWERED = re.compile(r"(MessageText )?ResponseCode( DescriptiveLinkKey)? RootFolder")
_REFUSED = re.compile(r"(MessageText )?ResponseCode( DescriptiveLinkKey)?( MessageXml)?")
_FAULT = re.compile(r"faultcode faultstring( faultactor)?( detail)?")
_DETAIL = {"ResponseCode", "Message", "MessageXml", "ErrorCode", "LineNumber", "LinePosition", "Violation"}


class _NoneError(Exception):
    """What came is not exactly one whole answer."""

    def __init__(self, text: str, trouble: Trouble = Trouble.NOT_ONE) -> None:
        super().__init__(text)
        self.text, self.trouble = text, trouble


def read(data: bytes, status: int, request_id: str = "") -> Opened | Coded | Wire:
    """What the answer to one FindItem says.

    1. The bytes are one document, well-formed to the last of them; nothing is recovered, expanded or left aside.
    2. Its body holds one thing, of the kind that was asked for or a fault.
    3. In it stands one code, and nothing that says otherwise.
    """
    try:
        found = _read_body(_only(_parsed(data)), request_id)
    except _NoneError as error:
        return Wire(error.trouble, error.text, request_id)
    if isinstance(found, Opened) and status != HTTPStatus.OK:
        return Wire(Trouble.NOT_EWS, f"a success with HTTP {status}", request_id)
    return found


def _parsed(data: bytes) -> Element:
    if _SOAP.encode() not in data[:2000]:
        raise _NoneError("no SOAP envelope", Trouble.NOT_EWS)
    if b"\0" in data or b"<!DOCTYPE" in data:
        raise _NoneError("a document type, or a byte that XML does not have")
    # No default: a parser that recovers reads a cut answer as a whole one.
    parser = etree.XMLParser(recover=False, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if getattr(error, "code", 0) in _EXTRA:
            raise _NoneError("more behind the end of the document") from None
        raise _NoneError("not well-formed to its end", Trouble.CUT) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _NoneError("a document type")
    return root


def _only(root: Element) -> Element:
    """The one thing in the body of the one envelope."""
    if root.tag != f"{{{_SOAP}}}Envelope":
        raise _NoneError("no SOAP envelope", Trouble.NOT_EWS)
    strange = [*root.itersiblings(), *root.itersiblings(preceding=True)]
    strange += root.iter(etree.Comment, etree.ProcessingInstruction, etree.Entity)
    if strange or any(map(_mixed, root.iter())):
        raise _NoneError("a comment, an instruction or text between the elements")
    names = [child.tag for child in root]
    if names not in ([f"{{{_SOAP}}}Header", f"{{{_SOAP}}}Body"], [f"{{{_SOAP}}}Body"]):
        raise _NoneError("not exactly one body in the envelope")
    if len(root[-1]) != 1:
        raise _NoneError(f"{len(root[-1])} answers in the body")
    return root[-1][0]


def _mixed(element: Element) -> bool:
    return bool((element.tail or "").strip() or (len(element) and (element.text or "").strip()))


def _read_body(answer: Element, request_id: str) -> Opened | Coded:
    if answer.tag == f"{{{_SOAP}}}Fault":
        return _read_fault(answer, request_id)
    messages = _single(answer, "FindItemResponse", "ResponseMessages")
    message = _single(messages, "ResponseMessages", "FindItemResponseMessage")
    parts, kind = _parts(message, {_MESSAGES}), message.get("ResponseClass")
    code, order = _code(parts.get("ResponseCode")), " ".join(parts)
    if kind == "Success" and code == "NoError" and _ANSWERED.fullmatch(order):
        return Opened(request_id, mark=_read_page(parts["RootFolder"]))
    if kind == "Error" and code != "NoError" and _REFUSED.fullmatch(order):
        return _coded(code, parts.get("MessageText"), parts.get("MessageXml"), request_id)
    raise _NoneError(f"{kind} with the code {code} and the parts {order}")


def _read_fault(fault: Element, request_id: str) -> Coded:
    parts = _parts(fault, {"", _SOAP})
    if not _FAULT.fullmatch(" ".join(parts)):
        raise _NoneError(f"a fault with the parts {' '.join(parts)}")
    detail = _parts(parts["detail"], None) if "detail" in parts else {}
    if set(detail) - _DETAIL:
        raise _NoneError(f"a fault with the details {' '.join(detail)}")
    outer = _text(parts["faultcode"]).rpartition(":")[2]
    inner = _code(detail["ResponseCode"]) if "ResponseCode" in detail else ""
    codes = [*dict.fromkeys(filter(None, (inner, outer if outer.startswith("Error") else "")))]
    if len(codes) > 1:
        raise _NoneError(f"a fault with the codes {' and '.join(codes)}")
    if not codes or not codes[0].startswith("Error"):
        raise _NoneError(f"a fault without a code of EWS: {_text(parts['faultstring'])}", Trouble.NOT_EWS)
    return _coded(_checked(codes[0]), parts["faultstring"], detail.get("MessageXml"), request_id, fault=True)


def _coded(code: str, text: Element | None, more: Element | None, request_id: str, *, fault: bool = False) -> Coded:
    values = _values(more)
    inner = values.get("InnerErrorResponseCode", "")
    said = _text(text) if text is not None else ""
    if inner == "ErrorServerBusy":
        code, inner, said = inner, "", values.get("InnerErrorMessageText", said)
    hint = values.get("BackOffMilliseconds", "")
    back_off = float(hint) / 1000 if _MILLISECONDS.fullmatch(hint) else None
    inner = "" if inner == code else inner
    return Coded(code, said, back_off, request_id, inner=sys.intern(inner), fault=fault)


def _values(more: Element | None) -> Mapping[str, str]:
    if more is None:
        return {}
    values = [part for part in more if part.tag == f"{{{_TYPES}}}Value"]
    found = Counter(value.get("Name") or "" for value in values)
    # Beside values there are places in the request, of which nothing is read: LineNumber, Violation, FieldURI.
    if any(len(part) or _space(part) != _TYPES for part in more) or max(found.values(), default=0) > 1:
        raise _NoneError("values that are none, or one twice")
    return {value.get("Name") or "": _text(value) for value in values}


def _read_page(page: Element) -> str:
    """A page of a calendar, whatever is on it; what is there is told by a mark only."""
    if [child.tag for child in page] != [f"{{{_TYPES}}}Items"] or any(_space(item) != _TYPES for item in page[0]):
        raise _NoneError("a success without the page that was asked for")
    names = [item.get("Id") or "" for item in page.iter(f"{{{_TYPES}}}ItemId")]
    return sha256("\n".join(names).encode()).hexdigest()[:_MARK] if names else ""


def _single(element: Element, name: str, child: str) -> Element:
    """The only child of this element, both with their names."""
    if element.tag != f"{{{_MESSAGES}}}{name}" or [each.tag for each in element] != [f"{{{_MESSAGES}}}{child}"]:
        names = " ".join(map(_local, element))
        raise _NoneError(f"{_local(element)} with {names or 'nothing'}, and not {name} with one {child}")
    return element[0]


def _parts(element: Element, spaces: Iterable[str] | None) -> dict[str, Element]:
    """Its children by name, none of them twice and all from these namespaces."""
    found = {_local(child): child for child in element}
    if len(found) != len(element) or (spaces is not None and not {_space(child) for child in element} <= set(spaces)):
        raise _NoneError(f"{_local(element)} with {' '.join(map(_local, element))}")
    return found


def _code(element: Element | None) -> str:
    if element is None or len(element):
        raise _NoneError("not exactly one code")
    return _checked(_text(element))


def _checked(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise _NoneError("a code that is none")
    return sys.intern(text)


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _local(element: Element) -> str:
    return etree.QName(element).localname


def _space(element: Element) -> str:
    return etree.QName(element).namespace or ""
