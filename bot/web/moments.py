"""Instants near now, as people say them: today, tomorrow, yesterday."""

from __future__ import annotations

from datetime import datetime, tzinfo

from bot.texts import Say


def near(say: Say, at: datetime, now: datetime, zone: tzinfo) -> str:
    """Say an instant: ``i dag kl. 14:00``, else with its day."""
    local = at.astimezone(zone)
    time = f"{local:%H:%M}"
    days = (local.date() - now.astimezone(zone).date()).days
    if days == 0:
        return say("i dag kl. {time}", time=time)
    if days == 1:
        return say("i morgon kl. {time}", time=time)
    if days == -1:
        return say("i går kl. {time}", time=time)
    return say.moment(at, zone, year=abs(days) > 300)
