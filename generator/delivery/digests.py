"""Whether the files of a delivery are those of its list."""

from collections.abc import Iterator, Mapping

from roomscope.generator.audit.finding import Finding
from roomscope.generator.bundle.sums import SUMS, digest, read_sums
from roomscope.generator.delivery.rules import about


def check_digests(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """Compares files, without their signatures, with SHA256SUMS."""
    sums = read_sums(files.get(SUMS, b""))
    if sums.reason:
        yield about("RSA100", SUMS, sums.reason if SUMS in files else "It is missing.")
    for name in sorted(files.keys() - {SUMS}):
        if name not in sums.digests:
            yield about("RSA102", name, f"{SUMS} does not list this file.")
        elif digest(files[name]) != sums.digests[name]:
            yield about("RSA101", name, f"got {digest(files[name])}, expected {sums.digests[name]}.")
    for name in sorted(sums.digests.keys() - files.keys()):
        yield about("RSA103", name, f"{SUMS} lists this file, and it is not there.")
