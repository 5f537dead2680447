"""Which bundle, as whom, where, when and with what: the same lines in every view."""

from collections.abc import Iterator
from datetime import UTC, datetime

from roomscope.verify.judge.promise import Role
from roomscope.verify.reports.extent import Extent
from roomscope.verify.reports.open_points import is_recorded
from roomscope.verify.reports.report import Report
from roomscope.verify.reports.subject import ApplicationIdentity, Token

SHOWN = 12
"""So many names stand on one line; report.json holds all."""

_EXPECTED = {
    "grant": "rooms answer, controls are refused",
    "none": "nobody is reached: no room and no control, by no door",
}


def facts(report: Report) -> Iterator[tuple[str, str]]:
    """Each with its name."""
    about = report.about
    yield "Bundle", f"{about.bundle}, ticket {about.ticket or '-'}"
    yield "Digest", f"{about.digest} ({'as on the ticket' if about.digest_compared else 'not compared with a ticket'})"
    yield "Plan id", about.plan_id
    yield from _identity(report)
    yield "Endpoint", f"{report.subject.endpoint} (user agent {about.user_agent})"
    yield "Expected", _EXPECTED[about.expects]
    yield "Controls", _controls(report)
    yield from _extent(report.extent)
    yield "Doors", _doors(report)
    yield "Evidence", _evidence(report)
    yield "Requests", _requests(report)
    yield "Start", moment(about.started)
    yield "End", moment(about.finished)
    yield "Made by", f"roomscope {about.maker.version}, run by {about.maker.person or '-'} on {about.maker.host or '-'}"


def moment(at: datetime) -> str:
    """A time with its zone."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def some(names: list[str]) -> str:
    """The first of these, and how many more there are."""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _identity(report: Report) -> Iterator[tuple[str, str]]:
    subject = report.subject
    if subject.identity is not None:
        yield "Account", f"{subject.identity.user} ({subject.identity.auth}), {subject.identity.address}"
    if subject.application is not None:
        yield from _application(subject.application)
        yield "Token", _token(subject.token)


def _application(found: ApplicationIdentity) -> Iterator[tuple[str, str]]:
    twin = f", in place of the vendor's {found.client_id}" if found.twin else ""
    yield "As", f"application {found.signed_in_as} ({found.proof}){twin}"
    yield "Tenant", f"{found.tenant_id} at {found.authority}"
    yield "Access", found.access


def _token(token: Token | None) -> str:
    if token is None:
        return "none"
    granted = ", ".join(f"{each.name} ({each.reach.value})" for each in token.permissions)
    roles = ", ".join(token.directory_roles)
    return f"permissions in Entra ID: {granted or 'none'}; directory roles (wids): {roles or 'none'}"


def _extent(extent: Extent) -> Iterator[tuple[str, str]]:
    yield "Drawn", extent.controls
    if extent.chosen:
        yield "Part", f"{extent.rooms} of {extent.rooms_of_bundle} rooms: {extent.chosen}"
    if extent.identified:
        yield "Folders", f"of {extent.identified} rooms, to tell them apart"
    if extent.resumed is not None:
        yield "Resumed", f"{extent.recalled} answers of a run that began at {moment(extent.resumed)}"


def _controls(report: Report) -> str:
    names = [line.mailbox for line in report.mailboxes if line.role is Role.CONTROL]
    named = f"{len(names)}: {some(names)}" if names else "none"
    if is_recorded(text.id for text in report.causes):
        return f"found in the directory by {report.subject.controls_found_by}; {named}"
    return named


def _doors(report: Report) -> str:
    """By which doors each side was tried."""
    doors = [
        (role, dict.fromkeys(door.door.value for line in report.mailboxes if line.role is role for door in line.doors))
        for role in Role
    ]
    return "; ".join(f"{role.value}s {', '.join(found)}" for role, found in doors if found)


def _evidence(report: Report) -> str:
    about = report.about
    told = [
        f"the administrator's record of a change until {moment(about.last_change)}" if about.last_change else "",
        f"the operator's word that it was granted at {moment(about.granted_at)}" if about.granted_at else "",
        f"the record of the controls by {report.subject.controls_found_by}" if report.subject.controls_found_by else "",
    ]
    return "; ".join(filter(None, told)) or "none"


def _requests(report: Report) -> str:
    batches = report.subject.batches
    return f"{report.requests}{'' if batches is None else f' in {batches} ' + ('batch' if batches == 1 else 'batches')}"
