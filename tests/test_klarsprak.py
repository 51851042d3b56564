"""Plain language: what is measured, what is found, and what is left in peace."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.klarsprak import Hint, Limits, Rules, lix, review
from bot.texts import LANGUAGES, speaker
from bot.texts.codes import CODES
from bot.vocabulary import Language
from tests.swedish_text import swedish_texts

LIMITS = Limits(
    lix=35,
    fewest_words=10,
    most_words=60,
    sentence_words=12,
    paragraph_words=30,
    passive_percent=20,
)
SWEDISH = Rules(
    language=Language.SWEDISH,
    limits=LIMITS,
    say_instead={"erhåll*": "få", "med anledning av": "på grund av", "samt": "och"},
)
ENGLISH = Rules(
    language=Language.ENGLISH,
    limits=LIMITS,
    say_instead={"in order to": "to", "commence*": "begin"},
)
PHONE = "08-465 004 00"
SIGNED = f"Kundsupport: {PHONE}\nFrågor och svar: https://kundwebben.exempelstad.example/"
GOOD = f"Hej!\n\nTack för ditt mejl. Vi hör av oss i morgon. Du kan vänta.\n\n{SIGNED}\n"


def hints(text: str, rules: Rules = SWEDISH, *, whole: bool = True) -> list[Hint]:
    return [found.hint for found in review(text, rules, contacts=[PHONE], whole=whole)]


def values(text: str, hint: Hint, rules: Rules = SWEDISH) -> list[dict[str, object]]:
    found = review(text, rules, contacts=[PHONE])
    return [dict(one.values) for one in found if one.hint is hint]


def with_message(message: str) -> str:
    return GOOD.replace("Du kan vänta.", message)


def test_the_readability_index_is_words_a_sentence_plus_per_cent_of_long_words():
    # 8 words in 2 sentences, of which "kommunens" and "fakturor" are long: 4 + 25.
    assert lix("Här är kommunens fakturor. Du kan betala nu.") == pytest.approx(4 + 25)


def test_a_word_of_six_letters_is_not_long_and_one_of_seven_is():
    assert lix("Betala.") == 1
    assert lix("Betalar.") == 101


def test_a_colon_and_a_question_mark_end_a_sentence_and_a_decimal_point_does_not():
    assert lix("Nu: vad? Jo, kl 7.30 går det.") == pytest.approx(7 / 3)


def test_the_address_of_a_page_is_no_word():
    assert lix("Läs mer: https://kundwebben.exempelstad.example/langt-och-svart") == lix("Läs mer:")


def test_a_text_without_words_is_not_hard():
    assert lix("") == lix("!?") == 0


def test_a_good_letter_gives_nothing_to_advise():
    assert hints(GOOD) == []


def test_a_letter_that_is_hard_to_read_says_how_hard_and_how_hard_it_may_be():
    message = "Kommunfullmäktige fastställer avgiftsnivåerna vartannat budgetår därefter."
    (found,) = values(with_message(f"{message} {message}"), Hint.HARD_TO_READ)
    assert found["most"] == 35
    assert isinstance(found["lix"], int)
    assert found["lix"] > 35


@pytest.mark.parametrize(
    ("missing", "hint"),
    [
        ("Hej!", Hint.NO_GREETING),
        (PHONE, Hint.NO_CONTACT),
        ("https://kundwebben.exempelstad.example/", Hint.NO_LINK),
    ],
)
def test_what_a_letter_lacks_is_named(missing, hint):
    text = GOOD.replace(missing, "")
    assert hints(text) == [hint]
    assert hints(text, whole=False) == []


@pytest.mark.parametrize("word", ["Hejdå", "Goddag", "Du"])
def test_only_a_greeting_greets(word):
    expected = [] if word == "Hejdå" else [Hint.NO_GREETING]
    assert hints(GOOD.replace("Hej!", f"{word}.")) == expected


def test_a_long_sentence_is_shown_by_its_beginning():
    (found,) = values(with_message("Du " + "kan gå dit " * 4 + "nu."), Hint.LONG_SENTENCE)
    assert found == {"words": 14, "most": 12, "beginning": "Du kan gå dit kan gå"}


def test_each_line_of_a_list_is_a_sentence_of_its_own():
    assert Hint.LONG_SENTENCE not in hints(with_message("Det här:\n" + "- en sak till nu\n" * 6))


@pytest.mark.parametrize("short", ["kl.", "t.ex.", "nr.", "bl.a.", "ca."])
def test_an_abbreviation_does_not_end_a_sentence(short):
    message = f"Du kan gå dit och sen hem {short} i dag eller i morgon bitti."
    assert Hint.LONG_SENTENCE in hints(with_message(message))


def test_a_long_paragraph_is_found_and_two_short_ones_are_not():
    sentence = "Vi hör av oss snart. "
    assert Hint.LONG_PARAGRAPH in hints(with_message(sentence * 7))
    assert Hint.LONG_PARAGRAPH not in hints(with_message(sentence * 3 + "\n\n" + sentence * 3))


def test_a_letter_is_neither_too_long_nor_too_short():
    assert Hint.TOO_LONG in hints(with_message("Vi hör av oss. " * 15))
    assert hints(f"Hej!\n\nJa.\n\n{SIGNED}".replace("Frågor och svar: ", "")) == [Hint.TOO_SHORT]


def test_a_hard_word_comes_with_what_to_say_instead_and_once_only():
    message = "Du har erhållit den. Vi har erhållit den. Med anledning av detta väntar vi."
    assert values(with_message(message), Hint.JARGON) == [
        {"word": "erhållit", "instead": "få"},
        {"word": "med anledning av", "instead": "på grund av"},
    ]


@pytest.mark.parametrize("message", ["Du får den samtidigt.", "Anledning av vikt finns."])
def test_a_word_is_not_hard_because_a_part_of_it_is(message):
    assert values(with_message(message), Hint.JARGON) == []


def test_many_passives_are_too_many_and_one_is_not():
    one = "Fakturan betalas i dag."
    assert Hint.PASSIVE not in hints(with_message(one))
    several = f"{one} Den skickades i går. Beslut har tagits av oss. Den blir granskad nu."
    (found,) = values(with_message(several), Hint.PASSIVE)
    assert found == {"number": 4, "words": "betalas, skickades, tagits, blir granskad"}


def test_words_that_only_look_like_passives_are_left_in_peace():
    message = "Vi hoppas det går. Det finns plats. Deras svar kom. Annars hör vi av oss. Vi trivs."
    assert Hint.PASSIVE not in hints(with_message(message))


def test_english_has_its_own_greeting_words_and_passives():
    letter = f"Hello,\n\nThe invoice was sent. It is paid. It was checked by us.\n\n{SIGNED}"
    found = review(letter, ENGLISH, contacts=[PHONE])
    assert [one.hint for one in found] == [Hint.PASSIVE]
    assert found[0].values["words"] == "was sent, is paid, was checked"
    begun = letter.replace("It is paid.", "We commenced in order to pay.")
    assert [one["word"] for one in values(begun, Hint.JARGON, ENGLISH)] == [
        "in order to",
        "commenced",
    ]


def test_capitals_and_exclamation_marks_are_loud_and_short_names_are_not():
    assert Hint.LOUD in hints(with_message("Betala nu!"))
    assert Hint.LOUD in hints(with_message("Du MÅSTE BETALA i dag."))
    assert Hint.LOUD not in hints(with_message("Skriv [KR] och OCR först. Det står i LOIS."))


@pytest.mark.parametrize("hint", Hint)
def test_every_hint_has_a_sentence_in_both_languages(hint):
    source = CODES[f"plain.{hint}"]
    filled = dict.fromkeys(re.findall(r"\{(\w+)\}", source), "x")
    said = {language: speaker(language).code(f"plain.{hint}", **filled) for language in LANGUAGES}
    assert said["sv"] != said["en"]


@given(st.one_of(swedish_texts, st.text()), st.sampled_from([SWEDISH, ENGLISH]), st.booleans())
def test_any_text_can_be_reviewed_and_said(text, rules, whole):
    for found in review(text, rules, contacts=["", PHONE], whole=whole):
        assert speaker("sv").code(f"plain.{found.hint}", **found.values)
    assert lix(text) >= 0


@given(st.text(st.sampled_from("ab .\n!:"), max_size=60), st.integers(2, 4))
def test_the_index_does_not_change_when_whole_sentences_are_repeated(text, times):
    whole = f"{text}.\n"
    assert lix(whole * times) == pytest.approx(lix(whole))


@pytest.mark.parametrize(
    "piece", ["a", "as ", "a.", "https://", "A", "\n", "erhåll ", "med anledning ", "-a", "kl. "]
)
def test_a_hostile_text_costs_no_more_than_its_limit(piece):
    begun = time.process_time()
    review(piece * (1_000_000 // len(piece)), SWEDISH, contacts=[PHONE])
    assert time.process_time() - begun < 2
