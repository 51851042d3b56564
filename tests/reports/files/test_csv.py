"""A CSV file has plain numbers with their unit in the heading, and no formulas."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from bot.reports.files import csv_of
from bot.reports.model import Unit
from tests.reports.files.report_values import EVERY_UNIT, FORMULA, ROW, column, report, table


def rows_of(content):
    text = content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=";"))


def test_numbers_are_plain_and_the_heading_says_their_unit():
    head, row = rows_of(csv_of(report(table([ROW], *EVERY_UNIT))))
    assert head == [
        *("Namn", "Antal", "Snitt", "Andel (procent)", "Arbetstid (minuter arbetstid)"),
        *("Väggtid (minuter)", "Belopp (kronor)", "Ålder (dagar)", "Dag"),
    ]
    assert row == ["Övrigt", "12", "2,5", "93,4", "90", "1500", "1234,5", "3", "2026-03-04"]


def test_an_english_file_has_decimal_points():
    head, row = rows_of(csv_of(report(table([ROW], *EVERY_UNIT), language="en")))
    assert head[3] == "Andel (per cent)"
    assert row[2:4] == ["2.5", "93.4"]


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@a", "\tx", "\rx"])
def test_text_that_would_be_a_formula_gets_an_apostrophe(text):
    _, row = rows_of(csv_of(report(table([(text,)], column("namn", Unit.TEXT)))))
    assert row == ["'" + text]


def test_a_number_below_zero_stays_a_number():
    _, row = rows_of(csv_of(report(table([(-2.5,)], column("skillnad", Unit.NUMBER)))))
    assert row == ["-2,5"]


def test_nothing_to_count_is_an_empty_cell():
    columns = (column("namn", Unit.TEXT), column("andel", Unit.SHARE))
    assert rows_of(csv_of(report(table([("a", None)], *columns))))[1] == ["a", ""]


def test_several_tables_stand_under_their_titles():
    first = table([("a",)], column("namn", Unit.TEXT), title="=Ett")
    second = table([("b",)], column("namn", Unit.TEXT), title="Två")
    assert rows_of(csv_of(report(first, second))) == [
        *(["'=Ett"], ["Namn"], ["a"], []),
        *(["Två"], ["Namn"], ["b"]),
    ]


def test_only_a_file_for_excel_is_marked_as_utf_8():
    made = report(table([ROW], *EVERY_UNIT))
    assert csv_of(made).startswith(b"\xef\xbb\xbf")
    assert csv_of(made, excel=False) == csv_of(made)[3:]
