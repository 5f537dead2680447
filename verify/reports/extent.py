"""How much was asked, and how far that reaches."""

from pydantic import AwareDatetime

from roomscope.verify.common.text import counted
from roomscope.verify.reports.subject import Part


class Extent(Part):
    """How much was asked, and how far that reaches."""

    rooms: int
    """Asked for; all of the bundle where nothing was chosen."""

    rooms_of_bundle: int
    controls: str
    """How the controls were chosen, and what follows from them for other mailboxes."""

    chosen: str = ""
    """How a part was chosen; empty where all was asked."""

    third_door: int = 0
    """From how many rooms each control was tried."""

    identified: int = 0
    """Of how many rooms it is known which folder opened."""

    recalled: int = 0
    """Answers that an earlier run wrote into the journal."""

    resumed: AwareDatetime | None = None
    """When that run began."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """What a part leaves open."""
        said = f"anything about {self.rooms_of_bundle - self.rooms} of {counted(self.rooms_of_bundle, 'room')}: only a part was asked ({self.chosen})"
        return (said,) if self.chosen else ()
