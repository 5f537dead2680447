"""Good answers that belong to another question, and servers that change their mind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from lab.wire.hostile import AFTER_ANSWER, Act
from roomscope.verify.judge.causes import Cause
from tests.verify.fire.answers import (
    ACCOUNT,
    ROOMS,
    Ask,
    Place,
    Said,
    denial,
    error,
    fault,
    framed,
    sends,
    success,
    usual,
)
from tests.verify.fire.row import Row, alike

_ITEM = '<t:CalendarItem><t:ItemId Id="AAA" ChangeKey="B"/></t:CalendarItem>'


def rows() -> Iterator[Row]:
    """All of them."""
    yield from _copies()
    yield from _folders()
    yield from _changes()


def _copies() -> Iterator[Row]:
    doubtful = alike(Cause.NOT_ONE, unknown=Cause.NOT_ONE)
    yield Row("twice in one record", lambda ask, _: sends(framed(usual(ask)) * 2, ends=False), doubtful)
    yield Row("followed by a success", lambda ask, _: sends(framed(usual(ask)) + framed(success(ask)), ends=False), doubtful)
    yield Row("followed by one byte", lambda ask, _: sends(framed(usual(ask)) + b"x", ends=False), doubtful)
    for name, act in AFTER_ANSWER.items():
        if name != "twice in one record":
            cause = Cause.AS_PROMISED if "goodbye" in name else Cause.NOT_ONE
            places = {place: cause for place in Place if not (name.endswith("much later") and place is Place.EVERY)}
            yield Row(name, lambda ask, _, act=act: _with(act, ask), places, whole=True)  # type: ignore[misc]
    yield Row("the same request id for each", lambda ask, _: sends(framed(usual(ask), "request-id: 4f8c"), ends=False), {Place.EVERY: Cause.NOT_ONE})
    yield Row("from a cache", lambda ask, _: sends(framed(usual(ask), "Age: 7"), ends=False), alike(Cause.NOT_ONE))
    yield Row("the same items for each room", lambda ask, _: sends(framed(success(ask, _ITEM) if ask.mailbox in ROOMS else usual(ask)), ends=False), {Place.EVERY: Cause.NOT_ONE})
    yield Row("one answer, to the byte, for each", lambda ask, _: sends(framed(success(ask, _ITEM)), ends=False), {Place.EVERY: Cause.NOT_ONE})


def _folders() -> Iterator[Row]:
    def opens(mailbox: str) -> Callable[[Ask, int], Act]:
        return lambda ask, _: sends(framed(success(_named(ask, mailbox)) if ask.identity and ask.mailbox in ROOMS else usual(ask)), ends=False)

    yield Row("the account's own calendar for each room", opens(ACCOUNT), {Place.EVERY: Cause.ACCOUNTS_CALENDAR})
    yield Row("one calendar for each room", opens("other@contoso.com"), {Place.EVERY: Cause.SHARED_CALENDAR})
    yield Row("the account's own calendar, each asked", opens(ACCOUNT), {Place.EVERY: Cause.ACCOUNTS_CALENDAR}, identity=True)
    yield Row("one calendar, each asked", opens("other@contoso.com"), {Place.EVERY: Cause.SHARED_CALENDAR}, identity=True)


def _named(ask: Ask, mailbox: str) -> Ask:
    return Ask(ask.acting, mailbox, ask.identity, ask.signed)


def _changes() -> Iterator[Row]:
    """A server that knows less for a while."""
    def after(number: int, said: Callable[[Ask], Said]) -> Callable[[Ask, int], Act]:
        return lambda ask, met: sends(framed(said(ask) if met > number else usual(ask)), ends=False)

    def until(number: int, said: Callable[[Ask], Said]) -> Callable[[Ask, int], Act]:
        return lambda ask, met: sends(framed(said(ask) if met <= number else usual(ask)), ends=False)

    down: Mapping[str, Callable[[Ask], Said]] = {
        "finds nobody": lambda _: fault("ErrorCannotFindUser"), "lets act as nobody": lambda _: fault("ErrorImpersonateUserDenied"),
        "opens everything": success, "denies everything": lambda ask: error(ask, "ErrorAccessDenied"),
    }
    for name, said in down.items():
        for number, later, sooner in _DIRECTORY[name]:
            yield Row(f"after {number} answers the directory {name}", after(number, said), {Place.EVERY: later}, whole=True, workers=1)
            yield Row(f"for the first {number} answers the directory {name}", until(number, said), {Place.EVERY: sooner}, whole=True, workers=1)
    yield Row("a room refused at first", until(1, denial), {Place.ROOM: Cause.INCONSTANT}, whole=True)
    yield Row("a room that cannot be found at first", until(1, down["finds nobody"]), {Place.ROOM: Cause.ROOM_ABSENT}, whole=True)
    for code in ("ErrorServerBusy", "ErrorTimeoutExpired", "ErrorMailboxFailover"):
        yield Row(f"{code} twice, and then as it should be", until(2, lambda ask, code=code: error(ask, code)), alike(Cause.AS_PROMISED, unknown=Cause.AS_PROMISED), whole=True)  # type: ignore[misc]

_DIRECTORY = {
    "finds nobody": ((2, Cause.ROOM_ABSENT, Cause.ROOM_ABSENT), (5, Cause.CONTROL_ABSENT, Cause.ROOM_ABSENT), (11, Cause.UNCALIBRATED, Cause.ROOM_ABSENT)),
    "lets act as nobody": ((2, Cause.UNCALIBRATED, Cause.INCONSTANT), (5, Cause.ROOM_STOPPED, Cause.INCONSTANT), (11, Cause.UNCALIBRATED, Cause.UNCALIBRATED)),
    "opens everything": (
        (2, Cause.EVERYTHING_OPENS, Cause.AS_PROMISED), (5, Cause.EVERYTHING_OPENS, Cause.CONTROL_IMPERSONATED), (11, Cause.UNCALIBRATED, Cause.EVERYTHING_OPENS),
    ),
    "denies everything": ((2, Cause.UNCALIBRATED, Cause.INCONSTANT), (5, Cause.UNCALIBRATED, Cause.INCONSTANT), (11, Cause.UNCALIBRATED, Cause.UNCALIBRATED)),
}
"""After so many answers, and before, with the cause of either."""


def _with(act: Act, ask: Ask) -> Act:
    answer = framed(usual(ask))
    return replace(act, steps=tuple(lambda line, _, step=step: step(line, answer) for step in act.steps))  # type: ignore[misc]
