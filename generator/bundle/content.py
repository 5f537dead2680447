"""The files that follow from a plan and from nothing else: scripts, rooms, runbook."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from roomscope.generator.bundle.sums import digest
from roomscope.generator.plan.plan import Plan
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.render.render import render_scripts, render_text

ROOMS = "rooms.csv"
RUNBOOK = "RUNBOOK.md"


@dataclass(frozen=True, slots=True)
class Written:
    """What a plan gives."""

    plan_id: str
    scripts: Mapping[str, bytes]
    others: Mapping[str, bytes]
    """rooms.csv and the runbook."""


def write(plan: Plan) -> Written:
    """Renders the files of a plan to bytes."""
    rooms = rooms_csv(plan)
    plan_id = plan.identity()
    rendered = render_scripts(plan, PRODUCTS[plan.profile], plan_id, digest(rooms))
    scripts = {name: powershell(text) for name, text in rendered.items()}
    return Written(plan_id, scripts, {ROOMS: rooms, RUNBOOK: runbook(plan, plan_id).encode()})


def rooms_csv(plan: Plan) -> bytes:
    """The only place of a bundle where rooms stand: UTF-8 with BOM, CRLF, in inventory order."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("PrimarySmtpAddress", "RoomListAddress", "DisplayName"))
    lists = plan.list_of()
    writer.writerows((room.address, lists[room.address], room.display_name) for room in plan.rooms)
    return text.getvalue().encode("utf-8-sig")


def powershell(text: str) -> bytes:
    """A script as Windows PowerShell 5.1 needs it: UTF-8 with BOM, CRLF."""
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def runbook(plan: Plan, plan_id: str) -> str:
    """The text for the people who run the scripts."""
    product = PRODUCTS[plan.profile]
    return render_text(f"{product.name}/RUNBOOK.md.j2", plan=plan, plan_id=plan_id, product=product)
