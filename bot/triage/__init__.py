"""Reading a mail as the person at the desk would: pure, explained, fast."""

from __future__ import annotations

from bot.triage.model import Reason, Triage
from bot.triage.pipeline import triage
from bot.triage.rules import TriageRules

__all__ = ["Reason", "Triage", "TriageRules", "triage"]
