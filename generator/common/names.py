"""The one rule for the name of a file or folder of a bundle: the same thing on every system."""

import re

PLAIN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
"""What such a name is made of."""

_PLAIN = re.compile(PLAIN)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever the ending."""


def is_plain(name: str) -> bool:
    """Whether a file or folder may have this name; Windows would drop a dot at its end."""
    return _PLAIN.fullmatch(name) is not None and not name.endswith(".") and not _DEVICE.fullmatch(name)
