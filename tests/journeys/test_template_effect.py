"""What the letters of each template lead to, counted from what happened."""

from __future__ import annotations

from datetime import date

import pytest

from bot.registers import EntryKind, Facts, Register, Step
from bot.services.template_effect import template_effects
from tests.letters import ORDINARY
from tests.reply_stories import people, sent_letters, work_off

DONE = {"done_on": "2026-03-03", "measure": "Vi har ändrat er adress."}
FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)


@pytest.fixture
def case(city):
    city.post(**ORDINARY)
    work_off(city)
    return city.cases()[0]


def effects(city, first=FIRST, last=LAST):
    found = template_effects(city.app.database, city.app.knowledge.calendar, first, last)
    return {one.template: one for one in found}


def answer(city, case):
    draft = city.app.replies.draft(case, "done", by=people(city, 1)[0], given=DONE)
    city.app.replies.send(draft.id, by=people(city, 1)[0])
    city.app.dispatch.run_due()


def write_again(city):
    named = f"<{sent_letters(city)[-1].message_id}>"
    city.post("En fråga till.", subject="SV: Svar", headers=[("In-Reply-To", named)])
    work_off(city)


def test_each_template_is_counted_with_the_time_to_the_letter(city, case):
    city.later(hours=2)
    answer(city, case)
    found = effects(city)
    assert {name: one.sent for name, one in found.items()} == {"received": 1, "done": 1}
    assert found["done"].median_working_s == 7200
    assert found["received"].median_working_s == 0


def test_a_customer_who_writes_within_three_working_days_asks_again(city, case):
    answer(city, case)
    city.later(days=3)
    write_again(city)
    assert effects(city)["done"].again == 1
    assert effects(city)["received"].again == 0


def test_a_mail_after_three_working_days_is_no_question_about_the_letter(city, case):
    answer(city, case)
    city.later(days=3, hours=8)
    write_again(city)
    assert effects(city)["done"].again == 0


def test_several_mails_about_one_letter_count_once(city, case):
    answer(city, case)
    for _ in range(2):
        city.later(hours=1)
        write_again(city)
    assert (effects(city)["done"].again, effects(city)["done"].again_share) == (1, 1.0)


def test_a_remark_counts_for_the_letter_before_it(city, case):
    answer(city, case)
    city.later(hours=1)
    said = Step(kind=EntryKind.OPENED, text="Det tog för lång tid.", facts=Facts())
    city.app.registers.open(Register.REMARKS, said, by=people(city, 1)[0], case=case)
    assert effects(city)["done"].remarks == 1
    assert effects(city)["received"].remarks == 0


def test_letters_of_other_days_are_left_out(city, case):
    answer(city, case)
    assert effects(city, date(2026, 3, 4), LAST) == {}
    assert set(effects(city, date(2026, 3, 3), date(2026, 3, 3))) == {"received", "done"}


def test_what_customers_did_after_the_last_day_still_counts(city, case):
    answer(city, case)
    city.later(days=1)
    write_again(city)
    assert effects(city, FIRST, date(2026, 3, 3))["done"].again == 1


def test_who_answers_in_outlook_uses_no_template(city, case):
    assert set(effects(city)) == {"received"}
