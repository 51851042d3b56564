"""What triage says about plain mails."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.knowledge.triage_rules import build
from bot.triage import triage
from bot.vocabulary import MailboxKey, Urgency
from functionmail.message import Message

RULES = build(Path(__file__).parents[2] / "knowledge")
NOON = datetime(2018, 3, 5, 11, tzinfo=UTC)


class _Kind(StrEnum):
    PERSON = "person"


class _Person(NamedTuple):
    kind: _Kind = _Kind.PERSON
    rule: str = ""
    words: str = ""


@pytest.mark.parametrize(
    "subject",
    [
        "[KR] Anstånd – faktura 40077001",
        "kr: anstond 40077001",
        "(KR) anstand",
        "Anstånd 4007700 [KR]",
    ],
)
def test_a_tag_is_read_however_it_is_written(subject):
    message = Message(message_id="m@x.example", content_hash="0", subject=subject, text="Hej!")
    found = triage(
        message, mailbox=MailboxKey("info"), received_at=NOON, authorship=_Person(), rules=RULES
    )
    assert (found.matter, found.urgent) == ("anstand", Urgency.COLLECTIONS)
