"""Charts are drawings that everybody can read, whatever the numbers and names are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from bot.reports.charts import bars, distribution, heat_map, trend
from bot.reports.charts.words import FEW
from bot.reports.model import Bin, Distribution, HeatMap, Point, Series, Unit
from bot.texts import speaker

SV, EN = speaker("sv"), speaker("en")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</text><script>alert(1)</script>" onload="x\x00\x0b\u202e&amp; \ud800]]>'
UNITS = [unit for unit in Unit if unit not in (Unit.DATE, Unit.TEXT)]


def series(*values, unit=Unit.COUNT, target=None, title="Ärenden", label="2026-{:02}"):
    points = tuple(
        Point(label=label.format(index + 1), value=value) for index, value in enumerate(values)
    )
    return Series(key="volume", title=title, unit=unit, points=points, target=target)


def spread(*counts, unit=Unit.WORKING_TIME, **marks):
    last = len(counts) - 1
    bins = tuple(
        Bin(lower=3600 * n, upper=None if n == last else 3600 * (n + 1), count=count)
        for n, count in enumerate(counts)
    )
    return Distribution(key="spread", title="Svarstid", unit=unit, bins=bins, **marks)


def week(count):
    return HeatMap(key="arrivals", title="När det kommer", counts=((count,) * 24,) * 7)


def parsed(drawn, **how):
    return etree.fromstring(drawn.svg(**how).encode())


def texts(drawn, **how):
    return [node.text for node in parsed(drawn, **how).iter(f"{SVG}text")]


ALL = {
    "trend": lambda: trend(series(3, None, 5, target=4.0), say=SV),
    "two lines": lambda: trend(series(3, 5), series(4, 6, title="Förra året"), say=SV),
    "bars": lambda: bars(series(0.9, 0.5, unit=Unit.SHARE, target=0.8), say=SV),
    "distribution": lambda: distribution(spread(3, 2, 1, median=900, p90=7300), say=SV),
    "heat map": lambda: heat_map(week(7), say=SV),
    "empty trend": lambda: trend(series(), say=SV),
    "empty bars": lambda: bars(series(None), say=SV),
    "empty distribution": lambda: distribution(spread(), say=SV),
    "empty heat map": lambda: heat_map(week(0), say=SV),
}


@pytest.fixture(params=ALL.values(), ids=ALL.keys())
def drawn(request):
    return request.param()


def test_a_chart_is_an_image_named_by_its_title_and_description(drawn):
    root = parsed(drawn)
    assert root.get("role") == "img"
    ids = root.get("aria-labelledby").split()
    named = [root.find(f"{SVG}title"), root.find(f"{SVG}desc")]
    assert [node.get("id") for node in named] == ids
    assert [node.text for node in named] == [drawn.title, drawn.description]


def test_a_chart_has_no_inline_style_script_or_link(drawn):
    svg = drawn.svg()
    assert not re.search(r"style=|<style|<script|href|\son\w+=", svg)


def test_every_id_in_a_chart_is_its_own_and_begins_with_the_name_of_the_chart(drawn):
    ids = [node.get("id") for node in parsed(drawn).iter() if node.get("id")]
    assert len(ids) == len(set(ids))
    assert all(ident.startswith(drawn.ident) for ident in ids)


def test_the_title_is_drawn_only_where_asked_for(drawn):
    assert texts(drawn, heading=True) == [drawn.title, *texts(drawn)]


def test_nothing_to_count_is_said_and_not_drawn():
    empty = trend(series(None, None), say=SV)
    assert texts(empty) == ["Det finns inget att räkna här."]
    assert "Det finns inget att räkna här." in empty.description


def test_few_numbers_are_all_in_the_description():
    said = trend(series(3, None, 1200), say=SV).description
    assert said == "2026-01 3; 2026-02 –; 2026-03 1\u00a0200."


def test_of_many_numbers_the_lowest_the_highest_and_the_last_are_described():
    said = trend(series(*range(5, 5 + FEW + 6)), say=EN).description
    assert said == (
        "20 values, from 2026-01 to 2026-20. Lowest 5 (2026-01), highest 24 (2026-20), last 24."
    )


def test_the_description_says_how_often_the_target_was_met():
    times = series(3600, 7200, 10_800, unit=Unit.WORKING_TIME, target=7200)
    assert trend(times, say=SV).description.endswith("Målet är 2 tim. 2 av 3 når målet.")


def test_the_target_is_a_line_with_its_value():
    drawn = trend(series(3600, 7200, unit=Unit.WORKING_TIME, target=5400), say=SV)
    assert "Mål 1 tim 30 min" in texts(drawn)
    assert 'class="ch-target"' in drawn.svg()


def test_a_period_without_a_value_breaks_the_line():
    svg = trend(series(3, 4, None, 5, 6), say=SV).svg()
    assert len(re.findall(r'<path [^>]*class="ch-first"', svg)) == 2


def test_a_single_point_is_a_mark():
    drawn = trend(series(5), say=SV)
    assert len(list(parsed(drawn).iter(f"{SVG}circle"))) == 1
    assert "5" in texts(drawn)


def test_two_lines_are_told_apart_by_dashes_marks_and_words():
    drawn = trend(series(3, 5), series(4, 6, title="Förra året"), say=SV)
    assert {"Ärenden", "Förra året"} <= set(texts(drawn))
    root = parsed(drawn)
    dashes = {
        node.get("class"): node.get("stroke-dasharray")
        for node in root.iter(f"{SVG}path")
        if node.get("class") in ("ch-first", "ch-second")
    }
    assert dashes == {"ch-first": None, "ch-second": "8 4"}
    assert [node.get("class") for node in root.iter(f"{SVG}rect")].count("ch-second-mark") == 3


def test_ten_thousand_points_give_a_line_no_longer_than_the_drawing():
    drawn = trend(series(*(index * 7919 % 1000 for index in range(10_000))), say=SV)
    assert len(drawn.svg()) < 60_000
    assert len(drawn.table.rows) == 1000
    assert drawn.table.notes == ("De första 1\u00a0000 av 10\u00a0000 rader. Alla finns i filen.",)


def test_a_peak_among_ten_thousand_points_is_still_seen():
    values = [1] * 10_000
    values[5003] = 100
    path = re.search(r'd="M([^"]*)"[^>]*class="ch-first"', trend(series(*values), say=SV).svg())
    heights = {part.split()[1] for part in path[1].split("L")}
    assert len(heights) == 2


def test_values_of_any_size_stay_within_the_drawing():
    for unit in UNITS:
        drawn = trend(series(1e15, 0, 3e14, unit=unit), say=SV)
        for node in parsed(drawn).iter(f"{SVG}text"):
            assert 0 <= float(node.get("x")) <= drawn.width


def test_a_bar_that_misses_its_target_is_hatched_and_says_so():
    drawn = bars(series(0.9, 0.5, unit=Unit.SHARE, target=0.8, label="Process {}"), say=SV)
    assert {"90\u00a0%", "50\u00a0%, når inte målet"} <= set(texts(drawn))
    assert drawn.svg().count('fill="url(#chart-volume-hatch)"') == 1


def test_a_count_above_its_target_is_not_called_missed():
    assert "når inte målet" not in bars(series(9, target=4.0), say=SV).svg()


def test_more_bars_than_fit_are_said_to_be_left_out():
    drawn = bars(series(*range(1, 61)), say=SV)
    assert drawn.notes == ("Diagrammet visar de första 40 av 60.",)
    assert len(drawn.table.rows) == 60


def test_a_long_name_is_cut_off_in_the_drawing_and_whole_in_the_table():
    name = "Förvaltningen för " + "mycket långa namn " * 20
    drawn = bars(series(1, label=name), say=SV)
    shown = next(text for text in texts(drawn) if text.startswith("Förvaltningen"))
    assert shown.endswith("…")
    assert len(shown) < 60
    assert drawn.table.rows[0][0] == name


def test_the_median_and_the_ninth_tenth_are_marked_in_a_distribution():
    drawn = distribution(spread(5, 3, 2, median=3000, p90=8000), say=SV)
    assert {"median 50 min", "90 % inom 2 tim 13 min"} <= set(texts(drawn))
    assert drawn.description == (
        "10 värden. Hälften är högst 50 min, nio av tio högst 2 tim 13 min."
        " Flest, 5, ligger i 0 min till 1 tim."
    )


def test_a_value_lies_where_its_part_of_a_distribution_is_drawn():
    drawn = distribution(spread(1, 1, 1, 1, median=3600 * 2), say=SV)
    middle = next(node for node in parsed(drawn).iter(f"{SVG}line") if node.get("y1") == "10")
    boxes = [node for node in parsed(drawn).iter(f"{SVG}rect") if node.get("class") == "ch-bar"]
    assert float(middle.get("x1")) == pytest.approx(float(boxes[2].get("x")), abs=2)


def test_every_cell_of_a_heat_map_has_its_number():
    counts = tuple(tuple(day * 24 + hour for hour in range(24)) for day in range(7))
    shown = HeatMap(key="arrivals", title="När det kommer", counts=counts)
    drawn = heat_map(shown, say=SV)
    assert {str(n) for n in range(168)} <= set(texts(drawn))
    assert drawn.description == (
        "14\u00a0028 totalt. Flest på söndagar (3\u00a0732) och mellan kl. 23 och 24 (665)."
    )


def test_large_counts_in_a_heat_map_are_short_and_whole_when_pointed_at():
    svg = heat_map(week(1_234_567), say=SV).svg()
    assert ">1,2M</text>" in svg
    assert "måndag 00–01: 1\u00a0234\u00a0567" in svg


@pytest.mark.parametrize("draw", [trend, bars])
def test_a_hostile_name_is_only_text(draw):
    values = (1, 2)
    points = tuple(Point(label=HOSTILE, value=value) for value in values)
    shown = Series(key=HOSTILE, title=HOSTILE, unit=Unit.COUNT, points=points)
    root = parsed(draw(shown, say=SV), heading=True)
    assert {etree.QName(node).localname for node in root.iter()} <= {
        *("svg", "title", "desc", "g", "text", "rect", "line", "path", "circle", "pattern"),
    }
    assert not any(name.startswith("on") for node in root.iter() for name in node.attrib)


@pytest.mark.parametrize("value", [-1, float("nan"), float("inf"), 1e300])
def test_what_cannot_be_drawn_is_refused(value):
    with pytest.raises(ValueError, match="volume"):
        trend(series(value), say=SV)


def test_lines_that_do_not_fit_each_other_are_refused():
    with pytest.raises(ValueError, match="same unit"):
        trend(series(1), series(1, 2), say=SV)


def test_an_english_reader_gets_an_english_chart():
    drawn = heat_map(week(1), say=EN)
    assert "Monday" in texts(drawn)
    assert drawn.description == "168 in all. Most on Mondays (24) and between 00 and 01 (7)."


values = st.none() | st.floats(0, 1e15)


@given(
    st.lists(values, max_size=40),
    st.sampled_from(UNITS),
    st.none() | st.floats(0, 1e12),
    st.text(max_size=40),
)
def test_any_numbers_and_names_give_a_drawing_that_can_be_read(numbers, unit, target, name):
    points = tuple(Point(label=name, value=value) for value in numbers)
    shown = Series(key=name, title=name, unit=unit, points=points, target=target)
    for drawn in (trend(shown, say=SV), bars(shown, say=EN)):
        for node in parsed(drawn, heading=True).iter(f"{SVG}rect", f"{SVG}circle"):
            place = node.get("x") or node.get("cx")
            assert place is None or -1 <= float(place) <= drawn.width


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=60), st.floats(0, 1e9))
def test_any_distribution_gives_a_drawing_that_can_be_read(counts, mark):
    drawn = distribution(spread(*counts, median=mark, p90=mark), say=SV)
    for node in parsed(drawn).iter(f"{SVG}line"):
        assert 0 <= float(node.get("x1")) <= drawn.width
