"""An Authenticode signature at the end of a script, and the bytes without it."""

import re

_BLOCK = re.compile(
    rb"\r?\n# SIG # Begin signature block\r?\n(?:# [A-Za-z0-9+/=]{1,128}\r?\n)++"
    rb"# SIG # End signature block(?:\r?\n)?\Z"
)


def unsigned(data: bytes) -> bytes:
    """The bytes without one signature block at the very end and the line break before it."""
    return _BLOCK.sub(b"", data)
