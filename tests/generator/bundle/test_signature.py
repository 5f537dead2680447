"""A signature is cut off, and a hostile script cannot make that slow."""

import time
import tracemalloc

import pytest

from roomscope.generator.bundle.signature import unsigned

BLOCK = b"\r\n# SIG # Begin signature block\r\n"
HOSTILE = {
    "one block that never ends": BLOCK + b"# A\n" * (16 << 20),
    "blocks that never end": (BLOCK + b"# A\r\n") * ((64 << 20) // 41),
    "block beside block": (BLOCK + b"# A\r\n# SIG # End signature block") * ((64 << 20) // 69),
    "line breaks": b"\r\n" * (32 << 20),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_cutting_a_signature_takes_time_and_room_by_the_length(data: bytes) -> None:
    tracemalloc.start()
    before = time.process_time()
    try:
        cut = unsigned(data)
        assert time.process_time() - before < 20
        assert tracemalloc.get_traced_memory()[1] < 3 * len(data)
    finally:
        tracemalloc.stop()
    assert len(data) - len(cut) < 100
