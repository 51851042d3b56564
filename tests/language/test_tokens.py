"""Where a sentence ends in mail."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.language.folding import fold
from bot.language.tokens import sentences


def _split(text):
    folded = fold(text)
    return [folded[s.start : s.end].strip() for s in sentences(folded, text)]


def test_full_stops_and_blank_lines_end_a_sentence():
    assert _split("Hej. Fakturan är fel.\n\nHälsningar Kim") == [
        "hej.",
        "fakturan ar fel.",
        "halsningar kim",
    ]


def test_abbreviations_and_amounts_do_not():
    assert len(_split("Faktura nr. 40012345 på 1.200 kr bl. a. för mars")) == 1


def test_a_day_in_figures_may_end_a_sentence():
    assert len(_split("Krediten kommer den 15:e. Ni behöver inte spärra något.")) == 2
    assert len(_split("Det gäller den 15. mars och 3 t. ex. den 4:e mars.")) == 1


def test_a_wrapped_line_goes_on():
    text = "Vi vill gärna ha anstånd med betalningen av vår faktura som\nförfaller på fredag."
    assert len(_split(text)) == 1


def test_a_list_is_read_point_by_point():
    assert len(_split("Tre saker:\n- adressen\n- kopian\n- fakturan")) == 4


def test_but_begins_a_statement_of_its_own():
    assert len(_split("Vi vill inte krångla, men anståndet syns inte.")) == 2


def test_a_question_is_known_as_one():
    first, second = sentences("kan ni hjalpa? tack.")
    assert (first.question, second.question) == (True, False)


@given(st.text(max_size=400))
def test_sentences_never_overlap_and_hold_every_word(text):
    folded = fold(text)
    found = sentences(folded, text)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(len(sentence.words) <= 60 for sentence in found)
