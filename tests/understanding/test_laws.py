"""What holds for any text at all."""

from __future__ import annotations

from datetime import date

from hypothesis import example, given
from hypothesis import strategies as st

from bot.understanding import Intent, Slot
from tests.understanding.staff_questions import understander

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31))
WORDS = st.sampled_from(
    [
        "svarstider", "KR", "förra", "veckan", "stäng", "2018-000123", "mall", "anstånd", "vem",
        "har", "lådan", "i", "morgon", "T2", "sedan", "mars", "till", "Anna", "#12", "40012345",
        "v", "53", "kulturförvaltningen", "klagomål", "?", "29 februari", "31/12", "mellan", "och",
    ]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(WORDS, max_size=30).map(" ".join),
    st.text(alphabet="0123456789-# v.,", max_size=100),
)


@given(TEXTS, DAYS)
@example("", date(2026, 1, 1))
@example("sen 29 feb", date(2023, 3, 1))
@example("v 53", date(2021, 1, 1))
def test_any_text_is_understood_somehow_and_always_alike(text, day):
    first = understander().understand(text, day)
    assert first == understander().understand(text, day)
    assert first.intent in Intent
    assert 0 <= first.confidence <= 1
    assert first.second is not first.intent


@given(TEXTS, DAYS)
def test_a_period_never_ends_before_it_begins(text, day):
    slots = understander().understand(text, day).slots
    if Slot.FROM in slots:
        assert date.fromisoformat(slots[Slot.FROM]) <= date.fromisoformat(slots[Slot.TO])


@given(TEXTS, DAYS)
def test_what_is_shown_of_the_text_stands_in_it(text, day):
    found = understander().understand(text, day)
    shown = " ".join(text.split())
    for slot in (Slot.CASE, Slot.INVOICE, Slot.CUSTOMER):
        if slot in found.slots:
            assert found.slots[slot] in shown


def test_a_huge_text_takes_no_longer_than_a_long_one():
    text = "vem har KR-lådan i morgon och 2018-000123 " * 20_000
    assert understander().understand(text, date(2026, 3, 3)).intent in Intent
