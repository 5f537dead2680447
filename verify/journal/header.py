"""The first line of a journal: of which run the answers are."""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from roomscope.verify.common.text import harmless
from roomscope.verify.judge.promise import Promise

OLDEST = timedelta(hours=24)
"""Answers that are older say nothing about today."""

_SKEW = timedelta(minutes=5)


class Header(BaseModel):
    """What a run asks, where and as whom; a journal goes on only if all of that is the same."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Literal["roomscope-journal/1"] = "roomscope-journal/1"
    tool: str
    bundle: str
    digest: str
    endpoint: str
    identity: str
    """The account or the application that asks."""

    expects: Literal["grant", "none"]
    options: tuple[str, ...]
    """Those that change what is asked."""

    mailboxes: int
    questions: str
    """SHA-256 over all promises."""

    started: AwareDatetime


def tool() -> str:
    """This tool and its version."""
    return f"roomscope {version('roomscope')}"


def digest_of(promises: Iterable[Promise]) -> str:
    """SHA-256 over these promises, in their order."""
    found = hashlib.sha256()
    for promise in promises:
        found.update(f"{promise.mailbox}\0{promise.role}\0{promise.expected}\0{promise.room_list}\n".encode())
    return found.hexdigest()


def differences(got: Header, expected: Header, changed: datetime | None) -> Iterator[str]:
    """Why a journal with the one header is no beginning of a run with the other."""
    for name, what in (("digest", "bundle"), ("endpoint", "endpoint"), ("identity", "account"), ("expects", "kind of proof")):
        mine, its = getattr(expected, name), getattr(got, name)
        if mine != its:
            yield f"it is of another {what}: got {harmless(its)}, expected {harmless(mine)}"
    if (got.questions, got.options) != (expected.questions, expected.options):
        its, mine = (f"{each.mailboxes} mailboxes {' '.join(each.options)}".rstrip() for each in (got, expected))
        yield f"it asks another set of questions: got {harmless(its)}, expected {harmless(mine)}"
    if not -_SKEW <= expected.started - got.started < OLDEST:
        yield f"it was begun at {got.started:%Y-%m-%d %H:%M:%S %Z}, and answers count for {OLDEST // timedelta(hours=1)} hours"
    if changed is not None and changed > got.started:
        yield f"the grant was changed at {changed:%Y-%m-%d %H:%M:%S %Z}, after it was begun"
