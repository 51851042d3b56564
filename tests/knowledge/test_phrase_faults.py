from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.knowledge import phrase_faults
from bot.knowledge.lexicon_files import read_lexicon
from bot.knowledge.phrase_faults import Finder, read_sentences
from bot.language.phrases import BadPhrase, PhraseBook
from tests.knowledge import small, small_lexicon

LISTS = {"faktura": ["faktura~", "räkning~"], "betala": ["betala~", "göra rätt för sig"]}
CLEAR = "(kan|kunna) inte .. {betala} [hela] {faktura}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_lexicon.write(tmp_path)


def found(folder: Path) -> list[str]:
    files, errors = read_lexicon(folder)
    assert errors == []
    return [str(error) for error in phrase_faults.faults(files)]


def instead_of_the_clear_phrase(folder: Path, phrase: str) -> list[str]:
    small.spoil(folder, "lexicon/matters/anstand.yaml", CLEAR, phrase)
    return found(folder)


def stands_in(phrase: str, text: str) -> bool:
    book = PhraseBook([(0, phrase)], lists=LISTS)
    return any(book.find(sentence) for sentence in read_sentences(text))


def test_phrases_that_can_all_be_found_are_no_fault(folder):
    assert found(folder) == []


@pytest.mark.parametrize(
    ("phrase", "why"),
    [
        ("ansta\u030and nu", "tecken som läsaren tar bort eller byter"),
        ("an\u00adstånd", "tecken som läsaren tar bort eller byter"),
        ("ja. nu", "tecken som slutar en mening"),
        ("vänta, men gärna", "tecken som slutar en mening"),
        ("x " * 61, "för lång"),
        ("98*", "ett tal känns bara igen helt"),
        ("vänta ^ lite", "inte ens i en text som bara är den"),
        ("vänta $ lite", "inte ens i en text som bara är den"),
        ("(98*|vänta)", "98* kan aldrig hittas"),
        ("vänta [98*]", "98* kan aldrig hittas"),
    ],
)
def test_a_phrase_that_no_text_can_hold_is_named_with_its_line(folder, phrase, why):
    (fault,) = instead_of_the_clear_phrase(folder, phrase)
    assert fault.startswith("anstand.yaml rad 9: ")
    assert why in fault


@pytest.mark.parametrize(
    "phrase",
    [
        "e-faktura",
        "t.ex. nu",
        "f.d. kund",
        "98",
        "98~ kr",
        "*faktura~",
        "=mån",
        "^ vänta $",
        "(^|nu) vänta",
        "när ... betalas <?>",
        "{betala} .. {faktura}",
        "(ta bort|stryk~) {faktura}",
        "[redan|faktiskt] betald",
        "kr2",
        "ß",
    ],
)
def test_an_ordinary_phrase_is_no_fault(folder, phrase):
    assert instead_of_the_clear_phrase(folder, phrase) == []


def test_every_phrase_that_cannot_be_read_is_named_not_just_the_first(folder):
    small.spoil(folder, "lexicon/matters/anstand.yaml", CLEAR, "{saknas} nu\n  §\n  (a|)")
    small.spoil(folder, "lexicon/lists.yaml", "    räkning~", "    ***\n    {okänd}")
    faults = found(folder)
    assert [fault.split(":")[0] for fault in faults] == [
        "lists.yaml rad 6",
        "lists.yaml rad 7",
        "anstand.yaml rad 9",
        "anstand.yaml rad 10",
        "anstand.yaml rad 11",
    ]


def test_a_phrase_with_an_empty_list_is_named_and_so_is_the_list(folder):
    small.spoil(folder, "lexicon/lists.yaml", "    betala~", "    # betala~")
    assert found(folder) == [
        "anstand.yaml rad 9: {betala} kan aldrig hittas: listan är tom",
        "lists.yaml rad 7: listan betala är tom; skriv ord i den eller ta bort den",
    ]


@pytest.mark.parametrize("again", ["anstånd*", "Anstånd*", "anstand*"])
def test_a_phrase_that_stands_twice_is_named_also_spelt_otherwise(folder, again):
    small.spoil(folder, "lexicon/matters/anstand.yaml", "  anstånd*\n", f"  anstånd*\n  {again}\n")
    assert found(folder) == [
        f"anstand.yaml rad 8: frasen {again} står redan på rad 7; ta bort den ena"
    ]


