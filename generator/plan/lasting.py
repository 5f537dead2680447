"""How long what a bundle grants will work: a day comes in from the edge, so that the same input gives the same bytes."""

from collections.abc import Iterator
from datetime import date

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.products.product import Product


def check_lasting(product: Product, today: date) -> Iterator[str]:
    """A warning with the days left, for what will end.

    Raises:
        ConfigError: It has ended.
    """
    if product.ends is None:
        return
    if today >= product.ends:
        message = (
            f"{product.title}: this ended on {product.ends}, so the bundle would grant nothing. Ask for calendars-read or "
            "calendars-readwrite in application.access, and for a booking service that uses Graph."
        )
        raise ConfigError(message)
    left = (product.ends - today).days
    yield (
        f"WARNING: {product.title} ends on {product.ends}, in {left} {'day' if left == 1 else 'days'}, for everybody and for good. "
        "Ask the booking service when it moves to Graph, and render with calendars-read or calendars-readwrite then."
    )
