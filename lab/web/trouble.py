"""Answers that have nothing to do with the question."""

from collections.abc import AsyncIterator

from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from lab.web.faults import HttpFaults

LOGIN_PAGE = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


class TornError(Exception):
    """Breaks an answer off."""


def instead(faults: HttpFaults, media_type: str, head: bytes = b"") -> Response | None:
    """What is answered instead, before anybody looks at the request."""
    if faults.redirect is not None:
        return RedirectResponse(faults.redirect, 302)
    if faults.html:
        return Response(LOGIN_PAGE, media_type="text/html; charset=utf-8")
    if faults.huge_body is not None:
        return StreamingResponse(huge(faults.huge_body, head), media_type=media_type)
    if faults.status is not None:
        wait = {} if faults.retry_after is None else {"Retry-After": str(faults.retry_after)}
        return PlainTextResponse("", faults.status, wait)
    return None


async def torn(body: bytes) -> AsyncIterator[bytes]:
    """The first half of an answer."""
    yield body[: len(body) // 2]
    raise TornError


async def huge(size: int, head: bytes) -> AsyncIterator[bytes]:
    """An answer of that many bytes that never comes to the point."""
    yield head
    chunk = b" " * 65536
    for start in range(0, size, len(chunk)):
        yield chunk[: size - start]
