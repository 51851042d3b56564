"""Laws of triage that hold for any mail."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.triage import Triage
from bot.triage.customers import CustomerNames
from tests.triage.desk import DATA, from_row, rows, rules, triaged

BODIES = [
    row
    for name in ("urgent", "calm")
    for row in rows(DATA / "triage" / f"{name}.jsonl")
    if "From:" not in row["body"] and "Från:" not in row["body"]
]
MAILS = st.sampled_from(BODIES)
SIGNATURES = (
    "Med vänlig hälsning\nKarin Inkassoson\nKravenheten, Makuleringsgatan 4",
    "/Sven Anståndh\nEkängens Avbetalning AB",
    "Best regards\nJohn Payne\nCollections Manager",
    "-- \nTel 08-465 004 11\nStoppa papperet: tänk på miljön innan du skriver ut",
)
HISTORY = (
    "Från: Kundreskontra\nSkickat: den 1 mars 2018 10:00\nTill: Kim\nÄmne: Inkasso\n\n"
    "Anståndet på faktura 40099999 är inlagt. Annars går den till inkasso. Stoppa betalningen!",
    "Den 1 mars 2018 skrev Kundreskontra:\n> Vi makulerar faktura 40099998 och häver betalstoppet.",
)
PHONES = ("Tel 08-465 004 11", "070-1740605", "Ring 031-390 06 10.")
TEXTS = st.text(max_size=600) | st.text(
    alphabet=st.sampled_from("anstådfkturblge 0123456789-–/.,:?!\n<>=@[]()åäöÅÄÖ"), max_size=600
)
relaxed = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _read(row, body: str) -> Triage:
    return triaged(
        body,
        subject=row["subject"],
        headers=row.get("headers"),
        attachments=tuple(row.get("attachments") or ()),
    )


@relaxed
@given(MAILS, st.sampled_from(SIGNATURES))
def test_a_signature_never_changes_urgency(row, signature):
    assert _read(row, f"{row['body']}\n\n{signature}").urgent == _read(row, row["body"]).urgent


@relaxed
@given(MAILS, st.sampled_from(HISTORY))
def test_quoted_history_never_changes_urgency(row, history):
    assert _read(row, f"{row['body']}\n\n{history}").urgent == _read(row, row["body"]).urgent


@relaxed
@given(MAILS, st.sampled_from(PHONES))
def test_a_telephone_number_never_changes_urgency(row, phone):
    assert _read(row, f"{row['body']}\n{phone}").urgent == _read(row, row["body"]).urgent


@relaxed
@given(MAILS)
def test_capitals_never_change_urgency(row):
    shouted = triaged(
        row["body"].upper(),
        subject=row["subject"].upper(),
        headers=row.get("headers"),
        attachments=tuple(row.get("attachments") or ()),
    )
    assert shouted.urgent == _read(row, row["body"]).urgent


@relaxed
@given(MAILS)
def test_writing_without_dots_and_rings_changes_nothing(row):
    plain = str.maketrans("åäöÅÄÖ", "aaoAAO")
    bare = triaged(
        row["body"].translate(plain),
        subject=row["subject"].translate(plain),
        headers=row.get("headers"),
        attachments=tuple(row.get("attachments") or ()),
    )
    full = _read(row, row["body"])
    assert (bare.urgent, bare.matter) == (full.urgent, full.matter)


ANYWHERE = "norrforsa.example"


@cache
def _labelled() -> tuple[dict[str, Any], ...]:
    return tuple(rows(DATA / "written" / "g.jsonl"))


def _from(row, address: str) -> Triage:
    return from_row({**row, "from": {**row["from"], "address": address}})


def test_no_label_hangs_on_the_domain_of_a_sender():
    for row in _labelled():
        local = row["from"]["address"].rpartition("@")[0]
        moved = _from(row, f"{local}@{ANYWHERE}")
        assert moved.labels() == _from(row, row["from"]["address"]).labels(), row["id"]


def test_no_label_hangs_on_the_register_of_customers():
    nobody = replace(rules(), customers=CustomerNames(()))
    for row in _labelled():
        assert from_row(row, nobody).labels() == from_row(row).labels(), row["id"]


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
@example("", "")
@example("[", "[KR] –")
@example("İ" * 50, "İstanbul faktura 40012345–47")
@example("faktura 40012345-99999999999", "31/2, 30/2 2018, v 54 fredag v 99")
def test_triage_never_raises_for_any_text(subject, body):
    found = triaged(body, subject=subject)
    assert 0.0 <= found.confidence <= 1.0


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.lists(st.integers(100, 999_999_999_999), max_size=5))
def test_no_invoice_number_is_invented(text, numbers):
    body = f"{text}\nfakturor {', '.join(map(str, numbers))} {text}"
    digits = re.sub(r"\D", "", body)
    for number in triaged(body).invoices:
        listed_in_a_range = any(number.startswith(str(n)[:-3]) for n in numbers)
        assert number in digits or listed_in_a_range


@pytest.mark.parametrize("row", BODIES[:20], ids=lambda row: row["subject"][:20])
def test_the_same_mail_is_always_judged_the_same(row):
    assert _read(row, row["body"]) == _read(row, row["body"])


@relaxed
@given(MAILS)
def test_every_reason_shows_at_most_eighty_characters_of_one_line(row):
    for reason in _read(row, row["body"]).reasons:
        assert len(reason.words) <= 80
        assert "\n" not in reason.words
