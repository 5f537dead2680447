"""A proof of which a part is known already: the rest is asked, and all of it is judged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.proofs.proof import Recallable, Round


class Recalled:
    """The proof that it is made of, with the same verdicts; a question whose answer is known is not put again."""

    def __init__(self, proof: Recallable, known: Sequence[Asked], keep: Callable[[Asked], None]) -> None:
        self._proof = proof
        # The last word counts: an answer may have been shown later to be none.
        latest = {asked.question: asked for asked in known}
        self._known = {question: asked for question, asked in latest.items() if proof.lasts(asked)}
        self._keep = keep
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

    def keep(self, asked: Asked) -> None:
        """Takes in what a question brought, and has it kept."""
        self._proof.keep(asked)
        if asked.answer is not None:
            self._keep(asked)

    def judge(self, stopped: Cause | None) -> Result:
        """As the proof judges."""
        return self._proof.judge(stopped)
