"""Holds a report that somebody sent to the bundle that it is about; what it says stays the word of its sender."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from roomscope.verify.bundle.bundle import Bundle, read_plain
from roomscope.verify.bundle.manifest import Application
from roomscope.verify.common.errors import BundleError
from roomscope.verify.common.text import counted, harmless, is_plain
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.claims import judge_roles, reach
from roomscope.verify.judge.promise import Expected, Promise, Role
from roomscope.verify.judge.verdict import EXIT_CODES, Judgement, Verdict, overall
from roomscope.verify.reports import online
from roomscope.verify.reports.findings import cause_texts
from roomscope.verify.reports.lines import Attempt, Line, count
from roomscope.verify.reports.open_points import NOT_TESTED, is_recorded, open_points
from roomscope.verify.reports.report import GIVES, Report
from roomscope.verify.reports.rows import OPENED, belongs, faults

_CHOSEN = "{}, and only the sender knows how they were chosen, so nothing follows for other mailboxes"
_SKEW = timedelta(minutes=5)
"""The sender's clock may be ahead of ours by so much."""


def read(path: Path) -> Report:
    """The report in this file, or a refusal that names what is wrong with its form."""
    try:
        content = read_plain(path)
        found = Report.model_validate_json(content)
        json.loads(content, object_pairs_hook=_unique)
    except FileNotFoundError:
        raise BundleError(f"{path} is not there. Name the report.json of verify, or the folder that verify --report wrote.") from None
    except OSError as error:
        raise BundleError(f"{path}: {error.strerror or error}.") from None
    except KeyError as error:
        raise BundleError(f"{path} is no report that verify wrote: it holds '{harmless(str(error.args[0]))}' twice.") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'the whole'}: {each['msg']}" for each in error.errors()[:5])
        raise BundleError(f"{path} is no report that this version can read: {harmless(wrong)}.") from None

    if not all(map(is_plain, _texts(found.model_dump(mode="json")))):
        raise BundleError(f"{path} holds characters that do not show. verify writes none.")
    return found


def _unique(pairs: list[tuple[str, object]]) -> None:
    """Two values under one key are read in two ways by two readers."""
    known: set[str] = set()
    for key, _ in pairs:
        if key in known:
            raise KeyError(key)
        known.add(key)


def in_our_words(report: Report, bundle: Bundle) -> Report:
    """The same report with the sentences of this release: what its sender explains is not shown."""
    (decides,) = (cause for cause in Cause if cause.value == report.cause)
    application = bundle.manifest.plan.application
    subject = report.subject.model_copy(update={
        "gives": GIVES if application is None else online.GIVES[application.access.value],
        "not_proven": () if application is None else online.not_proven(
            application.access.value, twin=report.subject.application is not None and report.subject.application.twin,
            places=bool(report.subject.places)),
    })
    recorded = is_recorded(line.cause for line in report.mailboxes)
    return report.model_copy(update={
        "about": report.about.model_copy(update={"digest_compared": bundle.compared}),
        "subject": subject,
        "not_proven": open_points(report.rooms, report.controls, subject, compared=bundle.compared, recorded=recorded),
        "not_tested": NOT_TESTED,
        "extent": report.extent.model_copy(update={"controls": _CHOSEN.format(counted(report.controls.total, "control"))}),
        "causes": cause_texts(report.mailboxes, decides, report.verdict, subject),
    })


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(inner)


def differences(report: Report, bundle: Bundle) -> list[str]:
    """Everything in which the report does not belong to this bundle, or contradicts itself."""
    if report.extent.chosen or report.cause == Cause.PART.value:
        return [_part(report)]
    parts = (_of_bundle, _of_subject, _of_promises, _of_verdict, _of_run, _of_rows, _of_extent)
    return [said for part in parts for said in part(report, bundle)]


def _part(report: Report) -> str:
    extent = report.extent
    return (
        f"it is a part, {extent.rooms} of {counted(extent.rooms_of_bundle, 'room')} (--only or --sample), and a part is never the proof of a "
        "bundle; have verify run without --only and --sample"
    )


def _of_bundle(report: Report, bundle: Bundle) -> Iterator[str]:
    manifest, about = bundle.manifest, report.about
    for what, got, expected in (
        ("digest", about.digest, bundle.digest),
        ("plan id", about.plan_id, manifest.plan_id),
        ("bundle", about.bundle, manifest.plan.bundle),
        ("product", about.profile, manifest.plan.product),
    ):
        if got != expected:
            yield f"{what}: got {harmless(got)}, expected {expected}"
    if about.finished < about.started:
        yield "it ended before it began"
    if about.finished > datetime.now(UTC) + _SKEW or about.started > datetime.now(UTC) + _SKEW:
        yield "it was made in the future"


def _of_subject(report: Report, bundle: Bundle) -> Iterator[str]:
    application, subject = bundle.manifest.plan.application, report.subject
    if subject.lab:
        yield "it was made in a lab, and says nothing about Exchange Online"
    if application is not None:
        asked = subject.application
        ours = (application.tenant_id, application.client_id, application.object_id, application.access.value)
        if asked is None or (asked.tenant_id, asked.client_id, asked.object_id, asked.access) != ours:
            yield "tenant, application or access are not the bundle's"
        elif report.verdict is Verdict.KEPT:
            yield from _of_token(report, application, twin=asked.twin)
    elif subject.identity is None or bundle.manifest.plan.account is None or (
        subject.identity.address.lower() != bundle.manifest.plan.account.address.lower()
    ):
        yield "the account is not the bundle's"


