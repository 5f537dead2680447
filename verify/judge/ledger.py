"""What the questions brought, and what came of it: the nouns that engine, proofs and reports share."""

from dataclasses import dataclass, field
from itertools import chain

from roomscope.verify.judge.answer import Answer
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Learnt, Unlearnt
from roomscope.verify.judge.promise import Promise
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.judge.verdict import Judgement


@dataclass(frozen=True, slots=True)
class Asked:
    """What one question brought."""

    question: Question
    answer: Answer | None
    """Nothing where it was never put."""

    learnt: Learnt
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A promise, what was asked for it, and the verdict."""

    promise: Promise
    asked: tuple[Asked, ...]
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Result:
    """All that a proof came to."""

    judged: tuple[Judged, ...]
    decoys: tuple[Asked, ...]
    """What addresses that cannot exist were told."""

    judgement: Judgement
    stopped: Cause | None
    """Why the asking ended early."""

    beside: tuple[Asked, ...] = ()
    """What stands in no line: what was asked again at the end, which folder it was, and more third doors."""

    third_door: int = 0
    """From how many rooms each control was tried."""

    identified: int = 0
    """Of how many rooms the folder is known."""

    earlier: int = 0
    """Requests of earlier askings, whose answers count no more."""

    @property
    def requests(self) -> int:
        """How many requests were sent, sign-in apart."""
        return self.earlier + sum(asked.attempts for asked in chain(self.decoys, self.beside, *(judged.asked for judged in self.judged)))


def _nothing() -> dict[Door, dict[str, Asked]]:
    return {door: {} for door in Door}


@dataclass(slots=True)
class Ledger:
    """Everything that was asked, by door and mailbox."""

    _asked: dict[Door, dict[str, Asked]] = field(default_factory=_nothing)
    again: dict[Question, Asked] = field(default_factory=dict)
    """What was asked once more, at the end."""

    identities: dict[str, Asked] = field(default_factory=dict)
    """Which folder it was, by mailbox."""

    third: dict[str, dict[str, Asked]] = field(default_factory=dict)
    """The third door, by mailbox and by the room from which it was tried."""

    def keep(self, asked: Asked) -> None:
        """Takes in what a question brought."""
        question = asked.question
        if question.again:
            self.again[question] = asked
        elif question.identity:
            self.identities[question.mailbox] = asked
        else:
            self._asked[question.door][question.mailbox] = asked
            if question.door is Door.ROOM:
                self.third.setdefault(question.mailbox, {})[question.acting or ""] = asked

    def find(self, mailbox: str, door: Door) -> Asked | None:
        """What this mailbox brought by this door; nothing where it was not asked."""
        return self._asked[door].get(mailbox)

    def get(self, mailbox: str, door: Door, otherwise: Cause) -> Asked:
        """The same, or that it was not asked, for this cause."""
        return self.find(mailbox, door) or Asked(Question(mailbox, door, None), None, Unlearnt(otherwise))
