"""Whether what opened is the calendar of the room: no two rooms share a folder, and none has the account's own."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from roomscope.verify.judge.answer import Opened
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Judged
from roomscope.verify.judge.promise import Expected
from roomscope.verify.judge.verdict import KEPT, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Identity:
    """What is wrong with the folders of the rooms."""

    rooms: frozenset[str]
    """Those whose folder is known."""

    wrong: Mapping[str, Cause]
    every: bool
    """Whether it was asked of every room; else of some, for all."""

    @classmethod
    def of(cls, folders: Mapping[str, str], own: str, *, every: bool) -> Self:
        """From the folders of rooms, and the account's own; empty where it has none, or it was not learnt."""
        many = Counter(folders.values())
        wrong = {room: Cause.SHARED_CALENDAR for room, found in folders.items() if many[found] > 1}
        return cls(frozenset(folders), wrong | {room: Cause.ACCOUNTS_CALENDAR for room, found in folders.items() if found == own}, every)

    def weigh(self, judged: Judged) -> Judged:
        """The same, unless the room opened what is not its own."""
        if judged.promise.expected is not Expected.ANSWER or judged.judgement != KEPT:
            return judged
        cause = self._cause(judged.promise.mailbox)
        return judged if cause is None else replace(judged, judgement=Judgement(Verdict.UNASKED, cause))

    def _cause(self, room: str) -> Cause | None:
        if not self.every:
            return next(iter(self.wrong.values()), None)
        return self.wrong.get(room) if room in self.rooms else Cause.IDENTITY_UNKNOWN


def folder(asked: Asked) -> str:
    """The folder that was learnt; empty where none was."""
    return asked.answer.folder if isinstance(asked.answer, Opened) else ""
