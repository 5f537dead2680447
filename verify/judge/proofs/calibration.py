"""What calibrates is asked again at the end: a refusal counts only between two good calibrations."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Answered, Refused, Unlearnt
from roomscope.verify.judge.ledger import Asked, Judged
from roomscope.verify.judge.promise import Expected, Promise
from roomscope.verify.judge.proofs.difference import shape
from roomscope.verify.judge.question import Question
from roomscope.verify.judge.verdict import Judgement, Verdict

MOST = 10
"""So many refused rooms are asked again, to see whether they are refused still."""


def questions(calibrating: Iterable[Asked], refused: Sequence[Asked]) -> tuple[Question, ...]:
    """What to ask at the end: all that calibrates, and refused rooms from the first to the last."""
    step = max(1, -(-len(refused) // MOST))
    chosen = (*calibrating, *refused[::step])
    return tuple(dict.fromkeys(replace(asked.question, again=True) for asked in chosen))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was told at the beginning, and what at the end."""

    before: tuple[Asked, ...]
    again: Mapping[Question, Asked]

    @property
    def holds(self) -> bool:
        """Whether everything that spoke at the beginning says the same at the end."""
        told = [asked for asked in self.before if not isinstance(asked.learnt, Unlearnt)]
        return all(map(self._is_same, told))

    def weigh(self, judged: Judged) -> Judged:
        """The same, unless it rests on a refusal that does not count."""
        if not _rests_on_refusal(judged.promise, judged.judgement):
            return judged
        cause = self._doubt(judged)
        return judged if cause is None else replace(judged, judgement=Judgement(Verdict.UNASKED, cause))

    def _doubt(self, judged: Judged) -> Cause | None:
        if judged.promise.expected is Expected.ANSWER and any(map(self._is_changed, judged.asked)):
            return Cause.INCONSTANT
        return None if self.holds and not self._any_changed else Cause.UNCALIBRATED

    @property
    def _any_changed(self) -> bool:
        """Whether a room that was refused is refused no more; then others may have been refused by the same accident."""
        before = {asked.question for asked in self.before}
        return any(isinstance(asked.learnt, Answered | Absent) for asked in self.again.values() if replace(asked.question, again=False) not in before)

    def _is_same(self, asked: Asked) -> bool:
        again = self.again.get(replace(asked.question, again=True))
        return again is not None and type(again.learnt) is type(asked.learnt) and shape(again.answer) == shape(asked.answer)

    def _is_changed(self, asked: Asked) -> bool:
        again = self.again.get(replace(asked.question, again=True))
        return isinstance(asked.learnt, Refused) and again is not None and isinstance(again.learnt, Answered | Absent)


def refused(asked: Iterable[Asked | None]) -> Iterator[Asked]:
    """Those that were refused."""
    return (each for each in asked if each is not None and isinstance(each.learnt, Refused))


def _rests_on_refusal(promise: Promise, judgement: Judgement) -> bool:
    """Whether it would be another verdict without one; what is pending is asked again anyway."""
    match judgement.verdict:
        case Verdict.KEPT:
            return promise.expected is Expected.REFUSAL
        case Verdict.BROKEN:
            return promise.expected is Expected.ANSWER
    return False
