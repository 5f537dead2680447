"""When the garbage collector rests."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def without_collecting() -> Iterator[None]:
    """Large trees and no cycles: the collector would take as long as the work."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
