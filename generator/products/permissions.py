"""Application permissions of Entra that would open mailboxes beside the scope, or could be used to."""

import re

OPENING = (
    r"full_access_as_app|ews\.accessasapp|exchange\.manageasapp",
    r"calendars\b.*|mail\b.*|mail-advanced\b.*|mailbox[a-z]*\b.*",
    r"contacts\b.*|tasks\b.*|imap\.accessasapp|pop\.accessasapp|smtp\.sendasapp",
    r"onlinemeeting.*|virtualappointment.*",
    r"rolemanagement\.readwrite\.(?:exchange|directory|all)|approleassignment\.readwrite\.all",
    r"application\.readwrite\.(?:all|ownedby)|directory\.readwrite\.all|privileged.*\.readwrite.*",
)
"""Mail and calendar permissions of Graph and of Exchange Online, and those by which an application gives itself any other.

Patterns of whole names in lower case, as Python and PowerShell both read them.
"""

_OPENS = re.compile("|".join(OPENING))


def opens_mailboxes(permission: str) -> bool:
    """Whether it reaches mailboxes tenant-wide, or lets its holder take a permission that does; without regard to case."""
    return _OPENS.fullmatch(permission.lower()) is not None