def _of_token(report: Report, application: Application, *, twin: bool) -> Iterator[str]:
    """What a verdict of kept needs of the sign-in."""
    token = report.subject.token
    if token is None:
        yield "it is kept without a token"
    elif any(each.reach is not reach(each.name, application.allowed_entra_permissions) for each in token.permissions):
        yield "it calls permissions in Entra ID by something that they are not"
    elif judge_roles([each.name for each in token.permissions], application.allowed_entra_permissions).verdict is not Verdict.KEPT:
        yield "it is kept with a token that grants more than the bundle allows"
    if twin is not (report.cause == Cause.SCOPE_ONLY.value):
        yield "a twin registration proves the scope, not the application, and the report must say which of them it proves"


def _of_promises(report: Report, bundle: Bundle) -> Iterator[str]:
    rooms = {room.address: room.room_list for room in bundle.rooms}
    got = {line.mailbox: line.room_list for line in report.mailboxes if line.role is Role.ROOM}
    controls = {line.mailbox for line in report.mailboxes if line.role is Role.CONTROL}
    twice = [mailbox for mailbox, count in Counter(line.mailbox for line in report.mailboxes).items() if count > 1]
    missing = [*(rooms.keys() - got.keys()), *({each.lower() for each in bundle.manifest.plan.controls} - controls)]
    strange = [mailbox for mailbox in got if mailbox not in rooms or got[mailbox] != rooms[mailbox]]
    for what, found in (("missing", missing), ("not of the bundle", strange), ("named twice", twice)):
        if found:
            yield f"{what}: {_some(found)}"
    expected = Expected.REFUSAL if report.about.expects == "none" else Expected.ANSWER
    wrong = [line.mailbox for line in report.mailboxes if line.expected is not (expected if line.role is Role.ROOM else Expected.REFUSAL)]
    if wrong:
        yield f"another promise than the bundle's: {_some(wrong)}"


def _of_verdict(report: Report, bundle: Bundle) -> Iterator[str]:
    causes = {cause.value: cause for cause in Cause}
    if unknown := {report.cause, report.subject.token_cause, *(line.cause for line in report.mailboxes)} - causes.keys():
        yield f"unknown causes: {_some(unknown)}"
        return
    pairs = [(_promise(line), Judgement(line.verdict, causes[line.cause])) for line in report.mailboxes]
    if _rank(report.verdict) > _rank(overall(pairs).verdict):
        yield f"the verdict is {report.verdict}, but its mailboxes amount to {overall(pairs).verdict}"
    for name, counts, role in (("rooms", report.rooms, Role.ROOM), ("controls", report.controls, Role.CONTROL)):
        if counts != count(line for line in report.mailboxes if line.role is role):
            yield f"the {name} are counted wrongly"
    if [(entry.address, entry.name) for entry in report.lists] != [(entry.address, harmless(entry.name)) for entry in bundle.manifest.plan.lists]:
        yield "its room lists are not the bundle's"
    for entry in report.lists:
        if entry.rooms != count(line for line in report.mailboxes if line.room_list == entry.address.lower()):
            yield f"the rooms of {entry.address} are counted wrongly"
    silent = [line.mailbox for line in report.mailboxes if line.verdict is Verdict.KEPT and not all(door.seen for door in line.doors)]
    if silent or any(not line.doors for line in report.mailboxes):
        yield f"kept without an answer: {_some(silent)}"


def _of_run(report: Report, _: Bundle) -> Iterator[str]:
    if not belongs(report.cause, report.verdict):
        yield f"the cause {report.cause} does not lead to the verdict {report.verdict}"
    if report.exit_code != EXIT_CODES[report.verdict]:
        yield f"the exit code is {report.exit_code}, but that of the verdict {report.verdict} is {EXIT_CODES[report.verdict]}"
    if report.stopped is not None and report.verdict is Verdict.KEPT:
        yield "it is kept, but the asking was stopped"
    if report.requests < max(1, sum(each.requests for each in _attempts(report))) and (report.requests or report.verdict is Verdict.KEPT):
        yield f"it counts {counted(report.requests, 'request')}, and its mailboxes more"


def _of_rows(report: Report, _: Bundle) -> Iterator[str]:
    wrong: dict[str, list[str]] = {}
    for how, mailbox in faults(report):
        wrong.setdefault(how, []).append(mailbox)
    yield from (f"{how}: {_some(mailboxes)}" for how, mailboxes in wrong.items())
    if any(told.door.seen == OPENED for told in report.decoys) and report.verdict is not Verdict.UNASKED:
        yield "an address that cannot exist was opened"


def _attempts(report: Report) -> Iterator[Attempt]:
    for line in report.mailboxes:
        yield from line.doors
    yield from (told.door for told in report.decoys)


def _of_extent(report: Report, bundle: Bundle) -> Iterator[str]:
    """How much was asked is counted anew from the rows."""
    extent = report.extent
    answered = [line for line in report.mailboxes if line.role is Role.ROOM and line.expected is Expected.ANSWER and _has_opened(line)]
    tried = report.controls.total and report.subject.identity is not None
    third = {len(answered), len({line.room_list for line in answered})} if tried else {0}
    if (extent.rooms, extent.rooms_of_bundle) != (report.rooms.total, len(bundle.rooms)) or extent.third_door not in third or (
        extent.identified > len(answered)
    ):
        yield "it tells another extent than its mailboxes"


def _has_opened(line: Line) -> bool:
    return line.doors[:1] != () and line.doors[0].seen == OPENED


def _promise(line: Line) -> Promise:
    return Promise(line.mailbox, line.role, line.expected, line.room_list)


def _rank(verdict: Verdict) -> int:
    return list(Verdict).index(verdict)


def _some(names: Iterator[str] | list[str] | set[str]) -> str:
    found = sorted(map(harmless, names))
    return ", ".join(found[:5]) + (f" and {len(found) - 5} more" if len(found) > 5 else "")  # noqa: PLR2004
