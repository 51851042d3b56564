from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.slack.text import clip, escaped, one_line, size, tidy

anything = st.text(
    alphabet=st.characters(categories=None)  # half signs too
) | st.text(alphabet=st.sampled_from("<>&*_~`:@!#|\n e\u0301\u200d👩🏽\ud83d\u202e"))


def test_a_mention_of_the_whole_channel_is_only_text() -> None:
    assert escaped("<!channel> hej") == "&lt;!channel&gt; hej"


def test_a_link_with_another_name_is_only_text() -> None:
    assert "<" not in escaped("<https://evil.example|faktura>")


def test_formatting_marks_stand_alone() -> None:
    assert not re.search(r"[*_~`]\w|\w[*_~`]", escaped("*fet* _kursiv_ ~struken~ `kod`"))


def test_an_emoji_code_stays_text() -> None:
    assert not re.search(r":\w+:", escaped("det :fire: brinner :a:b:"))


def test_a_time_and_a_colon_are_left_alone() -> None:
    assert escaped("klart: senast 16:00") == "klart: senast 16:00"


def test_a_quotation_at_the_start_of_a_line_is_none() -> None:
    assert not any(line.startswith("&gt;") for line in escaped("a\n> b").split("\n"))


def test_writing_is_never_turned_round() -> None:
    assert tidy("faktura\u202efdp.exe") == "fakturafdp.exe"


def test_half_a_sign_is_replaced() -> None:
    assert tidy("a\ud83db") == "a\ufffdb"


def test_what_is_left_out_shows() -> None:
    assert clip("abcdef", 4) == "abc…"


def test_a_sign_is_not_cut_from_its_accent() -> None:
    assert clip("abe\u0301d", 4) == "ab…"


def test_a_family_is_not_split() -> None:
    assert clip("x👩\u200d👩\u200d👧yz", 8) == "x…"


def test_an_entity_is_never_cut_in_two() -> None:
    assert escaped("&&&&", 12) == "&amp;&amp;…"


@given(anything, st.integers(1, 60))
@example("👩" * 40, 2)
def test_escaped_text_always_fits_and_can_be_sent(text: str, most: int) -> None:
    shown = escaped(text, most)
    assert size(shown) <= most
    shown.encode("utf-8")


@given(anything)
def test_no_sign_of_markup_is_left_alone(text: str) -> None:
    assert not re.search(r"[<>]|&(?!amp;|lt;|gt;)", escaped(text))


@given(anything)
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(anything, st.integers(1, 60))
def test_clipping_what_fits_changes_nothing(text: str, most: int) -> None:
    once = clip(one_line(text), most)
    assert clip(once, most) == once
