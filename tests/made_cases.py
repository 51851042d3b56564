"""A case for tests that need one but no mail to make it."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.cases import Case, CaseNumber
from bot.vocabulary import Channel, Status, Urgency

TUESDAY = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


def a_case(case_id: int = 1, *, at: datetime = TUESDAY, **changes: object) -> Case:
    """Return an ordinary new case that came by mail, changed as a test wants it.

    Args:
        at: When it was received and its clock started.
    """
    values: dict[str, object] = {
        "id": case_id,
        "number": CaseNumber(year=at.year, serial=case_id),
        "status": Status.NEW,
        "channel": Channel.EMAIL,
        "mailbox": "kundreskontra",
        "process": "kundreskontra",
        "matter": "anstand",
        "urgent": Urgency.NO,
        "possible": False,
        "protected": False,
        "complaint": False,
        "misdirected": False,
        "customer": None,
        "team": "kundreskontra-centrum",
        "owner": None,
        "language": "sv",
        "received_at": at,
        "clock_started_at": at,
    }
    return Case(**(values | changes))  # type: ignore[arg-type]
