"""What refused controls say about other mailboxes: a share where they were drawn, else nothing."""

import math

from roomscope.verify.common.text import counted, harmless
from roomscope.verify.draw import Drawn
from roomscope.verify.judge.ledger import Result
from roomscope.verify.judge.promise import Role
from roomscope.verify.judge.verdict import Verdict

_DOUBT = 0.05


def bound(count: int) -> float:
    """The largest share of mailboxes that may be reachable where none of so many, drawn at random, was; with 95 %. About 3/n."""
    return 1 - math.pow(_DOUBT, 1 / count)


def reach_of(result: Result, drawn: Drawn) -> str:
    """How the controls were chosen, and what follows from them."""
    controls = {each.promise.mailbox: each.judgement for each in result.judged if each.promise.role is Role.CONTROL}
    if not drawn.of:
        return f"{counted(len(controls), 'control')} of the author's choice, from which nothing follows for other mailboxes"
    how = f"{len(drawn.controls)} drawn from an export of {drawn.of} {'mailbox' if drawn.of == 1 else 'mailboxes'} (--seed {harmless(drawn.seed)})"
    chosen = len(controls) - len(drawn.controls)
    more = f", and {counted(chosen, 'control')} of the author's choice" if chosen else ""
    if any(controls[mailbox].verdict is not Verdict.KEPT for mailbox in drawn.controls):
        return f"{how}{more}; no share follows, because not all of them were refused"
    share = f"{100 * bound(len(drawn.controls)):.2g} %"
    return f"{how}{more}; all refused, so at most about {share} of the mailboxes of that export can be reached (95 %)"
