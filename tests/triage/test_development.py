"""The figures on the labelled development sets, as a floor that no change may fall below.

They are figures of fitting, not of meeting new mail: the cues were written with these mails
at hand. The weights are learned from the first set, not from the second, nor from the threads:
mails that go on with something or only sound so, that retract, agree to what was asked, or come to
the mailbox of suppliers with an invoice of ours, each with a twin that is none.
"""

from __future__ import annotations

from functools import cache

import pytest

from bot.triage.evaluation import Evaluation, evaluate
from tests.triage.desk import DATA, from_row, rows

FLOORS = {
    "kind": 0.98,
    "process": 0.97,
    "matter": 0.97,
    "urgent": 0.98,
    "complaint": 0.97,
    "protected": 0.98,
    "misdirected": 0.97,
    "invoices": 0.98,
    "due": 0.97,
    "lang": 0.99,
    "missing": 0.97,
}
SECOND_FLOORS = {
    "kind": 0.99,
    "process": 0.97,
    "matter": 0.95,
    "urgent": 0.99,
    "complaint": 0.98,
    "protected": 0.98,
    "misdirected": 0.98,
    "invoices": 0.99,
    "due": 0.97,
    "lang": 0.99,
    "missing": 0.95,
}
THREAD_FLOORS = {"kind": 0.93, "process": 0.94, "urgent": 0.91}


@cache
def _evaluation(name: str = "cases") -> Evaluation:
    path = DATA / "development" / f"{name}.jsonl"
    return evaluate((row, from_row(row)) for row in rows(path))


@pytest.mark.parametrize(("field", "floor"), FLOORS.items())
def test_no_field_falls_below_its_floor(field, floor):
    assert _evaluation().field(field).share >= floor


@pytest.mark.parametrize(("field", "floor"), SECOND_FLOORS.items())
def test_no_field_of_the_second_set_falls_below_its_floor(field, floor):
    assert _evaluation("second").field(field).share >= floor


def test_what_is_urgent_in_the_second_set_is_told_from_what_sounds_so():
    for value in ("collections", "payout"):
        found = _evaluation("second").of_class("urgent", value)
        assert (found.missed, found.wrong) == (0, 0)


@pytest.mark.parametrize(("field", "floor"), THREAD_FLOORS.items())
def test_mails_of_threads_are_told_from_their_twins(field, floor):
    assert _evaluation("threads").field(field).share >= floor


def test_no_urgent_mail_of_the_set_is_missed():
    assert _evaluation().of_class("urgent", "collections").missed == 0
    assert _evaluation().of_class("urgent", "payout").missed == 0


def test_hardly_any_calm_mail_of_the_set_is_called_urgent():
    assert _evaluation().of_class("urgent", "collections").wrong <= 2
    assert _evaluation().of_class("urgent", "payout").wrong <= 1


def test_protected_mails_of_the_set_are_all_recognised():
    assert _evaluation().of_class("protected", "True").missed == 0


def test_automatic_mail_of_the_set_is_never_taken_for_a_case():
    assert _evaluation().of_class("kind", "auto_reply").recall == 1.0
    assert _evaluation().of_class("kind", "bounce").recall == 1.0


def test_a_person_is_asked_to_glance_at_few_calm_mails():
    assert _evaluation().glances <= 0.08


def test_a_confident_judgement_is_right_more_often_than_a_doubtful_one():
    parts = _evaluation().calibration
    assert parts[-1].right / parts[-1].mails >= 0.97
