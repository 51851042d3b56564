import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.identifiers import Identifier

SAYS = [
    ("Anna@Kund.example", "Skriv till anna@kund.example."),
    ("anna@kund.example", "<ANNA@KUND.EXAMPLE>"),
    ("19811218-9876", "mitt nummer 811218-9876 och"),
    ("811218-9876", "pnr 198112189876"),
    ("8112189876", "pnr 19811218 9876"),
    ("070-123 45 67", "ring +46 70 123 45 67"),
    ("+46701234567", "ring 070/1234567"),
    ("0046701234567", "ring 070–123 45 67"),
]
SAYS_NOT = [
    ("anna@kund.example", "johanna@kund.example"),
    ("anna@kund.example", "anna@kund.example.org"),
    ("anna@kund.example", "anna.anna@kund.example"),
    ("19811218-9876", "811218-9877"),
    ("070-123 45 67", "070-123 45"),
]
NONE = ["", "Anna", "12345", "anna@", "@kund.example", "a" * 300, "12 ab 34567", "a @kund.example"]


@pytest.mark.parametrize(("who", "text"), SAYS)
def test_a_person_is_found_however_the_text_writes_them(who, text):
    assert Identifier.parse(who).stands_in(text)


@pytest.mark.parametrize(("who", "text"), SAYS_NOT)
def test_another_person_is_not_taken_for_them(who, text):
    assert not Identifier.parse(who).stands_in(text)


@pytest.mark.parametrize("text", NONE)
def test_what_names_nobody_for_certain_is_refused(text):
    assert Identifier.parse(text) is None


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_text_can_be_asked_for_and_looked_through(who, text):
    found = Identifier.parse(who)
    assert found is None or found.stands_in(text) in (True, False)


WORDS = st.text(alphabet="abc å\n", max_size=20)


@given(st.from_regex(r"[0-9]{6}-[0-9]{4}", fullmatch=True), WORDS)
def test_a_personal_number_is_found_as_it_was_typed_between_any_words(number, words):
    assert Identifier.parse(number).stands_in(f"{words} {number} {words}")
