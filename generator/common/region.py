"""The form of the shared region, for whoever writes it and for whoever reads it."""

import hashlib
from dataclasses import dataclass

OPENS = "#region Shared functions"
CLOSES = "#endregion"


@dataclass(frozen=True, slots=True)
class Region:
    """What all scripts of a product share."""

    text: str
    """With plain newlines, without the lines that open and close it."""

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes as they are delivered: UTF-8, CR LF."""
        return hashlib.sha256(self.text.replace("\n", "\r\n").encode()).hexdigest()

    @property
    def whole(self) -> str:
        """The region with the lines that open and close it."""
        return f"{OPENS} {self.digest}\n{self.text}{CLOSES}\n"
