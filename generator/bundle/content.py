"""The files that follow from a plan and its rooms and from nothing else: scripts, rooms, runbook."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from roomscope.generator.bundle.rooms import ROOMS, rooms_csv
from roomscope.generator.bundle.sums import digest
from roomscope.generator.plan.plan import FilledPlan, Plan
from roomscope.generator.products.clouds import CLOUDS
from roomscope.generator.products.product import Product
from roomscope.generator.render.prose import render_text
from roomscope.generator.render.render import render_scripts
from roomscope.generator.statement.facts import PlanFacts

RUNBOOK: Final = "RUNBOOK.md"


@dataclass(frozen=True, slots=True)
class Content:
    """What a plan gives."""

    plan_id: str
    scripts: Mapping[str, bytes]
    others: Mapping[str, bytes]
    """rooms.csv and the runbook."""


def content_of(filled: FilledPlan, product: Product) -> Content:
    """Renders the files of a plan to bytes."""
    plan_id = filled.identity()
    rooms = rooms_csv(filled.rooms)
    texts = render_scripts(filled.plan, product, plan_id, digest(rooms))
    application = filled.plan.application
    cloud = None if application is None else CLOUDS.get(application.cloud)
    runbook = render_text(product, f"{RUNBOOK}.j2", plan=filled.plan, plan_id=plan_id, product=product, cloud=cloud)
    return Content(plan_id, {name: _powershell(text) for name, text in texts.items()}, {ROOMS: rooms, RUNBOOK: runbook.encode()})


def facts_of(plan: Plan) -> PlanFacts:
    """What no script of a plan holds, and a reviewer asks for."""
    application = plan.application
    if application is None:
        return PlanFacts(endpoint=plan.endpoint)
    return PlanFacts(endpoint=None, cloud=application.cloud, owner=application.owner)


def _powershell(text: str) -> bytes:
    """A script as Windows PowerShell 5.1 needs it: UTF-8 with BOM, CRLF."""
    return text.replace("\n", "\r\n").encode("utf-8-sig")
