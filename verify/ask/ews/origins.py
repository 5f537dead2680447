"""Where answers come from: one that was given before, to another question, is nobody's."""

import threading
from collections.abc import Iterable, Mapping

from roomscope.verify.judge.answer import Answer, Coded, Opened, Trouble, Wire
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.question import Question
from roomscope.verify.net.doubts import Doubts


class Origins:
    """What every answer of a run must have for itself: its request id, and the items of its mailbox."""

    def __init__(self, doubts: Doubts) -> None:
        self._doubts = doubts
        self._lock = threading.Lock()
        self._ids: dict[str, Question] = {}
        self._pages: dict[str, Question] = {}

    def remember(self, known: Iterable[Asked]) -> None:
        """Takes the answers of an earlier run for given before."""
        for asked in known:
            if not isinstance(asked.answer, Opened | Coded):
                continue
            if asked.answer.request_id:
                self._ids[asked.answer.request_id] = asked.question
            if isinstance(asked.answer, Opened) and asked.answer.mark:
                self._pages.setdefault(asked.answer.mark, asked.question)

    def checked(self, question: Question, answer: Answer, headers: Mapping[str, str]) -> Answer:
        """The answer, or why it is no proof; the earlier one of a pair is in doubt too."""
        if not isinstance(answer, Opened | Coded):
            return answer
        if headers.get("Age", "0").strip() not in {"", "0"}:
            return Wire(Trouble.NOT_ONE, "an answer from a cache", answer.request_id)
        with self._lock:
            page = self._pages.setdefault(answer.mark, question) if isinstance(answer, Opened) and answer.mark else question
            if page.mailbox != question.mailbox:
                return self._copied(page, "the items of another mailbox", answer)
            if answer.request_id in self._ids:
                return self._copied(self._ids[answer.request_id], "the request id of an earlier answer", answer)
            if answer.request_id:
                self._ids[answer.request_id] = question
        return answer

    def _copied(self, earlier: Question, text: str, answer: Opened | Coded) -> Answer:
        self._doubts.doubt(earlier)
        return Wire(Trouble.NOT_ONE, text, answer.request_id)
