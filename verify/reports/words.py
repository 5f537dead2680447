"""Sentences that several views say."""

from collections.abc import Iterator

from roomscope.verify.common.text import counted
from roomscope.verify.reports.facts import some
from roomscope.verify.reports.findings import Share
from roomscope.verify.reports.report import Report


def verdict_line(report: Report) -> str:
    """The verdict, why, how much is as promised, and the exit code."""
    return f"Verdict: {report.verdict.value.upper()} - {report.headline} ({report.cause}); {as_promised(report)}. Exit code {report.exit_code}."


def as_promised(report: Report) -> str:
    """How many of each side are as the bundle promises."""
    rooms, controls = report.rooms, report.controls
    kept = f"{rooms.kept} of {counted(rooms.total, 'room')} and {controls.kept} of {counted(controls.total, 'control')} as promised"
    extent = report.extent
    tried = f", controls tried from {extent.third_door} of {counted(rooms.total, 'room')}" if extent.third_door else ""
    part = f"; a part, {extent.rooms} of {counted(extent.rooms_of_bundle, 'room')}" if extent.chosen else ""
    return f"{kept}{tried}{part}"


def share(part: Share, report: Report) -> str:
    """How many promises of a cause are in one list."""
    if not part.room_list:
        return counted(part.promises, "control")
    names = {entry.address.lower(): entry.name for entry in report.lists}
    return f"{part.promises} in {names.get(part.room_list, '')} <{part.room_list}>"


def place_lines(report: Report) -> Iterator[str]:
    """What the room lists show to a booking service; said, and no part of the verdict."""
    for shown in report.subject.places:
        differences = [("missing", shown.missing), ("more than the bundle", shown.more), ("not read", [shown.trouble] if shown.trouble else [])]
        said = "; ".join(f"{what}: {some(list(names))}" for what, names in differences if names)
        yield f"Places: {shown.room_list}: {said or 'exactly the rooms of the bundle'}"
    if report.subject.places:
        yield ""
