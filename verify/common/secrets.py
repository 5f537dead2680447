"""What this process knows and nobody else may see: said back by a server, it is masked before it is kept or shown."""

import base64
import re
import threading
from html import escape
from urllib.parse import quote, quote_plus

MASK = "***"
_SHORTEST = 4
"""What is shorter stands in too many words to hide anything."""

_HEAD = 16
"""Characters of a long token that give it away, wherever it is cut off."""

_lock = threading.Lock()
_words: set[str] = set()
_heads: set[str] = set()
_pattern: re.Pattern[str] | None = None


def know(secret: str, user: str = "") -> None:
    """A password or a client secret from now on, in the spellings that a server may give it; with a user, Basic's too."""
    pairs = [f"{user}:{secret}".encode()] if user else []
    coded = [base64.b64encode(data).decode().rstrip("=") for data in (*pairs, secret.encode(), secret.encode("utf-16-le"))]
    # In a header, what is UTF-8 is read as Latin-1.
    read = [secret, secret.encode().decode("latin-1")]
    plain = [*read, *map(escape, read), quote(secret), quote(secret, safe=""), quote_plus(secret)]
    _learn(_words, {word for word in (*plain, *coded) if len(word) >= _SHORTEST})


def know_token(token: str) -> None:
    """What is sent to prove who asks: an NTLM message, a bearer token, a pair of Basic."""
    if len(token) > _HEAD and token[:_HEAD] not in _heads:
        _learn(_heads, {token[:_HEAD]})


def masked(text: str) -> str:
    """The text without any of them."""
    return _pattern.sub(MASK, text) if _pattern is not None and len(text) >= _SHORTEST else text


def _learn(known: set[str], more: set[str]) -> None:
    global _pattern  # noqa: PLW0603 - what one part of the process knows, all of it must mask
    with _lock:
        known |= more
        words = [*map(re.escape, sorted(_words, key=len, reverse=True)), *(rf"{re.escape(head)}[\w+/=.~-]*" for head in sorted(_heads))]
        _pattern = re.compile("|".join(words)) if words else None
