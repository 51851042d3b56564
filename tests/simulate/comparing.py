"""Two databases with the same history, compared table by table: ids by what they stand for.

Left out, since a history is made without a mail server and without the bytes of our own mails:

* ``message_raw`` of our own mails, and the ``size`` of them;
* ``action.draft`` (a file name of the server), ``claimed_by`` and ``claimed_until``;
* ``delivery.mark_due`` and ``gone_at``: marks are set in mailboxes;
* ``confidence`` and learned words of a triage: names weigh a little in both;
* ``last_act`` and ``case_presence``: nobody takes back what was made up, or looks at it now;
* cases whose mails the reader judges otherwise with the names that stand in them (see the test);
* ``counter``, ``mailbox`` and actions that belong to no case: numbers go on, digests are not made.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.store.packing import unpack_bytes, unpack_short, unpack_text

_LEFT_OUT: Mapping[str, frozenset[str]] = {
    "message": frozenset({"id", "size"}),
    "action": frozenset({"draft", "claimed_by", "claimed_until"}),
    "delivery": frozenset({"mark_due", "gone_at"}),
    "event": frozenset({"id"}),
    "search_entry": frozenset({"id"}),
    "reply_draft": frozenset({"id"}),
    "register_entry": frozenset({"id"}),
}
TABLES = (
    "case_file", "event", "message", "message_text", "message_raw", "message_address",
    "message_triage", "attachment", "delivery", "action", "sent_reply", "tag_tip", "case_invoice",
    "urgency_watch", "phone_call", "promise", "reply_draft", "reply_draft_text",
    "reply_task", "register_entry", "merged_case", "search_entry", "case_fact", "quarantine",
    "breaker",
)  # fmt: skip


class Told:
    """What a database holds, without the numbers that it gave."""

    def __init__(self, file: Path, skipped: Collection[str] = ()) -> None:
        self._skipped = skipped
        with closing(sqlite3.connect(file)) as connection:
            connection.row_factory = sqlite3.Row
            select = connection.execute
            self._cases = {
                row["id"]: f"{row['year']}-{row['serial']:06}"
                for row in select("SELECT id, year, serial FROM case_file")
            }
            self._messages = {row["id"]: row["mid"] for row in select("SELECT * FROM message")}
            self._of_message = {
                row["id"]: row["case_id"] for row in select("SELECT id, case_id FROM message")
            }
            self._ours = {
                row["id"] for row in select("SELECT id FROM message WHERE direction = 'out'")
            }
            self._drafts = {
                row["id"]: f"{self._cases[row['case_id']]}:{row['template']}:{row['created_at']}"
                for row in select("SELECT * FROM reply_draft")
            }
            self._remarks = {
                row["entry"]: self._cases[row["case_id"]]
                for row in select("SELECT * FROM register_entry WHERE kind = 'opened'")
            }
            self.tables = {
                table: Counter(
                    told
                    for row in select(f"SELECT * FROM {table}")
                    if (told := self._told(table, dict(row))) is not None
                )
                for table in TABLES
            }

    def _told(self, table: str, row: dict[str, Any]) -> str | None:
        if table == "message_raw" and row["message_id"] in self._ours:
            return None
        if table == "action" and row["case_id"] is None:
            return None
        if self._case_of(table, row) in self._skipped:
            return None
        left_out = _LEFT_OUT.get(table, frozenset())
        told = {name: value for name, value in row.items() if name not in left_out}
        self._without_ids(told)
        if table == "case_file":
            told["id"] = None
        if table == "register_entry":
            told["entry"] = self._remarks[told["entry"]]
        if table in ("action", "sent_reply"):
            name = "key" if table == "action" else "action_key"
            told[name] = self._key(told[name])
        if told.get("occasion") is not None:
            told["occasion"] = self._occasion(told["occasion"])
        _unpack(told)
        for name in ("data", "triage", "deadline_reasons", "given", "faults"):
            if isinstance(told.get(name), str):
                told[name] = self._json(json.loads(told[name]))
        return json.dumps(told, sort_keys=True, default=repr, ensure_ascii=False)

    def _without_ids(self, told: dict[str, Any]) -> None:
        for name, known in (
            ("case_id", self._cases),
            ("call_id", self._cases),
            ("into_id", self._cases),
            ("message_id", self._messages),
            ("draft_id", self._drafts),
        ):
            if told.get(name) is not None:
                told[name] = known[told[name]]

    def _case_of(self, table: str, row: dict[str, Any]) -> str | None:
        if table == "sent_reply":
            _, what, number, *_ = row["action_key"].split(":")
            if what == "draft":
                return self._drafts[int(number)].partition(":")[0]
            return self._cases[int(number)]
        case_id = row["id"] if table == "case_file" else row.get("case_id") or row.get("call_id")
        if table == "register_entry":
            return self._remarks[row["entry"]]
        if table == "reply_draft_text":
            return self._drafts[row["draft_id"]].partition(":")[0]
        if case_id is None and row.get("message_id") is not None:
            case_id = self._of_message.get(row["message_id"])
        return self._cases.get(case_id) if case_id is not None else None

    def _json(self, said: Any) -> Any:
        if not isinstance(said, dict):
            return said
        said = {**said, "confidence": None}
        if "reasons" in said:
            said["reasons"] = [
                {**reason, "words": ""}
                if ".learned" in reason["rule"] or "learned." in reason["rule"]
                else reason
                for reason in said["reasons"]
            ]
        if "message" in said:
            said["message"] = self._messages[said["message"]]
        if "remark" in said:
            said["remark"] = self._remarks[said["remark"]]
        if "draft" in said:
            said["draft"] = self._drafts[said["draft"]]
        return said

    def _occasion(self, occasion: str) -> str:
        kind, _, what = occasion.partition(":")
        if kind == "remark":
            return f"{kind}:{self._remarks[int(what)]}"
        return f"{kind}:{self._drafts[int(what)]}" if kind == "reminder" else occasion

    def _key(self, key: str) -> str:
        parts = key.split(":")
        if parts[:2] == ["reply", "draft"]:
            return f"reply:draft:{self._drafts[int(parts[2])]}"
        place = 2
        parts[place] = self._cases[int(parts[place])]
        if parts[:2] == ["alert", "urgent"] and parts[-1].isdigit():
            parts[-1] = self._messages[int(parts[-1])]
        return ":".join(parts)


def _unpack(told: dict[str, Any]) -> None:
    for name in ("text", "signature", "quoted", "html", "triage", "given"):
        if isinstance(told.get(name), bytes):
            told[name] = unpack_text(told[name])
    for name in ("subject", "people", "data", "deadline_reasons"):
        if isinstance(told.get(name), bytes):
            told[name] = unpack_short(told[name])
    if isinstance(told.get("content"), bytes):
        told["content"] = unpack_bytes(told["content"])


def differences(
    made: Path, real: Path, skipped: Collection[str] = ()
) -> dict[str, tuple[Counter[str], Counter[str]]]:
    """Return of each table that differs what only one of two databases has: (made, real)."""
    first, second = Told(made, skipped).tables, Told(real, skipped).tables
    return {
        table: (first[table] - second[table], second[table] - first[table])
        for table in TABLES
        if first[table] != second[table]
    }
