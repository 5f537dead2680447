"""A proof of which a part is known already: the rest is asked, and all of it is judged."""

import secrets
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Answered
from roomscope.verify.judge.ledger import Asked, Judged, Result
from roomscope.verify.judge.proofs.proof import Recallable, Round, unput_for
from roomscope.verify.judge.question import Question
from roomscope.verify.judge.verdict import Judgement, Verdict, overall

MOST = 10
"""So many recalled rooms are asked again."""


class Recalled:
    """The proof that it is made of, with the same verdicts; a question whose answer is known is not put again."""

    def __init__(self, proof: Recallable, known: Sequence[Asked], keep: Callable[[Asked], None], doubtful: Container[Question] = ()) -> None:
        self._proof = proof
        # The last word counts: an answer may have been shown later to be none.
        latest = {asked.question: asked for asked in known}
        self._known = {question: asked for question, asked in latest.items() if proof.lasts(asked)}
        self._keep = keep
        # Which these are nobody can foresee; a journal cannot be made to fit them.
        old = [question for question in self._known if question in doubtful and not question.identity]
        sample = secrets.SystemRandom().sample(old, min(MOST, len(old)))
        self._sample: dict[Question, Asked | None] = dict.fromkeys(replace(question, again=True) for question in sample)
        self.mailboxes = frozenset(question.mailbox for question in self._known)
        """Those of which something is known."""

        self.superseded = sum(asked.attempts for asked in known)
        """Requests whose answers are in no verdict of this proof."""

        self.recalled = 0
        """How many questions were not put, because they had been."""

    def rounds(self) -> Iterator[Round]:
        """The same rounds, without what is known."""
        for each in self._proof.rounds():
            for question in each.questions:
                if question in self._known:
                    self.recalled += 1
                    self.superseded -= self._known[question].attempts
                    self._proof.keep(self._known[question])
            yield replace(each, questions=tuple(question for question in each.questions if question not in self._known))
        if self._sample:
            yield Round(tuple(self._sample))

    def keep(self, asked: Asked) -> None:
        """Takes in what a question brought, and has it kept."""
        if asked.question in self._sample:
            self._sample[asked.question] = asked
            self.superseded += asked.attempts
        else:
            self._proof.keep(asked)
            self._known.pop(asked.question, None)
        if asked.answer is not None:
            self._keep(asked)

    def judge(self, stopped: Cause | None) -> Result:
        """As the proof judges, if what was recalled holds still."""
        result = self._proof.judge(stopped)
        if all(asked is not None and isinstance(asked.learnt, Answered) for asked in self._sample.values()):
            return result
        cause = unput_for(stopped) if stopped is not None else Cause.RECALLED_CHANGED
        judged = tuple(self._weigh(each, cause) for each in result.judged)
        judgement = result.judgement
        if judgement.verdict in {Verdict.KEPT, Verdict.PENDING}:
            judgement = overall((each.promise, each.judgement) for each in judged)
        return replace(result, judged=judged, judgement=judgement)

    def _weigh(self, judged: Judged, cause: Cause) -> Judged:
        """The same, unless it is kept by an answer that was recalled."""
        rests = judged.judgement.verdict is Verdict.KEPT and any(asked.question in self._known for asked in judged.asked)
        return replace(judged, judgement=Judgement(Verdict.UNASKED, cause)) if rests else judged
