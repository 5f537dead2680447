"""Addresses that cannot exist: what they are told shows what a refusal is worth."""

from collections.abc import Iterable

NOBODY = "roomscope-asks-for-nobody-7d1f0c52"
"""The local part of an address that nobody has."""


def decoys(mailboxes: Iterable[str]) -> tuple[str, ...]:
    """An address that cannot exist in each domain of these mailboxes."""
    domains = dict.fromkeys(mailbox.rpartition("@")[2] for mailbox in mailboxes)
    return tuple(f"{NOBODY}@{domain}" for domain in domains)
