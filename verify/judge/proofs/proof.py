"""What every proof offers to the engine that asks for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.ledger import Asked, Result
from roomscope.verify.judge.question import Question


@dataclass(frozen=True, slots=True)
class Round:
    """Questions that may be put in any order, when all of the round before are done."""

    questions: tuple[Question, ...]
    alone: bool = False
    """Whether only one may be under way at a time."""


def unput_for(stopped: Cause | None) -> Cause:
    """Why a question was never put."""
    return stopped if stopped is not None and stopped in {Cause.INTERRUPTED, Cause.OUT_OF_TIME} else Cause.STOPPED


class Proof(Protocol):
    """Gives rounds of questions, takes in what they brought, and judges."""

    def rounds(self) -> Iterator[Round]:
        """The rounds; each is decided when all that was asked before is kept."""

    def keep(self, asked: Asked) -> None:
        """Takes in what a question brought."""

    def judge(self, stopped: Cause | None) -> Result:
        """What it all amounts to; the cause says why the asking ended early."""


class Recallable(Proof, Protocol):
    """A proof of which a part may be known from an earlier run."""

    def lasts(self, asked: Asked) -> bool:
        """Whether this need not be asked again in a run that goes on with another one."""
