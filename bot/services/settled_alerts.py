"""Alerts in Slack that nobody needs to answer any more, wherever that came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.cases import Case
from bot.clock import Clock
from bot.notifying import ANSWERABLE
from bot.services.slack_events import ALERTS_KEPT
from bot.store.unit_of_work import Database
from bot.store.watches import StoredWatch
from bot.vocabulary import PersonKey


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledAlert:
    """An alert that stands in Slack with its buttons.

    Attributes:
        channel, ts: Where it stands.
        case: Acknowledged, closed or not urgent any more.
        acknowledged: By whom and when; None where nobody did.
    """

    channel: str
    ts: str
    case: Case
    acknowledged: tuple[PersonKey, datetime] | None


class SettledAlerts:
    """Compares what stands in Slack with what is."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def found(self) -> list[SettledAlert]:
        """Return the alerts that must lose their buttons, in the order in which they were told."""
        since = self._clock.now() - ALERTS_KEPT
        with self._database.reading() as work:
            answered = work.slack_posts.answered_alerts(since)
            posted = [one for one in answered if one.code in ANSWERABLE]
            ids = {one.case_id for one in posted}
            cases = work.cases.get_many(ids)
            watches = {case_id: work.watches.get(case_id) for case_id in sorted(ids)}
        return [
            SettledAlert(
                channel=one.channel,
                ts=one.ts,
                case=cases[one.case_id],
                acknowledged=_acknowledged(watches[one.case_id]),
            )
            for one in posted
        ]


def _acknowledged(watch: StoredWatch | None) -> tuple[PersonKey, datetime] | None:
    if watch is None or watch.acknowledged_at is None or watch.acknowledged_by is None:
        return None
    return watch.acknowledged_by, watch.acknowledged_at
