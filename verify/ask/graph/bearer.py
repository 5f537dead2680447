"""Signs one request with a token."""

from requests import PreparedRequest


class Bearer:
    """Signs one request; a session that knew the token could take it elsewhere."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """The request, signed."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request
