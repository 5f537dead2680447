"""Reports made by hand, for views to be looked at: large, broken, and with everything that a server may say."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.bundle.manifest import Account, Grant, Manifest, Plan, RoomList
from roomscope.verify.judge.answer import Answer, Coded, Opened
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Answered, Refused
from roomscope.verify.judge.ledger import Asked, Judged, Result
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.question import OF_AN_ACCOUNT, Door, Question
from roomscope.verify.judge.verdict import Judgement, Verdict, overall
from roomscope.verify.reports.extent import Extent
from roomscope.verify.reports.maker import Maker
from roomscope.verify.reports.report import GIVES, About, Report, build
from roomscope.verify.reports.subject import Identity, Subject

HOSTILE = (
    "<script>alert(1)</script>", "</style></title>&lt;b&gt;\"'><img src=x onerror=alert(1)>", "\x1b[2J\x1b]0;owned\x07", "\u202egnp.exe\u202c", "[bold red]kept[/]",
    "zero\u200bwidth\u2060\ufeff", "\u2066isolate\u2069", "=cmd|'/c calc'!A1", "+1+1", "-2+3", "@SUM(1)", "\uff1d1+1", "\t=1+1", "a;=1+1", 'a","=1+1', 'a; ""=1+1',
    "]]>", "<!--", "-->", "line\r\nSet-Cookie: x", "\x00\x08\x0b\x7f\x85\u2028\u2029", "\ud800", "\ufffe\uffff", "{{ 7*7 }}{% raw %}",
    "\U000e0041\U000e007f", "&#x1b;[2J&#x202e;", "x" * 5000,
)
"""What a server may say to bring markup, an escape sequence, a hidden character or a formula into a report."""

SERVER: Final = "exchange-server"


def bundle(rooms: int = 40, lists: int = 4) -> Bundle:
    """A bundle with these many rooms, dealt to these many lists."""
    names = [RoomList(address=f"Rooms{n}@contoso.com", name=f"Building {n} <b>", alias=f"rooms{n}", rooms=len(range(n, rooms, lists))) for n in range(lists)]
    plan = Plan(
        format="roomscope-plan/1", product=SERVER, bundle="contoso-rooms", ticket="CHG0012345", approver=None, owner=None, review_by=None,
        account=Account(address="svc@contoso.com", user="CONTOSO\\svc"), application=None, domains=("contoso.com",), controls=("ceo@contoso.com",),
        endpoint=None, list_owner=None, account_may_own_lists=False, list_size=100, lists_per_scope=20, organizational_unit=None, rooms=rooms,
        lists=tuple(names), grants=(Grant(scope="Scope", assignment="Assignment", lists=tuple(entry.address for entry in names)),),
    )
    return Bundle(Path("bundle"), Manifest(format="roomscope-bundle/2", plan_id="a" * 64, region="b" * 64, plan=plan, files={}), (), "c" * 64, "d" * 64, compared=True)


def report(judged: Sequence[Judged], of: Bundle, *, compared: bool = True, lab: bool = False) -> Report:
    """The report of these."""
    found = overall((each.promise, each.judgement) for each in judged)
    told = Asked(Question("roomscope-asks-for-nobody-7d1f0c52@contoso.com", Door.IMPERSONATED, None), Coded("ErrorNonExistentMailbox", "No such mailbox."), Refused(Cause.ROOM_OUTSIDE), 1)
    identity = Identity(address="svc@contoso.com", user="CONTOSO\\svc", auth="ntlm")
    subject = Subject(gives=GIVES, endpoint="https://mail.contoso.com/EWS/Exchange.asmx", identity=identity, lab=lab)
    about = About(
        bundle=of.manifest.plan.bundle, plan_id=of.manifest.plan_id, digest=of.digest, digest_compared=compared, ticket="CHG0012345", profile=SERVER,
        user_agent="roomscope", expects="grant", started=datetime(2026, 11, 22, 10, 11, 12, tzinfo=UTC),
        finished=datetime(2026, 11, 22, 10, 13, 5, tzinfo=UTC), last_change=datetime(2026, 11, 20, 9, 0, 0, tzinfo=UTC), granted_at=None,
        maker=Maker(version="0.1.0", host="ops-17", person="a.operator"),
    )
    rooms = sum(each.promise.role is Role.ROOM for each in judged)
    extent = Extent(rooms=rooms, rooms_of_bundle=rooms, controls="controls of the author's choice, from which nothing follows for other mailboxes")
    return build(Result(tuple(judged), (told,), found, None), of, subject, about, extent)


def room(number: int, answer: Answer, judgement: Judgement, lists: int = 4) -> Judged:
    """A room, asked impersonated."""
    mailbox = f"room.{number:03}@contoso.com"
    learnt = Answered() if isinstance(answer, Opened) else Refused(Cause.ROOM_OUTSIDE)
    asked = Asked(Question(mailbox, Door.IMPERSONATED, mailbox), answer, learnt, 1)
    return Judged(Promise(mailbox, Role.ROOM, Expected.ANSWER, f"rooms{number % lists}@contoso.com"), (asked,), judgement)


def control(name: str, answers: Sequence[Answer], judgement: Judgement) -> Judged:
    """A control, asked by three doors."""
    mailbox = f"{name}@contoso.com"
    acting = (mailbox, None, "room.000@contoso.com")
    asked = [Asked(Question(mailbox, door, who), answer, Refused(Cause.ROOM_OUTSIDE), 1) for door, who, answer in zip(OF_AN_ACCOUNT, acting, answers, strict=True)]
    return Judged(Promise(mailbox, Role.CONTROL, Expected.REFUSAL), tuple(asked), judgement)


KEPT = Judgement(Verdict.KEPT, Cause.AS_PROMISED)
DENIED = Coded("ErrorImpersonateUserDenied", "The account does not have permission to impersonate the requested user.", request_id="6f0c2f5e-1d2b-4c3a-9e8d-0a1b2c3d4e5f")
SHUT = Coded("ErrorAccessDenied", "Access is denied. Check credentials and try again.", request_id="0d3c9a77-52e1-4b9f-8f16-2a4c6e8b0d12")


def kept() -> Report:
    """Everything is as promised."""
    return report([*(room(n, Opened("r1"), KEPT) for n in range(40)), control("ceo", (DENIED, SHUT, SHUT), KEPT)], bundle())


def broken(rooms: int = 240, lists: int = 12) -> Report:
    """A building was forgotten, one control is open, some rooms could not be asked."""
    lines = []
    for n in range(rooms):
        if n % lists == 3:
            lines.append(room(n, DENIED, Judgement(Verdict.BROKEN, Cause.ROOM_OUTSIDE), lists))
        elif n % 50 == 7:
            lines.append(room(n, Coded("ErrorMailboxStoreUnavailable", "The mailbox database is temporarily unavailable."), Judgement(Verdict.UNASKED, Cause.TEMPORARY), lists))
        else:
            lines.append(room(n, Opened("r1"), KEPT, lists))
    opened = control("cfo", (Opened("r2"), SHUT, SHUT), Judgement(Verdict.BROKEN, Cause.CONTROL_IMPERSONATED))
    return report([*lines, control("ceo", (DENIED, SHUT, SHUT), KEPT), opened], bundle(rooms, lists), compared=False)


def hostile() -> Report:
    """Every door says something hostile; each broken, so that it is shown."""
    lines = [room(n, Coded("ErrorX", text, request_id=text), Judgement(Verdict.BROKEN, Cause.ROOM_OUTSIDE)) for n, text in enumerate(HOSTILE)]
    return report([*lines, *(control(f"=ctl{n}", (DENIED, Coded(text), SHUT), KEPT) for n, text in enumerate(HOSTILE))], bundle(len(HOSTILE)))


