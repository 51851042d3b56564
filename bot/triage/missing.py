"""What a handler must ask for: only where it is clearly needed and clearly absent."""

from __future__ import annotations

import re

from bot.triage.cues import Feature
from bot.triage.mentions import Judged
from bot.triage.reading import Reading
from bot.vocabulary import Kind, MatterKey, Missing, Urgency

_PHONE = re.compile(r"(?<!\d)(?:\+46|0)[\d -]{7,14}\d")
_NEED_INVOICE = frozenset(
    map(MatterKey, ("anstand", "makulering", "avbetalningsplan", "bestridande", "aterbetalning"))
)

_NEED_REASON = frozenset(map(MatterKey, ("makulering", "bestridande")))
_REASONS = (
    Feature.REASON, "wrong", "wrong_invoice", "ended", "dead", "double", "not_mine", "paid",
    "should_be", "never_got", "unknown_debt", "demand",
)  # fmt: skip
_TOO_SHORT_FOR_A_REASON = 30


def missing(
    reading: Reading, judged: Judged, kind: Kind, invoices: tuple[str, ...]
) -> tuple[Missing, ...]:
    """Return what is missing, in the order of the schema."""
    matter = judged.matter
    if matter is None or kind is not Kind.CASE:
        return ()
    needed: list[Missing] = []
    urgent = judged.urgent is not Urgency.NO
    if matter in _NEED_INVOICE and not invoices and (urgent or matter == "aterbetalning"):
        needed.append(Missing.INVOICE_NUMBER)
    if matter == "leverantorsfaktura" and not invoices and reading.has(Feature.STATUS):
        needed.append(Missing.INVOICE_NUMBER)
    if urgent and matter == "anstand" and not _names_new_date(reading):
        needed.append(Missing.NEW_DATE)
    if urgent and _lacks_reason(reading, matter):
        needed.append(Missing.REASON)
    if reading.has(Feature.CALL) and not _PHONE.search(reading.message.body):
        needed.append(Missing.CONTACT)
    if _must_be_vouched_for(reading, matter) and not _is_vouched_for(reading):
        needed.append(Missing.AUTHORISATION)
    if reading.has(Feature.ATTACHED) and not reading.message.attachments:
        needed.append(Missing.ATTACHMENT)
    return tuple(needed)


def _is_vouched_for(reading: Reading) -> bool:
    return reading.has(Feature.AUTHORISED) or bool(reading.message.attachments)


def _names_new_date(reading: Reading) -> bool:
    """Tell whether a day is named beside the due date, or with the wish for a later one."""
    return any(
        not statement.has(Feature.DUE) or any(hit.cue.matter == "anstand" for hit in statement.hits)
        for statement in reading.having(Feature.NEW_DATE, Feature.NEW_DATE_SAID)
    )


def _lacks_reason(reading: Reading, matter: MatterKey) -> bool:
    """Tell whether a dispute or cancellation gives no reason: short, and none of the words."""
    if matter not in _NEED_REASON or reading.has(*_REASONS) or reading.message.attachments:
        return False
    words = sum(len(statement.sentence.words) for statement in reading.body)
    return words <= _TOO_SHORT_FOR_A_REASON and not reading.quoted.shown.strip()


def _must_be_vouched_for(reading: Reading, matter: MatterKey) -> bool:
    """Tell whether a matter needs an approval: new bank details, or access for oneself."""
    return (matter == "leverantorsregister" and reading.has(Feature.BANK_CHANGED)) or (
        matter == "behorighet" and reading.has(Feature.OWN_ACCESS)
    )
