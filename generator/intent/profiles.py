"""The profiles that a configuration may name, and the table of it that says who gets access."""

from collections.abc import Iterator

from roomscope.generator.products.catalogue import PRODUCTS

_READ_ONLY = {"exchange-online": "application"}
"""What is read and checked, and no product of this release."""


def profiles() -> Iterator[str]:
    """The names of all profiles."""
    return iter(_all())


def identity_of(profile: str) -> str | None:
    """The table that names who gets access; None for an unknown profile."""
    return _all().get(profile)


def _all() -> dict[str, str]:
    return {name: product.identity for name, product in PRODUCTS.items()} | _READ_ONLY
