"""Whether two mailboxes were told different things: no table of codes says what a refusal is worth, only the difference does."""

from roomscope.verify.judge.answer import Answer, Coded, Graph, Http
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Absent, Homeless, Learnt, Refused, Unlearnt
from roomscope.verify.judge.ledger import Asked

_SPEAKING = {Cause.UNCLASSIFIED, Cause.NOT_ONLINE, Cause.NOT_PRIMARY}
"""What says nothing that is known, but says it of the mailbox: good enough to be different."""


def speaks(learnt: Learnt) -> bool:
    """Whether this was said of the mailbox, and not of the way to it or of a server in trouble."""
    return isinstance(learnt, Absent | Refused | Homeless) or (isinstance(learnt, Unlearnt) and learnt.cause in _SPEAKING)


def differs(told: Asked, refused: Asked) -> bool:
    """Whether an address that cannot exist was told something else than this refused mailbox."""
    return speaks(told.learnt) and isinstance(refused.learnt, Refused) and shape(told.answer) != shape(refused.answer)


def shape(answer: Answer | None) -> tuple[object, ...]:
    """What two answers must differ in to be different; sentences hold addresses, so they do not count."""
    match answer:
        case Graph(status=status, code=code):
            return status, code
        case Coded(code=code, inner=inner, fault=fault):
            return code, inner, fault
        case Http(status=status, policy=policy):
            return status, policy
    return (type(answer).__name__,)
