"""The profiles that a configuration may name, and the table of it that says who gets access."""

from collections.abc import Iterator

from roomscope.generator.products.catalogue import PRODUCTS


def profiles() -> Iterator[str]:
    """The names of all profiles."""
    return iter(_identities())


def identity_of(profile: str) -> str | None:
    """The table that names who gets access; None for an unknown profile."""
    return _identities().get(profile)


def _identities() -> dict[str, str]:
    return {product.name: product.identity for product in PRODUCTS.values()}
