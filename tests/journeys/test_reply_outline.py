"""A letter in outline holds nothing that a mail has said."""

from __future__ import annotations

import pytest

from bot.errors import NotFound
from bot.house_rules import policies_of
from bot.services.reply_outline import Outlines
from bot.services.writing import Writer
from bot.vocabulary import Mode
from tests.city import city_settings, shipped_material
from tests.letters import URGENT_INVOICE

NAMES = [
    name
    for name in shipped_material().templates.names()
    if shipped_material().templates.get(name).form == "letter"
]


@pytest.fixture
def outlines(city, tmp_path):
    settings = city_settings(tmp_path, "sqlite://", ("kundreskontra",), mode=Mode.AUTO)
    writer = Writer(
        city.app.house,
        shipped_material().templates,
        city.app.identity,
        policies_of(settings, None),
        city.clock,
    )
    return Outlines(city.app.database, writer)


@pytest.fixture
def case(city):
    city.post(**URGENT_INVOICE | {"text": "Hej! Faktura 4711123456 är fel, makulera den. /Nils"})
    city.work_off()
    (found,) = city.cases()
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_letter_has_an_outline_without_what_the_mail_said(name, outlines, case):
    text = outlines.outline(case, name).text
    assert text.strip()
    assert "4711123456" not in text
    assert "karin@kund.example" not in text


def test_an_outline_asks_for_what_only_a_person_knows(outlines, case):
    asked = {one.name for one in outlines.outline(case, "delayed").asked}
    assert asked == {"reason", "new_date"}


def test_an_outline_does_not_ask_for_what_the_case_says(outlines, case):
    asked = {one.name for one in outlines.outline(case, "already_paid").asked}
    assert "invoice_numbers" not in asked


def test_a_day_that_nobody_has_chosen_stands_in_brackets(outlines, case):
    text = outlines.outline(case, "information_reminder").text
    assert "senast [Dag då ärendet avslutas om inget svar har kommit] avslutar" in text


def test_a_template_that_is_none_is_refused(outlines, case):
    with pytest.raises(NotFound):
        outlines.outline(case, "../../etc/passwd")


def test_a_letter_about_what_is_missing_asks_for_nothing(outlines, case):
    assert outlines.outline(case, "information_needed").asked == ()
