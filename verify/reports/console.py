"""The report for people: on a terminal with colours, elsewhere as plain lines."""

from collections.abc import Iterator
from itertools import islice

from rich.console import Console
from rich.table import Table
from rich.text import Text

from roomscope.verify.judge.promise import Role
from roomscope.verify.judge.verdict import Verdict
from roomscope.verify.reports.extent import Extent
from roomscope.verify.reports.report import Counts, Line, Report
from roomscope.verify.reports.subject import Token

SHOWN = 12
"""So many mailboxes are named for one cause; report.json names all."""

LAB = "LAB: authority and service were on this machine. Nothing is said about Exchange Online."

_COLOURS = {
    Verdict.KEPT: "green",
    Verdict.PENDING: "yellow",
    Verdict.UNASKED: "yellow",
    Verdict.BROKEN: "bold red",
}
_UNPUT = {"RS072", "RS073"}
_EXPECTED = {
    "grant": "rooms answer, controls are refused",
    "none": "nobody is reached: no room and no control, by no door",
}
_COLUMNS = ("kept", "pending", "unasked", "broken")


def show(report: Report, console: Console) -> None:
    """Writes the report; nothing in it is taken for markup."""
    plain = not console.is_terminal
    for line in _head(report):
        console.print(Text(line), soft_wrap=plain)
    for row in _rows(report) if plain else [_table(report)]:
        console.print(row, soft_wrap=plain)
    for line in _findings(report):
        console.print(Text(line), soft_wrap=plain)
    console.print(Text(_verdict(report), style=_COLOURS[report.verdict]), soft_wrap=plain)


def _head(report: Report) -> Iterator[str]:
    about = report.about
    compared = "as on the ticket" if about.digest_compared else "not compared with a ticket"
    if report.subject.lab:
        yield LAB
    yield report.subject.gives
    yield ""
    yield f"Bundle    {about.bundle}, ticket {about.ticket or '-'}"
    yield f"Digest    {about.digest} ({compared})"
    yield from _subject(report)
    yield f"Expected  {_EXPECTED[about.expects]}"
    if any(cause.id == "RS003" for cause in report.causes):
        yield f"Controls  found in the directory by {report.subject.controls_found_by}"
    yield from _extent(report.extent)
    batches = report.subject.batches
    carried = "" if batches is None else f" in {batches} {'batch' if batches == 1 else 'batches'}"
    yield f"Requests  {report.requests}{carried}"
    yield ""


def _extent(extent: Extent) -> Iterator[str]:
    if extent.chosen:
        yield f"Part      {extent.rooms} of {extent.rooms_of_bundle} rooms: {extent.chosen}"
    yield f"Controls  {extent.controls}"
    if extent.resumed is not None:
        yield f"Resumed   {extent.recalled} answers of a run that began on {extent.resumed:%Y-%m-%d at %H:%M:%S %Z}"


def _subject(report: Report) -> Iterator[str]:
    subject = report.subject
    if subject.identity is not None:
        yield f"Account   {subject.identity.user} ({subject.identity.auth})"
    if (application := subject.application) is not None:
        twin = f", in place of the vendor's {application.client_id}" if application.twin else ""
        yield f"As        application {application.signed_in_as} ({application.proof}){twin}"
        yield f"Tenant    {application.tenant_id} at {application.authority}"
        yield f"Access    {application.access}"
        yield f"Token     {_token(subject.token)}"
    yield f"Endpoint  {subject.endpoint} (user agent {report.about.user_agent})"


def _token(token: Token | None) -> str:
    if token is None:
        return "none"
    granted = ", ".join(f"{each.name} ({each.reach.value})" for each in token.permissions)
    roles = ", ".join(token.directory_roles)
    return f"permissions in Entra ID: {granted or 'none'}; directory roles (wids): {roles or 'none'}"


def _lines(report: Report) -> Iterator[tuple[str, Counts]]:
    for entry in report.lists:
        yield f"{entry.name} <{entry.address}>", entry.rooms
    yield "all rooms", report.rooms
    yield "controls", report.controls


def _table(report: Report) -> Table:
    table = Table("room list", *_COLUMNS, highlight=False)
    for name, counts in _lines(report):
        cells = (_cell(verdict, counts) for verdict in (Verdict(column) for column in _COLUMNS))
        table.add_row(Text(name), *cells)
    return table


def _cell(verdict: Verdict, counts: Counts) -> Text:
    number = int(getattr(counts, verdict.value))
    return Text(str(number), style=_COLOURS[verdict] if number else "dim", justify="right")


def _rows(report: Report) -> Iterator[Text]:
    yield Text("".join(f"{column:>9}" for column in _COLUMNS) + "  room list")
    for name, counts in _lines(report):
        yield Text("".join(f"{getattr(counts, column):>9}" for column in _COLUMNS) + f"  {name}")
    yield Text("")


def _findings(report: Report) -> Iterator[str]:
    for cause in report.causes:
        lines = [line for line in report.mailboxes if line.cause == cause.id]
        if cause.id == "RS001":
            continue
        yield f"{cause.id}  {cause.headline} ({len(lines)})" if lines else f"{cause.id}  {cause.headline}"
        yield f"  Meaning: {cause.meaning}"
        yield f"  To do:   {cause.action} Who: {cause.who}."
        if cause.id in _UNPUT:
            yield f"  Not asked: {_some([line.mailbox for line in lines])}"
            yield ""
            continue
        yield from map(_mailbox, islice(lines, SHOWN))
        if len(lines) > SHOWN:
            yield f"  … and {len(lines) - SHOWN} more"
        yield ""
    yield from _places(report)
    yield f"Not tested: {'; '.join(report.not_tested)}."
    yield ""


def _places(report: Report) -> Iterator[str]:
    """What the room lists show to a booking service; said, and no part of the verdict."""
    for shown in report.subject.places:
        differences = [("missing", shown.missing), ("more than the bundle", shown.more), ("not read", [shown.trouble] if shown.trouble else [])]
        said = "; ".join(f"{what}: {_some(list(names))}" for what, names in differences if names)
        yield f"Places: {shown.room_list}: {said or 'exactly the rooms of the bundle'}"
    if report.subject.places:
        yield ""


def _some(names: list[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _of(kept: int, count: int, word: str) -> str:
    return f"{kept} of {count} {word if count == 1 else f'{word}s'}"


def _mailbox(line: Line) -> str:
    said = "; ".join(
        f"{door.door.value}: {door.seen or 'not asked'}{f' [{door.request_id}]' if door.request_id else ''}"
        for door in line.doors
    )
    return f"  {'control ' if line.role is Role.CONTROL else ''}{line.mailbox}: {said}"


def _verdict(report: Report) -> str:
    counts = report.rooms, report.controls
    rooms, controls = (found.kept + found.pending + found.unasked + found.broken for found in counts)
    kept = f"{_of(report.rooms.kept, rooms, 'room')} and {_of(report.controls.kept, controls, 'control')} as promised"
    cause = next(entry for entry in report.causes if entry.id == report.cause)
    stones = report.extent.third_door
    tried = f", controls tried from {_of(stones, rooms, 'room')}" if stones else ""
    part = f"; a part, {extent.rooms} of {extent.rooms_of_bundle} rooms" if (extent := report.extent).chosen else ""
    return f"Verdict: {report.verdict.value.upper()} - {cause.headline} ({cause.id}); {kept}{tried}{part}."
