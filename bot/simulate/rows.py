"""Rows of the database as a SQLite file holds them, gathered table by table.

Instants are numbers, texts of people packed, truths 0 and 1, JSON as the store writes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bot.reports.case_facts import FACT_COLUMNS

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "case_file": (
        "id",
        "year",
        "serial",
        "status",
        "channel",
        "mailbox",
        "process",
        "matter",
        "urgent",
        "possible",
        "protected",
        "complaint",
        "misdirected",
        "customer",
        "team",
        "owner",
        "language",
        "received_at",
        "clock_started_at",
        "stop_confirmed",
        "version",
        "handle_by",
        "safe_until",
        "deadline_reasons",
    ),
    "message": (
        "id",
        "direction",
        "mid",
        "content_hash",
        "mailbox",
        "case_id",
        "kind",
        "automatic",
        "glance",
        "template",
        "template_version",
        "received_at",
        "size",
        "faults",
    ),
    "message_raw": ("message_id", "content", "transport_headers"),
    "message_text": ("message_id", "subject", "text", "signature", "quoted"),
    "message_address": ("message_id", "people"),
    "message_triage": ("message_id", "triage"),
    "delivery": (
        "mailbox",
        "key",
        "outcome",
        "because",
        "message_id",
        "case_id",
        "seen_at",
        "mark_due",
    ),
    "event": ("case_id", "kind", "at", "actor", "wall_seconds", "working_seconds", "data"),
    "action": (
        "key",
        "kind",
        "case_id",
        "data",
        "due_at",
        "state",
        "because",
        "claimed_by",
        "attempts",
        "planned_at",
        "finished_at",
    ),
    "sent_reply": ("action_key", "sender_hash", "mailbox", "template", "at"),
    "tag_tip": ("sender_hash", "at"),
    "case_invoice": ("case_id", "number", "position", "stopped"),
    "urgency_watch": (
        "case_id",
        "begun_at",
        "step",
        "next_at",
        "told_half",
        "told_last_hour",
        "acknowledged_at",
        "acknowledged_by",
    ),
    "merged_case": ("case_id", "into_id", "at"),
    "phone_call": ("case_id", "customer", "callback", "note"),
    "promise": (
        "case_id",
        "number",
        "promised_at",
        "due_at",
        "next_at",
        "reminders",
        "kept_at",
        "kept_with",
        "broken_at",
    ),
    "reply_draft": (
        "id",
        "case_id",
        "message_id",
        "mailbox",
        "template",
        "template_version",
        "language",
        "state",
        "occasion",
        "automatic",
        "author",
        "sent_by",
        "feedback",
        "n",
        "created_at",
        "finished_at",
        "version",
    ),
    "reply_draft_text": ("draft_id", "given", "subject", "text", "html"),
    "reply_task": ("case_id", "kind", "step", "next_at", "message_id", "automatic"),
    "register_entry": (
        "register",
        "entry",
        "kind",
        "subject",
        "case_id",
        "at",
        "actor",
        "data",
        "text",
    ),
    "search_entry": ("message_id", "call_id", "words"),
    "case_fact": (*FACT_COLUMNS, "rules"),
}
"""The tables that a history fills, parents first, and their columns; all others stay empty."""

Rows = dict[str, list[tuple[Any, ...]]]


def no_rows() -> Rows:
    """Return a list for each table."""
    return {table: [] for table in COLUMNS}
