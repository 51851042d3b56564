"""How triage does on mails that it has not seen: one set is left out of the learning.

These are the figures to trust. The sets under tests/data/written were written and labelled
without knowledge of the rules; this one was kept for measuring.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from bot.services.triage_files import message_of, received_of
from bot.triage import triage
from bot.triage.evaluation import Evaluation, evaluate
from functionmail import automatic
from functionmail.identity import Identity
from tests.city import shipped_material
from tests.learn_triage import SETS, examples_of, learn_all
from tests.triage.desk import DATA, rows

HELD_OUT = "h"
NOBODY = Identity(keys=(b"no mail here is our own",), domain="exempelstad.example")
FLOORS = {
    "kind": 0.91,
    "process": 0.94,
    "matter": 0.90,
    "urgent": 0.95,
    "complaint": 0.93,
    "protected": 0.98,
    "misdirected": 0.95,
    "invoices": 0.94,
    "due": 0.95,
    "lang": 0.98,
    "missing": 0.93,
}


@cache
def _evaluation() -> Evaluation:
    rules = shipped_material().rules
    seen = [path for path in SETS if path.stem != HELD_OUT]
    learned = learn_all([example for path in seen for example in examples_of(path, rules)])
    rules = replace(rules, learned=learned)
    pairs = []
    for row in rows(DATA / "written" / f"{HELD_OUT}.jsonl"):
        message = message_of(row)
        found = triage(
            message,
            mailbox=row["mailbox"],
            received_at=received_of(row),
            authorship=automatic.authorship(message, identity=NOBODY),
            rules=rules,
        )
        pairs.append((row, found))
    return evaluate(pairs)


@pytest.mark.slow
@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_no_field_of_unseen_mails_falls_below_its_floor(field, floor):
    assert _evaluation().field(field).share >= floor


@pytest.mark.slow
def test_urgent_invoices_among_unseen_mails_are_found_and_few_others_are_taken_for_them():
    found = _evaluation().of_class("urgent", "collections")
    assert found.recall >= 0.96
    assert found.precision >= 0.9


@pytest.mark.slow
def test_at_most_one_urgent_payment_among_unseen_mails_is_missed():
    found = _evaluation().of_class("urgent", "payout")
    assert found.missed <= 1
    assert found.wrong <= 2


@pytest.mark.slow
def test_a_person_is_asked_to_glance_at_few_unseen_calm_mails():
    assert _evaluation().glances <= 0.08
