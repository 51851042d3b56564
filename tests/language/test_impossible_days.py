"""Days that no calendar has."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.date_words import MONTHS
from bot.language.folding import fold
from bot.language.impossible_days import impossible_day

TODAY = date(2026, 11, 26)


def found(text):
    place = impossible_day(fold(text), TODAY)
    return None if place is None else text[slice(*place)]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("vem är på plats 30 februari?", "30 februari"),
        ("vem jobbar den 31 april", "31 april"),
        ("vem jobbar 31:a juni 2026", "31:a juni 2026"),
        ("statistik 2026-02-30", "2026-02-30"),
        ("hur många ärenden kom 2026-13-01", "2026-13-01"),
        ("vem har KR-lådan 29/2", "29/2"),
        ("vem har KR-lådan 29/2 2025", "29/2 2025"),
        ("vem jobbar 31/9?", "31/9"),
        ("who is in on february 30th", "february 30th"),
    ],
)
def test_a_day_that_no_calendar_has_is_found(text, day):
    assert found(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "vem jobbar 28/2", "vem hade lådan 29/2 2024", "öppet 24/7", "ärende 2026-000030",
        "faktura 40123456-31", "ring 08-123 45 30", "12 mars", "visa 40 maj-ärenden",
        "1/2 av ärendena", "version 3.31/4", "31/13", "mars 2026",
    ],
)  # fmt: skip
def test_what_is_no_day_or_a_day_that_exists_is_left_alone(text):
    assert found(text) is None


@given(st.dates(date(2024, 1, 1), date(2030, 12, 31)))
def test_no_day_of_the_calendar_is_called_impossible(day):
    month = next(name for name, number in MONTHS.items() if number == day.month)
    assert found(f"den {day} hos oss") is None
    assert found(f"den {day.day} {month} {day.year}") is None
    assert found(f"{day.day}/{day.month} {day.year}") is None


@given(st.text(max_size=60), st.integers(-400, 400))
def test_any_text_may_be_asked_about(text, days):
    place = impossible_day(fold(text), TODAY + timedelta(days=days))
    assert place is None or 0 <= place[0] < place[1] <= len(text)
