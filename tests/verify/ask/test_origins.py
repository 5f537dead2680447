"""An answer that an earlier run has had is nobody's."""

from roomscope.verify.ask.ews.origins import Origins
from roomscope.verify.judge.answer import Coded, Opened, Wire
from roomscope.verify.judge.ledger import Asked
from roomscope.verify.judge.meaning import learn
from roomscope.verify.judge.question import Door, Question
from roomscope.verify.net.doubts import Doubts

ONE, OTHER = (Question(f"{name}@x.com", Door.IMPERSONATED, f"{name}@x.com") for name in ("room1", "room2"))


def test_an_answer_with_a_request_id_of_the_journal_is_none_and_puts_the_earlier_one_in_doubt() -> None:
    doubts, known = Doubts(), Opened("7", mark="page")
    origins = Origins(doubts)
    origins.remember([Asked(ONE, known, learn(known), 1)])
    for answer in (Opened("7"), Coded("ErrorAccessDenied", request_id="7"), Opened("8", mark="page")):
        assert isinstance(origins.checked(OTHER, answer, {}), Wire)
        assert doubts.take(idle=False) == [ONE]
    assert origins.checked(OTHER, Opened("9", mark="another"), {}) == Opened("9")
