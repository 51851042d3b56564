"""What a mail said can be deleted later; what it became and what happened stays and adds up."""

from __future__ import annotations

import pytest
from sqlalchemy import text as sql

from bot.errors import NotFound
from bot.services.summary import summarise
from tests.city import mail
from tests.letters import ORDINARY, URGENT_INVOICE

WORDS = ("message_raw", "message_text", "message_address", "message_triage", "attachment")


def forget_all_words(city):
    with city.app.database.engine.begin() as connection:
        for table in WORDS:
            connection.execute(sql(f"DELETE FROM {table}"))


@pytest.fixture
def forgotten(city_on_both):
    """A house with a case, an urgent case and an ignored mail, of which no word is left."""
    city = city_on_both
    city.post(**ORDINARY)
    city.post(**URGENT_INVOICE)
    city.deliver(mail("Borta.", message_id="<9@x.example>", headers=[("X-Autoreply", "1")]))
    city.work_off()
    city.before = [city.history(case) for case in city.cases()]
    forget_all_words(city)
    return city


def test_the_history_of_every_case_is_as_before(forgotten):
    assert [forgotten.history(case) for case in forgotten.cases()] == forgotten.before


def test_the_books_still_balance_and_the_sums_are_the_same(forgotten):
    assert forgotten.outcomes() == {"case": 2, "ignored": 1}
    summary = summarise(forgotten.app.database, forgotten.books())
    assert (summary.mails, summary.receipts, len(summary.urgent)) == (3, 2, 1)


def test_ignored_mail_is_still_listed_but_can_no_longer_be_opened(forgotten):
    (entry,) = forgotten.app.ignored.listed()
    with pytest.raises(NotFound):
        forgotten.app.ignored.make_case(entry.id, by="agneta-brandt")


def test_a_copy_of_a_forgotten_mail_is_still_a_duplicate(forgotten):
    forgotten.deliver(mail(**ORDINARY, message_id="<1@kund.example>"), "info")
    forgotten.work_off()
    assert forgotten.outcomes()["duplicate"] == 1


def test_a_receipt_whose_mail_was_deleted_before_it_was_due_does_not_go_out(build_city):
    city = build_city(twin_wait=20)
    city.post(**ORDINARY)
    city.work_off()
    forget_all_words(city)
    city.later(seconds=20)
    city.work_off()
    (case,) = city.cases()
    assert city.sent() == []
    assert city.withheld(case) == ["no_address"]
