"""A way out for talk that nobody has to take: it neither waits nor fails, whatever becomes of the terminal."""

import os
import queue
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self, TextIO

_MOST = 500
"""So many pieces wait for a reader; what comes then is dropped."""

_LAST = 0.5
"""Seconds that the last pieces have."""


class Outlet:
    """Stands in for a stream; a thread of its own carries the text there."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._waiting: queue.Queue[str | None] = queue.Queue(_MOST)
        self._thread = threading.Thread(target=self._carry, daemon=True)

    def __enter__(self) -> Self:
        """Begins to carry."""
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Gives what still waits a moment, and no more."""
        with suppress(queue.Full):
            self._waiting.put_nowait(None)
            self._thread.join(_LAST)

    @property
    def encoding(self) -> str:
        """That of the stream."""
        return getattr(self._stream, "encoding", None) or "utf-8"

    def isatty(self) -> bool:
        """Whether it ends at a terminal."""
        try:
            return self._stream is not None and self._stream.isatty()
        except (OSError, ValueError):
            return False

    def write(self, text: str) -> int:
        """Takes the text, or drops it where too much waits."""
        with suppress(queue.Full):
            self._waiting.put_nowait(text)
        return len(text)

    def flush(self) -> None:
        """Nobody waits for a terminal."""

    def _carry(self) -> None:
        with suppress(OSError, ValueError):
            while (text := self._waiting.get()) is not None:
                self._put(text)

    def _put(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            descriptor = self._stream.fileno()
        except (OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
            return
        # Past the stream's buffer: a thread that hangs in it would end the interpreter with a fault.
        data = text.encode(self.encoding, "backslashreplace")
        while data:
            data = data[os.write(descriptor, data) :]
