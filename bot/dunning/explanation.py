"""A reason of a deadline in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, tzinfo

from bot.dunning.model import DeadlineCode
from bot.texts import Say


def sentence(code: DeadlineCode, values: Mapping[str, object], say: Say, *, zone: tzinfo) -> str:
    """Say why a deadline is when it is; a part of a sentence, without a full stop.

    Args:
        values: Those of `DeadlineReason.values`, as a case keeps them.
        zone: Of the clock on the wall, for the time of a run.
    """
    said: dict[str, str] = {}
    if "due" in values:
        said["due"] = say.date(date.fromisoformat(str(values["due"])))
    if "run_at" in values:
        said["run_at"] = say.moment(datetime.fromisoformat(str(values["run_at"])), zone)
    return say.code(f"deadline.{code.value}", **said)