def test_a_phrase_that_stands_stronger_elsewhere_is_named_where_it_is_weaker(folder):
    (fault,) = instead_of_the_clear_phrase(folder, "anstånd*")
    assert fault == (
        "anstand.yaml rad 9: frasen anstånd* står starkare under named på rad 7"
        " och räknas aldrig här; ta bort den ena"
    )


def test_a_phrase_of_two_matters_is_no_fault(folder):
    small.spoil(folder, "lexicon/matters/bokforing.yaml", "bokföring*", "anstånd*")
    assert found(folder) == []


@pytest.mark.parametrize("decoy", ["vänta", "vänt*", "(vänta|dröja)"])
def test_a_phrase_that_a_decoy_always_takes_back_is_named(folder, decoy):
    small.spoil(folder, "lexicon/matters/anstand.yaml", "! på långt avstånd", f"! {decoy}")
    (fault,) = found(folder)
    assert fault.startswith(
        f"anstand.yaml rad 11: frasen vänta <tal> dagar räknas aldrig: ! {decoy} på rad 13"
    )


@pytest.mark.parametrize(
    "decoy", ["vänta 1 dagar", "^ vänta", "dagar $", "vänta dagar", "anståndet", "<tal> dagar <?>"]
)
def test_a_decoy_that_takes_a_phrase_back_only_sometimes_is_no_fault(folder, decoy):
    small.spoil(folder, "lexicon/matters/anstand.yaml", "! på långt avstånd", f"! {decoy}")
    assert found(folder) == []


def test_a_decoy_that_does_not_forgive_a_slip_leaves_the_phrase_its_use(folder):
    small.spoil(folder, "lexicon/matters/anstand.yaml", CLEAR, "delar fakturan")
    small.spoil(folder, "lexicon/matters/anstand.yaml", "! på långt avstånd", "! faktura*")
    assert found(folder) == []


def test_a_decoy_of_another_matter_takes_nothing_back(folder):
    small.spoil(folder, "lexicon/matters/bokforing.yaml", "bokföring*", "bokföring*\n  ! vänta")
    assert found(folder) == []


@pytest.mark.parametrize(
    ("file", "right", "wrong", "line"),
    [
        ("lists.yaml", "  avstånd", "  e-post", 2),
        ("references.yaml", "  ocr", "  kund-nr", 4),
        ("references.yaml", "  csn", "  csn123", 6),
        ("references.yaml", "  kundnu", "  §", 8),
    ],
)
def test_a_listed_word_that_is_never_read_as_one_is_named(folder, file, right, wrong, line):
    small.spoil(folder, f"lexicon/{file}", right, wrong)
    (fault,) = found(folder)
    assert fault.startswith(f"{file} rad {line}: {wrong.strip()} läses aldrig som ett ord")


PLAIN = st.text("abcdeåäöÅé 0159-.,;&§/'_!?\u030a\u00ad\u2011ßı", min_size=1, max_size=14).filter(
    lambda text: text.strip() and ".." not in text
)


@given(PLAIN)
def test_a_plain_phrase_is_faultless_just_when_it_is_found_in_the_text_that_it_is(phrase):
    try:
        faults = Finder(LISTS, [phrase]).impossible(phrase)
    except BadPhrase:
        return
    assert stands_in(phrase, phrase) or faults


WORDS = st.sampled_from(["anstånd", "inte", "betald", "e-faktura", "dag", "98", "räkningen"])
PARTS = st.one_of(
    WORDS.map(lambda word: (word, word)),
    WORDS.filter(str.isalpha).map(lambda word: (f"{word}*", f"{word}en")),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda some: (f"({'|'.join(some)})", some[-1])),
    WORDS.map(lambda word: (f"[{word}]", "")),
    st.sampled_from([("{faktura}", "fakturor"), ("{betala}", "betalar"), ("<tal>", "7")]),
)


@given(st.lists(PARTS, min_size=1, max_size=5), st.sampled_from([" ", " .. ", " ... "]))
def test_a_faultless_phrase_is_found_in_what_it_stands_for(parts, gap):
    phrase, text = gap.join(part for part, _ in parts), " ".join(text for _, text in parts)
    assert Finder(LISTS, [phrase]).impossible(phrase) == []
    assert stands_in(phrase, text) or not text.strip()
