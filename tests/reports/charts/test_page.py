"""A chart in a page has its numbers behind it, and a table that is one also to a screen reader."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import html

from bot.reports.charts import chart_figure, table_element, trend, value_text
from bot.reports.charts.markup import element
from bot.reports.model import Column, Point, Series, Table, Unit
from bot.texts import speaker

SV, EN = speaker("sv"), speaker("en")


@pytest.fixture
def figure():
    points = (Point(label="<b>jan</b>", value=1200), Point(label="feb", value=None))
    shown = Series(
        key="v", title="Ärenden", unit=Unit.COUNT, points=points, notes=("Räknat så här.",)
    )
    return html.fromstring(chart_figure(trend(shown, say=SV), SV))


def test_the_numbers_behind_a_chart_are_a_table_with_caption_and_headings(figure):
    (table,) = figure.xpath("//details//table")
    assert table.xpath("caption/text()") == ["Ärenden"]
    assert table.xpath("thead//th[@scope='col']/text()") == ["Vad", "Ärenden"]
    assert table.xpath("tbody//th[@scope='row']/text()") == ["<b>jan</b>", "feb"]
    assert table.xpath("tbody//td/text()") == ["1\u00a0200", "–"]


def test_a_chart_says_how_it_was_counted(figure):
    assert figure.xpath("p[@class='chart-note']/text()") == ["Räknat så här."]


def test_what_can_be_scrolled_can_be_reached_by_keyboard_and_has_a_name(figure):
    rooms = figure.xpath("//div[@class='chart-scroll' or @class='chart-table']")
    assert len(rooms) == 2
    assert all(room.get("tabindex") == "0" and room.get("aria-label") for room in rooms)


def test_templates_that_escape_take_a_chart_as_it_is():
    part = element("b", {}, "a & b")
    assert part.__html__() == "<b>a &amp; b</b>"


def test_an_attribute_cannot_be_left_by_a_quote():
    assert element("a", {"title": '"><script>'}) == '<a title="&quot;&gt;&lt;script&gt;"></a>'


@pytest.mark.parametrize(
    ("value", "unit", "swedish", "english"),
    [
        (1234567, Unit.COUNT, "1\u00a0234\u00a0567", "1,234,567"),
        (2.5, Unit.NUMBER, "2,5", "2.5"),
        (0.934, Unit.SHARE, "93\u00a0%", "93%"),
        (5400, Unit.WORKING_TIME, "1 tim 30 min", "1 hr 30 mins"),
        (59, Unit.WORKING_TIME, "under en minut", "under a minute"),
        (0, Unit.WORKING_TIME, "0 min", "0 mins"),
        (119, Unit.WALL_TIME, "1 min", "1 min"),
        (90_000, Unit.WORKING_TIME, "25 tim", "25 hrs"),
        (90_000, Unit.WALL_TIME, "1 d 1 tim", "1 day 1 hr"),
        (123450, Unit.MONEY, "1\u00a0234,50 kr", "SEK 1,234.50"),
        (123400, Unit.MONEY, "1\u00a0234 kr", "SEK 1,234"),
        (1, Unit.DAYS, "1 dag", "1 day"),
        (date(2026, 3, 4), Unit.DATE, "2026-03-04", "2026-03-04"),
        ("=1+1", Unit.TEXT, "=1+1", "=1+1"),
        (None, Unit.SHARE, "–", "–"),
    ],
)
def test_a_value_is_said_in_its_unit_and_language(value, unit, swedish, english):
    assert (value_text(value, unit, SV), value_text(value, unit, EN)) == (swedish, english)


def test_numbers_stand_to_the_right_and_words_to_the_left():
    columns = (
        Column(key="name", title="Process", unit=Unit.TEXT),
        Column(key="n", title="Antal", unit=Unit.COUNT),
    )
    table = Table(key="t", title="Ärenden", columns=columns, rows=(("Övrigt", 3),))
    parsed = html.fromstring(table_element(table, SV))
    assert [cell.get("class") for cell in parsed.xpath("//th|//td")] == [
        *(None, "number"),
        *(None, "number"),
    ]
