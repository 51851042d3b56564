from datetime import date, timedelta

from bot.duty import Away, Duty
from bot.services.duty_book import DutyBook
from tests.web_city import text_of


def test_who_answers_today_stands_at_the_head(web_city):
    page = text_of(web_city.browser().get("/duty"))
    today = page.partition("I dag, tisdag 3 mars 2026")[2].partition("Vecka 10")[0]
    assert "Kundreskontra Christer Wahlin Agneta Brandt, Ebba Nyrén" in today


def test_this_week_and_the_next_are_shown(web_city):
    page = text_of(web_city.browser().get("/duty"))
    assert "Vecka 10, måndag 2 mars till söndag 8 mars nu" in page
    assert "Vecka 11, måndag 9 mars till söndag 15 mars" in page
    assert "Vecka 12" not in page


def test_past_weeks_are_shown_on_request(web_city):
    browser = web_city.browser()
    assert 'href="/duty?week=2026-W09"' in browser.get("/duty").text
    page = text_of(browser.get("/duty", week="2026-W09"))
    assert "Vecka 9, måndag 23 februari till söndag 1 mars" in page


def test_what_is_no_week_shows_this_one(web_city):
    for nonsense in ("2026-W60", "x" * 500, "9999-W01"):
        assert "Vecka 10," in text_of(web_city.browser().get("/duty", week=nonsense))


def test_days_off_say_why(web_city):
    page = text_of(web_city.browser().get("/duty", week="2026-W14"))
    assert "Fredag 3 april: stängt" in page


class Sick:
    """The knowledge of the sample city, with everybody away on one day."""

    def __init__(self, knowledge, day: date) -> None:
        duty = knowledge.duty
        away = {person: (Away(first=day, last=day),) for person in knowledge.people}
        self.duty = Duty(
            zone=duty.zone,
            posts=duty.posts,
            heads=duty.heads,
            units=duty.units,
            absences=away,
        )
        self.calendar = knowledge.calendar


def test_a_day_on_which_nobody_answers_is_a_gap_of_its_own(city):
    wednesday = date(2026, 3, 4)
    book = DutyBook(Sick(city.app.knowledge, wednesday), city.clock)
    week = book.week(book.this_week())
    assert {(span.first, span.last) for _, span in week.gaps} == {(wednesday, wednesday)}
    assert len(week.gaps) == len(week.rows)
    first = week.rows[0].spans
    assert [span.last - span.first for span in first] == [
        timedelta(days=1),
        timedelta(0),
        timedelta(days=1),
    ]


def test_gaps_and_absences_are_told_in_words_without_a_reason(web_city, city):
    house = web_city.web.house()
    book = DutyBook(Sick(city.app.knowledge, date(2026, 3, 4)), city.clock)
    object.__setattr__(house, "duty_book", book)
    page = text_of(web_city.browser().get("/duty"))
    assert "Här svarar ingen:" in page
    assert "Kundreskontra: onsdag 4 mars" in page
    assert "Obemannat: ingen svarar" in page
    assert "Borta vecka 10 " in page
    assert "Agneta Brandt: onsdag 4 mars" in page
