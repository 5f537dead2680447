"""What this release writes into the scripts of a product, found by rendering two bundles with nothing in common."""

from functools import cache

from roomscope.generator.audit.release import OwnPart, Release
from roomscope.generator.intent.inventory import Room
from roomscope.generator.plan.plan import Grant, Plan, RoomList
from roomscope.generator.products.product import Product
from roomscope.generator.render.region import region_of
from roomscope.generator.render.render import render_scripts


@cache
def release_of(product: Product) -> Release:
    """The region of a product, and the own part of each of its steps."""
    examples = [render_scripts(_plan(product, mark), product, mark * 8, mark * 8) for mark in ("qqzz7", "zzqq9")]
    own = {step.number: OwnPart.of(texts[step.file] for texts in examples) for step in product.steps}
    return Release(product, region_of(product), own)
