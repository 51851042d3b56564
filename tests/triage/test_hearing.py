from __future__ import annotations

import pytest

from bot.language.phrases import PhraseBook
from bot.language.tokens import sentences
from bot.triage.cues import Cue, Says
from bot.triage.hearing import Heard, Hearing
from bot.vocabulary import MatterKey

STOP = MatterKey("betalstopp")


@pytest.fixture(scope="module")
def hearing() -> Hearing:
    cues = (
        Cue(phrase="stoppa", matter=STOP, says=Says.CLEAR),
        Cue(phrase="betalning", feature="outgoing"),
    )
    return Hearing(cues, PhraseBook(enumerate(cue.phrase for cue in cues), lists={}))


def heard(hearing: Hearing, text: str) -> Heard:
    (sentence,) = sentences(text)
    return hearing.hear(sentence)


def test_a_sentence_says_the_same_wherever_it_stands(hearing: Hearing) -> None:
    first, second = (
        hearing.hear(each) for each in sentences("stoppa den. och stoppa. stoppa den.")[::2]
    )

    assert first == second
    assert [hit.cue.matter for hit in first.hits] == [STOP]


def test_a_question_mark_makes_another_sentence_of_the_same_words(hearing: Hearing) -> None:
    told, asked = heard(hearing, "stoppa den."), heard(hearing, "stoppa den?")

    assert "ask betalstopp clear" in set(asked.signs) - set(told.signs)


def test_cues_in_one_sentence_are_told_in_pairs_too(hearing: Hearing) -> None:
    signs = heard(hearing, "stoppa min betalning").signs

    assert set(signs) == {"cue betalstopp clear", "cue outgoing", "pair betalstopp clear&outgoing"}


def test_a_sentence_without_a_cue_is_but_words(hearing: Hearing) -> None:
    assert heard(hearing, "hej alla") == Heard(words=("hej", "alla"), language=(1, 0))


def test_a_sentence_says_the_same_with_any_number(hearing: Hearing) -> None:
    first, second = heard(hearing, "stoppa 4711."), heard(hearing, "stoppa 4712.")

    assert first is second
    assert first.words == ("stoppa",)


def test_a_number_that_a_cue_names_makes_another_sentence() -> None:
    cue = Cue(phrase="konto 4711", feature="outgoing")
    hearing = Hearing([cue], PhraseBook([(0, cue.phrase)], lists={}))

    assert heard(hearing, "konto 4711").features == {"outgoing"}
    assert not heard(hearing, "konto 4712").features
