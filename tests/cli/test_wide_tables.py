"""A table that is too wide is cut into parts, and nothing of it is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.cli.common import console
from bot.cli.wide_tables import parts

WORDS = st.text("abc ", max_size=30)
TABLES = st.integers(1, 9).flatmap(
    lambda n: st.tuples(
        st.lists(WORDS, min_size=n, max_size=n),
        st.lists(st.lists(WORDS, min_size=n, max_size=n), max_size=4),
    )
)


@given(TABLES, st.integers(40, 200))
def test_each_column_stands_in_one_part_and_the_first_in_all(table, width):
    found = list(parts(*table, width))
    assert [index for part in found for index in part[1:]] == list(range(1, len(table[0])))
    assert {part[0] for part in found} == {0}


def test_a_screen_that_is_wide_enough_has_the_table_in_one_part():
    headings = ["Process", "Inkomna ärenden", "Avslutade"]
    assert list(parts(headings, [["Kundreskontra", "12 345", "12"]], 80)) == [(0, 1, 2)]


def test_a_narrow_screen_has_the_columns_below_each_other():
    headings = ["Process", "Inkomna", "Avslutade", "Öppnade igen"]
    assert list(parts(headings, [["Kundreskontra", "1", "2", "3"]], 44)) == [(0, 1, 2), (0, 3)]


def test_a_file_has_no_width(capsys):
    console().print("ord " * 100)
    assert capsys.readouterr().out.count("\n") == 1
