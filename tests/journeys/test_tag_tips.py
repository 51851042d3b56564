"""A friendly line about tags: seldom, and only where the tag was missing, misspelt or wrong."""

from __future__ import annotations

import pytest

from bot.vocabulary import Mode, ProcessKey
from functionmail.parse import parse
from tests.letters import FOR_SUPPLIERS, ORDINARY, PROTECTED, UNTAGGED, URGENT_INVOICE
from tests.reply_stories import material_with, people, sent_letters

SUPPLIERS = ProcessKey("leverantorsreskontra")
UNTAGGED_FOR_SUPPLIERS = FOR_SUPPLIERS | {"subject": "Leverantörsfaktura"}
TIP = "Tips: skriv gärna [KR] först i ämnesraden"
KARIN = "Karin Lund <karin@kund.example>"


def receipt(city, letter, **parts):
    before = city.sent()
    city.post(**letter, **parts)
    city.work_off()
    (new,) = [content for content in city.sent() if content not in before]
    return parse(new).text


def test_a_mail_without_a_tag_gets_the_tip_in_its_receipt(city):
    assert TIP in receipt(city, UNTAGGED)


def test_a_misspelt_tag_gets_the_tip(city):
    misspelt = UNTAGGED | {"subject": "[RK] Ny adress i kundregistret"}
    assert TIP in receipt(city, misspelt)


def test_the_tag_of_another_process_gets_the_tip(city):
    wrong = UNTAGGED | {"subject": "[TP] Ny adress i kundregistret"}
    assert TIP in receipt(city, wrong)


def test_a_tag_that_is_right_gets_no_tip(city):
    assert "Tips:" not in receipt(city, ORDINARY)


def test_a_sender_gets_the_tip_once_a_quarter(city):
    assert TIP in receipt(city, UNTAGGED)
    city.later(days=91, hours=23)
    assert "Tips:" not in receipt(city, UNTAGGED)
    city.later(hours=1)
    assert TIP in receipt(city, UNTAGGED)


def test_each_sender_has_a_quarter_of_its_own(city):
    assert TIP in receipt(city, UNTAGGED, sender=KARIN)
    assert TIP in receipt(city, UNTAGGED, sender="Bo <bo@kund.example>")


def test_capitals_in_an_address_make_no_other_sender(city):
    assert TIP in receipt(city, UNTAGGED, sender="karin@kund.example")
    city.later(hours=2)
    assert "Tips:" not in receipt(city, UNTAGGED, sender="Karin@Kund.example")


def test_the_letter_about_a_move_holds_the_tip_once_a_quarter_and_counts_as_one(city):
    moved = UNTAGGED_FOR_SUPPLIERS
    assert "Tips: skriv gärna [LR]" in receipt(city, moved)
    city.later(hours=2)
    again = receipt(city, moved)
    assert "vi har lämnat den vidare dit" in again
    assert "Tips:" not in again
    city.later(hours=2)
    assert "Tips:" not in receipt(city, UNTAGGED)


def test_a_letter_about_a_move_teaches_nobody_who_marked_the_mail_right(city):
    assert "Tips:" not in receipt(city, FOR_SUPPLIERS)


def test_a_letter_about_a_move_that_people_made_holds_the_tip_once_a_quarter(city):
    for wanted in (True, False):
        city.post(**ORDINARY)
        city.work_off()
        city.app.moving.move(city.cases()[-1], SUPPLIERS, by=people(city, 1)[0])
        city.app.dispatch.run_due()
        letters = [letter.text for letter in sent_letters(city) if "vidare dit" in letter.text]
        assert ("Tips: skriv gärna [LR]" in letters[-1]) is wanted
        city.later(hours=2)


@pytest.mark.parametrize(
    "letter",
    [
        URGENT_INVOICE | {"subject": "Anstånd"},
        PROTECTED | {"subject": "Anstånd"},
        UNTAGGED
        | {
            "text": UNTAGGED["text"]
            + "\nJag är mycket missnöjd med er service och vill framföra ett klagomål!"
        },
    ],
    ids=["urgent", "protected", "complaint"],
)
def test_nobody_is_taught_who_has_other_troubles(city, letter):
    assert "Tips:" not in receipt(city, letter)


def test_no_tip_is_given_where_the_centre_wants_none(build_city):
    city = build_city(material=material_with(tips=False))
    assert "Tips:" not in receipt(city, UNTAGGED)


def test_a_receipt_among_the_drafts_counts_as_a_tip(build_city):
    city = build_city(mode=Mode.DRAFT)
    for _ in range(2):
        city.post(**UNTAGGED)
        city.work_off()
        city.later(hours=2)
    assert [TIP in parse(draft).text for draft in city.drafts()].count(True) == 1


def test_nothing_but_a_hash_of_the_sender_is_kept(city):
    receipt(city, UNTAGGED)
    with city.app.database.reading() as work:
        hashed = city.app.identity.hash_address("karin@kund.example")
        assert work.tag_tips.last(hashed) == city.clock.now()
        assert work.tag_tips.last("karin@kund.example") is None
