"""How a replay adds up, with verdicts made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.knowledge.lexicon_words import LexiconWords
from bot.services.backtest_tally import Replayed, Tally
from bot.store.records import JudgedMail
from bot.triage.model import Reason, Triage
from bot.vocabulary import Kind, Missing, Urgency
from tests.city import shipped_material
from tests.made_cases import a_case

NOON = datetime(2026, 3, 3, 11, tzinfo=UTC)
CASE = a_case(at=NOON)
KNOWLEDGE = shipped_material().knowledge
PLAIN = Triage(kind=Kind.CASE, process="kundreskontra", matter="anstand")
URGENT = replace(PLAIN, urgent=Urgency.COLLECTIONS)


def mail(number=1, *, case=CASE, before=PLAIN, after=PLAIN, kind=Kind.CASE, **more):
    return Replayed(
        mail=JudgedMail(
            id=number,
            case_id=None if case is None else case.id,
            kind=kind,
            automatic=case is None,
            glance=more.pop("was_glance", False),
            triage=before.as_json(),
        ),
        case=case,
        before=before.as_json(),
        after=after,
        glance=more.pop("glance", False),
        **more,
    )


def tally(*mails):
    found = Tally(KNOWLEDGE, LexiconWords(["anstand"]))
    for one in mails:
        found.add(one)
    return found.result()


def changes(*mails):
    return [(one.field, one.before, one.after, one.mails) for one in tally(*mails).changes]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"process": "redovisning"}, ("process", "kundreskontra", "redovisning", 1)),
        ({"matter": None}, ("matter", "anstand", "none", 1)),
        ({"kind": Kind.SPAM}, ("kind", "case", "spam", 1)),
        ({"possible": True}, ("possible", False, True, 1)),
        ({"protected": True}, ("protected", False, True, 1)),
        ({"complaint": True}, ("complaint", False, True, 1)),
        ({"misdirected": True}, ("misdirected", False, True, 1)),
        ({"missing": (Missing.REASON,)}, ("missing", (), ("reason",), 1)),
        ({"invoices": ("40012345",)}, ("invoices", None, None, 1)),
        ({"customer": "Okända Åkeriet Karin Lund"}, None),
        ({"confidence": 0.9}, None),
    ],
)
def test_each_field_is_told_as_fits_it(changed, told):
    assert changes(mail(after=replace(PLAIN, **changed))) == ([] if told is None else [told])


def test_a_customer_of_the_register_is_told_by_key():
    key, customer = next(iter(KNOWLEDGE.customers.items()))
    named = replace(PLAIN, customer=customer.forms()[0])
    assert changes(mail(after=named)) == [("customer", None, key, 1)]


def test_the_order_in_which_facts_are_missing_is_no_change():
    both = (Missing.REASON, Missing.CUSTOMER)
    before, after = replace(PLAIN, missing=both), replace(PLAIN, missing=both[::-1])
    assert changes(mail(before=before, after=after)) == []


def test_the_same_change_is_counted_over_all_mails_the_commonest_first():
    spam, other = replace(PLAIN, matter="ovrigt"), replace(PLAIN, matter="makulering")
    found = changes(mail(1, after=other), mail(2, after=spam), mail(3, after=spam))
    assert found == [("matter", "anstand", "ovrigt", 2), ("matter", "anstand", "makulering", 1)]


def test_what_an_older_program_did_not_store_is_not_compared():
    seen = mail()
    old = {key: value for key, value in seen.before.items() if key != "protected"}
    after = replace(PLAIN, protected=True)
    assert changes(replace(seen, before=old, after=after)) == []


def test_a_lost_glance_on_ignored_mail_is_told():
    spam = replace(PLAIN, kind=Kind.SPAM)
    seen = mail(case=None, before=spam, after=spam, kind=Kind.SPAM, was_glance=True, glance=False)
    assert changes(seen) == [("glance", True, False, 1)]


def test_ignored_mail_that_would_become_urgent_is_told_by_its_number():
    spam = replace(PLAIN, kind=Kind.SPAM, process=None, matter=None)
    (gained,) = tally(mail(7, case=None, before=spam, after=URGENT, kind=Kind.SPAM)).gained
    assert (gained.case, gained.message, gained.matter) == (None, 7, "anstand")


def test_reasons_show_words_of_knowledge_only():
    told = Reason(rule="matter.clear", words="be Karin 0701234567 om anstånd", where="body")
    urgent = replace(CASE, urgent=Urgency.COLLECTIONS)
    (lost,) = tally(mail(case=urgent, before=replace(URGENT, reasons=(told,)))).lost
    assert [reason.words for reason in lost.reasons] == ["… anstånd"]


def test_an_urgent_case_that_another_word_of_urgency_keeps_is_no_loss():
    urgent = replace(CASE, urgent=Urgency.COLLECTIONS)
    found = tally(mail(case=urgent, before=URGENT, after=replace(URGENT, urgent=Urgency.PAYOUT)))
    assert (found.lost, found.changes[0].after) == ((), "payout")


def test_an_urgent_case_that_would_be_put_aside_is_lost():
    urgent = replace(CASE, urgent=Urgency.COLLECTIONS)
    spam = Triage(kind=Kind.SPAM, process=None, matter=None)
    (lost,) = tally(mail(case=urgent, before=URGENT, after=spam)).lost
    assert lost.becomes.kind is Kind.SPAM


def test_a_case_that_a_person_made_urgent_is_not_gained_but_agreed_with():
    urgent = replace(CASE, urgent=Urgency.PAYOUT)
    found = tally(mail(case=urgent, before=PLAIN, after=URGENT))
    assert (found.gained, found.lost) == ((), ())
    assert [(one.field, one.cases, one.agreeing) for one in found.corrected] == [("urgent", 1, 1)]


def test_a_loss_that_is_new_comes_before_one_that_holds_today_already():
    urgent = [replace(CASE, id=n, urgent=Urgency.COLLECTIONS) for n in (1, 2)]
    old = mail(1, case=urgent[0], before=URGENT, today=PLAIN)
    new = mail(2, case=urgent[1], before=URGENT, today=URGENT)
    assert [lost.already for lost in tally(old, new).lost] == [False, True]


def test_a_deleted_mail_explains_why_its_case_is_urgent():
    urgent = replace(CASE, urgent=Urgency.COLLECTIONS)
    found = Tally(KNOWLEDGE, LexiconWords([]))
    found.add_deleted(urgent)
    found.add(mail(2, case=urgent, kind=Kind.FOLLOW_UP, after=URGENT))
    result = found.result()
    assert (result.deleted, result.gained, result.corrected, result.lost) == (1, (), (), ())
