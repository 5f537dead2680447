"""Questions that wait to be put: new ones, and those that are to be put again when their time has come."""

import random
import threading
import time
from collections.abc import Iterable
from itertools import islice

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Unlearnt
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.question import Question

SPREAD = 1.1
"""By so much later at most than was asked for."""


class Waiting:
    """What is left of one round; shared by all workers."""

    def __init__(self, questions: Iterable[Question], stopped: threading.Event) -> None:
        self._new = (Asked(question, None, Unlearnt(Cause.STOPPED)) for question in questions)
        self._later: list[tuple[float, Asked]] = []
        self._stopped = stopped
        self._lock = threading.Lock()

    def take(self, size: int) -> list[Asked]:
        """So many at most; nothing when there is nothing left."""
        while True:
            with self._lock:
                found = [*self._due(size)]
                found += islice(self._new, size - len(found))
                if found or not self._later:
                    return found
                first = min(when for when, _ in self._later)
            self._stopped.wait(max(0.0, first - time.monotonic()))

    def again(self, asked: Asked, seconds: float) -> None:
        """To be put once more, when so much time has passed."""
        with self._lock:
            # Whoever was told to come again at the same time need not come at once.
            later = seconds * random.uniform(1, SPREAD)  # noqa: S311 - chance, no secret
            self._later.append((time.monotonic() + later, asked))

    def _due(self, size: int) -> list[Asked]:
        """Whoever has waited long enough; everybody when the asking was stopped."""
        now = time.monotonic()
        due = [entry for entry in self._later if entry[0] <= now or self._stopped.is_set()][:size]
        for entry in due:
            self._later.remove(entry)
        return [asked for _, asked in due]
