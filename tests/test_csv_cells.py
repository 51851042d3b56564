"""Cells of CSV files: nothing in them is ever computed, and everything can be read back."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.csv_cells import csv_text, plain_cell, safe_cell

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
tables = st.lists(st.lists(texts, min_size=2, max_size=4), max_size=5)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+46 8 508 00 000",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =cmd|'/c calc'!A0",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b =1",
        " \u200b \u200b=1",
        "＝1+1",
        "−1",
    ],
)
def test_a_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(text):
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Faktura 40012345", "a=b", "5-3", "anna@kund.example", " "])
def test_ordinary_text_stays_as_it_is(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("value", "cell"), [(None, ""), (-12050, "-12050"), (date(2026, 3, 3), "2026-03-03")]
)
def test_numbers_dates_and_nothing_stay_what_they_are(value, cell):
    assert safe_cell(value) == cell


@given(texts)
@example("'")
@example("'=1")
@example("''")
def test_every_text_is_read_back_from_its_cell(text):
    assert plain_cell(safe_cell(text)) == text


@given(texts)
def test_no_cell_begins_like_a_formula(text):
    assert safe_cell(text).strip()[:1] not in {"=", "+", "-", "@"}


@given(tables)
def test_a_table_is_read_back_by_another_program_than_ours(rows):
    read = csv.reader(StringIO(csv_text(rows), newline=""), delimiter=";")
    assert [[plain_cell(cell) for cell in row] for row in read] == rows


def test_another_separator_is_taken_on_request():
    assert csv_text([["a,b", 1]], separator=",") == '"a,b",1\r\n'
