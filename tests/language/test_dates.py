"""Dates as people write them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.language.date_forms import FORMS, LONGEST_LEAD, may_name_day
from bot.language.date_words import easter
from bot.language.dates import find_dates
from bot.language.folding import fold
from bot.language.tokens import sentences, words

WEDNESDAY = date(2018, 3, 14)


def _days(text, **how):
    return [mention.day for mention in find_dates(fold(text), WEDNESDAY, **how)]


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("betalas måndag vecka 2", date(2026, 12, 17), date(2027, 1, 11)),
        ("måndag v 1", date(2026, 12, 28), date(2027, 1, 4)),
        ("i fredags v. 53", date(2027, 1, 4), date(2027, 1, 1)),
        ("torsdag vecka 53", date(2026, 12, 28), date(2026, 12, 31)),
        ("onsdag vecka 20", date(2026, 5, 18), date(2026, 5, 13)),
    ],
)
def test_a_week_without_a_year_is_the_nearest_of_its_number(text, today, day):
    assert [mention.day for mention in find_dates(fold(text), today)] == [day]


def test_a_week_that_no_year_near_by_has_is_vague():
    assert _days("fredag vecka 53") == [None]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2018-03-31", date(2018, 3, 31)),
        ("20180331", date(2018, 3, 31)),
        ("31/3", date(2018, 3, 31)),
        ("31/3-18", date(2018, 3, 31)),
        ("31/3 2018", date(2018, 3, 31)),
        ("den 31/3", date(2018, 3, 31)),
        ("31 mars", date(2018, 3, 31)),
        ("31:a mars 2018", date(2018, 3, 31)),
        ("den 31:e", date(2018, 3, 31)),
        ("sista mars", date(2018, 3, 31)),
        ("sista i månaden", date(2018, 3, 31)),
        ("månadens sista dag", date(2018, 3, 31)),
        ("sista februari 2020", date(2020, 2, 29)),
        ("i dag", WEDNESDAY),
        ("imorgon", date(2018, 3, 15)),
        ("i övermorgon", date(2018, 3, 16)),
        ("på fredag", date(2018, 3, 16)),
        ("på onsdag", date(2018, 3, 21)),
        ("i fredags", date(2018, 3, 9)),
        ("torsdag nästa vecka", date(2018, 3, 22)),
        ("fredag v 12", date(2018, 3, 23)),
        ("fredagen den 16 mars", date(2018, 3, 16)),
        ("onsdag 2 maj", date(2018, 5, 2)),
        ("om 14 dagar", date(2018, 3, 28)),
        ("om en vecka", date(2018, 3, 21)),
        ("för tre dagar sedan", date(2018, 3, 11)),
        ("den 5 i nästa månad", date(2018, 4, 5)),
        ("nyårsafton", date(2017, 12, 31)),
        ("midsommarafton", date(2018, 6, 22)),
        ("långfredagen", date(2018, 3, 30)),
        ("30 June", date(2018, 6, 30)),
        ("March 31st, 2018", date(2018, 3, 31)),
        ("on Friday", date(2018, 3, 16)),
        ("tomorrow", date(2018, 3, 15)),
        ("i morrn", date(2018, 3, 15)),
        ("31-03-2018", date(2018, 3, 31)),
        ("03/31/2018", date(2018, 3, 31)),
        ("den femtonde april", date(2018, 4, 15)),
        ("tjugoförsta mars", date(2018, 3, 21)),
        ("den siste mars", date(2018, 3, 31)),
        ("per ultimo mars", date(2018, 3, 31)),
        ("ska in den sista.", date(2018, 3, 31)),
        ("förra fredagen", date(2018, 3, 9)),
        ("idag om en vecka", date(2018, 3, 21)),
        ("onsdag om en vecka", date(2018, 3, 21)),
        ("next week on Friday", date(2018, 3, 23)),
        ("tre dagar kvar", date(2018, 3, 17)),
        ("dan före midsommarafton", date(2018, 6, 21)),
        ("tredje advent", date(2017, 12, 17)),
        ("trettondagsafton", date(2018, 1, 5)),
        ("Alla helgons dag", date(2017, 11, 4)),
    ],
)
def test_a_day_is_read_in_every_form(text, day):
    assert _days(text) == [day]


@pytest.mark.parametrize(
    "text",
    ["i slutet av månaden", "v 12", "nästa månad", "efter lön", "i månadsskiftet", "next week"],
)
def test_vague_words_give_no_day(text):
    assert set(_days(text)) <= {None}


@pytest.mark.parametrize(
    "text",
    [
        "08-465 004 12",
        "6 x 750 kr",
        "den sista räkningen",
        "förra man",
        "1 148:-",
        "kl 10:30",
        "31 februari",
        "99/99",
        "2018-13-45",
    ],
)
def test_other_numbers_are_no_dates(text):
    assert [day for day in _days(text) if day] == []


def test_digits_that_may_be_anything_need_a_label():
    (mention,) = find_dates("180331", WEDNESDAY)
    assert mention.needs_label
    assert mention.day == date(2018, 3, 31)


def test_a_day_without_month_lies_behind_where_the_words_say_so():
    assert _days("den 5", past=True) == [date(2018, 3, 5)]
    assert _days("den 5") == [date(2018, 4, 5)]


def test_a_day_without_month_tells_both_the_day_ahead_and_the_one_behind():
    (mention,) = find_dates("den 5", WEDNESDAY)
    assert (mention.day, mention.past_day) == (date(2018, 4, 5), date(2018, 3, 5))


def test_without_year_the_nearest_year_counts():
    assert find_dates("3 januari", date(2018, 12, 28))[0].day == date(2019, 1, 3)
    assert find_dates("28 december", date(2019, 1, 3))[0].day == date(2018, 12, 28)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2016, date(2016, 3, 27)), (2018, date(2018, 4, 1)), (2024, date(2024, 3, 31))],
)
def test_easter_falls_where_the_calendar_says(year, day):
    assert easter(year) == day


@given(st.dates(date(2010, 1, 1), date(2030, 12, 31)), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_an_iso_date_means_itself_whatever_the_day(day, today):
    assert find_dates(day.isoformat(), today)[0].day == day


@given(st.text(max_size=200), st.dates(date(1950, 1, 1), date(2100, 1, 1)))
def test_no_text_makes_it_raise(text, today):
    for mention in find_dates(fold(text), today):
        assert mention.start < mention.end


@given(st.integers(0, 6), st.dates(date(2015, 1, 1), date(2025, 1, 1)))
def test_a_coming_week_day_is_within_a_week(weekday, today):
    name = ("mandag", "tisdag", "onsdag", "torsdag", "fredag", "lordag", "sondag")[weekday]
    (mention,) = find_dates(f"pa {name}", today)
    assert timedelta(0) < mention.day - today <= timedelta(days=7)
    assert mention.day.weekday() == weekday


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.regex.pattern[:24])
def test_no_form_names_a_day_without_a_word_that_may(form):
    # Where a form looks ahead, Hypothesis tries texts until one goes on as it asks.
    @settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
    @given(st.from_regex(form.regex, fullmatch=True))
    def holds(text):
        assert may_name_day(words(text))

    holds()


_TELLING = ("12", "4/5", "2018", "mars", "fredagen", "dagar", "dag", "fore", "advent", "maj,")
_BEGINNINGS = sorted({word for form in FORMS for word in form.begins})
_PIECES = st.sampled_from([*_BEGINNINGS, *_TELLING, "hej", "x"])


@given(st.lists(st.tuples(_PIECES, st.sampled_from([" ", "\n", ". ", ", ", "; ", "? "]))))
def test_only_sentences_with_such_a_word_need_be_searched(pieces):
    text = "".join(piece + gap for piece, gap in pieces)
    within, searched = [], 0
    for sentence in sentences(text):
        if may_name_day(sentence.words):
            within.append((max(searched, sentence.start - LONGEST_LEAD), sentence.end))
            searched = sentence.end

    assert find_dates(text, WEDNESDAY, within=within) == find_dates(text, WEDNESDAY)
