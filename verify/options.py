"""What the operator asked for, and which of it goes with which product."""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from roomscope.verify.common.errors import VerifyError
from roomscope.verify.common.text import harmless


class Options(BaseModel):
    """The command line of verify, but for the bundle and the report."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    digest: str | None = None
    endpoint: str | None = None
    controls: tuple[str, ...] = ()
    user: str | None = None
    auth: Literal["ntlm", "basic", "oauth"] | None = None
    password_env: str | None = None
    password_file: Path | None = None
    authority: str | None = None
    client_id: str | None = None
    tenant: str | None = None
    managed_identity: bool = False
    as_application: str | None = None
    graph_root: str | None = None
    granted_at: str | None = None
    ca: Path | None = None
    workers: int = 4
    expect_none: bool = False
    controls_file: Path | None = None
    draw_controls: int | None = None
    only: tuple[str, ...] = ()
    sample: int | None = None
    seed: str | None = None
    room_lists: bool = False
    every_room: bool = False
    identity_check: bool = False
    wait: str | None = None
    deadline: str | None = None
    journal: Path | None = None
    resume: Path | None = None

    def refuse(self, names: Iterable[str], reason: str) -> None:
        """None of these may be given."""
        given = [f"--{name.replace('_', '-')}" for name in names if getattr(self, name)]
        if given:
            raise VerifyError(f"{', '.join(given)}: {reason}")

    def granted(self, now: datetime) -> datetime | None:
        """When the grant was made, on the operator's word."""
        if self.granted_at is None:
            return None
        try:
            at = datetime.fromisoformat(self.granted_at)
        except ValueError:
            raise VerifyError(f"--granted-at '{harmless(self.granted_at)}' is no time. Give it as 2026-11-22T10:11:12Z.") from None
        if at.tzinfo is None:
            raise VerifyError(f"--granted-at '{harmless(self.granted_at)}' names no zone. End it with Z, or with +01:00.")
        if at > now:
            raise VerifyError(f"--granted-at '{harmless(self.granted_at)}' is yet to come.")
        return at.astimezone(UTC)
