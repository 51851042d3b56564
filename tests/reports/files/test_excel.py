"""An Excel file has typed cells, says how it was counted, and computes nothing."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from bot.reports.files import excel_of
from bot.reports.files.excel import sheet_names
from bot.reports.model import Unit
from tests.reports.files.report_values import EVERY_UNIT, FORMULA, ROW, column, report, table

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NAMES = column("namn", Unit.TEXT)
COMMAND = "cmd|' /C calc'!A0"


class Opened:
    """The XML of an Excel file."""

    def __init__(self, content):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            self.files = {name: archive.read(name) for name in archive.namelist()}
        self.names = [
            sheet.get("name") for sheet in self.xml("xl/workbook.xml").iter(f"{MAIN}sheet")
        ]
        strings = self.files.get("xl/sharedStrings.xml", b"<sst/>")
        self.strings = [
            "".join(node.itertext()) for node in etree.fromstring(strings).iter(f"{MAIN}si")
        ]
        styles = self.xml("xl/styles.xml")
        known = {
            node.get("numFmtId"): node.get("formatCode") for node in styles.iter(f"{MAIN}numFmt")
        }
        self.looks = [
            (known.get(look.get("numFmtId"), look.get("numFmtId")), look.get("quotePrefix"))
            for look in styles.find(f"{MAIN}cellXfs")
        ]

    def xml(self, name):
        return etree.fromstring(self.files[name])

    def sheet(self, number=1):
        return self.xml(f"xl/worksheets/sheet{number}.xml")

    def cells(self, number=1):
        """Place -> kind, value as it stands, and look."""
        found = {}
        for cell in self.sheet(number).iter(f"{MAIN}c"):
            value = cell.findtext(f"{MAIN}v")
            kind = cell.get("t", "n")
            look = self.looks[int(cell.get("s", 0))]
            found[cell.get("r")] = (kind, self.strings[int(value)] if kind == "s" else value, look)
        return found

    def texts(self, number):
        return [value for kind, value, _ in self.cells(number).values() if kind == "s"]


@pytest.fixture
def opened():
    return Opened(excel_of(report(table([ROW], *EVERY_UNIT))))


def test_every_unit_has_cells_of_its_own_type_and_format(opened):
    cells = opened.cells()
    assert cells["A2"][:2] == ("s", "Övrigt")
    assert {place: cells[place][2][0] for place in ("B2", "C2", "D2", "E2", "F2", "G2", "I2")} == {
        "B2": "#,##0",
        "C2": "#,##0.0",
        "D2": "0%",
        "E2": "[h]:mm",
        "F2": "[h]:mm",
        "G2": '#,##0.00 "kr"',
        "I2": "yyyy-mm-dd",
    }
    numbers = [float(cells[f"{letter}2"][1]) for letter in "BCDEFGH"]
    assert numbers == pytest.approx([12, 2.5, 0.934, 0.0625, 90_000 / 86_400, 1234.5, 3])


def test_a_date_is_the_day_that_it_was(opened):
    days = int(float(opened.cells()["I2"][1]))
    assert date(1899, 12, 30) + timedelta(days=days) == date(2026, 3, 4)


def test_the_head_stays_in_view_and_filters(opened):
    sheet = opened.sheet()
    assert sheet.find(f".//{MAIN}pane").get("state") == "frozen"
    assert sheet.find(f".//{MAIN}pane").get("ySplit") == "1"
    assert sheet.find(f"{MAIN}autoFilter").get("ref") == "A1:I2"


def test_columns_are_wide_enough_for_what_stands_in_them():
    opened = Opened(excel_of(report(table([("x" * 40,), ("y" * 400,)], NAMES))))
    (width,) = [float(col.get("width")) for col in opened.sheet().iter(f"{MAIN}col")]
    assert 60 <= width <= 64


def test_a_sheet_says_how_it_was_counted():
    first = table([ROW], *EVERY_UNIT, notes=("Räknat efter när de kom in.",))
    opened = Opened(excel_of(report(first)))
    assert opened.names == ["Per kund", "Så räknades det"]
    said = opened.texts(2)
    assert "2026-10-01 till 2026-10-31" in said
    assert "2026-11-26 09:30 UTC" in said
    assert said[said.index("Räknat efter när de kom in.") - 1] == "Per kund"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_text_that_would_be_a_formula_is_text(start):
    opened = Opened(excel_of(report(table([(start + COMMAND,)], NAMES))))
    kind, value, look = opened.cells()["A2"]
    # A line break of its own kind is written by its number.
    assert (kind, value, look[1]) == ("s", start.replace("\r", "_x000D_") + COMMAND, "1")
    assert b"<f>" not in opened.files["xl/worksheets/sheet1.xml"]


def test_ordinary_text_is_not_marked(opened):
    assert opened.cells()["A2"][2][1] is None


@pytest.mark.parametrize(
    "text", ["https://x.example", "mailto:a@x.example", FORMULA, "internal:A1"]
)
def test_nothing_becomes_a_link(text):
    opened = Opened(excel_of(report(table([(text,)], NAMES, title=text, notes=(text,)))))
    assert not any("rels" in name and "sheet" in name for name in opened.files)
    assert not any(b"<hyperlink" in content for content in opened.files.values())


def test_the_same_report_is_the_same_bytes():
    made = report(table([ROW], *EVERY_UNIT), charts=True)
    assert excel_of(made) == excel_of(made)


def test_the_date_in_the_file_is_that_of_the_report(opened):
    assert b"2026-11-26T09:30:00Z" in opened.files["docProps/core.xml"]


def test_the_file_names_no_person_or_machine(opened):
    core = opened.xml("docProps/core.xml")
    assert [node.text for node in core if "creator" in node.tag or "ModifiedBy" in node.tag] == [
        None,
        None,
    ]


def test_the_numbers_behind_charts_have_sheets():
    opened = Opened(excel_of(report(charts=True)))
    assert opened.names == ["Ärenden", "Ärenden (2)", "Svarstid", "När", "Så räknades det"]


def test_an_empty_table_has_its_headings():
    opened = Opened(excel_of(report(table([], *EVERY_UNIT))))
    assert opened.texts(1)[0] == "Namn"


def test_a_report_without_tables_says_so_much_as_there_is():
    assert Opened(excel_of(report())).names == ["Så räknades det"]


def test_an_english_report_has_english_sheets():
    assert Opened(excel_of(report(language="en"))).names == ["How it was counted"]


def test_what_is_no_number_is_refused():
    with pytest.raises(ValueError, match="no number"):
        excel_of(report(table([(float("nan"),)], column("antal", Unit.COUNT))))


def test_a_text_beyond_what_a_cell_holds_is_cut_off():
    opened = Opened(excel_of(report(table([("x" * 40_000,)], NAMES))))
    assert len(opened.cells()["A2"][1]) == 32_767


def test_sheets_have_names_that_excel_takes():
    titles = ["History", "a/b[c]:d*e?f\\g", "'citat'", "", "x" * 50, "x" * 60, "X" * 50]
    assert sheet_names(titles) == [
        *("History (2)", "a b c d e f g", "citat", "-"),
        *("x" * 31, "x" * 27 + " (2)", "X" * 27 + " (3)"),
    ]


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12))
def test_any_titles_become_names_that_excel_takes(titles):
    names = sheet_names(titles)
    assert len({name.lower() for name in names}) == len(titles)
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.text(max_size=80)), max_size=8), st.text(max_size=40))
@example([("\ufffe",)], "\x01\ufffe\ud800")
@example([], "\U00010000" * 20)
def test_any_text_gives_a_file_that_opens(rows, title):
    made = replace(report(table(rows, NAMES, title=title)), title=title)
    opened = Opened(excel_of(made))
    assert len(opened.cells()) == len(rows) + 1
