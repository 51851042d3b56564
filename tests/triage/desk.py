"""A desk to triage mails at: the shipped rules, and short ways to write a mail."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.knowledge.triage_rules import build
from bot.triage import Triage, TriageRules, triage
from bot.vocabulary import MailboxKey
from functionmail.automatic import authorship
from functionmail.identity import Identity
from functionmail.message import Address, Message
from functionmail.parse import from_fields

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
IDENTITY = Identity(keys=(b"0123456789abcdef0123456789abcdef",), domain="exempelstad.example")
MONDAY = datetime.fromisoformat("2018-03-05T10:00:00+01:00")


@cache
def rules() -> TriageRules:
    """Build the shipped rules once."""
    return build(ROOT / "knowledge")


def mail(
    body: str,
    *,
    subject: str = "Hej",
    sender: str = "kim.ek@mejl.example",
    name: str = "Kim Ek",
    headers: Mapping[str, str] | None = None,
    attachments: tuple[str, ...] = (),
) -> Message:
    """Write a mail."""
    return from_fields(
        subject=subject,
        body=body,
        sender=Address(name=name, address=sender),
        headers=headers,
        attachments=attachments,
    )


def read(
    message: Message,
    *,
    mailbox: str = "info",
    at: datetime = MONDAY,
    by: TriageRules | None = None,
) -> Triage:
    """Triage a mail by the shipped rules, or by others."""
    return triage(
        message,
        mailbox=MailboxKey(mailbox),
        received_at=at,
        authorship=authorship(message, identity=IDENTITY),
        rules=by or rules(),
    )


def triaged(body: str, **fields: Any) -> Triage:
    """Write a mail and triage it."""
    where = {key: fields.pop(key) for key in ("mailbox", "at") if key in fields}
    return read(mail(body, **fields), **where)


def from_row(row: Mapping[str, Any], by: TriageRules | None = None) -> Triage:
    """Triage one labelled mail, written as in the corpora, by the shipped rules or by others."""
    message = mail(
        row["body"],
        subject=row["subject"],
        sender=row["from"]["address"].lower(),
        name=row["from"]["name"],
        headers=row.get("headers"),
        attachments=tuple(row.get("attachments") or ()),
    )
    at = datetime.fromisoformat(row["received"])
    return read(message, mailbox=row["mailbox"], at=at, by=by)


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read a file with one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
