"""The notation of phrases, and how they are found."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.language.folding import fold
from bot.language.phrases import BadPhrase, PhraseBook, words_between
from bot.language.tokens import sentences

LISTS = {
    "faktura": ["*faktura~", "räkning~"],
    "kan_inte": ["kan .. inte", "har inte råd"],
}


def _found(phrase, text, **how):
    book = PhraseBook([(1, phrase)], lists=how.pop("lists", LISTS), **how)
    folded = fold(text)
    return any(book.find(sentence) for sentence in sentences(folded, text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("anstånd", "ANSTAND"),
        ("anstånd*", "anståndsansökan"),
        ("faktura~", "fakturorna"),
        ("betala~", "betalades"),
        ("*faktura~", "leverantörsfakturan"),
        ("kan inte", "jag kan inte nu"),
        ("flytta .. datum", "flytta fram mitt datum"),
        ("inte ... betala", "inte har råd att just nu betala"),
        ("(ta bort|stryk) fakturan", "ta bort fakturan"),
        ("[redan] betald", "betald"),
        ("[redan] betald", "redan betald"),
        ("{kan_inte} .. betala", "kan jag inte betala"),
        ("{kan_inte} ... {faktura}", "har inte råd med den här räkningen"),
        ("faktura <tal>", "faktura 40012345"),
        ("^ tack", "Tack för hjälpen"),
        ("hjälpen $", "tack för hjälpen"),
        ("betala <?>", "ska vi betala?"),
        ("e-faktura", "e-faktura"),
        ("avbetalningsplan", "avbetalnings plan"),
        ("avbetalningsplan", "avbetalningsplna"),
        ("makulering", "makullering"),
    ],
)
def test_a_phrase_is_found(phrase, text):
    assert _found(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("anstånd", "avstånd"),
        ("kan inte", "kan jag inte"),
        ("flytta .. datum", "flytta ett två tre fyra datum"),
        ("^ tack", "hej tack"),
        ("betala <?>", "ska vi betala."),
        ("=lön", "lonen"),
        ("moms", "mams"),
        ("ta bort fakturan", "ta. bort. fakturan."),
        ("=faktura", "faktra"),
    ],
)
def test_what_is_not_the_phrase_is_not_found(phrase, text):
    assert not _found(phrase, text, never_fuzzy=["avstånd"])


@pytest.mark.parametrize("phrase", ["", "{saknas}", "<okänd>", "*mitt*", "(a||b)", "(a (b))"])
def test_a_phrase_that_cannot_be_read_is_refused(phrase):
    with pytest.raises(BadPhrase):
        PhraseBook([(1, phrase)], lists=LISTS)


def test_the_words_that_were_seen_can_be_shown():
    text = "Hej! Jag vill ha ANSTÅND tack."
    folded = fold(text)
    book = PhraseBook([(1, "ha anstånd")], lists={})
    sentence = sentences(folded, text)[1]
    (match,) = book.find(sentence)
    start, end = words_between(folded, sentence, match.start, match.end)
    assert text[start:end] == "ha ANSTÅND"


def test_a_list_may_build_on_lists_before_it():
    lists = {"a": ["ett"], "b": ["{a} två", "tre"]}
    assert _found("{b} fyra", "ett två fyra", lists=lists)


@settings(deadline=None)
@given(st.lists(st.sampled_from(["kan", "inte", "betala", "fakturan"]), max_size=400))
def test_repeated_words_cost_little_and_never_raise(words):
    book = PhraseBook([(1, "{kan_inte} ... betala~ ... {faktura}")], lists=LISTS)
    for sentence in sentences(" ".join(words)):
        book.find(sentence)
