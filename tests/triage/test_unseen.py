"""How triage does on mails that it has not seen.

These are the figures to trust. The sets under tests/data/written were written and labelled
without knowledge of the rules; one was kept for measuring, neither learned from nor looked
at when rules were mended.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from bot.services.triage_files import message_of, received_of
from bot.triage import triage
from bot.triage.evaluation import Evaluation, evaluate
from functionmail import automatic
from functionmail.identity import Identity
from tests.learn_triage import HELD_OUT
from tests.triage.desk import DATA, rows, rules

NOBODY = Identity(keys=(b"no mail here is our own",), domain="exempelstad.example")
FLOORS = {
    "kind": 0.97,
    "process": 0.965,
    "matter": 0.94,
    "urgent": 0.96,
    "complaint": 0.98,
    "protected": 0.985,
    "misdirected": 0.97,
    "invoices": 0.975,
    "due": 0.98,
    "lang": 0.99,
    "missing": 0.945,
}


def _held_out() -> list[dict[str, Any]]:
    found = rows(DATA / "written" / f"{HELD_OUT}.jsonl")
    return [{"lenient": (), **row} for row in found]


@cache
def _evaluation() -> Evaluation:
    pairs = []
    for row in _held_out():
        message = message_of(row)
        found = triage(
            message,
            mailbox=row["mailbox"],
            received_at=received_of(row),
            authorship=automatic.authorship(message, identity=NOBODY),
            rules=rules(),
        )
        pairs.append((row, found))
    return evaluate(pairs)


@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_no_field_of_unseen_mails_falls_below_its_floor(field, floor):
    assert _evaluation().field(field).share >= floor


def test_urgent_invoices_among_unseen_mails_are_found_and_few_others_are_taken_for_them():
    found = _evaluation().of_class("urgent", "collections")
    assert found.recall >= 0.97
    assert found.precision >= 0.93


def test_most_urgent_payments_among_unseen_mails_are_found():
    found = _evaluation().of_class("urgent", "payout")
    assert found.missed <= 1
    assert found.wrong <= 2


def test_most_complaints_among_unseen_mails_are_found_and_few_others_are_taken_for_them():
    found = _evaluation().of_class("complaint", "True")
    assert found.recall >= 0.85
    assert found.precision >= 0.85


def test_no_protected_mail_among_unseen_ones_is_missed_and_few_others_are_protected():
    found = _evaluation().of_class("protected", "True")
    assert found.missed == 0
    assert found.precision >= 0.70


def test_most_unseen_mails_that_lack_something_are_told_what():
    lacking = [row for row in _held_out() if row["missing"] and "missing" not in row["lenient"]]
    missed = {miss.id for miss in _evaluation().misses if miss.field == "missing"}
    told = [row for row in lacking if row["id"] not in missed]
    assert len(lacking) >= 10
    assert len(told) / len(lacking) >= 0.60


def test_a_person_is_asked_to_glance_at_few_unseen_calm_mails():
    assert _evaluation().glances <= 0.08


@pytest.mark.parametrize("kind", ["auto_reply", "bounce"])
def test_every_machine_among_unseen_senders_is_seen_as_one(kind):
    assert _evaluation().of_class("kind", kind).recall == 1
