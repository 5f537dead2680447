"""What the signals mean that end a program: before the first question the end, while it asks the end of the asking, afterwards nothing."""

import os
import signal
import threading
from collections.abc import Callable
from enum import Enum, auto
from types import FrameType, TracebackType
from typing import Self

from roomscope.verify.ask.halt import Halt
from roomscope.verify.judge.causes import Cause

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_PATIENCE = 1.5
"""Seconds that somebody has to take what is shown, once an end was asked for."""


class Phase(Enum):
    """How far the command is."""

    BEFORE = auto()
    ASKING = auto()
    WRITING = auto()
    SHOWING = auto()


class Signals:
    """Heeds them while it is open; a signal that whoever started us has ignored stays ignored."""

    def __init__(self, *, last: bool) -> None:
        self.halt = Halt()
        self.phase = Phase.BEFORE
        self.exit_code = 4
        """With what to end where nobody takes what is shown."""

        self._last = last
        self._before: dict[int, Callable[..., object] | int | None] = {}

    def __enter__(self) -> Self:
        """Heeds them from now on."""
        if threading.current_thread() is threading.main_thread():
            for number in (getattr(signal, name) for name in _NAMES if hasattr(signal, name)):
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._heard)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """As it was before; where the process ends with the command, a late signal must not replace its exit code."""
        for number, before in self._before.items():
            signal.signal(number, signal.SIG_IGN if self._last else before)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        match self.phase:
            case Phase.BEFORE:
                raise KeyboardInterrupt
            case Phase.ASKING:
                self.halt.ask_for(Cause.INTERRUPTED)
            case Phase.SHOWING:
                timer = threading.Timer(_PATIENCE, os._exit, (self.exit_code,))
                timer.daemon = True
                timer.start()
