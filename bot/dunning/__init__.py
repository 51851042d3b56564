"""When a customer invoice, or a payment, can no longer be stopped: pure, and explained.

The calendar of runs is knowledge (``dunning.yaml``, ``payment_runs.yaml``) and comes in as
values; working time comes from `bot.worktime`. Nothing here knows what time it is.
"""

from __future__ import annotations

from bot.dunning.deadlines import collections_deadline, payout_deadline
from bot.dunning.explanation import sentence
from bot.dunning.model import (
    Deadline,
    DeadlineCode,
    DeadlineReason,
    DunningGroup,
    DunningRules,
    DunningStep,
    OpenInvoice,
    PaymentRun,
    WeeklyRun,
)
from bot.dunning.runs import invoice_run, next_run, payment_run, safe_until

__all__ = [
    "Deadline",
    "DeadlineCode",
    "DeadlineReason",
    "DunningGroup",
    "DunningRules",
    "DunningStep",
    "OpenInvoice",
    "PaymentRun",
    "WeeklyRun",
    "collections_deadline",
    "invoice_run",
    "next_run",
    "payment_run",
    "payout_deadline",
    "safe_until",
    "sentence",
]
