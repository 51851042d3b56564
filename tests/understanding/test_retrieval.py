from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding.retrieval import LONGEST, Field, How, Index, Text
from bot.vocabulary import Language

TEXTS = (
    Text(
        title="Anstånd",
        also=("uppskov",),
        passages=("Kunden får längre tid att betala.", "Fråga efter orsaken."),
    ),
    Text(
        title="Påminnelse och inkasso",
        passages=("En påminnelse är frivillig.", "En avgift tas ut för inkasso."),
    ),
    Text(title="Hyra", passages=("Hyran står i avtalet.", "Uppskov med hyran är ovanligt.")),
)
INDEX = Index(TEXTS, Language.SWEDISH)


def test_a_word_in_the_title_weighs_more_than_one_in_the_text():
    first, second = INDEX.find("hyra och uppskov")[:2]
    assert (first.text, second.text) == (2, 0)
    (hit,) = [hit for hit in first.hits if hit.met == "hyra"]
    assert hit.field is Field.TITLE


def test_another_word_for_the_same_finds_the_text():
    best = INDEX.find("Kan man få uppskovet?")[0]
    assert best.text == 0
    assert [(hit.asked, hit.met, hit.how, hit.field) for hit in best.hits] == [
        ("uppskovet", "uppskov", How.WORD, Field.ALSO)
    ]


def test_a_compound_is_found_by_its_parts():
    best = INDEX.find("påminnelseavgift")[0]
    assert best.text == 1
    assert {(hit.how, hit.met) for hit in best.hits} == {
        (How.PART, "påminnelse"),
        (How.PART, "avgift"),
    }


@pytest.mark.parametrize("typed", ["anstond", "inkaso", "PAMINNELSE"])
def test_slips_and_missing_dots_are_forgiven(typed):
    assert INDEX.find(typed)[0].text == (0 if typed == "anstond" else 1)


def test_the_passage_that_holds_the_words_is_the_one_that_answers():
    assert INDEX.find("vad är orsaken till anståndet")[0].passage == 1
    assert INDEX.find("inkasso avgift")[0].passage == 1


@pytest.mark.parametrize("question", ["", "?", "hur gör man det", "xyzzy", "🙂" * 3000])
def test_a_question_of_nothing_finds_nothing(question):
    assert INDEX.find(question) == ()


def test_no_texts_answer_nothing():
    assert Index((), Language.SWEDISH).find("anstånd") == ()


def test_a_question_that_a_text_holds_whole_is_covered():
    assert INDEX.find("anstånd")[0].covered == 1.0
    assert INDEX.find("anstånd för marsianer")[0].covered < 0.7


def test_only_the_beginning_of_a_long_question_is_read():
    assert INDEX.find("x" * LONGEST + " anstånd") == ()


@given(st.text(max_size=300))
def test_whatever_is_asked_the_points_add_up_and_the_order_is_by_points(question):
    found = INDEX.find(question)
    assert found == INDEX.find(question)
    assert [match.points for match in found] == sorted((m.points for m in found), reverse=True)
    for match in found:
        assert match.points == pytest.approx(sum(hit.points for hit in match.hits))
        assert 0 < match.covered <= 1
        assert 0 <= match.passage < len(TEXTS[match.text].passages)


def test_words_that_differ_by_their_dots_are_kept_apart_unless_a_question_has_none():
    index = Index(
        (Text(title="Ändra", passages=("x",)), Text(title="Andra", passages=("y",))),
        Language.SWEDISH,
    )
    assert [match.text for match in index.find("ändra")] == [0]
    assert [match.text for match in index.find("andra på måndag")] == [1]
    assert index.find("andra") != ()


def test_words_that_stand_together_in_a_passage_weigh_more_than_words_apart():
    apart = Text(title="A", passages=("Belopp.", "Faktura.", "Avtal.", "Konto."))
    together = Text(title="B", passages=("Belopp, faktura, avtal.", "Konto.", "Hus.", "Bil."))
    found = Index((apart, together), Language.SWEDISH).find("belopp på faktura enligt avtal")
    assert [match.text for match in found] == [1, 0]
