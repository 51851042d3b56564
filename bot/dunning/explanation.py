"""A reason of a deadline in words."""

from __future__ import annotations

from datetime import tzinfo

from bot.dunning.model import DeadlineReason
from bot.texts import Say


def sentence(reason: DeadlineReason, say: Say, zone: tzinfo) -> str:
    """Say why a deadline is when it is; a part of a sentence, without a full stop.

    Args:
        zone: Of the clock on the wall, for the time of a run.
    """
    values: dict[str, str] = {}
    if reason.due is not None:
        values["due"] = say.date(reason.due)
    if reason.run_at is not None:
        values["run_at"] = say.moment(reason.run_at, zone)
    return say.code(f"deadline.{reason.code.value}", **values)
