"""Lines of the log, and parts of a batch's answer."""

from collections.abc import Mapping
from typing import Any

from lab.graph.batch import Answer
from lab.web.faults import GraphFaults


def responses(answers: Mapping[str, Answer], faults: GraphFaults) -> list[dict[str, Any]]:
    """The parts in another order than they were asked, with what was asked to go wrong."""
    names, given = list(answers), list(answers.values())
    if faults.swapped_parts:
        given[:2] = reversed(given[:2])
    found = [part(name, one) for name, one in zip(reversed(names), reversed(given), strict=True)]
    if faults.doubled_part is not None and faults.doubled_part < len(found):
        found.append(found[faults.doubled_part])
    if faults.lost_part is not None and faults.lost_part < len(found):
        del found[faults.lost_part]
    if faults.strange_part:
        found.append(
            {"id": "nobody-asked", "status": 200, "headers": {}, "body": {"value": []}}
        )
    return found


def part(name: str, answer: Answer) -> dict[str, Any]:
    """One part of the answer to a batch."""
    headers = {"Cache-Control": "private", "Content-Type": "application/json", **answer.headers}
    return {"id": name, "status": answer.status, "headers": headers, "body": answer.body}


def of_part(answer: Answer) -> dict[str, Any]:
    """The line of the log for one request, or one part of a batch."""
    segments = answer.request.segments
    mailbox = segments[1] if segments[0] == "users" and len(segments) > 1 else ""
    name = segments[-1] if mailbox else segments[0]
    client = answer.request.caller.client_id
    return line(name, client, answer.status, answer.code) | {"mailbox": mailbox}


def line(name: str, user: str, status: int, code: str) -> dict[str, Any]:
    """One line of the log; never a header, so never a credential."""
    return {"operation": name, "user": user, "status": status, "code": code}
