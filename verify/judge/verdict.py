"""The kinds of result, and which of many decides."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.promise import Expected, Promise, Role


class Verdict(StrEnum):
    """The kinds of result, the worst first."""

    BROKEN = "broken"
    UNASKED = "unasked"
    PENDING = "pending"
    KEPT = "kept"


EXIT_CODES = {Verdict.KEPT: 0, Verdict.BROKEN: 1, Verdict.PENDING: 3, Verdict.UNASKED: 4}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict and why."""

    verdict: Verdict
    cause: Cause


KEPT = Judgement(Verdict.KEPT, Cause.AS_PROMISED)
ON_RECORD = Judgement(Verdict.KEPT, Cause.ON_RECORD)

_NOBODY = Promise("", Role.CONTROL, Expected.REFUSAL)


def _gravity(pair: tuple[Promise, Judgement]) -> tuple[int, bool]:
    """The worst first; of what is broken, a door that is open and should not be before one that is shut."""
    promise, judgement = pair
    is_shut = judgement.verdict is Verdict.BROKEN and promise.expected is not Expected.REFUSAL
    return list(Verdict).index(judgement.verdict), is_shut


def overall(judged: Iterable[tuple[Promise, Judgement]]) -> Judgement:
    """The worst of all promises decides; without both sides of the proof the best is unasked."""
    pairs = list(judged)
    if not any(promise.role is Role.CONTROL for promise, _ in pairs):
        pairs.append((_NOBODY, Judgement(Verdict.UNASKED, Cause.NO_CONTROLS)))
    _, worst = min(pairs, key=_gravity)
    sides = {promise.role for promise, judgement in pairs if judgement.verdict is Verdict.KEPT}
    if worst.verdict is Verdict.KEPT and sides != set(Role):
        return Judgement(Verdict.UNASKED, Cause.NOTHING_PROVEN)
    # Of what is kept, the one on somebody's word decides what is said.
    return ON_RECORD if worst == KEPT and any(judgement == ON_RECORD for _, judgement in pairs) else worst
