"""Whole bytes that are not exactly one answer."""

from collections.abc import Callable, Iterator

from roomscope.verify.judge.causes import Cause
from tests.verify.fire.answers import (
    Ask,
    Said,
    denial,
    error,
    fault,
    framed,
    sends,
    success,
)
from tests.verify.fire.row import Row, alike, spoilt

_DTD = b'<!DOCTYPE a [<!ENTITY b "NoError">]>'
_BOMB = b'<!DOCTYPE a [<!ENTITY b "NoError"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
_END = b"</s:Envelope>"

_NOT_ONE: dict[str, Callable[[bytes, Ask], bytes]] = {
    "two documents, the other a success": lambda body, ask: body + success(ask).body,
    "two documents, the other a denial": lambda body, ask: body + denial(ask).body,
    "an element behind the document": lambda body, _: body + b"<a/>",
    "a comment behind the document": lambda body, _: body + b"<!-- a -->",
    "a comment before the document": lambda body, _: body.replace(b"?>", b"?><!-- a -->", 1),
    "an instruction in the body": lambda body, _: body.replace(b"<s:Body>", b"<s:Body><?a b?>"),
    "text in the body": lambda body, _: body.replace(b"<s:Body>", b"<s:Body>NoError"),
    "two bodies": lambda body, _: body.replace(b"</s:Body>", b"</s:Body><s:Body/>"),
    "two answers in the body": lambda body, ask: body.replace(b"</s:Body>", success(ask).body.partition(b"<s:Body>")[2].partition(b"</s:Body>")[0] + b"</s:Body>"),
    "a code with an element": lambda body, _: body.replace(b"ResponseCode>", b"ResponseCode><a/>", 1),
    "a code with a comment": lambda body, _: body.replace(b"ResponseCode>", b"ResponseCode><!-- a -->", 1),
    "a second code": lambda body, _: body.replace(b"</m:FindItemResponseMessage>", b"<m:ResponseCode>NoError</m:ResponseCode></m:FindItemResponseMessage>").replace(b"</detail>", b'<e:ResponseCode xmlns:e="e">NoError</e:ResponseCode></detail>'),
    "a second message": lambda body, _: body.replace(b"</m:ResponseMessages>", b'<m:FindItemResponseMessage ResponseClass="Success"/></m:ResponseMessages>').replace(b"</s:Fault>", b"</s:Fault><s:Fault/>"),
    "an answer to another kind of question": lambda body, _: body.replace(b"FindItemResponse", b"GetUserAvailabilityResponse").replace(b"s:Fault", b"s:Other"),
    "a document type": lambda body, _: body.replace(b"?>", b"?>" + _DTD, 1),
    "entities in entities": lambda body, _: body.replace(b"?>", b"?>" + _BOMB, 1),
    "a document type with a file": lambda body, _: body.replace(b"?>", b'?><!DOCTYPE a SYSTEM "file:///etc/passwd">', 1),
    "a zero byte": lambda body, _: body + b"\0",
    "the code in a section of raw text and once more": lambda body, _: body.replace(b"</s:Body>", b"<![CDATA[NoError]]></s:Body>"),
}
_CUT: dict[str, Callable[[bytes, Ask], bytes]] = {
    "broken XML behind the code": lambda body, _: body.replace(b"</s:Body>", b"<</s:Body>"),
    "an end tag too few": lambda body, _: body.replace(b"</s:Body>", b""),
    "an entity that is not there": lambda body, _: body.replace(b"</s:Body>", b"&nothing;</s:Body>"),
    "a byte that is not UTF-8": lambda body, _: body.replace(b"</s:Body>", b"\xff</s:Body>"),
    "a control character": lambda body, _: body.replace(b"</s:Body>", b"\x08</s:Body>"),
    "nested 5,000 deep": lambda body, _: body.replace(b"</s:Body>", b"<a>" * 5000 + b"</a>" * 5000 + b"</s:Body>"),
    "an attribute twice": lambda body, _: body.replace(b"<s:Body>", b'<s:Body a="1" a="2">'),
}
_NOT_EWS: dict[str, Callable[[bytes, Ask], bytes]] = {
    "nothing at all": lambda body, _: b"",
    "a page of HTML": lambda body, _: b"<html><body>Sign in</body></html>",
    "a page of HTML that names an Envelope": lambda body, _: b"<html><body>Envelope NoError</body></html>",
    "a page of JSON": lambda body, _: b'{"code": "NoError"}',
    "another namespace": lambda body, _: body.replace(b"xmlsoap.org/soap", b"xmlsoap.example/soap"),
    "XML in UTF-16": lambda body, _: body.decode().replace("utf-8", "utf-16").encode("utf-16"),
}


def rows() -> Iterator[Row]:
    """All of them."""
    for cases, cause in ((_NOT_ONE, Cause.NOT_ONE), (_CUT, Cause.CUT)):
        for name, change in cases.items():
            yield from spoilt(name, lambda body, ask, change=change: sends(framed(Said(change(body, ask))), ends=False), alike(cause))  # type: ignore[misc]
    for name, change in _NOT_EWS.items():
        yield Row(name, lambda ask, _, change=change: sends(framed(Said(change(success(ask).body, ask))), ends=False), alike(Cause.NOT_EWS), most=45)  # type: ignore[misc]
    yield from _contradictions()


def _contradictions() -> Iterator[Row]:
    """What says two things at once."""
    def row(name: str, make: Callable[[Ask], Said], cause: Cause = Cause.NOT_ONE) -> Row:
        return Row(name, lambda ask, _: sends(framed(make(ask)), ends=False), alike(cause), most=45)

    yield row("a success with the code of a denial", lambda ask: success(ask).changed("NoError", "ErrorAccessDenied"))
    yield row("an error with the code of a success", lambda ask: error(ask, "NoError"))
    yield row("a warning", lambda ask: success(ask).changed('"Success"', '"Warning"'))
    yield row("a success without a page", lambda ask: Said(success(ask).body.replace(b"<t:Items></t:Items>", b"").replace(b"<t:FolderId ", b"<t:Other ")))
    yield row("a code of 200 letters", lambda ask: error(ask, "E" * 200))
    yield row("a code with a space", lambda ask: error(ask, "Error AccessDenied"))
    yield row("a fault with two codes", lambda ask: fault("ErrorAccessDenied").changed("a:ErrorAccessDenied", "a:ErrorServerBusy"))
    yield row("a fault with the code of a success", lambda ask: fault("NoError"), Cause.NOT_EWS)
    yield row("a fault without a code of EWS", lambda ask: fault("Client"), Cause.NOT_EWS)
    yield row("a value twice", lambda ask: error(ask, "ErrorAccessDenied", more='<m:MessageXml><t:Value Name="A">1</t:Value><t:Value Name="A">2</t:Value></m:MessageXml>'))
    yield row("a success with HTTP 500", lambda ask: Said(success(ask).body, 500), Cause.NOT_EWS)
    yield Row("3 MiB and more", lambda ask, _: sends(framed(success(ask, "<t:CalendarItem/>" * 200_000))), alike(Cause.TOO_LARGE), most=25)
