"""How the connection to Slack stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What health shows.

    Attributes:
        last_frame_at: When anything came from Slack; None: nothing yet.
    """

    transport: str
    connected: bool
    last_frame_at: datetime | None
