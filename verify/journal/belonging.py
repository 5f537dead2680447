"""Which questions a run may put; a journal that holds another one is not of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from roomscope.verify.judge.promise import Promise, Role
from roomscope.verify.judge.proofs.decoys import decoys
from roomscope.verify.judge.question import Door, Question


@dataclass(frozen=True, slots=True)
class Belonging:
    """The mailboxes and doors of one run."""

    mailboxes: frozenset[str]
    """Rooms, controls and the addresses that cannot exist."""

    rooms: frozenset[str]
    account: str | None
    """The address of the account that asks; nothing where an application does."""

    @classmethod
    def of(cls, promises: Sequence[Promise], account: str | None) -> Self:
        """What these promises need."""
        mailboxes = [promise.mailbox for promise in promises]
        rooms = frozenset(promise.mailbox for promise in promises if promise.role is Role.ROOM)
        return cls(frozenset((*mailboxes, *decoys(mailboxes))), rooms, account)

    def holds(self, question: Question) -> bool:
        """Whether this run may put the question."""
        mailbox, acting = question.mailbox, question.acting
        if mailbox not in self.mailboxes:
            return question.identity and mailbox == self.account and (question.door, acting) == (Door.ACCOUNT, None)
        match question.door:
            case Door.APPLICATION:
                return self.account is None and acting in {None, mailbox}
            case Door.IMPERSONATED:
                return self.account is not None and acting == mailbox
            case Door.ACCOUNT:
                return self.account is not None and acting is None
            case Door.ROOM:
                return self.account is not None and acting in self.rooms
