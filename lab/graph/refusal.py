"""How Graph says no."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

DENIED = "Access is denied. Check credentials and try again."
DISABLED = "Access to OData is disabled."
BY_POLICY = "Access to OData is disabled: [RAOP] : Blocked by tenant configured AppOnly AccessPolicy settings."
NOT_ENABLED = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
NO_MAILBOX = "The SMTP address has no mailbox associated with it."
OVER_LIMIT = "Application is over its MailboxConcurrency limit."
NO_WINDOW = "This request requires a time window specified by the query string parameters StartDateTime and EndDateTime."


class GraphRefusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """Graph's refusal of a request or of a part of a batch."""

    def __init__(
        self, status: int, code: str, message: str, retry_after: int | None = None
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message
        self.headers = {} if retry_after is None else {"Retry-After": str(retry_after)}

    def body(self) -> dict[str, Any]:
        """The answer as JSON."""
        request = str(uuid4())
        inner = {
            "date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}",
            "request-id": request,
            "client-request-id": request,
        }
        return {"error": {"code": self.code, "message": self.message, "innerError": inner}}


def denied(message: str = DENIED) -> GraphRefusal:
    """Nobody opens this mailbox for the application."""
    return GraphRefusal(403, "ErrorAccessDenied", message)


def unknown(what: str) -> GraphRefusal:
    """The loud answer to what the lab does not play."""
    return GraphRefusal(400, "BadRequest", f"The lab does not know {what}.")
