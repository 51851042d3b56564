"""Texts with slots: packed and read for words as the whole text would be."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.language.search_words import entry_words
from bot.simulate.deflating import Values, lines_of, texts_of
from bot.simulate.word_patterns import WordPattern
from bot.store.packing import unpack_short, unpack_text

SLOTS = ("n", "place", "last")
PARTS = st.lists(
    st.sampled_from(
        [
            "Vi har tagit emot ditt mejl om ",
            "%%",
            "faktura",
            " ",
            "\n",
            "åäö",
            "Vänliga hälsningar\n",
        ]
        + [f"%({name})s" for name in SLOTS]
    ),
    max_size=12,
)
PATTERNS = PARTS.map("".join)
VALUES = st.fixed_dictionaries(
    dict.fromkeys(SLOTS, st.text(max_size=30) | st.sampled_from(["40123456", "ditt ärende " * 25]))
)


@settings(max_examples=40)
@given(PATTERNS, VALUES)
@example("Vänliga hälsningar\n%(last)s, %(last)s", {"n": "", "place": "", "last": "Öman"})
def test_a_packed_pattern_is_unpacked_to_its_text(pattern, values):
    (packed,) = texts_of(pattern)
    assert unpack_text(packed.fill(Values(values))) == pattern % values


@settings(max_examples=40)
@given(PATTERNS, VALUES)
def test_a_packed_line_is_unpacked_to_its_text(pattern, values):
    (packed,) = lines_of(pattern)
    assert unpack_short(packed.fill(Values(values))) == pattern % values


@settings(max_examples=40)
@given(PATTERNS, VALUES)
def test_a_pattern_has_the_words_of_its_text(pattern, values):
    values = {name: value.replace("\u0130", "") for name, value in values.items()}
    assert WordPattern(pattern).fill(values) == entry_words(pattern % values)


def test_what_resembles_our_letters_is_packed_to_a_third():
    pattern = "Vi har tagit emot ditt mejl om faktura %(n)s.\n\nVänliga hälsningar"
    values = {"n": "40123456"}
    (packed,) = texts_of(pattern)
    assert len(packed.fill(Values(values))) < len(pattern % values) / 3 + 8
